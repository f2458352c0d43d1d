//! Throwing away what nobody needs, safely against uploads under way and against what clients remember.
//!
//! A large file goes when no repository links it, a file of chunks when no large file names it. A xorb goes when no
//! file refers to it and nothing touched it for longer than clients remember xorbs (three weeks): first it is
//! condemned, which hides it from dedup answers; a day later its row and its bytes go, while the database's writer is
//! held. Whatever touches it in between saves it. Whoever does not want to wait so long raises the epoch, the number
//! in the store's address, on which clients forget what they sent.

use stoa_blob::{Key, Prefix};
use stoa_core::{Reply, Time};
use stoa_db::sweep::{self, Due, Orphan};
use stoa_db::{lfs, system};
use stoa_xet::MerkleHash;

pub use stoa_db::sweep::Tally;

use crate::{Hub, blob_failure};

/// Files of chunks without a name are kept this long: their commit may still be under way.
const FILES: i64 = 7 * Time::DAY;
/// Longer than the three weeks for which clients remember what they sent.
pub(super) const XORBS: i64 = 22 * Time::DAY;
/// Longer than any URL or plan holds.
const CONDEMNED: i64 = Time::DAY;
/// Multipart uploads are given up after this long.
const UPLOADS: i64 = 7 * Time::DAY;
/// Drafts that nobody wrote to for so many seconds are left over from a crash.
const DRAFTS: u64 = 86_400;
/// Things swept in one go.
const BATCH: i64 = 500;

/// How long what nobody needs is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grace {
    /// As long as the settings say, and xorbs as long as clients remember them.
    Usual,
    /// So many days for large files, files of chunks and xorbs. When that is too short for clients' memory, they are
    /// made to forget.
    Days(u32),
    /// Not at all. Clients are made to forget; uploads under way may have to begin again.
    None,
}

/// What a sweep took, or would take.
#[derive(Clone, Debug, Default)]
pub struct Swept {
    /// Multipart uploads that nobody finished.
    pub uploads: Tally,
    /// Large files that no repository links.
    pub large: Tally,
    /// Bytes of those that lay whole.
    pub whole: u64,
    /// Files of chunks without a name.
    pub files: Tally,
    /// Xorbs that were condemned and go a day later.
    pub condemned: Tally,
    /// Xorbs that went.
    pub xorbs: Tally,
    /// Objects in the byte store that no row knows, left over from crashes.
    pub leftovers: Tally,
    /// The new number in the store's address, if clients were made to forget.
    pub epoch: Option<i64>,
}

impl Swept {
    /// Bytes that the byte store holds less.
    pub fn freed(&self) -> u64 {
        self.whole + self.xorbs.bytes + self.leftovers.bytes
    }

    fn count(&self) -> u64 {
        let all = [&self.uploads, &self.large, &self.files, &self.condemned, &self.xorbs];
        all.iter().map(|tally| tally.count).sum()
    }
}

impl Hub {
    /// What a sweep would take. Changes nothing.
    pub async fn sweep_forecast(&self, grace: Grace) -> Reply<Swept> {
        let now = self.now();
        let mut tx = self.read().await?;
        let uploads = lfs::stale_uploads(&mut tx, Time(now.0 - UPLOADS), i64::MAX).await?;
        let found = sweep::forecast(&mut tx, &self.due(grace, now)).await?;
        drop(tx);
        let mut swept = Swept {
            uploads: Tally { count: uploads.len() as u64, bytes: 0 },
            large: found.large,
            whole: found.whole,
            files: found.files,
            condemned: found.unused,
            xorbs: found.condemned,
            ..Swept::default()
        };
        if grace == Grace::None {
            // Condemned and taken in one go.
            swept.xorbs.count += swept.condemned.count;
            swept.xorbs.bytes += swept.condemned.bytes;
        }
        self.leftovers(now, false, &mut swept.leftovers).await?;
        Ok(swept)
    }

    /// Sweeps until nothing more is due, the byte store's leftovers included. Works beside a running server.
    pub async fn sweep(&self, grace: Grace) -> Reply<Swept> {
        let now = self.now();
        let mut swept = Swept::default();
        loop {
            let before = swept.count();
            self.sweep_round(grace, now, &mut swept).await?;
            if swept.count() == before {
                break;
            }
        }
        self.leftovers(now, true, &mut swept.leftovers).await?;
        self.blobs().sweep_temp(DRAFTS).await.map_err(blob_failure)?;
        Ok(swept)
    }

