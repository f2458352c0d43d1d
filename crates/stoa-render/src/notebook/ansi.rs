//! What a program wrote for a terminal: colors become classes, progress bars their last state.
//!
//! Classes are `ansi-b` for bold, `ansi-0` to `ansi-15` for the color of the text and `ansi-bg-0` to `ansi-bg-15` for
//! the one behind it. Everything else that a terminal could be told is left out.

use crate::escape::push_code;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    bold: bool,
    text: Option<u8>,
    ground: Option<u8>,
}

/// Appends the text with its colors.
pub(super) fn push_terminal(out: &mut String, text: &str) {
    let (mut look, mut shown) = (Look::default(), Look::default());
    let pieces = text.split_inclusive('\n').flat_map(|line| last_state(line).split_inclusive('\x1b'));
    let mut in_escape = false;
    for piece in pieces {
        let mut plain = piece.strip_suffix('\x1b').unwrap_or(piece);
        if in_escape {
            plain = after_escape(plain, &mut look);
        }
        in_escape = piece.ends_with('\x1b');
        let plain: String = plain.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        if plain.is_empty() {
            continue;
        }
        if look != shown {
            if shown != Look::default() {
                out.push_str("</span>");
            }
            if look != Look::default() {
                open(out, look);
            }
            shown = look;
        }
        push_code(out, &plain);
    }
    if shown != Look::default() {
        out.push_str("</span>");
    }
}

/// A line that was written over and over: what it said last.
fn last_state(line: &str) -> &str {
    let body = line.trim_end_matches(['\r', '\n']);
    match body.rfind('\r') {
        Some(at) => &line[at + 1..],
        None => line,
    }
}

/// Obeys the rest of an escape sequence and returns what follows it.
fn after_escape<'a>(text: &'a str, look: &mut Look) -> &'a str {
    let Some(body) = text.strip_prefix('[') else {
        // Other sequences are left out with their one letter.
        return text.char_indices().nth(1).map_or("", |(at, _)| &text[at..]);
    };
    let Some(end) = body.find(|c: char| ('\x40'..='\x7e').contains(&c)) else { return "" };
    if body[end..].starts_with('m') {
        obey(&body[..end], look);
    }
    &body[end + 1..]
}

fn obey(parameters: &str, look: &mut Look) {
    let mut numbers = parameters.split(';').take(32).map(|number| number.parse::<u16>().unwrap_or(0));
    while let Some(number) = numbers.next() {
        match number {
            0 => *look = Look::default(),
            1 => look.bold = true,
            22 => look.bold = false,
            30..=37 => look.text = Some(number as u8 - 30),
            90..=97 => look.text = Some(number as u8 - 90 + 8),
            39 => look.text = None,
            40..=47 => look.ground = Some(number as u8 - 40),
            100..=107 => look.ground = Some(number as u8 - 100 + 8),
            49 => look.ground = None,
            38 | 48 => {
                let color = match numbers.next() {
                    Some(5) => numbers.next().filter(|color| *color < 16).map(|color| color as u8),
                    Some(2) => numbers.by_ref().take(3).last().and(None),
                    _ => None,
                };
                if number == 38 {
                    look.text = color;
                } else {
                    look.ground = color;
                }
            }
            _ => {}
        }
    }
}

fn open(out: &mut String, look: Look) {
    let mut classes = Vec::new();
    if look.bold {
        classes.push("ansi-b".to_owned());
    }
    classes.extend(look.text.map(|color| format!("ansi-{color}")));
    classes.extend(look.ground.map(|color| format!("ansi-bg-{color}")));
    out.push_str("<span class=\"");
    out.push_str(&classes.join(" "));
    out.push_str("\">");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let mut out = String::new();
        push_terminal(&mut out, text);
        out
    }

    #[test]
    fn colors_become_classes() {
        assert_eq!(shown("\x1b[1;31ma<\x1b[0mb"), "<span class=\"ansi-b ansi-1\">a&lt;</span>b");
        assert_eq!(shown("\x1b[38;5;9;48;2;1;2;3ma"), "<span class=\"ansi-9\">a</span>");
        assert_eq!(shown("\x1b[97;104ma\nb"), "<span class=\"ansi-15 ansi-bg-12\">a\nb</span>");
    }

    #[test]
    fn other_commands_to_terminals_are_left_out() {
        assert_eq!(shown("a\x1b[2Jb\x1b[?25lc\x07\x08d\x1b"), "abcd");
        assert_eq!(shown("\x1b[31"), "");
        assert_eq!(shown("\x1b]x\x1bM<"), "x&lt;");
    }

    #[test]
    fn progress_bars_show_their_last_state() {
        assert_eq!(shown("10%\r50%\r100%\ndone\r\n"), "100%\ndone\n");
    }
}
