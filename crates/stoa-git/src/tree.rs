//! Trees: the entries of one folder.
//!
//! Source: git-ls-tree(1), `fsck.c` and `tree.c` of git. An entry is `<mode in octal> <name>\0<20 bytes of id>`.

use std::cmp::Ordering;

use stoa_core::Oid;

use crate::Error;

/// The id of the tree without entries, which stands for an empty repository.
pub const EMPTY_TREE: Oid = Oid([
    0x4b, 0x82, 0x5d, 0xc6, 0x42, 0xcb, 0x6e, 0xb9, 0xa0, 0x60, 0xe5, 0x4b, 0xf8, 0xd6, 0x92, 0x88, 0xfb,
    0xee, 0x49, 0x04,
]);

/// What an entry of a tree is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Mode {
    /// A file (`100644`; the `100664` of early git is read as this, as git does).
    File,
    /// A file that may be executed (`100755`).
    Executable,
    /// A symbolic link; the blob holds the target (`120000`).
    Symlink,
    /// A folder (`40000`; a padded `040000` is read as this, as git does).
    Tree,
    /// A commit of another repository (`160000`).
    Submodule,
}

impl Mode {
    /// The octal digits in a tree.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Symlink => "120000",
            Self::Tree => "40000",
            Self::Submodule => "160000",
        }
    }

    fn parse(digits: &[u8]) -> Option<Self> {
        match digits {
            b"100644" | b"100664" => Some(Self::File),
            b"100755" => Some(Self::Executable),
            b"120000" => Some(Self::Symlink),
            b"40000" | b"040000" => Some(Self::Tree),
            b"160000" => Some(Self::Submodule),
            _ => None,
        }
    }
}

/// One entry of a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TreeEntry {
    /// What it is.
    pub mode: Mode,
    /// Its name, without `/`.
    pub name: String,
    /// The blob, tree or (submodule) commit.
    pub oid: Oid,
}

/// The entries of one folder. From [`Tree::parse`] they are in git's order and no name comes twice.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tree {
    /// The entries; [`Tree::encode_body`] sorts them.
    pub entries: Vec<TreeEntry>,
}

impl Tree {
    /// Reads the body of a tree. Refuses what `git fsck` refuses in names, modes and order.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        // An entry has at least 28 bytes with common modes and short names; a guess that the body itself bounds.
        let mut entries: Vec<TreeEntry> = Vec::with_capacity(body.len() / 28);
        let mut at = 0;
        while at < body.len() {
            let (entry, next) = entry(body, at)?;
            if entries.last().is_some_and(|last| order(last, &entry) != Ordering::Less) {
                return Err(malformed(at, "entry out of order or twice"));
            }
            // A file `a` sorts before a folder `a`, but `a.b` may stand between them.
            if entry.mode == Mode::Tree && has_file(&entries, &entry.name) {
                return Err(malformed(at, "a file and a folder have the same name"));
            }
            entries.push(entry);
            at = next;
        }
        Ok(Self { entries })
    }

    /// Puts the entries into git's order.
    pub fn sort(&mut self) {
        self.entries.sort_by(order);
    }

    /// The body of the tree, entries sorted as git sorts them: a folder compares as if its name ended in `/`.
    pub fn encode_body(&self) -> Vec<u8> {
        let mut sorted: Vec<&TreeEntry> = self.entries.iter().collect();
        sorted.sort_by(|a, b| order(a, b));
        let size = sorted.iter().map(|entry| entry.name.len() + 28).sum();
        let mut body = Vec::with_capacity(size);
        for entry in sorted {
            body.extend_from_slice(entry.mode.as_str().as_bytes());
            body.push(b' ');
            body.extend_from_slice(entry.name.as_bytes());
            body.push(0);
            body.extend_from_slice(entry.oid.as_bytes());
        }
        body
    }

    /// Where two trees differ, in git's order: what `old` has under a name, and what this one has. A file and a folder of
    /// one name are two places. Both must be in git's order, as [`Tree::parse`] gives them; then the work is as much as
    /// both have entries.
    pub fn differences<'a, 'b>(
        &'a self,
        old: &'b Self,
    ) -> Vec<(Option<&'b TreeEntry>, Option<&'a TreeEntry>)> {
        let mut found = Vec::new();
        let (mut olds, mut news) = (old.entries.iter().peekable(), self.entries.iter().peekable());
        loop {
            let next = match (olds.peek(), news.peek()) {
                (None, None) => return found,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(old), Some(new)) => order(old, new),
            };
            let was = if next == Ordering::Greater { None } else { olds.next() };
            let is = if next == Ordering::Less { None } else { news.next() };
            if was != is {
                found.push((was, is));
            }
        }
    }

    /// The entries that `old` has not exactly so, each with what it has under that name: the half of
    /// [`Self::differences`] that is still there.
    pub fn changed_since<'a, 'b>(&'a self, old: &'b Self) -> Vec<(&'a TreeEntry, Option<&'b TreeEntry>)> {
        self.differences(old).into_iter().filter_map(|(was, is)| Some((is?, was))).collect()
    }

    /// The entry with this name among folders or among all else, in a tree in git's order: a binary search.
    pub fn find(&self, name: &str, mode: Mode) -> Option<&TreeEntry> {
        let wanted = TreeEntry { mode, name: name.to_owned(), oid: EMPTY_TREE };
        let at = self.entries.binary_search_by(|entry| order(entry, &wanted)).ok()?;
        self.entries.get(at)
    }

    /// The entry with this name.
    pub fn get(&self, name: &str) -> Option<&TreeEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

