//! Locks of files, as `git lfs lock` makes them: while somebody holds one, nobody else changes the file in any branch.
//!
//! A lock belongs to a person and a path, not to a branch: what git-lfs says about branches is for servers that give
//! rights by branch. Renaming a repository keeps its locks; a copy of it begins without.

use std::collections::HashSet;

use stoa_core::{Failure, Permission, Reply, RepoPath};
use stoa_db::Tx;
use stoa_db::locks::{self, Filter};

use crate::access::{Access, Write};
use crate::people::new_secret;
use crate::{Hub, Repo};

pub use stoa_db::locks::Lock;

/// Which locks a client asks for.
#[derive(Clone, Debug, Default)]
pub struct LockAsk {
    /// Only the lock of this id.
    pub id: Option<String>,
    /// Only the lock of this path.
    pub path: Option<String>,
    /// Only those behind this path: [`LockPage::next`] of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// Some of a repository's locks, in the order of their paths.
#[derive(Clone, Debug)]
pub struct LockPage {
    /// The locks.
    pub locks: Vec<Lock>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

/// Locks compared in one step with the paths of a commit.
const STEP: usize = 1_000;

impl<A: Access> Repo<A> {
    /// Locks of the repository.
    pub async fn locks(&self, ask: &LockAsk) -> Reply<LockPage> {
        let filter = Filter {
            id: ask.id.as_deref(),
            path: ask.path.as_deref(),
            after: ask.after.as_deref(),
            not_of: None,
        };
        let mut tx = self.hub.read().await?;
        let mut locks = locks::find(&mut tx, self.row.id, &filter, ask.limit as i64 + 1).await?;
        let more = locks.len() > ask.limit;
        locks.truncate(ask.limit);
        let next = locks.last().filter(|_| more).map(|lock| lock.path.clone());
        Ok(LockPage { locks, next })
    }
}

impl Repo<Write> {
    /// Locks a file, which need not exist yet; `Err` holds the lock that is in the way.
    pub async fn lock(&self, path: &RepoPath) -> Reply<Result<Lock, Lock>> {
        let (owner_id, _) = self.actor.need_user()?;
        let id = new_secret("")?;
        let limit = self.hub.limits().locks;
        let mut tx = self.hub.write().await?;
        let room = locks::count(&mut tx, self.row.id).await? < limit as u64;
        let made =
            room && locks::create(&mut tx, self.row.id, &id, path.as_str(), owner_id, self.hub.now()).await?;
        let filter = Filter { path: Some(path.as_str()), ..Filter::default() };
        let lock = locks::find(&mut tx, self.row.id, &filter, 1).await?.pop();
        let Some(lock) = lock else {
            return Err(Failure::too_large(format!(
                "The repository has {limit} locks, and no more are allowed: unlock what is not being worked on"
            )));
        };
        if !made {
            return Ok(Err(lock));
        }
        self.hub.note(&mut tx, &self.actor, "repo.lock", &self.subject_of(&lock)).await?;
        tx.commit().await?;
        Ok(Ok(lock))
    }

    /// Removes a lock and answers what it was. Its owner may; with `force` also whoever administers the repository.
    pub async fn unlock(&self, id: &str, force: bool) -> Reply<Lock> {
        let (user, _) = self.actor.need_user()?;
        let mut tx = self.hub.write().await?;
        let filter = Filter { id: Some(id), ..Filter::default() };
        let lock = locks::find(&mut tx, self.row.id, &filter, 1).await?.pop();
        let lock = lock.ok_or_else(|| {
            Failure::not_found("There is no such lock; `git lfs locks` lists those of this repository")
        })?;
        let mine = lock.owner_id == user;
        if !mine && !force {
            return Err(Failure::forbidden(format!(
                "The lock of `{}` belongs to {}: ask them to unlock it, or use `--force` if you administer the repository",
                lock.path, lock.owner
            )));
        }
        if !mine && self.most < Permission::Admin {
            return Err(Failure::forbidden(format!(
                "Only who administers the repository may take the lock of `{}` from {}: ask one of them",
                lock.path, lock.owner
            )));
        }
        locks::delete(&mut tx, self.row.id, id).await?;
        let action = if mine { "repo.unlock" } else { "repo.force_unlock" };
        self.hub.note(&mut tx, &self.actor, action, &self.subject_of(&lock)).await?;
        tx.commit().await?;
        Ok(lock)
    }

