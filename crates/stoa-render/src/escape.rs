//! Text as HTML: what has a meaning in HTML is written so that it has none.

use std::fmt::Write;

/// Appends `text` so that it is only text, in an element or in a double-quoted attribute.
pub(crate) fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// As [`push_escaped`], but characters that turn the direction of writing are shown by their number: source code must
/// not read differently from what a machine would run.
pub(crate) fn push_code(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(turns_direction) {
        push_escaped(out, &rest[..at]);
        let c = rest[at..].chars().next().unwrap_or_default();
        out.push_str("<span class=\"hl-x\">U+");
        // Writing to a string cannot fail.
        let _ = write!(out, "{:04X}", u32::from(c));
        out.push_str("</span>");
        rest = &rest[at + c.len_utf8()..];
    }
    push_escaped(out, rest);
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Reads character references as far as this crate needs them. What it does not know stays as it is; since everything
/// is written anew and escaped, a reference that only a browser knows becomes text and no markup.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = reference(rest).unwrap_or(('&', 1));
        out.push(c);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

/// The character that the reference at the beginning of `text` stands for, and how long the reference is.
fn reference(text: &str) -> Option<(char, usize)> {
    const NAMED: &[(&str, char)] = &[
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&apos;", '\''),
        ("&nbsp;", '\u{a0}'),
        ("&colon;", ':'),
        ("&Tab;", '\t'),
        ("&NewLine;", '\n'),
        ("&sol;", '/'),
        ("&bsol;", '\\'),
        ("&num;", '#'),
        ("&lpar;", '('),
        ("&rpar;", ')'),
    ];
    if let Some((name, c)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*c, name.len()));
    }
    let digits = text.strip_prefix("&#")?;
    let (digits, radix, before) = match digits.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 3),
        None => (digits, 10, 2),
    };
    let count = digits.bytes().take_while(|b| char::from(*b).is_digit(radix)).take(32).count();
    let number = u32::from_str_radix(&digits[..count], radix).ok()?;
    let c = char::from_u32(number).filter(|c| *c != '\0').unwrap_or('\u{fffd}');
    let end = usize::from(digits[count..].starts_with(';'));
    Some((c, before + count + end))
}
