//! One line of `.gitattributes` or `.gitignore` at the root of a repository: which paths it speaks of.
//!
//! Source: gitignore(5), `parse_path_pattern` and `match_pathname` in git's `dir.c`.

use crate::wildmatch::Pattern;

/// Lines after this many are not read.
pub const MAX_LINES: usize = 10_000;
/// A longer line is skipped, as git does in `.gitattributes`.
pub const MAX_LINE: usize = 2048;
/// After this many stars in patterns that are not simply `*ending`, further lines are not read: each costs time for
/// each byte of each path.
pub const MAX_STARS: usize = 1000;

/// A pattern and how it applies.
pub struct Rule {
    /// It began with `!`.
    pub negated: bool,
    /// It ended in `/`, so it speaks of folders.
    folder: bool,
    /// It has no `/` inside, so it speaks of the last name of a path wherever that is.
    anywhere: bool,
    pattern: Pattern,
}

impl Rule {
    /// Reads a pattern.
    pub fn new(text: &[u8]) -> Self {
        let (negated, text) = text.strip_prefix(b"!").map_or((false, text), |rest| (true, rest));
        let (folder, text) = text.strip_suffix(b"/").map_or((false, text), |rest| (true, rest));
        let anywhere = !text.contains(&b'/');
        let pattern = Pattern::new(text.strip_prefix(b"/").unwrap_or(text));
        Self { negated, folder, anywhere, pattern }
    }

    /// Stars to count against [`MAX_STARS`].
    pub fn stars(&self) -> usize {
        self.pattern.cost()
    }

    /// Whether it speaks of this path.
    pub fn matches(&self, path: &str, folder: bool) -> bool {
        if self.folder && !folder {
            return false;
        }
        let text = if self.anywhere { path.rsplit('/').next().unwrap_or(path) } else { path };
        self.pattern.matches(text.as_bytes())
    }
}

/// The lines of a file, without a byte order mark, each with its number of bytes checked.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.split('\n')
        .take(MAX_LINES)
        .map(|line| line.strip_suffix('\r').unwrap_or(line))
        .filter(|line| line.len() < MAX_LINE && !line.is_empty())
}
