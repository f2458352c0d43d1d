//! Deleting large files for good, from every commit that has them if the owner wants.

use std::collections::{HashMap, HashSet};

use stoa_core::{Failure, Oid, RefName, Reply, Sha256};
use stoa_db::graph::{self, NewCommit};
use stoa_db::{lfs, objects, refs, repos};
use stoa_git::{Mode, ObjectKind, Tree};

use crate::access::Admin;
use crate::commits::{Landing, RefChange, describe};
use crate::store::encode;
use crate::{Hub, Repo};

/// Commits rewritten at most in one request.
const COMMITS: i64 = 50_000;

impl Repo<Admin> {
    /// Deletes large files. Without `rewrite` the pointers stay and lead nowhere; with it, every branch is written
    /// anew without them, and commit ids change from there on.
    pub async fn purge(&self, files: &[Sha256], rewrite: bool) -> Reply<()> {
        let repo = self.row.id;
        if rewrite {
            let mut pointers = HashSet::new();
            let mut tx = self.hub.read().await?;
            for file in files {
                pointers.extend(lfs::pointers(&mut tx, repo, *file).await?);
            }
            drop(tx);
            self.rewrite_without(&pointers).await?;
        }
        let mut tx = self.hub.write().await?;
        for file in files {
            lfs::unlink(&mut tx, repo, *file).await?;
        }
        let used = lfs::used(&mut tx, repo).await?;
        repos::set_storage(&mut tx, repo, used).await?;
        self.hub.note(&mut tx, &self.actor, "repo.purge", &self.row.name.path()).await?;
        Ok(tx.commit().await?)
    }

    async fn rewrite_without(&self, pointers: &HashSet<Oid>) -> Reply<()> {
        let repo = self.row.id;
        let mut tx = self.hub.read().await?;
        let all = refs::all(&mut tx, repo).await?;
        drop(tx);
        let mut commits: HashMap<Oid, Oid> = HashMap::new();
        let mut trees: HashMap<Oid, Option<Oid>> = HashMap::new();
        for one in &all {
            self.rewrite_line(one.target, pointers, &mut commits, &mut trees).await?;
        }
        let mut changes = Vec::new();
        for one in &all {
            let Some(new) = commits.get(&one.target).filter(|new| **new != one.target) else { continue };
            // An annotated tag names the old commit; it becomes a plain tag of the new one.
            let name = RefName::full(&one.name)?;
            changes.push(RefChange { name, from: Some(one.oid), to: Some((*new, *new)) });
        }
        if changes.is_empty() {
            return Ok(());
        }
        let described =
            match changes.iter().find(|change| change.name == RefName::main()).and_then(|main| main.to) {
                Some((_, head)) => {
                    Some(describe(self, self.hub.commit_object(repo, head).await?.tree).await?)
                }
                None => None,
            };
        let landing = Landing { described, ..Landing::of(&changes, "ref.rewrite") };
        if self.land(landing).await?.contains(&false) { Err(Failure::stale()) } else { Ok(()) }
    }

    /// Rewrites everything reachable from a commit, oldest first.
    async fn rewrite_line(
        &self,
        from: Oid,
        pointers: &HashSet<Oid>,
        commits: &mut HashMap<Oid, Oid>,
        trees: &mut HashMap<Oid, Option<Oid>>,
    ) -> Reply<()> {
        let repo = self.row.id;
        let mut tx = self.hub.read().await?;
        let mut line = objects::history(&mut tx, repo, from, 0, COMMITS + 1).await?;
        drop(tx);
        if line.len() as i64 > COMMITS {
            return Err(Failure::too_large("This history is too long to be rewritten; squash it first"));
        }
        line.sort_by_key(|commit| commit.generation);
        for row in line {
            if commits.contains_key(&row.oid) {
                continue;
            }
            let mut commit = self.hub.commit_object(repo, row.oid).await?;
            let tree = Box::pin(self.hub.tree_without(repo, row.tree, pointers, trees)).await?;
            let tree = tree.unwrap_or(stoa_git::EMPTY_TREE);
            let parents: Vec<Oid> =
                commit.parents.iter().map(|parent| *commits.get(parent).unwrap_or(parent)).collect();
            if tree == row.tree && parents == commit.parents {
                commits.insert(row.oid, row.oid);
                continue;
            }
            commit.tree = tree;
            commit.parents = parents;
            // A signature covers what was signed, not what is left of it.
            commit.extra.retain(|(name, _)| !name.starts_with("gpgsig"));
            let encoded = encode(ObjectKind::Commit, commit.encode_body()).await?;
            let new = encoded.oid;
            self.hub.keep(repo, vec![encoded.into()]).await?;
            let mut tx = self.hub.write().await?;
            let made = objects::CommitRow { oid: new, tree, ..row.clone() };
            let made = NewCommit { row: made, parents: commit.parents, introduced: None };
            graph::put_commit(&mut tx, repo, made).await?;
            tx.commit().await?;
            commits.insert(row.oid, new);
        }
        Ok(())
    }
}

impl Hub {
    /// A tree without some blobs; `None` when nothing is left of it.
    async fn tree_without(
        &self,
        repo: i64,
        oid: Oid,
        blobs: &HashSet<Oid>,
        known: &mut HashMap<Oid, Option<Oid>>,
    ) -> Reply<Option<Oid>> {
        if let Some(new) = known.get(&oid) {
            return Ok(*new);
        }
        let tree = self.tree(repo, oid).await?;
        let mut entries = Vec::with_capacity(tree.entries.len());
        for entry in &tree.entries {
            let mut entry = entry.clone();
            if entry.mode == Mode::Tree {
                let Some(new) = Box::pin(self.tree_without(repo, entry.oid, blobs, known)).await? else {
                    continue;
                };
                entry.oid = new;
            } else if blobs.contains(&entry.oid) {
                continue;
            }
            entries.push(entry);
        }
        let new = if entries.is_empty() {
            None
        } else if entries == tree.entries {
            Some(oid)
        } else {
            Some(self.keep_tree(repo, Tree { entries }, oid).await?)
        };
        known.insert(oid, new);
        Ok(new)
    }
}