fn entry(body: &[u8], at: usize) -> Result<(TreeEntry, usize), Error> {
    let rest = &body[at..];
    let space = rest.iter().take(7).position(|b| *b == b' ').ok_or(malformed(at, "an entry has no mode"))?;
    let mode = Mode::parse(&rest[..space]).ok_or(malformed(at, "an entry has an unknown mode"))?;
    let start = at + space + 1;
    let length = body[start..].iter().position(|b| *b == 0).ok_or(malformed(start, "a name does not end"))?;
    let name = std::str::from_utf8(&body[start..start + length])
        .map_err(|_| Error::NotUtf8 { what: "tree", at: start })?;
    if let Some(why) = name_fault(name, mode) {
        return Err(malformed(start, why));
    }
    let id = start + length + 1;
    let oid =
        body.get(id..id + Oid::LEN).and_then(Oid::from_slice).ok_or(malformed(id, "an entry has no id"))?;
    Ok((TreeEntry { mode, name: name.to_owned(), oid }, id + Oid::LEN))
}

fn malformed(at: usize, why: &'static str) -> Error {
    Error::Malformed { what: "tree", at, why }
}

/// Names that would let a checkout write outside its folder or into git's own.
fn name_fault(name: &str, mode: Mode) -> Option<&'static str> {
    match name {
        "" => return Some("a name is empty"),
        "." | ".." => return Some("a name is `.` or `..`"),
        _ if name.contains('/') => return Some("a name contains `/`"),
        _ => {}
    }
    if is_dot_git(name) {
        return Some("a name is a spelling of `.git`");
    }
    if mode == Mode::Symlink && name.eq_ignore_ascii_case(".gitmodules") {
        return Some("`.gitmodules` is a symbolic link");
    }
    None
}

/// The spellings that `stoa_core::RepoPath` refuses, and for the same reason: Windows or macOS open them as `.git`.
fn is_dot_git(name: &str) -> bool {
    // Nearly every name begins otherwise; only the rest are worth the allocations below.
    let begins = name.as_bytes()[0];
    if !(matches!(begins, b'.' | b'g' | b'G') || begins >= 0x80) {
        return false;
    }
    let visible: String = name
        .chars()
        .filter(|c| !matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}'))
        .collect::<String>()
        .to_ascii_lowercase();
    // NTFS also takes `\` for a separator, so `.git\config` is git's own folder there.
    let stem = visible.split([':', '\\']).next().unwrap_or_default().trim_end_matches(['.', ' ']);
    stem == ".git" || stem == "git~1"
}

fn order(a: &TreeEntry, b: &TreeEntry) -> Ordering {
    compare((&a.name, a.mode == Mode::Tree), (&b.name, b.mode == Mode::Tree))
}

/// `base_name_compare` of git: bytes, then the end of a name counts as `/` for a folder and as NUL for a file.
fn compare((a, a_tree): (&str, bool), (b, b_tree): (&str, bool)) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let common = a.len().min(b.len());
    a[..common].cmp(&b[..common]).then_with(|| {
        let next = |name: &[u8], tree: bool| name.get(common).copied().unwrap_or(if tree { b'/' } else { 0 });
        next(a, a_tree).cmp(&next(b, b_tree))
    })
}

