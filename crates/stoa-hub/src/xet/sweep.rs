//! Throwing away what nobody needs, safely against uploads under way and against what clients remember.
//!
//! A file of chunks goes when no large file names it. A xorb goes when no file refers to it and nothing touched it for
//! longer than clients remember xorbs (three weeks): first it is condemned, which hides it from dedup answers; a day
//! later its row and its bytes go, while the database's writer is held. Whatever touches it in between saves it.

use stoa_blob::Key;
use stoa_core::{Reply, Time};
use stoa_db::xet;
use stoa_xet::MerkleHash;

use crate::{Hub, blob_failure};

/// Files of chunks without a name are kept this long: their commit may still be under way.
const FILES: i64 = 7 * Time::DAY;
/// Longer than the three weeks for which clients remember what they sent.
const XORBS: i64 = 22 * Time::DAY;
/// Longer than any URL or plan holds.
const CONDEMNED: i64 = Time::DAY;
/// Things swept in one go.
const BATCH: i64 = 500;

impl Hub {
    /// One round of the sweep; how many files and xorbs went.
    pub(crate) async fn sweep_xet(&self, now: Time) -> Reply<(usize, usize)> {
        let mut tx = self.read().await?;
        let files = xet::unnamed_files(&mut tx, Time(now.0 - FILES), BATCH).await?;
        let unused = xet::unused_xorbs(&mut tx, Time(now.0 - XORBS), BATCH).await?;
        let condemned = xet::condemned(&mut tx, Time(now.0 - CONDEMNED), BATCH).await?;
        drop(tx);
        for id in &files {
            let mut tx = self.write().await?;
            xet::forget_file(&mut tx, *id).await?;
            tx.commit().await?;
        }
        for (id, ..) in &unused {
            let mut tx = self.write().await?;
            xet::condemn(&mut tx, *id, now).await?;
            tx.commit().await?;
        }
        let mut gone = 0;
        for (id, hash) in condemned {
            let mut tx = self.write().await?;
            if xet::forget_xorb(&mut tx, id).await? {
                self.0.tables.forget(&MerkleHash(hash));
                self.blobs().delete(&Key::Xorb(hash)).await.map_err(blob_failure)?;
                gone += 1;
            }
            tx.commit().await?;
        }
        Ok((files.len(), gone))
    }
}
