//! The card of a repository: `README.md`, its metadata and its prose.

mod text;
mod yaml;

use std::fmt;

use serde_json::{Map, Value};

pub use text::plain_text;

/// Longest front matter, in bytes. Benchmark cards with thousands of results stay well under it.
pub const MAX_METADATA: usize = 4 * 1024 * 1024;

/// A card cut in two, before anything is parsed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Split<'a> {
    /// The text between the `---` lines; `None` if the card has none.
    pub yaml: Option<&'a str>,
    /// The line of the card, from 1, on which `yaml` begins.
    pub yaml_line: usize,
    /// What follows: all of the card if it has no front matter.
    pub body: &'a str,
}

/// Finds the front matter of a card: the lines between a first line `---` and the next line `---`.
///
/// Compat: blank lines and a byte order mark before it are tolerated, as the Python client's pattern does. A first
/// `---` that is never closed is a Markdown rule, so such a card has no metadata.
pub fn split(readme: &str) -> Split<'_> {
    let text = readme.strip_prefix('\u{feff}').unwrap_or(readme);
    let none = Split { yaml: None, yaml_line: 1, body: text };
    let mut line_number = 1;
    let mut rest = text;
    loop {
        let Some((line, after)) = cut_line(rest) else { return none };
        line_number += 1;
        rest = after;
        match line.trim() {
            "" => {}
            "---" if line.starts_with("---") => break,
            _ => return none,
        }
    }
    let yaml_at = rest;
    while let Some((line, after)) = cut_line(rest) {
        if line.trim_end() == "---" {
            let yaml = &yaml_at[..yaml_at.len() - rest.len()];
            return Split { yaml: Some(yaml), yaml_line: line_number, body: after };
        }
        rest = after;
    }
    none
}

/// Cuts one line off, without its end (`\n`, `\r\n` or a lone `\r`); `None` at the end of the text.
fn cut_line(text: &str) -> Option<(&str, &str)> {
    if text.is_empty() {
        return None;
    }
    let Some(end) = text.find(['\n', '\r']) else { return Some((text, "")) };
    let (line, rest) = text.split_at(end);
    Some((line, rest.strip_prefix("\r\n").unwrap_or(&rest[1..])))
}

/// A parsed card.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Card {
    /// The metadata; empty if there is none.
    pub data: Map<String, Value>,
    /// The Markdown after the metadata.
    pub body: String,
}

impl Card {
    /// Parses a `README.md`.
    ///
    /// YAML 1.2 rules hold, so `language: no` is Norwegian and not `false`, and a date stays the text it is. A number
    /// that JSON cannot hold (`.nan`, `.inf`) becomes `null`, as it does on the Hub.
    pub fn parse(readme: &str) -> Result<Self, CardError> {
        let cut = split(readme);
        let data = match cut.yaml {
            None => Map::new(),
            Some(yaml) => yaml::parse(yaml, cut.yaml_line)?,
        };
        Ok(Self { data, body: cut.body.to_owned() })
    }

    /// The strings under a key: one string, or the strings of a list. Anything else counts as absent.
    ///
    /// Most keys of a card may be written either way; [`crate::validate`] is where a wrong shape is told.
    pub(crate) fn strings(&self, key: &str) -> Vec<&str> {
        match self.data.get(key) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The string under a key, if it is one and says something.
    pub(crate) fn string(&self, key: &str) -> Option<&str> {
        self.data.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty())
    }
}

/// Metadata that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardError {
    /// The line of the card, from 1, if it is known.
    pub line: Option<usize>,
    /// What is wrong and what to do, without the line.
    pub message: String,
}

impl fmt::Display for CardError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "Line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for CardError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_lies_between_two_rules_at_the_top() {
        for (readme, yaml, line, body) in [
            ("---\na: 1\n---\n# T\n", Some("a: 1\n"), 2, "# T\n"),
            ("\u{feff}---\r\na: 1\r\n---\r\n# T\r\n", Some("a: 1\r\n"), 2, "# T\r\n"),
            ("\n\n--- \na: 1\n--- \t\n", Some("a: 1\n"), 4, ""),
            ("---\n---\nx", Some(""), 2, "x"),
            ("---\na: 1\n---", Some("a: 1\n"), 2, ""),
            ("---\ra: 1\r---\rx", Some("a: 1\r"), 2, "x"),
            ("---\nt: |\n  x\n  ---\n---\nb", Some("t: |\n  x\n  ---\n"), 2, "b"),
        ] {
            assert_eq!(split(readme), Split { yaml, yaml_line: line, body }, "{readme:?}");
        }
    }

    #[test]
    fn a_card_without_closed_front_matter_is_all_prose() {
        for readme in
            ["", "# T\n---\na: 1\n---\n", "---\na: 1\n", "---", "----\na: 1\n----\n", "  ---\na: 1\n---\n"]
        {
            assert_eq!(split(readme), Split { yaml: None, yaml_line: 1, body: readme }, "{readme:?}");
            assert_eq!(Card::parse(readme), Ok(Card { data: Map::new(), body: readme.to_owned() }));
        }
    }

    #[test]
    fn one_string_and_a_list_read_the_same() {
        let card = Card::parse("---\na: x\nb: [x, 1, y]\nc: {x: y}\n---\n").expect("valid");
        assert_eq!(card.strings("a"), ["x"]);
        assert_eq!(card.strings("b"), ["x", "y"]);
        assert!(card.strings("c").is_empty() && card.strings("d").is_empty());
    }
}
