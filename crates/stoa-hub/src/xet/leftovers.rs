//! Objects in the byte store that no row knows: what crashes and broken uploads leave behind.

use stoa_blob::{Key, Listed, Prefix};
use stoa_core::{Reply, Time};
use stoa_db::sweep::{self, Tally};

use crate::{Hub, blob_failure};

/// Younger ones may belong to an upload whose row is not written yet. Sending an object again makes it young.
const AGE: i64 = Time::DAY;
/// Objects listed at a time.
const PAGE: usize = 1000;

impl Hub {
    /// Counts what no row knows, and deletes it when `delete` says so.
    pub(crate) async fn leftovers(&self, now: Time, delete: bool, found: &mut Tally) -> Reply<()> {
        let before = Time(now.0 - AGE).secs();
        for prefix in [Prefix::Xorbs, Prefix::Lfs, Prefix::Parts] {
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

async fn knows(tx: &mut stoa_db::Tx, key: &Key) -> Reply<bool> {
    Ok(match key {
        Key::Xorb(hash) => sweep::knows_xorb(tx, hash).await?,
        Key::Lfs(oid) => sweep::knows_whole(tx, *oid).await?,
        Key::UploadPart { upload, .. } => sweep::knows_upload(tx, upload).await?,
        Key::GitBlob { .. } => true,
    })
}
