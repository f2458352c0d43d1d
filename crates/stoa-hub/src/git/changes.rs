//! What a commit brought: the trees and blobs that none of its parents has at the same path.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use stoa_core::{Failure, Oid, Reply};
use stoa_db::objects;
use stoa_git::{EMPTY_TREE, Mode, ObjectKind, Tree, TreeEntry};

use super::pushed::Pushed;
use crate::Hub;

/// Where trees come from: a push that is being judged, and the repository.
pub(super) struct Trees<'a> {
    pub(super) hub: &'a Hub,
    pub(super) repo: i64,
    pub(super) pushed: Option<&'a Pushed>,
}

impl Trees<'_> {
    pub(super) async fn get(&self, oid: Oid) -> Reply<Arc<Tree>> {
        if oid == EMPTY_TREE {
            return Ok(Arc::new(Tree::default()));
        }
        if let Some(pushed) = self.pushed
            && let Some(tree) = pushed.tree(oid).await?
        {
            return Ok(tree);
        }
        let found = self.hub.tree(self.repo, oid).await;
        if found.is_err() && self.pushed.is_some() {
            self.check(oid).await?;
        }
        found
    }

    /// What could not be read may be no tree of this repository at all, which is the pusher's fault.
    async fn check(&self, oid: Oid) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        let live = objects::live(&mut tx, self.repo, &[oid]).await?;
        if live.first().is_some_and(|(_, kind)| *kind == i64::from(ObjectKind::Tree.pack_code())) {
            return Ok(());
        }
        Err(Failure::invalid(format!(
            "The tree {oid} is missing. Run `git fsck`, and push from a whole clone"
        )))
    }
}

/// What differs between a tree and those before it.
#[derive(Default)]
pub(super) struct Changed {
    /// New trees and blobs, each once: what must be sent to who has the trees before.
    pub(super) ids: Vec<Oid>,
    /// New files and submodules: path, entry. A blob that comes at two paths is here twice.
    pub(super) files: Vec<(String, TreeEntry)>,
    /// What stood at the paths of new entries in the first tree before: what deltas may be based on.
    pub(super) before: Vec<Oid>,
}

impl Changed {
    /// The ids one after the other, as they are stored.
    pub(super) fn id_bytes(&self) -> Vec<u8> {
        self.ids.iter().flat_map(|oid| oid.0).collect()
    }
}

/// Bounds of one comparison.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// New trees and blobs.
    pub(super) objects: usize,
    /// Bytes of a path.
    pub(super) path: usize,
}

impl Bounds {
    /// For what is stored already, and was bounded when it came.
    pub(super) const STORED: Self = Self { objects: usize::MAX, path: usize::MAX };
}

/// Entries of trees that are looked at again in one comparison, because they are new at another path, too.
const AGAIN: usize = 200_000;

/// Compares a root tree with those of the parents. Each new tree is looked into once for everything it replaces: at the
/// first path it is found at, and where something else stood before, so that nothing is missed that is new there alone.
/// (Trees made to be looked at without end are not; then what is only new at another path may be missing.)
pub(super) async fn changed(
    trees: &Trees<'_>,
    root: Oid,
    parents: &[Oid],
    with_files: bool,
    bounds: Bounds,
) -> Reply<Changed> {
    let mut changed = Changed::default();
    if parents.contains(&root) {
        return Ok(changed);
    }
    let mut seen = HashSet::from([root]);
    let (mut compared, mut again) = (HashSet::new(), AGAIN);
    changed.ids.push(root);
    changed.before.extend(parents.first());
    let mut todo = VecDeque::from([(String::new(), root, parents.to_vec(), true)]);
    while let Some((folder, oid, before, first)) = todo.pop_front() {
        if !first && again == 0 {
            continue;
        }
        let tree = trees.get(oid).await?;
        if !first {
            again = again.saturating_sub(tree.entries.len().max(1));
        }
        let mut olds = Vec::with_capacity(before.len());
        for old in &before {
            olds.push(trees.get(*old).await?);
        }
        for (entry, was) in different(&tree, &olds) {
            let submodule = entry.mode == Mode::Submodule;
            changed.before.extend(was.first());
            // The commit of a submodule is in another repository; only its path is of interest.
            let new = !submodule && seen.insert(entry.oid);
            if new {
                changed.ids.push(entry.oid);
                if changed.ids.len() > bounds.objects {
                    return Err(Failure::too_large(format!(
                        "One commit brings more than {} files and folders; split it up",
                        bounds.objects
                    )));
                }
            }
            if folder.len() + entry.name.len() >= bounds.path {
                return Err(Failure::invalid(format!(
                    "A path is longer than {} bytes: `{}…`",
                    bounds.path,
                    folder.chars().take(80).collect::<String>()
                )));
            }
            if entry.mode == Mode::Tree {
                if compared.insert((entry.oid, was.clone())) {
                    todo.push_back((format!("{folder}{}/", entry.name), entry.oid, was, new));
                }
            } else if with_files {
                changed.files.push((format!("{folder}{}", entry.name), entry.clone()));
            }
        }
    }
    Ok(changed)
}

/// The entries of a tree that none of the others has, each with what the others have under that name if it is of the
/// same sort. All are in git's order.
fn different<'t>(tree: &'t Tree, olds: &[Arc<Tree>]) -> Vec<(&'t TreeEntry, Vec<Oid>)> {
    let mut found: Vec<(&TreeEntry, Vec<Oid>)> = match olds.first() {
        None => return tree.entries.iter().map(|entry| (entry, Vec::new())).collect(),
        Some(first) => {
            let sort = |entry: &TreeEntry| entry.mode == Mode::Tree;
            let changed = tree.changed_since(first).into_iter();
            changed
                .map(|(entry, old)| {
                    let old = old.filter(|old| sort(old) == sort(entry) && old.mode != Mode::Submodule);
                    (entry, old.map(|old| old.oid).into_iter().collect())
                })
                .collect()
        }
    };
    for old in &olds[1..] {
        found.retain_mut(|(entry, was)| match old.find(&entry.name, entry.mode) {
            Some(old) if old.oid == entry.oid && old.mode == entry.mode => false,
            Some(old) if old.mode != Mode::Submodule => {
                was.push(old.oid);
                true
            }
            _ => true,
        });
    }
    found
}
