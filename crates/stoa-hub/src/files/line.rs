//! Going back from commit to commit, and telling which may have changed a path mostly without reading trees.
//!
//! Each commit keeps the list of what it brought (`commits.introduced`): what stands at a path and is not in that list
//! stands there in the commit's only parent, too. It may be in the list for another path; only then trees have to tell.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_core::{Oid, Reply};
use stoa_db::graph::{self, Step};
use stoa_git::{Mode, Tree, TreeEntry};

use crate::Hub;

/// Commits that are loaded the first time, and at most at a time.
const FIRST: i64 = 128;
const MOST: i64 = 2_048;
/// Longer lists of what a commit brought are not read: then trees tell.
const LIST: i64 = 2_048;

/// The commits of a repository as they are met, and how much work they may still make.
pub(super) struct Line {
    hub: Hub,
    repo: i64,
    steps: HashMap<Oid, Arc<Step>>,
    load: i64,
    /// Commits that may still be looked at.
    pub(super) commits: usize,
    /// Folders that may still be read.
    pub(super) folders: usize,
}

impl Line {
    pub(super) fn new(hub: Hub, repo: i64, commits: usize, folders: usize) -> Self {
        Self { hub, repo, steps: HashMap::new(), load: FIRST, commits, folders }
    }

    /// Whether there is work left to spend.
    pub(super) fn goes_on(&self) -> bool {
        self.commits > 0 && self.folders > 0
    }

    /// A commit; `None` when there is none of this id.
    pub(super) async fn step(&mut self, oid: Oid) -> Reply<Option<Arc<Step>>> {
        if !self.steps.contains_key(&oid) {
            let mut tx = self.hub.read().await?;
            for step in graph::line(&mut tx, self.repo, oid, self.load, LIST).await? {
                self.steps.entry(step.node.oid).or_insert_with(|| Arc::new(step));
            }
            self.load = (self.load * 4).min(MOST);
        }
        Ok(self.steps.get(&oid).cloned())
    }

    /// What stands at a path below a root tree.
    pub(super) async fn entry(&mut self, root: Oid, path: &str) -> Reply<Option<TreeEntry>> {
        self.folders = self.folders.saturating_sub(1 + path.matches('/').count());
        self.hub.entry(self.repo, root, path).await
    }

    /// The folder at a path below a root tree, which is the root itself if the path is empty.
    pub(super) async fn folder(&mut self, root: Oid, path: &str) -> Reply<Option<Arc<Tree>>> {
        if path.is_empty() {
            self.folders = self.folders.saturating_sub(1);
            return self.hub.tree(self.repo, root).await.map(Some);
        }
        match self.entry(root, path).await? {
            Some(entry) if entry.mode == Mode::Tree => {
                self.folders = self.folders.saturating_sub(1);
                self.hub.tree(self.repo, entry.oid).await.map(Some)
            }
            _ => Ok(None),
        }
    }
}

/// What a commit must have brought if it changed one of some entries.
pub(super) struct Sought {
    ids: HashSet<Oid>,
    submodule: bool,
}

impl Sought {
    pub(super) fn new<'a>(entries: impl IntoIterator<Item = &'a TreeEntry>) -> Self {
        let mut sought = Self { ids: HashSet::new(), submodule: false };
        for entry in entries {
            sought.ids.insert(entry.oid);
            sought.submodule |= entry.mode == Mode::Submodule;
        }
        sought
    }

    /// Whether any of the entries, which the commit has, may be another one in its first parent. `false` is certain.
    pub(super) fn may_differ(&self, step: &Step) -> bool {
        // What a merge brought is what none of its parents has; commits of submodules are in no list.
        if self.submodule || step.node.parents.len() != 1 {
            return true;
        }
        let Some(ids) = &step.introduced else { return true };
        ids.chunks_exact(Oid::LEN).filter_map(Oid::from_slice).any(|oid| self.ids.contains(&oid))
    }
}
