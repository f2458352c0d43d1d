//! Paths of files inside a repository.

use std::fmt;

use crate::Failure;

/// The path of a file or folder from the root of a repository: UTF-8, `/` between names, never empty.
///
/// Invariant: no name is empty, `.`, `..` or a spelling of `.git` that some file system would take for it, so a
/// checkout can never write outside its folder or into git's own.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct RepoPath(String);

impl RepoPath {
    /// Longest path, in bytes.
    pub const MAX: usize = 2048;
    /// Longest single name, in bytes: what common file systems can check out.
    pub const MAX_NAME: usize = 255;

    /// Parses a path that is to be written.
    pub fn new(path: impl Into<String>) -> Result<Self, Failure> {
        let path = path.into();
        match fault(&path) {
            None => Ok(Self(path)),
            Some(why) => {
                let shown: String = path.chars().take(128).collect::<String>().escape_debug().collect();
                Err(Failure::invalid(format!("Invalid path `{shown}`: {why}")))
            }
        }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last name.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The names from the root down.
    pub fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn fault(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("it is empty");
    }
    if path.len() > RepoPath::MAX {
        return Some("it is longer than 2048 bytes");
    }
    if path.starts_with('/') {
        return Some("it must be relative to the root of the repository");
    }
    if path.chars().any(char::is_control) {
        return Some("it contains a control character");
    }
    if path.contains('\\') {
        return Some("use `/` between folders, not `\\`");
    }
    path.split('/').find_map(name_fault)
}

fn name_fault(name: &str) -> Option<&'static str> {
    match name {
        "" => return Some("it has an empty folder name"),
        "." | ".." => return Some("`.` and `..` are not allowed"),
        _ => {}
    }
    if name.len() > RepoPath::MAX_NAME {
        return Some("a name in it is longer than 255 bytes");
    }
    if is_dot_git(name) {
        return Some("`.git` is reserved by git");
    }
    None
}

/// Spellings that Windows (trailing dots and spaces, `git~1`, streams) or macOS (ignored code points) open as `.git`.
fn is_dot_git(name: &str) -> bool {
    let visible: String = name
        .chars()
        .filter(|c| !matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}'))
        .collect::<String>()
        .to_ascii_lowercase();
    let stem = visible.split(':').next().unwrap_or_default().trim_end_matches(['.', ' ']);
    stem == ".git" || stem == "git~1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_but_legal_names_are_kept_as_written() {
        for path in
            ["a", "a/b.txt", "data/50%?:,;.csv", "été/数据.json", ".gitattributes", "a b", "..a", "-x", "git"]
        {
            assert_eq!(RepoPath::new(path).map(|p| p.to_string()), Ok(path.to_owned()));
        }
    }

    #[test]
    fn paths_that_could_escape_or_break_a_checkout_are_refused() {
        let long = "a".repeat(4096);
        for path in [
            "",
            "/a",
            "a//b",
            "a/",
            "..",
            "a/../b",
            "./a",
            "a\\b",
            "..\\x",
            "a\0b",
            "a\nb",
            ".git",
            ".GIT/config",
            "x/.git/y",
            ".git.",
            ".git ",
            "git~1",
            ".git::$INDEX_ALLOCATION",
            ".g\u{200c}it",
            &long,
        ] {
            assert!(RepoPath::new(path).is_err(), "{path:?}");
        }
    }
}
