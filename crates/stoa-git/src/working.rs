//! The folders of an edit while it is being made: opened when touched, left as an id otherwise.

use std::collections::HashMap;
use std::sync::Arc;

use stoa_core::Oid;

use crate::{EMPTY_TREE, EditError, Error, Mode, NewTree, ObjectKind, Tree, TreeEntry, hash};

/// The trees of an edit.
pub type Loaded = HashMap<Oid, Arc<Tree>>;

/// A touched folder.
///
/// Invariant: no folder inside it is open and empty; the one that becomes empty is taken out at once.
#[derive(Default)]
pub struct Folder {
    base: Option<Oid>,
    slots: HashMap<Box<str>, Slot>,
    changed: bool,
}

enum Slot {
    /// A file, or a folder that nothing touched.
    Stored(Mode, Oid),
    Open(Box<Folder>),
}

/// What comes of writing folders.
pub struct Written<'a> {
    /// The trees that were provided.
    loaded: &'a Loaded,
    /// The new trees, deepest first.
    pub trees: Vec<NewTree>,
    /// The trees and files that the base does not have at the same path; some more than once.
    pub introduced: Vec<Oid>,
}

impl<'a> Written<'a> {
    /// Nothing so far.
    pub fn new(loaded: &'a Loaded) -> Self {
        Self { loaded, trees: Vec::new(), introduced: Vec::new() }
    }

    /// Notes a tree that is new at its path, and the files that are new in it. Folders in it note themselves.
    fn introduce(&mut self, oid: Oid, tree: &Tree, old: Option<&Tree>) {
        let none = Tree::default();
        let new = tree.changed_since(old.unwrap_or(&none)).into_iter().map(|(entry, _)| entry);
        let files = new.filter(|entry| !matches!(entry.mode, Mode::Tree | Mode::Submodule));
        self.introduced.extend(files.map(|entry| entry.oid));
        self.introduced.push(oid);
    }
}

impl Folder {
    /// The folder stored as the tree `oid`.
    pub fn open(oid: Oid, loaded: &Loaded) -> Result<Self, Error> {
        if oid == EMPTY_TREE {
            return Ok(Self { base: Some(oid), ..Self::default() });
        }
        let tree = loaded.get(&oid).ok_or(Error::NotLoaded(oid))?;
        let slots = tree
            .entries
            .iter()
            .map(|entry| (entry.name.as_str().into(), Slot::Stored(entry.mode, entry.oid)))
            .collect();
        Ok(Self { base: Some(oid), slots, changed: false })
    }

    /// Puts `oid` at `path`, which is relative to the root.
    pub fn put(&mut self, path: &str, mode: Mode, oid: Oid, loaded: &Loaded) -> Result<(), EditError> {
        let mut folder = self;
        let mut rest = path;
        while let Some((name, below)) = rest.split_once('/') {
            let here = &path[..path.len() - below.len() - 1];
            folder = folder.enter_or_make(name, here, loaded)?;
            rest = below;
        }
        match folder.slots.get_mut(rest) {
            Some(Slot::Open(_) | Slot::Stored(Mode::Tree, _)) => {
                return Err(EditError::OverFolder(path.to_owned()));
            }
            Some(Slot::Stored(old_mode, old)) if (*old_mode, *old) == (mode, oid) => return Ok(()),
            Some(slot) => *slot = Slot::Stored(mode, oid),
            None => {
                folder.slots.insert(rest.into(), Slot::Stored(mode, oid));
            }
        }
        folder.changed = true;
        Ok(())
    }

    /// Removes what is at `path`, and the folders that become empty by it.
    pub fn remove(&mut self, path: &str, loaded: &Loaded) -> Result<(), EditError> {
        if self.take(path, loaded)? { Ok(()) } else { Err(EditError::Missing(path.to_owned())) }
    }

