//! How many bytes of large files an account may keep.

use stoa_core::{Failure, Namespace, Reply};
use stoa_db::{Tx, lfs, repos};

use super::Large;
use crate::Hub;

impl Hub {
    /// Refuses large files that would take the owner of a repository over the quota. Files that the repository has
    /// already cost nothing. Call it in the transaction that links them.
    pub(crate) async fn check_quota(&self, tx: &mut Tx, repo: i64, files: &[Large]) -> Reply<()> {
        if self.limits().owner_storage == 0 {
            return Ok(());
        }
        let mut new: Vec<Large> = files.to_vec();
        new.sort_by_key(|file| file.oid);
        new.dedup_by_key(|file| file.oid);
        let oids: Vec<_> = new.iter().map(|file| file.oid).collect();
        let linked = lfs::linked(tx, repo, &oids).await?;
        new.retain(|file| !linked.iter().any(|(oid, _)| *oid == file.oid));
        self.check_room(tx, repo, new.iter().map(|file| file.size).sum()).await
    }

    /// Refuses so many bytes more in a repository if they would take its owner over the quota.
    pub(crate) async fn check_room(&self, tx: &mut Tx, repo: i64, needed: u64) -> Reply<()> {
        if self.limits().owner_storage == 0 || needed == 0 {
            return Ok(());
        }
        let row = repos::by_id(tx, repo).await?.ok_or_else(Failure::repo_not_found)?;
        self.check_owner(tx, row.owner_id, &row.name.owner, needed).await
    }

    /// Refuses so many bytes more of an account if they would take it over the quota.
    pub(crate) async fn check_owner(
        &self,
        tx: &mut Tx,
        owner: i64,
        name: &Namespace,
        needed: u64,
    ) -> Reply<()> {
        let quota = self.limits().owner_storage;
        if quota == 0 || needed == 0 {
            return Ok(());
        }
        let used = lfs::used_by_owner(tx, owner).await?;
        if used.saturating_add(needed) <= quota { Ok(()) } else { Err(over(name, quota, used, needed)) }
    }

    /// Bytes that the owner of a repository may still add; `None` when there is no quota.
    pub(crate) async fn room(&self, tx: &mut Tx, owner: i64) -> Reply<Option<u64>> {
        match self.limits().owner_storage {
            0 => Ok(None),
            quota => Ok(Some(quota.saturating_sub(lfs::used_by_owner(tx, owner).await?))),
        }
    }
}

/// What whoever sends too much is told.
pub(crate) fn over(owner: &Namespace, quota: u64, used: u64, needed: u64) -> Failure {
    Failure::forbidden(format!(
        "The storage quota of `{owner}` is {quota} bytes, of which {used} are used; this needs {needed} more. Delete \
         large files that are not needed, or ask the administrator of this hub for more"
    ))
}
