//! Changing files in a tree without reading what is not touched.
//!
//! The edit says which trees it needs, one or many at a time; the caller loads and provides them; at the end it gets
//! the trees that are new. Cost: each touched folder is read once and written once, however many files change in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use stoa_core::{Oid, RepoPath};

use crate::working::{Folder, Written};
use crate::{EMPTY_TREE, Encoded, Error, Mode, ObjectKind, Tree, encode};

/// Why an edit cannot be made. The first operation that does not fit decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// There is nothing at the path to be removed.
    Missing(String),
    /// A path leads through this file: remove the file first.
    InsideFile(String),
    /// A file was put where this folder is: remove the folder first.
    OverFolder(String),
    /// An object could not be made, or a tree was not provided.
    Object(Error),
}

impl From<Error> for EditError {
    fn from(error: Error) -> Self {
        Self::Object(error)
    }
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "`{path}` does not exist, so it cannot be removed"),
            Self::InsideFile(path) => {
                write!(f, "`{path}` is a file; remove it before you put files below it")
            }
            Self::OverFolder(path) => {
                write!(f, "`{path}` is a folder; remove it before you put a file in its place")
            }
            Self::Object(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for EditError {}

/// What came of an edit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edited {
    /// The new root tree.
    pub root: Oid,
    /// The trees to store: each once, none of those that were provided. Holds the root even when that is empty.
    pub trees: Vec<NewTree>,
    /// Whether the root differs from the base.
    pub changed: bool,
    /// The trees that were provided.
    pub loaded: HashMap<Oid, Arc<Tree>>,
    /// The trees and blobs that the base does not have at the same path, each once, the root first; `None` when a whole
    /// folder was put, into which nothing looked.
    pub introduced: Option<Vec<Oid>>,
}

/// A tree that an edit made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewTree {
    /// Its id.
    pub oid: Oid,
    /// Its entries in git's order.
    pub tree: Tree,
    /// The tree that the base has at its path (at the first of them, if it came more than once).
    pub before: Option<Oid>,
}

impl NewTree {
    /// The tree as a whole object.
    pub fn encode(&self) -> Result<Encoded, Error> {
        encode(ObjectKind::Tree, &self.tree.encode_body())
    }
}

/// An ordered list of changes to a tree.
///
/// Call [`Self::put`] and [`Self::remove`] in order; then, while [`Self::needed`] names a tree, load and
/// [`Self::provide`] it; then [`Self::finish`].
pub struct TreeEdit {
    base: Option<Oid>,
    /// `remove_all` was called: the files of the base do not matter.
    cleared: bool,
    changes: Vec<Change>,
    /// The touched paths; 0 is the root.
    places: Vec<Place>,
    loaded: HashMap<Oid, Arc<Tree>>,
    /// Trees to load, and the places they belong to. `None` until asked, and after each new change.
    waiting: Option<BTreeMap<Oid, Vec<usize>>>,
}

struct Change {
    path: RepoPath,
    put: Option<(Mode, Oid)>,
}

/// A path that a change touches or passes through.
#[derive(Default)]
struct Place {
    inside: HashMap<Box<str>, usize>,
    /// It was removed before anything inside it was touched, so what the base has there does not matter.
    removed: bool,
}

impl TreeEdit {
    /// Begins with the root tree `base`, or with nothing.
    pub fn new(base: Option<Oid>) -> Self {
        let base = base.filter(|oid| *oid != EMPTY_TREE);
        let places = vec![Place::default()];
        Self { base, cleared: false, changes: Vec::new(), places, loaded: HashMap::new(), waiting: None }
    }

    /// Puts a file, replacing the file that is there. Missing folders are made.
    ///
    /// [`Mode::Tree`] puts a whole stored folder; the empty one is nothing. To change files inside it in the same
    /// edit, provide that tree too.
    pub fn put(&mut self, path: &RepoPath, mode: Mode, oid: Oid) {
        self.touch(path);
        self.changes.push(Change { path: path.clone(), put: Some((mode, oid)) });
    }

    /// Removes a file, or a folder with all that is in it. Folders left empty vanish, as git has none.
    pub fn remove(&mut self, path: &RepoPath) {
        let place = self.touch(path);
        let place = &mut self.places[place];
        place.removed |= place.inside.is_empty();
        self.changes.push(Change { path: path.clone(), put: None });
    }

    /// Removes everything, and forgets all changes so far together with what was wrong with them.
    pub fn remove_all(&mut self) {
        self.cleared = true;
        self.changes.clear();
        self.places = vec![Place::default()];
        self.waiting = None;
    }

    /// A tree that must be provided before [`Self::finish`]; `None` when there are all.
    pub fn needed(&mut self) -> Option<Oid> {
        self.waiting().keys().next().copied()
    }

