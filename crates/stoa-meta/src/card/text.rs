//! The words of a card, without the marks of Markdown and HTML: what a search looks through and shows a line of.

/// The words of Markdown text, roughly: tags, comments, addresses of links and marks are gone, and there is one blank
/// between two words. Whatever the text, this takes time in proportion to it, and no control character is left.
pub fn plain_text(markdown: &str) -> String {
    let mut words = Words { text: String::with_capacity(markdown.len() / 2), blank: true };
    let mut no_tag_behind = false;
    let mut target_end = 0;
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '<' if !no_tag_behind && is_tag(after) => {
                if let Some(behind) = behind_tag(after) {
                    if !behind.starts_with(['.', ',', ';', ':', '!', '?', ')']) {
                        words.blank();
                    }
                    behind
                } else {
                    // Nothing closes it, so nothing closes those behind it.
                    no_tag_behind = true;
                    after
                }
            }
            // What stands in the brackets of a link is kept; where it leads, up to the end of the line, is not.
            ']' if after.starts_with('(') => {
                let at = markdown.len() - after.len();
                if target_end < at {
                    target_end = after.find([')', '\n']).map_or(markdown.len(), |end| at + end);
                }
                markdown[target_end..].strip_prefix(')').unwrap_or(after)
            }
            '!' if after.starts_with('[') => after,
            '*' | '`' | '[' | ']' | '\\' => after,
            '|' | '#' | '>' | '~' | '=' => {
                words.blank();
                after
            }
            // Rules, and lines of dashes in tables; a dash within a word stays.
            '-' | '_' | ':' if !words.in_word() || !after.starts_with(char::is_alphanumeric) => {
                if c == ':' && words.in_word() {
                    words.push(c);
                }
                after
            }
            _ => {
                words.push(c);
                after
            }
        };
    }
    words.text.truncate(words.text.trim_end().len());
    words.text
}

/// Text with one blank between two words.
struct Words {
    text: String,
    /// Whether it ends with a blank, or is empty.
    blank: bool,
}

impl Words {
    fn push(&mut self, c: char) {
        if c.is_whitespace() || c.is_control() {
            self.blank();
        } else {
            self.text.push(c);
            self.blank = false;
        }
    }

    fn blank(&mut self) {
        if !self.blank {
            self.text.push(' ');
            self.blank = true;
        }
    }

    fn in_word(&self) -> bool {
        self.text.ends_with(char::is_alphanumeric)
    }
}

/// Whether what follows a `<` makes a tag or a comment of it.
fn is_tag(after: &str) -> bool {
    after.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
}

/// What stands behind a tag or comment; `None` if it never ends.
fn behind_tag(after: &str) -> Option<&str> {
    let end = if after.starts_with("!--") { "-->" } else { ">" };
    let at = after.find(end)?;
    Some(&after[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (markdown, expected) in [
            (
                "# A *great* model\n\nIt **reads** `snake_case` text.",
                "A great model It reads snake_case text.",
            ),
            (
                "See [the paper](https://example.org/a_b) and ![a plot](plot.png).",
                "See the paper and a plot.",
            ),
            ("<div align=\"center\"><b>Bold</b></div>", "Bold"),
            ("It is <b>fast</b>, <i>small</i>.", "It is fast, small."),
            ("a <!-- hidden > words --> b", "a b"),
            ("| a | b |\n|---|:-:|\n| 1 | 2-3 |", "a b 1 2-3"),
            ("- one\n- two\n\n---\n> three", "one two three"),
            ("```python\nx = load(\"ada/m\")\n```", "python x load(\"ada/m\")"),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 2"),
            ("note: done", "note: done"),
            ("never <b closed", "never b closed"),
            ("[text](never closed\nnext", "text(never closed next"),
            ("\u{2}a\u{0}b\u{3}", "a b"),
            ("日本語 のモデル", "日本語 のモデル"),
            ("", ""),
            (" \n ", ""),
        ] {
            assert_eq!(plain_text(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn hostile_text_takes_no_longer_than_other_text() {
        for piece in ["<a", "<!--", "](", "](x", "](\n", "[", "****", "|-|", "<!-- >"] {
            let text = piece.repeat(1 << 18);
            assert!(plain_text(&text).len() <= text.len());
        }
    }
}
