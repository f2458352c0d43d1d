//! `.gitignore`: which new files are not wanted.
//!
//! Source: gitignore(5), `last_matching_pattern` in git's `dir.c`. Only the file at the root of a repository is known.

use crate::rule::{MAX_STARS, Rule, lines};

/// The rules of one `.gitignore`.
pub struct Ignore {
    rules: Vec<Rule>,
}

impl Ignore {
    /// Reads a file. Lines from 2048 bytes on are skipped; after 10,000 lines or 1,000 stars the rest is not read.
    pub fn parse(text: &str) -> Self {
        let mut rules = Vec::new();
        let mut stars = 0;
        for line in lines(text).filter(|line| !line.starts_with('#')).map(trim) {
            let rule = Rule::new(line.as_bytes());
            stars += rule.stars();
            if stars > MAX_STARS {
                break;
            }
            rules.push(rule);
        }
        Self { rules }
    }

    /// Whether git would not add the file at `path`: the last rule that matches it decides, unless a folder above it
    /// is ignored.
    pub fn is_ignored(&self, path: &str) -> bool {
        let above = path.match_indices('/').map(|(at, _)| &path[..at]);
        above.into_iter().any(|folder| self.excludes(folder, true)) || self.excludes(path, false)
    }

    fn excludes(&self, path: &str, folder: bool) -> bool {
        self.rules.iter().rev().find(|rule| rule.matches(path, folder)).is_some_and(|rule| !rule.negated)
    }
}

/// Without the spaces at the end, unless they are written `\ `.
fn trim(line: &str) -> &str {
    let (mut end, mut escaped) = (0, false);
    for (at, byte) in line.bytes().enumerate() {
        if byte != b' ' || escaped {
            end = at + 1;
        }
        escaped = byte == b'\\' && !escaped;
    }
    &line[..end]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::oracle::{Git, random};

    const FILES: &[&str] = &[
        "a",
        "a.log",
        "keep.log",
        "x/a.log",
        "x/keep.log",
        "build/a",
        "build/keep",
        "x/build/a",
        "doc/a.txt",
        "doc/x/a.txt",
        "doc/x/y/a.pdf",
        "foo/bar",
        "x/foo/bar",
        "foo/x/bar",
        "foox/bar",
        "foo",
        "#a",
        "!a",
        "a b",
        "a ",
        "a\t",
        "[x]",
        "x",
        "b1",
        "b2",
        "bx",
        "é.log",
        "deep/er/still/tmp/f",
        "tmp",
        "tmp/keep/f",
        "-a",
        "a/b/c/d",
        "a/b",
        "a/d",
        "c\\d",
        "*",
        "**",
        ".env",
        ".env.local",
        "node_modules/m/.env",
        "fooq/z/bar",
    ];

    fn check(git: &Git, text: &str) {
        std::fs::write(git.path(".gitignore"), text).expect("writes");
        let input = FILES.join("\0");
        let said = git.run(&["check-ignore", "--no-index", "-z", "--stdin"], input.as_bytes());
        let expected: BTreeSet<&str> = said.split('\0').filter(|name| !name.is_empty()).collect();
        let rules = Ignore::parse(text);
        let found: BTreeSet<&str> = FILES.iter().copied().filter(|path| rules.is_ignored(path)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn git_agrees() {
        let git = Git::new();
        for text in [
            "",
            "*.log\n!keep.log\n",
            "build/\n!build/keep\n",
            "/build\n",
            "doc/*.txt\ndoc/**/*.pdf\n",
            "foo/bar\n",
            "**/foo/bar\n",
            "foo/**/bar\n",
            "foo/**\n!foo/x\n!foo/x/bar\n",
            "foo**/bar\n",
            "foo*\n",
            "\\#a\n\\!a\n#x\n",
            "a \n",
            "a\\ \n",
            "a\t\n",
            "\u{feff}*.log\r\ntmp/\r\n",
            "[x]\n",
            "\\[x]\n",
            "b[0-9]\n",
            "b[!0-9]\n",
            "b[^1]\n",
            "b[[:alpha:]]\n",
            "[a\n\\\n",
            "*\n!*/\n!*.log\n",
            "/*\n!/foo\n",
            "tmp\n",
            "a/**/d\n",
            "a/*/d\n",
            "/a/b\n",
            "!\n/\n//\n",
            "**\n",
            "**/\n",
            "/**\n!x\n",
            "*/*\n",
            "c\\\\d\n\\**\n",
            ".env*\nnode_modules/\n",
            "   \n\n \\ \n",
            "é.*\n",
        ] {
            check(&git, text);
        }
    }

    #[test]
    fn git_agrees_with_random_rules() {
        let git = Git::new();
        let mut next = random(17);
        let pieces = [
            "*", "**", "/", "a", "b", "foo", "x", "bar", ".log", "?", "[a-f]", "[!a]", "\\", "!", "doc",
            "/**/", " ",
        ];
        for _ in 0..150 {
            let mut text = String::new();
            for _ in 0..=next(4) {
                for _ in 0..=next(5) {
                    text.push_str(pieces[next(pieces.len())]);
                }
                text.push('\n');
            }
            check(&git, &text);
        }
    }

    #[test]
    fn a_huge_file_is_read_to_its_limit() {
        let mut text = "x\n".repeat(9_999);
        text.push_str("in\nout\n");
        let rules = Ignore::parse(&text);
        assert!(rules.is_ignored("in") && !rules.is_ignored("out"));
        let rules = Ignore::parse(&("a*b*c\n".repeat(500) + "late*r*\n"));
        assert!(rules.is_ignored("abc") && !rules.is_ignored("later"));
        assert!(!Ignore::parse(&"x".repeat(2048)).is_ignored(&"x".repeat(2048)));
    }
}