    /// What the audit log calls a lock.
    fn subject_of(&self, lock: &Lock) -> String {
        format!("{}:{}", self.row.name.path(), lock.path)
    }
}

impl Hub {
    /// A locked path, and whose lock it is, that someone may not change because it is another's: one of `paths`, one
    /// in a folder among them, or one that is to become a folder. Without any lock of others this is one query.
    pub(crate) async fn locked_by_others<A: Access>(
        &self,
        tx: &mut Tx,
        repo: &Repo<A>,
        paths: &[&str],
    ) -> Reply<Option<(String, String)>> {
        if paths.is_empty() {
            return Ok(None);
        }
        let mut changed = None;
        let mut after: Option<String> = None;
        loop {
            let not_of = repo.actor.signed_in().map(|(id, _)| id);
            let filter = Filter { not_of, after: after.as_deref(), ..Filter::default() };
            let some = locks::find(tx, repo.row.id, &filter, STEP as i64).await?;
            let Some(last) = some.last() else { return Ok(None) };
            let changed = changed.get_or_insert_with(|| Changed::of(paths));
            if let Some(lock) = some.iter().find(|lock| changed.reaches(&lock.path)) {
                return Ok(Some((lock.path.clone(), lock.owner.clone())));
            }
            if some.len() < STEP {
                return Ok(None);
            }
            after = Some(last.path.clone());
        }
    }

    /// Refuses changes of paths that someone else locked. Call it in the transaction that moves the branch.
    pub(crate) async fn check_locks<A: Access>(
        &self,
        tx: &mut Tx,
        repo: &Repo<A>,
        paths: &[&str],
    ) -> Reply<()> {
        match self.locked_by_others(tx, repo, paths).await? {
            None => Ok(()),
            Some((path, owner)) => Err(Failure::forbidden(format!(
                "`{path}` is locked by {owner}, so nothing was changed: ask them to run `git lfs unlock {path}`, or whoever \
                 administers the repository to run it with `--force`"
            ))),
        }
    }

    /// Whether someone else has a lock in a repository.
    pub(crate) async fn others_lock<A: Access>(&self, tx: &mut Tx, repo: &Repo<A>) -> Reply<bool> {
        let filter = Filter { not_of: repo.actor.signed_in().map(|(id, _)| id), ..Filter::default() };
        Ok(!locks::find(tx, repo.row.id, &filter, 1).await?.is_empty())
    }
}

/// The paths that a commit changes, and the folders above them.
struct Changed<'a> {
    paths: HashSet<&'a str>,
    above: HashSet<&'a str>,
}

impl<'a> Changed<'a> {
    fn of(paths: &[&'a str]) -> Self {
        let above = paths.iter().flat_map(|path| folders(path)).collect();
        Self { paths: paths.iter().copied().collect(), above }
    }

    fn reaches(&self, locked: &str) -> bool {
        self.paths.contains(locked)
            || self.above.contains(locked)
            || folders(locked).any(|folder| self.paths.contains(folder))
    }
}

/// The folders that a path is in.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').filter_map(|(at, _)| path.get(..at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_reaches_its_path_what_is_in_it_and_what_it_is_in() {
        let changed = Changed::of(&["a/b", "x.bin"]);
        for locked in ["a/b", "x.bin", "a/b/c.bin", "a/b/c/d.bin", "a"] {
            assert!(changed.reaches(locked), "{locked}");
        }
        for locked in ["a/c", "b", "a/bc", "x.bin2", "y/x.bin", "x"] {
            assert!(!changed.reaches(locked), "{locked}");
        }
    }
}
