//! Which commit changed each entry of a listing last.

use std::collections::HashMap;

use stoa_core::{Oid, Reply};
use stoa_db::objects::{self, CommitRow};

use super::{Entry, LastCommit};
use crate::Repo;
use crate::access::Access;

/// Commits looked back at most; entries older than that show no last commit.
const BACK: i64 = 10_000;

impl<A: Access> Repo<A> {
    /// Walks from a commit to its first parents and notes where each entry's object changed.
    pub(crate) async fn add_last_commits(&self, from: Oid, entries: &mut [Entry]) -> Reply<()> {
        let repo = self.row.id;
        let mut tx = self.hub.read().await?;
        let line = objects::first_parents(&mut tx, repo, from, BACK).await?;
        drop(tx);
        let mut open: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            open.entry(folder.to_owned()).or_default().push(index);
        }
        let complete = (line.len() as i64) <= BACK;
        for (position, commit) in line.iter().enumerate() {
            if open.is_empty() {
                break;
            }
            let parent = line.get(position + 1);
            if parent.is_none() && !complete {
                break;
            }
            let mut done = Vec::new();
            for (folder, indexes) in &mut open {
                self.settle(commit, parent, folder, indexes, entries).await?;
                if indexes.is_empty() {
                    done.push(folder.clone());
                }
            }
            for folder in done {
                open.remove(&folder);
            }
        }
        Ok(())
    }

    /// Gives the entries of one folder that differ between a commit and its parent that commit.
    async fn settle(
        &self,
        commit: &CommitRow,
        parent: Option<&CommitRow>,
        folder: &str,
        indexes: &mut Vec<usize>,
        entries: &mut [Entry],
    ) -> Reply<()> {
        let repo = self.row.id;
        let before = match parent {
            Some(parent) if parent.tree == commit.tree => return Ok(()),
            Some(parent) => self.folder(parent.tree, folder).await?,
            None => None,
        };
        if before.is_some() && before == self.folder(commit.tree, folder).await? {
            return Ok(());
        }
        let before = match before {
            Some(tree) => Some(self.hub.tree(repo, tree).await?),
            None => None,
        };
        indexes.retain(|index| {
            let entry = &mut entries[*index];
            let name = entry.path.rsplit('/').next().unwrap_or_default();
            let was = before.as_ref().and_then(|tree| tree.get(name)).map(|was| was.oid);
            if was == Some(entry.oid) {
                return true;
            }
            entry.last_commit =
                Some(LastCommit { id: commit.oid, title: commit.title.clone(), date: commit.at });
            false
        });
        Ok(())
    }

    async fn folder(&self, root: Oid, folder: &str) -> Reply<Option<Oid>> {
        if folder.is_empty() {
            return Ok(Some(root));
        }
        Ok(self.hub.entry(self.row.id, root, folder).await?.map(|entry| entry.oid))
    }
}
