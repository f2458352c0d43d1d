//! Deleting a repository.

use stoa_core::Reply;
use stoa_db::repos;

use crate::access::Admin;
use crate::{Hub, Repo};

/// Git objects deleted in one transaction.
const BATCH: i64 = 1_000;

impl Repo<Admin> {
    /// Deletes the repository: nobody sees it from here on. Its objects go in small steps, its large files once no
    /// repository links them.
    pub async fn delete(&self) -> Reply<()> {
        let mut tx = self.hub.write().await?;
        repos::delete(&mut tx, self.row.id, self.row.name.kind).await?;
        self.hub.note(&mut tx, &self.actor, "repo.delete", &self.row.name.path()).await?;
        tx.commit().await?;
        self.hub.drop_objects(self.row.id).await
    }
}

impl Hub {
    /// Deletes the git objects of a repository that is gone.
    pub(crate) async fn drop_objects(&self, repo: i64) -> Reply<()> {
        loop {
            let mut tx = self.write().await?;
            let dropped = repos::drop_objects(&mut tx, repo, BATCH).await?;
            tx.commit().await?;
            if dropped == 0 {
                break;
            }
        }
        self.drop_git_bytes(repo).await
    }
}