    /// One round, a batch of each kind: what the hub does by itself.
    pub(crate) async fn sweep_some(&self, now: Time) -> Reply<()> {
        self.sweep_round(Grace::Usual, now, &mut Swept::default()).await?;
        self.blobs().sweep_temp(DRAFTS).await.map(drop).map_err(blob_failure)
    }

    async fn sweep_round(&self, grace: Grace, now: Time, swept: &mut Swept) -> Reply<()> {
        self.drop_deleted_buckets().await?;
        let due = self.due(grace, now);
        let mut tx = self.read().await?;
        let uploads = lfs::stale_uploads(&mut tx, Time(now.0 - UPLOADS), BATCH).await?;
        let orphans = sweep::orphans(&mut tx, due.orphans, BATCH).await?;
        drop(tx);
        for id in uploads {
            let mut tx = self.write().await?;
            lfs::end_upload(&mut tx, &id).await?;
            tx.commit().await?;
            self.blobs().delete_prefix(&Prefix::Upload(id)).await.map_err(blob_failure)?;
            swept.uploads.add(0);
        }
        for orphan in orphans {
            self.sweep_orphan(orphan, swept).await?;
        }
        let mut tx = self.read().await?;
        let files = sweep::unnamed_files(&mut tx, due.files, BATCH).await?;
        drop(tx);
        for (id, size) in files {
            let mut tx = self.write().await?;
            if sweep::forget_file(&mut tx, id).await? {
                tx.commit().await?;
                swept.files.add(size);
            }
        }
        self.condemn_unused(&due, now, swept).await?;
        self.sweep_condemned(&due, swept).await
    }

    async fn sweep_orphan(&self, orphan: Orphan, swept: &mut Swept) -> Reply<()> {
        // The bytes go while the writer is held, so that nobody can link them in between.
        let mut tx = self.write().await?;
        if !sweep::forget_large(&mut tx, orphan.oid).await? {
            return Ok(());
        }
        self.blobs().delete(&Key::Lfs(orphan.oid)).await.map_err(blob_failure)?;
        tx.commit().await?;
        swept.large.add(orphan.size);
        swept.whole += if orphan.whole { orphan.size } else { 0 };
        Ok(())
    }

    async fn condemn_unused(&self, due: &Due, now: Time, swept: &mut Swept) -> Reply<()> {
        let mut tx = self.read().await?;
        let unused = sweep::unused_xorbs(&mut tx, due.xorbs, BATCH).await?;
        drop(tx);
        let early = due.xorbs.0 > now.0 - XORBS;
        if early && !unused.is_empty() && swept.epoch.is_none() {
            // Before the first one: whenever this is interrupted, no client remembers what is gone.
            swept.epoch = Some(self.raise_epoch().await?);
        }
        for (id, packed) in unused {
            let mut tx = self.write().await?;
            if sweep::condemn(&mut tx, id, due.xorbs, now).await? {
                tx.commit().await?;
                swept.condemned.add(packed);
            }
        }
        Ok(())
    }

    async fn sweep_condemned(&self, due: &Due, swept: &mut Swept) -> Reply<()> {
        let mut tx = self.read().await?;
        let condemned = sweep::condemned(&mut tx, due.condemned, BATCH).await?;
        drop(tx);
        for (id, hash, packed) in condemned {
            let mut tx = self.write().await?;
            if sweep::forget_xorb(&mut tx, id).await? {
                self.0.tables.forget(&MerkleHash(hash));
                self.blobs().delete(&Key::Xorb(hash)).await.map_err(blob_failure)?;
                tx.commit().await?;
                swept.xorbs.add(packed);
            }
        }
        Ok(())
    }

    /// Makes clients forget what they sent; the next tokens carry the new number.
    pub(super) async fn raise_epoch(&self) -> Reply<i64> {
        let mut tx = self.write().await?;
        let epoch = super::token::epoch(&mut tx).await? + 1;
        system::set_setting(&mut tx, super::token::EPOCH, epoch.to_string().as_bytes()).await?;
        tx.commit().await?;
        Ok(epoch)
    }

    pub(super) fn due(&self, grace: Grace, now: Time) -> Due {
        let ago = |span: i64| Time(now.0 - span);
        match grace {
            Grace::Usual => Due {
                orphans: ago(self.limits().orphan_days as i64 * Time::DAY),
                files: ago(FILES),
                xorbs: ago(XORBS),
                condemned: ago(CONDEMNED),
            },
            Grace::Days(days) => {
                let before = ago(i64::from(days) * Time::DAY);
                Due { orphans: before, files: before, xorbs: before, condemned: ago(CONDEMNED) }
            }
            // What was condemned just now is due at once.
            Grace::None => Due { orphans: now, files: now, xorbs: now, condemned: ago(-1) },
        }
    }
}
