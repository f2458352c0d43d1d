//! `.gitattributes`: which files are large files.
//!
//! Source: gitattributes(5), `attr.c` of git. Only the file at the root of a repository is known, and of its
//! attributes only `filter`, with the macros that may set it.

use std::collections::HashMap;

use crate::rule::{MAX_STARS, Rule, lines};

/// Macros after this many are not read.
const MAX_MACROS: usize = 64;
const FILTER: usize = 0;
const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// The rules of one `.gitattributes`.
pub struct Attributes {
    lines: Vec<(Rule, Vec<Setting>)>,
    /// What each macro sets; place 0 stands for `filter`, which is none.
    macros: Vec<Vec<Setting>>,
}

type Setting = (usize, State);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Set without a value.
    Set,
    /// `filter=lfs`.
    Lfs,
    /// Anything else: `-filter`, `!filter`, `filter=other`.
    Other,
}

impl Attributes {
    /// Reads a file. Lines from 2048 bytes on are skipped; after 10,000 lines, 64 macros or 1,000 stars (beside
    /// `*ending`) the rest is not read.
    pub fn parse(text: &str) -> Self {
        let mut names = HashMap::from([("filter", FILTER)]);
        let mut macros = Vec::new();
        for (name, settings) in lines(text).filter_map(split).filter_map(|line| as_macro(&line)) {
            if names.len() <= MAX_MACROS || names.contains_key(name) {
                let next = names.len();
                macros.push((*names.entry(name).or_insert(next), settings));
            }
        }
        let mut read = Self { lines: Vec::new(), macros: vec![Vec::new(); names.len()] };
        for (place, settings) in macros {
            // The last definition of a macro is the one that counts, if all its attributes have valid names.
            if let Some(settings) = known(settings, &names) {
                read.macros[place] = settings;
            }
        }
        let mut stars = 0;
        for line in lines(text).filter_map(split).filter(|line| as_macro(line).is_none()) {
            let Some(settings) = known(line.settings, &names).filter(|found| !found.is_empty()) else {
                continue;
            };
            let rule = Rule::new(&line.pattern);
            stars += rule.stars();
            if stars > MAX_STARS {
                break;
            }
            if !rule.negated {
                read.lines.push((rule, settings));
            }
        }
        read
    }

    /// Whether the file at `path` is to be stored as a large file: `filter` is `lfs` there. The last line that
    /// matches and says anything about `filter` decides.
    pub fn is_lfs(&self, path: &str) -> bool {
        let mut decided = vec![None; self.macros.len()];
        for (rule, settings) in self.lines.iter().rev() {
            if rule.matches(path, false) {
                self.decide(settings, &mut decided);
            }
            if let Some(state) = decided[FILTER] {
                return state == State::Lfs;
            }
        }
        false
    }

    /// Later settings win, and a macro counts at its place. Each is decided once, so macros cannot go in circles.
    fn decide(&self, settings: &[Setting], decided: &mut [Option<State>]) {
        for (place, state) in settings.iter().rev() {
            if decided[*place].is_none() {
                decided[*place] = Some(*state);
                if *state == State::Set {
                    self.decide(&self.macros[*place], decided);
                }
            }
        }
    }
}

struct Line<'a> {
    pattern: Vec<u8>,
    /// The pattern as written, if it was not in quotes.
    plain: Option<&'a str>,
    settings: &'a str,
}

fn split(line: &str) -> Option<Line<'_>> {
    let line = line.trim_start_matches(BLANK);
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    if let Some((pattern, settings)) = unquote(line) {
        return Some(Line { pattern, plain: None, settings });
    }
    let end = line.find(BLANK).unwrap_or(line.len());
    let (pattern, settings) = line.split_at(end);
    Some(Line { pattern: pattern.as_bytes().to_vec(), plain: Some(pattern), settings })
}

fn as_macro<'a>(line: &Line<'a>) -> Option<(&'a str, &'a str)> {
    let name = line.plain?.strip_prefix("[attr]").filter(|name| !name.is_empty())?;
    Some((name, line.settings))
}

/// The settings of known attributes; `None` when a name is invalid, for which git drops the line.
fn known(settings: &str, names: &HashMap<&str, usize>) -> Option<Vec<Setting>> {
    let mut found = Vec::new();
    for word in settings.split(BLANK).filter(|word| !word.is_empty()) {
        let (off, word) = word.strip_prefix(['-', '!']).map_or((false, word), |rest| (true, rest));
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        if !valid(name) {
            return None;
        }
        let state = match value {
            _ if off => State::Other,
            None => State::Set,
            Some("lfs") => State::Lfs,
            Some(_) => State::Other,
        };
        if let Some(place) = names.get(name) {
            found.push((*place, state));
        }
    }
    Some(found)
}

fn valid(name: &str) -> bool {
    let ordinary = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    !name.is_empty() && !name.starts_with('-') && name.bytes().all(ordinary) && !name.starts_with("builtin_")
}

/// `"..."` with the escapes of C, as `unquote_c_style` in git's `quote.c`; and what follows it.
fn unquote(line: &str) -> Option<(Vec<u8>, &str)> {
    let bytes = line.strip_prefix('"')?.as_bytes();
    let mut pattern = Vec::new();
    let mut at = 0;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        match byte {
            b'"' => return Some((pattern, line.get(at + 1..)?)),
            b'\\' => {
                let (byte, length) = escape(&bytes[at..])?;
                pattern.push(byte);
                at += length;
            }
            _ => pattern.push(byte),
        }
    }
}