    /// Up to `limit` trees that can be loaded together; empty when there are all. Ask again after providing them:
    /// their subfolders come next, so a repository needs as many rounds as its touched paths are deep.
    pub fn needed_many(&mut self, limit: usize) -> Vec<Oid> {
        self.waiting().keys().take(limit).copied().collect()
    }

    /// Hands over a tree that was asked for.
    pub fn provide(&mut self, oid: Oid, tree: impl Into<Arc<Tree>>) {
        self.loaded.insert(oid, tree.into());
        let Some(mut waiting) = self.waiting.take() else { return };
        for place in waiting.remove(&oid).unwrap_or_default() {
            self.descend(place, oid, &mut waiting);
        }
        self.waiting = Some(waiting);
    }

    /// The trees that were provided.
    pub fn provided(&self) -> Vec<Oid> {
        self.loaded.keys().copied().collect()
    }

    /// Makes the changes.
    pub fn finish(mut self) -> Result<Edited, EditError> {
        if let Some(oid) = self.needed() {
            return Err(Error::NotLoaded(oid).into());
        }
        let base = self.base.filter(|_| !self.cleared);
        if let (Some(root), true) = (base, self.changes.is_empty()) {
            let (trees, introduced) = (Vec::new(), Some(Vec::new()));
            return Ok(Edited { root, trees, changed: false, loaded: self.loaded, introduced });
        }
        let mut root = match base {
            Some(oid) => Folder::open(oid, &self.loaded)?,
            None => Folder::default(),
        };
        for change in &self.changes {
            match change.put {
                Some((Mode::Tree, EMPTY_TREE)) => {}
                Some((mode, oid)) => root.put(change.path.as_str(), mode, oid, &self.loaded)?,
                None => root.remove(change.path.as_str(), &self.loaded)?,
            }
        }
        let mut written = Written::new(&self.loaded);
        let root = if let Some(oid) = root.write(self.base, &mut written)? {
            oid
        } else {
            written.trees.push(NewTree { oid: EMPTY_TREE, tree: Tree::default(), before: None });
            EMPTY_TREE
        };
        let Written { mut trees, introduced, .. } = written;
        let mut seen: HashSet<Oid> = self.loaded.keys().copied().collect();
        seen.extend(self.base);
        trees.retain(|tree| seen.insert(tree.oid));
        let folders = self.changes.iter().any(|change| matches!(change.put, Some((Mode::Tree, _))));
        let mut seen = HashSet::with_capacity(introduced.len());
        let introduced = (!folders).then(|| {
            introduced.into_iter().rev().filter(|oid| *oid != EMPTY_TREE && seen.insert(*oid)).collect()
        });
        let changed = root != self.base.unwrap_or(EMPTY_TREE);
        Ok(Edited { root, trees, changed, loaded: self.loaded, introduced })
    }

    fn touch(&mut self, path: &RepoPath) -> usize {
        self.waiting = None;
        let mut place = 0;
        for name in path.names() {
            place = if let Some(inside) = self.places[place].inside.get(name) {
                *inside
            } else {
                self.places.push(Place::default());
                let new = self.places.len() - 1;
                self.places[place].inside.insert(name.into(), new);
                new
            };
        }
        place
    }