    /// Makes the trees of the changed folders below and of this one, deepest first; `None` when it is empty. `before` is
    /// the tree that the base has at this path, whether this folder was opened from it or not.
    pub fn write(self, before: Option<Oid>, written: &mut Written<'_>) -> Result<Option<Oid>, Error> {
        let old = before.and_then(|oid| written.loaded.get(&oid)).map(Arc::clone);
        let mut changed = self.changed;
        let mut entries = Vec::with_capacity(self.slots.len());
        for (name, slot) in self.slots {
            let (mode, oid) = match slot {
                Slot::Stored(mode, oid) => (mode, oid),
                Slot::Open(folder) => {
                    let base = folder.base;
                    let stood =
                        old.as_ref().and_then(|old| old.find(&name, Mode::Tree)).map(|entry| entry.oid);
                    let oid = folder.write(stood, written)?;
                    changed |= oid != base;
                    let Some(oid) = oid else { continue };
                    (Mode::Tree, oid)
                }
            };
            entries.push(TreeEntry { mode, name: name.into(), oid });
        }
        if entries.is_empty() {
            return Ok(None);
        }
        match self.base {
            Some(base) if !changed => Ok(Some(base)),
            _ => {
                let mut tree = Tree { entries };
                tree.sort();
                let oid = hash(ObjectKind::Tree, &tree.encode_body())?;
                if before != Some(oid) {
                    written.introduce(oid, &tree, old.as_deref());
                }
                let before = before.filter(|_| old.is_some());
                written.trees.push(NewTree { oid, tree, before });
                Ok(Some(oid))
            }
        }
    }

    fn enter_or_make(&mut self, name: &str, here: &str, loaded: &Loaded) -> Result<&mut Self, EditError> {
        if !self.slots.contains_key(name) {
            self.changed = true;
            self.slots.insert(name.into(), Slot::Open(Box::default()));
        }
        match self.enter(name, loaded)? {
            Some(folder) => Ok(folder),
            None => Err(EditError::InsideFile(here.to_owned())),
        }
    }

    /// The folder `name`, opened if need be; `None` when it is a file or not there.
    fn enter(&mut self, name: &str, loaded: &Loaded) -> Result<Option<&mut Self>, Error> {
        let Some(slot) = self.slots.get_mut(name) else { return Ok(None) };
        if let Slot::Stored(Mode::Tree, oid) = slot {
            *slot = Slot::Open(Box::new(Self::open(*oid, loaded)?));
        }
        match slot {
            Slot::Open(folder) => Ok(Some(folder)),
            Slot::Stored(..) => Ok(None),
        }
    }

