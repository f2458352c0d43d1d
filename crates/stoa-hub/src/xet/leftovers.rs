//! Objects in the byte store that no row knows: what crashes and broken uploads leave behind.

use stoa_blob::{Key, Listed, Prefix};
use stoa_core::{Reply, Time};
use stoa_db::sweep::{self, Tally};

use crate::{Hub, blob_failure};

/// Younger ones may belong to an upload whose row is not written yet. Sending an object again makes it young.
const AGE: i64 = Time::DAY;
/// Objects listed at a time.
const PAGE: usize = 1000;
/// Objects deleted while the writer is held.
const FEW: usize = 20;

impl Hub {
    /// Counts what no row knows, and deletes it when `delete` says so.
    pub(crate) async fn leftovers(&self, now: Time, delete: bool, found: &mut Tally) -> Reply<()> {
        let before = Time(now.0 - AGE).secs();
        for prefix in [Prefix::Xorbs, Prefix::Lfs, Prefix::Git, Prefix::Parts] {
            let mut after = None;
            loop {
                let page = self.blobs().list(&prefix, after, PAGE).await.map_err(blob_failure)?;
                let ended = page.len() < PAGE;
                after = page.last().map(|listed| listed.path.clone());
                for listed in page.iter().filter(|listed| listed.modified < before) {
                    self.leftover(listed, delete, found).await?;
                }
                if ended {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn leftover(&self, listed: &Listed, delete: bool, found: &mut Tally) -> Reply<()> {
        // A path that is no key is not ours to judge.
        let Some(key) = Key::parse(&listed.path) else { return Ok(()) };
        let mut tx = self.read().await?;
        if knows(&mut tx, &key).await? {
            return Ok(());
        }
        drop(tx);
        if delete {
            // Asked again and deleted while the writer is held. Whoever writes a row checks, under the writer, that the
            // object is there: so either the row is seen here, or its writer sees that the object is gone.
            let mut tx = self.write().await?;
            if knows(&mut tx, &key).await? {
                return Ok(());
            }
            self.blobs().delete(&key).await.map_err(blob_failure)?;
            drop(tx);
        }
        found.add(listed.size);
        Ok(())
    }
}

impl Hub {
    /// Deletes the bytes of the git objects of a repository that is gone. The database may have given its number to
    /// another one meanwhile; what that one needs stays.
    pub(crate) async fn drop_git_bytes(&self, repo: i64) -> Reply<()> {
        let prefix = Prefix::GitRepo(repo);
        let mut after = None;
        loop {
            let page = self.blobs().list(&prefix, after, FEW).await.map_err(blob_failure)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.path.clone());
            let mut tx = self.write().await?;
            for key in page.iter().filter_map(|listed| Key::parse(&listed.path)) {
                if !knows(&mut tx, &key).await? {
                    self.blobs().delete(&key).await.map_err(blob_failure)?;
                }
            }
        }
    }
}

async fn knows(tx: &mut stoa_db::Tx, key: &Key) -> Reply<bool> {
    Ok(match key {
        Key::Xorb(hash) => sweep::knows_xorb(tx, hash).await?,
        Key::Lfs(oid) => sweep::knows_whole(tx, *oid).await?,
        Key::UploadPart { upload, .. } => sweep::knows_upload(tx, upload).await?,
        Key::GitBlob { repo, oid } => sweep::knows_git_bytes(tx, *repo, *oid).await?,
    })
}