    fn waiting(&mut self) -> &mut BTreeMap<Oid, Vec<usize>> {
        let waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => self.find_waiting(),
        };
        self.waiting.insert(waiting)
    }

    fn find_waiting(&self) -> BTreeMap<Oid, Vec<usize>> {
        let mut waiting = BTreeMap::new();
        match self.base {
            Some(oid) if !self.cleared && !self.places[0].inside.is_empty() => {
                self.visit(0, oid, &mut waiting);
            }
            _ => {}
        }
        waiting
    }

    /// Goes down from `place`, where the base has the tree `oid`, as far as trees are loaded.
    fn visit(&self, place: usize, oid: Oid, waiting: &mut BTreeMap<Oid, Vec<usize>>) {
        if oid == EMPTY_TREE {
            // Git knows this one without having it.
        } else if self.loaded.contains_key(&oid) {
            self.descend(place, oid, waiting);
        } else {
            waiting.entry(oid).or_default().push(place);
        }
    }

    fn descend(&self, place: usize, oid: Oid, waiting: &mut BTreeMap<Oid, Vec<usize>>) {
        let (Some(tree), inside) = (self.loaded.get(&oid), &self.places[place].inside) else { return };
        for entry in tree.entries.iter().filter(|entry| entry.mode == Mode::Tree) {
            let Some(place) = inside.get(entry.name.as_str()) else { continue };
            let below = &self.places[*place];
            if !below.removed && !below.inside.is_empty() {
                self.visit(*place, entry.oid, waiting);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oracle::Store;

    fn path(text: &str) -> RepoPath {
        RepoPath::new(text).expect("a valid path")
    }

    fn blob(number: u8) -> Oid {
        Oid([number; 20])
    }

    /// Applies `+path` (put) and `-path` (remove) to a repository with the files `base`.
    fn edit(base: &[&str], changes: &[&str]) -> Result<Vec<String>, EditError> {
        let mut store = Store::default();
        let root = store.add(base.iter().map(|name| ((*name).to_owned(), (Mode::File, blob(1)))));
        let mut edit = TreeEdit::new(Some(root));
        for change in changes {
            match change.split_at(1) {
                ("+", name) => edit.put(&path(name), Mode::File, blob(2)),
                (_, name) => edit.remove(&path(name)),
            }
        }
        let edited = store.finish(edit)?;
        assert_eq!(edited.changed, edited.root != root);
        Ok(store
            .files(edited.root)
            .into_iter()
            .map(|(name, (_, oid))| format!("{name}{}", oid.0[0]))
            .collect())
    }

    fn check(base: &[&str], changes: &[&str], expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(edit(base, changes), Ok(expected), "{base:?} {changes:?}");
    }

    #[test]
    fn later_changes_build_on_earlier_ones() {
        check(&["a", "b/c"], &["+a", "+b/d/e"], &["a2", "b/c1", "b/d/e2"]);
        check(&["a/x", "a/y"], &["-a", "+a"], &["a2"]);
        check(&["a/x", "a/y"], &["-a", "+a/z"], &["a/z2"]);
        check(&["a/x", "a/y"], &["-a/x", "-a/y", "+a"], &["a2"]);
        check(&["a"], &["-a", "+a/b"], &["a/b2"]);
        check(&["a"], &["+b", "-b"], &["a1"]);
        check(&["a"], &["-a", "+a"], &["a2"]);
        check(&["a/b/c", "d"], &["-a/b/c"], &["d1"]);
        check(&["a", "b/c"], &["-a", "-b"], &[]);
        check(&["a/b"], &["+a/c/d", "-a/c", "+a/c"], &["a/b1", "a/c2"]);
    }

    #[test]
    fn changes_that_do_not_fit_are_refused() {
        let missing = |path: &str| Err(EditError::Missing(path.to_owned()));
        assert_eq!(edit(&["a"], &["-b"]), missing("b"));
        assert_eq!(edit(&["a"], &["-a/b"]), missing("a/b"));
        assert_eq!(edit(&["a/b"], &["-a", "-a/b"]), missing("a/b"));
        assert_eq!(edit(&["a/b"], &["-a/b", "-a"]), missing("a"));
        assert_eq!(edit(&["d/a"], &["+d/a/b/c"]), Err(EditError::InsideFile("d/a".to_owned())));
        assert_eq!(edit(&[], &["+a", "+a/b"]), Err(EditError::InsideFile("a".to_owned())));
        assert_eq!(edit(&["a/b", "c"], &["+a"]), Err(EditError::OverFolder("a".to_owned())));
        assert_eq!(edit(&[], &["+a/b/c", "+a/b"]), Err(EditError::OverFolder("a/b".to_owned())));
    }

    #[test]
    fn an_edit_without_effect_makes_no_tree() {
        let mut store = Store::default();
        let root =
            store.add([("a/b".to_owned(), (Mode::File, blob(1))), ("c".to_owned(), (Mode::File, blob(1)))]);
        let mut edit = TreeEdit::new(Some(root));
        edit.put(&path("a/b"), Mode::File, blob(1));
        edit.put(&path("c"), Mode::File, blob(9));
        edit.put(&path("c"), Mode::File, blob(1));
        for edited in [store.finish(edit), TreeEdit::new(Some(root)).finish()] {
            let edited = edited.expect("fits");
            assert_eq!((edited.root, edited.changed, edited.trees), (root, false, Vec::new()));
            assert_eq!(edited.introduced, Some(Vec::new()));
        }
    }

    #[test]
    fn nothing_left_is_the_empty_tree() {
        let mut store = Store::default();
        let root = store.add([("a/b".to_owned(), (Mode::File, blob(1)))]);
        let mut edit = TreeEdit::new(Some(root));
        edit.remove_all();
        assert_eq!(edit.needed(), None);
        let edited = edit.finish().expect("fits");
        assert_eq!((edited.root, edited.changed, edited.trees.len()), (EMPTY_TREE, true, 1));
        for base in [None, Some(EMPTY_TREE)] {
            let edited = TreeEdit::new(base).finish().expect("fits");
            assert_eq!((edited.root, edited.changed), (EMPTY_TREE, false));
        }
        let mut edit = TreeEdit::new(Some(root));
        edit.remove(&path("gone"));
        edit.remove_all();
        edit.put(&path("a/b"), Mode::File, blob(1));
        let edited = edit.finish().expect("what came before is forgotten");
        assert_eq!((edited.root, edited.changed), (root, false));
    }

    #[test]
    fn only_trees_on_touched_paths_are_asked_for() {
        let mut store = Store::default();
        let files = ["a/b/c", "a/d/e", "f/g", "h"]
            .map(|name| (name.to_owned(), (Mode::File, blob(name.len() as u8))));
        let root = store.add(files);
        let mut edit = TreeEdit::new(Some(root));
        edit.put(&path("a/b/new"), Mode::File, blob(2));
        edit.remove(&path("f"));
        edit.put(&path("f/g"), Mode::File, blob(9));
        let edited = store.finish(edit).expect("fits");
        assert_eq!(store.loads, 3, "the root, a and a/b");
        assert_eq!(edited.trees.len(), 4, "the root, a, a/b and f");
        let mut edit = TreeEdit::new(Some(root));
        edit.put(&path("x"), Mode::File, blob(2));
        assert_eq!(edit.finish(), Err(EditError::Object(Error::NotLoaded(root))));
    }

    #[test]
    fn whole_folders_can_be_put() {
        let mut store = Store::default();
        let root = store.add([("a/b".to_owned(), (Mode::File, blob(1)))]);
        let folder = store.trees[&root].get("a").map(|entry| entry.oid).expect("there is a folder");
        let mut edit = TreeEdit::new(Some(root));
        edit.put(&path("copy"), Mode::Tree, folder);
        edit.put(&path("none"), Mode::Tree, EMPTY_TREE);
        let edited = store.finish(edit).expect("fits");
        let names: Vec<String> = store.files(edited.root).into_keys().collect();
        assert_eq!(names, ["a/b", "copy/b"]);
        assert_eq!(edited.trees.len(), 1);
        assert_eq!(edited.introduced, None, "nothing looked into the folder");
    }

    #[test]
    fn new_trees_know_what_stood_at_their_paths() {
        let mut store = Store::default();
        let names = ["a/b/c", "a/d/e", "f/g", "h"];
        let root = store.add(names.map(|name| (name.to_owned(), (Mode::File, blob(name.len() as u8)))));
        let at = |store: &Store, root: Oid, path: &str| {
            path.split('/')
                .try_fold(root, |tree, name| store.trees.get(&tree)?.get(name).map(|entry| entry.oid))
        };
        let mut edit = TreeEdit::new(Some(root));
        edit.put(&path("a/b/new"), Mode::File, blob(20));
        // All of the folder goes and comes again, as when a folder is sent anew.
        edit.remove(&path("f/g"));
        edit.put(&path("f/g2"), Mode::File, blob(21));
        edit.put(&path("n/m"), Mode::File, blob(22));
        let edited = store.finish(edit).expect("fits");
        let before: HashMap<Oid, Option<Oid>> =
            edited.trees.iter().map(|tree| (tree.oid, tree.before)).collect();
        let new = |path: &str| at(&store, edited.root, path).expect("it is there");
        assert_eq!(before.len(), 5);
        assert_eq!(before[&edited.root], Some(root));
        for path in ["a", "a/b", "f"] {
            assert_eq!(before[&new(path)], at(&store, root, path), "{path}");
        }
        assert_eq!(before[&new("n")], None);
        let introduced: HashSet<Oid> = edited.introduced.into_iter().flatten().collect();
        let trees = edited.trees.iter().map(|tree| tree.oid);
        assert_eq!(introduced, trees.chain([blob(20), blob(21), blob(22)]).collect());
    }

    #[test]
    fn what_moves_is_introduced_where_it_comes_to() {
        let mut store = Store::default();
        let root = store.add(["a/x", "b/y"].map(|name| (name.to_owned(), (Mode::File, blob(1)))));
        let moved = store.trees[&root].get("a").map(|entry| entry.oid).expect("a folder");
        let mut edit = TreeEdit::new(Some(root));
        edit.remove(&path("a/x"));
        edit.put(&path("b/x"), Mode::File, blob(1));
        edit.remove(&path("b/y"));
        let edited = store.finish(edit).expect("fits");
        assert_eq!(edited.trees.len(), 1, "the tree of the folder is there already");
        assert_eq!(edited.introduced, Some(vec![edited.root, moved, blob(1)]));
    }

    #[test]
    fn the_deepest_path_fits_the_stack() {
        let deep = vec!["d"; 1024].join("/");
        let mut store = Store::default();
        let root = store.add([(deep.clone(), (Mode::File, blob(1)))]);
        let mut edit = TreeEdit::new(Some(root));
        edit.put(&path(&deep), Mode::File, blob(2));
        assert_eq!(store.finish(edit).map(|edited| edited.trees.len()), Ok(1024));
        let mut edit = TreeEdit::new(Some(root));
        edit.remove(&path(&deep));
        assert_eq!(store.finish(edit).map(|edited| edited.root), Ok(EMPTY_TREE));
    }
}