fn has_file(sorted: &[TreeEntry], name: &str) -> bool {
    sorted.binary_search_by(|entry| compare((&entry.name, entry.mode == Mode::Tree), (name, false))).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ObjectKind, hash};

    fn raw(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (mode, name) in entries {
            body.extend_from_slice(mode.as_bytes());
            body.push(b' ');
            body.extend_from_slice(name);
            body.push(0);
            body.extend_from_slice(&[7; 20]);
        }
        body
    }

    fn why(entries: &[(&str, &[u8])]) -> &'static str {
        match Tree::parse(&raw(entries)) {
            Err(Error::Malformed { why, .. }) => why,
            Err(Error::NotUtf8 { .. }) => "not UTF-8",
            other => panic!("{entries:?} gave {other:?}"),
        }
    }

    #[test]
    fn the_empty_tree_has_its_known_id() {
        assert_eq!(EMPTY_TREE.to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
        assert_eq!(hash(ObjectKind::Tree, &Tree::default().encode_body()), Ok(EMPTY_TREE));
        assert_eq!(Tree::parse(b""), Ok(Tree::default()));
    }

    #[test]
    fn folders_sort_as_if_they_ended_in_a_slash() {
        let entry = |mode, name: &str| TreeEntry { mode, name: name.to_owned(), oid: Oid([7; 20]) };
        let tree = Tree {
            entries: vec![
                entry(Mode::File, "a0"),
                entry(Mode::Tree, "a"),
                entry(Mode::File, "a.b"),
                entry(Mode::Symlink, "a-"),
                entry(Mode::Submodule, "ab"),
                entry(Mode::Executable, "A"),
            ],
        };
        let parsed = Tree::parse(&tree.encode_body()).expect("parses");
        let names: Vec<&str> = parsed.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["A", "a-", "a.b", "a", "a0", "ab"]);
        assert_eq!(parsed.encode_body(), tree.encode_body());
        assert_eq!(parsed.get("a").map(|entry| entry.mode), Some(Mode::Tree));
        assert_eq!(parsed.get("b"), None);
    }

    #[test]
    fn historic_modes_are_read_as_git_reads_them() {
        let tree = Tree::parse(&raw(&[("100664", b"a"), ("040000", b"b")])).expect("parses");
        assert_eq!(tree.entries[0].mode, Mode::File);
        assert_eq!(tree.entries[1].mode, Mode::Tree);
    }

    #[test]
    fn entries_that_git_would_refuse_are_refused() {
        for mode in ["", "0", "644", "100600", "0100644", "777777", "40001", "1006440", "99999999"] {
            assert!(Tree::parse(&raw(&[(mode, b"a")])).is_err(), "{mode}");
        }
        assert_eq!(why(&[("100644", b"")]), "a name is empty");
        assert_eq!(why(&[("100644", b"..")]), "a name is `.` or `..`");
        assert_eq!(why(&[("40000", b".")]), "a name is `.` or `..`");
        assert_eq!(why(&[("100644", b"a/b")]), "a name contains `/`");
        let dot_git = "a name is a spelling of `.git`";
        for name in [".git", ".GIT", "git~1", ".git. ", ".git::$INDEX_ALLOCATION", ".g\u{200c}it", ".git\\x"]
        {
            assert_eq!(why(&[("40000", name.as_bytes())]), dot_git, "{name}");
        }
        assert_eq!(why(&[("120000", b".gitmodules")]), "`.gitmodules` is a symbolic link");
        assert_eq!(why(&[("100644", b"\xff")]), "not UTF-8");
        assert!(
            Tree::parse(&raw(&[("100644", b".gitignore"), ("100644", b"Icon\r"), ("40000", b"git")])).is_ok()
        );
    }

    #[test]
    fn order_and_uniqueness_are_enforced() {
        let unordered = "entry out of order or twice";
        assert_eq!(why(&[("100644", b"b"), ("100644", b"a")]), unordered);
        assert_eq!(why(&[("100644", b"a"), ("100644", b"a")]), unordered);
        assert_eq!(why(&[("100644", b"a"), ("100755", b"a")]), unordered);
        assert_eq!(why(&[("40000", b"a"), ("100644", b"a.b")]), unordered);
        let same = "a file and a folder have the same name";
        assert_eq!(why(&[("100644", b"a"), ("40000", b"a")]), same);
        assert_eq!(why(&[("100644", b"a"), ("100644", b"a.b"), ("40000", b"a")]), same);
    }

    #[test]
    fn a_truncated_tree_is_refused_at_every_length() {
        let whole = raw(&[("100644", b"a"), ("40000", b"folder")]);
        for cut in 1..whole.len() {
            assert_eq!(Tree::parse(&whole[..cut]).is_ok(), cut == raw(&[("100644", b"a")]).len(), "{cut}");
        }
    }
}