    /// Whether there was something to remove. Recursion is as deep as a `RepoPath` is, at most 1024.
    fn take(&mut self, path: &str, loaded: &Loaded) -> Result<bool, Error> {
        let Some((name, below)) = path.split_once('/') else {
            let found = self.slots.remove(path).is_some();
            self.changed |= found;
            return Ok(found);
        };
        let Some(folder) = self.enter(name, loaded)? else { return Ok(false) };
        let found = folder.take(below, loaded)?;
        if folder.slots.is_empty() {
            self.slots.remove(name);
            self.changed = true;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use stoa_core::RepoPath;

    use super::*;
    use crate::oracle::{Git, Store, random};
    use crate::{EMPTY_BLOB, Encoded, TreeEdit, encode};

    fn path(text: &str) -> RepoPath {
        RepoPath::new(text).expect("a valid path")
    }

    fn blob(number: u8) -> Oid {
        Oid([number; 20])
    }

    #[test]
    fn git_accepts_the_trees() {
        let mut edit = TreeEdit::new(None);
        for name in ["a", "b/a", "b.txt", "b0", "b/c/d", "é/x y"] {
            edit.put(&path(name), Mode::File, EMPTY_BLOB);
        }
        let edited = edit.finish().expect("fits");
        let git = Git::new();
        let empty = encode(ObjectKind::Blob, b"").expect("encodes");
        let trees = edited.trees.iter().map(|tree| tree.encode().expect("encodes"));
        let objects: Vec<Encoded> = trees.chain([empty]).collect();
        git.store(&objects);
        let listed = git.run(&["ls-tree", "-r", "-z", "--name-only", &edited.root.to_string()], b"");
        assert_eq!(listed, "a\0b.txt\0b/a\0b/c/d\0b0\0é/x y\0");
        let said = git.run(&["fsck", "--strict", "--no-dangling", &edited.root.to_string()], b"");
        assert!(said.lines().all(|line| line.starts_with("notice: ")), "{said}");
    }

    #[test]
    fn random_edits_agree_with_a_plain_map() {
        let mut next = random(5);
        let mut names: Vec<String> = Vec::new();
        for a in ["a", "b", "a.b"] {
            names.push(a.to_owned());
            for b in ["a", "b-", "c"] {
                names.push(format!("{a}/{b}"));
                names.extend(["x", "y"].map(|c| format!("{a}/{b}/{c}")));
            }
        }
        for round in 0..3000 {
            let mut store = Store::default();
            let mut model = HashMap::new();
            for _ in 0..next(8) {
                let _ = plain(&mut model, &names[next(names.len())], Some((Mode::File, blob(next(3) as u8))));
            }
            let root = store.add(model.clone());
            let mut edit = TreeEdit::new(Some(root));
            let mut expected = Ok(());
            for _ in 0..next(7) {
                let name = &names[next(names.len())];
                let put = (next(5) < 3).then(|| (Mode::File, blob(next(3) as u8)));
                match put {
                    Some((mode, oid)) => edit.put(&path(name), mode, oid),
                    None => edit.remove(&path(name)),
                }
                expected = expected.and_then(|()| plain(&mut model, name, put));
            }
            let edited = store.finish(edit);
            assert_eq!(
                edited.as_ref().map(|edited| edited.root),
                expected.map(|()| store.add(model)).as_ref().copied(),
                "{round}"
            );
        }
    }

    /// The same rules, one path at a time.
    fn plain(
        files: &mut HashMap<String, (Mode, Oid)>,
        name: &str,
        put: Option<(Mode, Oid)>,
    ) -> Result<(), EditError> {
        let below = format!("{name}/");
        let count = files.len();
        let Some(put) = put else {
            files.retain(|file, _| file != name && !file.starts_with(&below));
            return if files.len() < count { Ok(()) } else { Err(EditError::Missing(name.to_owned())) };
        };
        for (at, _) in name.match_indices('/') {
            if files.contains_key(&name[..at]) {
                return Err(EditError::InsideFile(name[..at].to_owned()));
            }
        }
        if files.keys().any(|file| file.starts_with(&below)) {
            return Err(EditError::OverFolder(name.to_owned()));
        }
        files.insert(name.to_owned(), put);
        Ok(())
    }

    #[test]
    fn twenty_thousand_files_in_a_large_repository_are_quick() {
        let mut store = Store::default();
        let flat = (0..50_000).map(|i| (format!("flat/file-{i:06}.json"), (Mode::File, blob(1))));
        let spread =
            (0..50_000).map(|i| (format!("d{}/e{}/f{i}", i % 100, i / 100 % 50), (Mode::File, blob(1))));
        let root = store.add(flat.chain(spread));
        let mut edit = TreeEdit::new(Some(root));
        for i in 0..10_000 {
            edit.put(&path(&format!("flat/file-{:06}.json", i * 7)), Mode::File, blob(2));
            edit.put(&path(&format!("d{}/e{}/g{i}", i % 10, i % 7)), Mode::Executable, blob(2));
        }
        let start = std::time::Instant::now();
        let edited = store.finish(edit).expect("fits");
        let took = start.elapsed();
        assert_eq!(store.loads, 1 + 1 + 10 + 70);
        assert_eq!(edited.trees.len(), 1 + 1 + 10 + 70);
        assert!(took.as_secs() < 10, "took {took:?}");
        let entry = store.trees[&edited.root].get("d99").cloned();
        assert_eq!(entry, store.trees[&root].get("d99").cloned());
    }
}