fn escape(bytes: &[u8]) -> Option<(u8, usize)> {
    let octal = |digit: &u8| if matches!(digit, b'0'..=b'7') { Some(digit - b'0') } else { None };
    let simple = match bytes.first()? {
        b'a' => 7,
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        byte @ (b'\\' | b'"') => *byte,
        b'0'..=b'3' => {
            let [high, middle, low] = bytes.first_chunk::<3>()?;
            return Some(((octal(high)? << 6) | (octal(middle)? << 3) | octal(low)?, 3));
        }
        _ => return None,
    };
    Some((simple, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::Git;

    const FILES: &[&str] = &[
        "a.bin",
        "x/a.bin",
        "a.txt",
        "x/a.txt",
        "saved_model/a",
        "saved_model/x/a",
        "x/saved_model/a",
        "a b.bin",
        "a1",
        "ab",
        "ä.bin",
        "dir/a",
        "dir/x/a",
        "#a.bin",
        "model.safetensors",
        "a.tar.gz",
        "a*tfevents*b",
        "[x]",
        "logs/events.tfevents.123",
        "x/y/z/deep.bin",
        "tab\tname",
        "quote\"name",
        "bar",
        "foo/bar",
    ];

    fn check(git: &Git, text: &str) {
        std::fs::write(git.path(".gitattributes"), text).expect("writes");
        let input = FILES.join("\0");
        let said = git.run(&["check-attr", "-z", "--stdin", "filter"], input.as_bytes());
        let words: Vec<&str> = said.split('\0').collect();
        let rules = Attributes::parse(text);
        for (path, found) in FILES.iter().zip(words.chunks(3)) {
            assert_eq!(found[0], *path, "{said}");
            assert_eq!(rules.is_lfs(path), found[2] == "lfs", "{path} in {text:?}, git says {}", found[2]);
        }
    }

    #[test]
    fn git_agrees() {
        let git = Git::new();
        let lfs = "filter=lfs diff=lfs merge=lfs -text";
        for text in [
            String::new(),
            format!("*.bin {lfs}\n*.safetensors {lfs}\nsaved_model/**/* {lfs}\n*tfevents* {lfs}\n*.tar.* {lfs}\n"),
            format!("*.bin {lfs}\nx/*.bin -filter\n"),
            format!("*.bin {lfs}\nx/a.bin !filter\n"),
            format!("*.bin {lfs}\nx/a.bin filter=other\na.bin filter\n"),
            format!("*.bin {lfs}\n*.bin -text\n"),
            format!("*.bin -text\n*.bin {lfs} -filter\n"),
            "*.bin -filter filter=lfs\n".to_owned(),
            format!("/a.bin {lfs}\n"),
            format!("dir/ {lfs}\n"),
            format!("dir {lfs}\ndir/* {lfs}\n"),
            format!("dir/** {lfs}\n"),
            format!("**/a {lfs}\n"),
            format!("\"a b.bin\" {lfs}\n\"tab\\tname\"{lfs}\n\"quote\\\"name\" {lfs}\n\"\\303\\244.bin\" {lfs}\n"),
            format!("\"a b.bin {lfs}\n"),
            format!("a[0-9] {lfs}\n\\#a.bin {lfs}\n"),
            format!("  \t*.bin\t{lfs}\r\n# *.txt {lfs}\r\n"),
            format!("\u{feff}*.bin {lfs}"),
            format!("*.bin {lfs} b@d\n"),
            format!("*.bin {lfs} builtin_x\n"),
            "*.bin filter=LFS\n*.txt filter=lfs2\na1 filter=\n".to_owned(),
            "* filter=lfs\n*.txt !filter\n".to_owned(),
            "[attr]large filter=lfs -text\n*.bin large\nx/*.bin -large\na.txt large -filter\nab -filter large\n".to_owned(),
            "*.bin one\n[attr]one two\n[attr]two one filter=lfs\n".to_owned(),
            "[attr]one filter=lfs\n[attr]one -filter\n*.bin one\n".to_owned(),
            "[attr]binary filter=lfs\n*.bin binary\n[attr] x filter=lfs\n".to_owned(),
            "*.bin filter=lfs\nx/a.bin large\n[attr]large -filter\n".to_owned(),
            "foo**/bar filter=lfs\n**bar filter=lfs\n".to_owned(),
            format!("*.bin {} filter=lfs\n", "x".repeat(2100)),
        ] {
            check(&git, &text);
        }
    }

    #[test]
    fn negated_patterns_are_not_allowed_and_ignored() {
        let rules = Attributes::parse("* filter=lfs\n!a.txt -filter\n");
        assert!(rules.is_lfs("a.txt"));
    }

    #[test]
    fn a_huge_file_is_read_to_its_limit() {
        let mut text = "x.bin filter=lfs\n".repeat(9_999);
        text.push_str("in filter=lfs\nout filter=lfs\n");
        let rules = Attributes::parse(&text);
        assert!(rules.is_lfs("in") && !rules.is_lfs("out"));
        let macros: Vec<String> = (0..200).map(|i| format!("[attr]m{i} m{}", i + 1)).collect();
        assert!(!Attributes::parse(&(macros.join("\n") + "\n* m0\n")).is_lfs("a"));
    }
}
