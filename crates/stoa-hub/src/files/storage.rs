//! What a repository stores, for those who make room.

use stoa_core::Reply;
use stoa_db::{lfs, space};

use super::LfsFile;
use crate::Repo;
use crate::access::Admin;

/// Large files of a repository, and what all of them take. [`Repo::purge`] deletes them.
#[derive(Clone, Debug)]
pub struct Storage {
    /// A page of them, the largest first, each with the path it was last committed under.
    pub files: Vec<LfsFile>,
    /// Whether there are more.
    pub more: bool,
    /// How many there are.
    pub count: u64,
    /// Their bytes: what counts for a quota.
    pub logical: u64,
    /// Bytes in the store that hold them, those that others share included.
    pub stored: u64,
}

impl Repo<Admin> {
    /// What the repository stores.
    pub async fn storage(&self, skip: usize, limit: usize) -> Reply<Storage> {
        let mut tx = self.hub.read().await?;
        let mut files =
            lfs::largest_of_repo(&mut tx, self.row.id, skip as i64, (limit as i64).saturating_add(1)).await?;
        let more = files.len() > limit;
        files.truncate(limit);
        let (count, logical, stored) = space::of_repo(&mut tx, self.row.id).await?;
        Ok(Storage { files, more, count, logical, stored })
    }
}
