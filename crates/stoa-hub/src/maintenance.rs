//! What the hub does by itself: writing counts, rolling windows, throwing away what nobody needs.

use std::time::Duration;

use stoa_blob::{Key, Prefix};
use stoa_core::{Reply, Time};
use stoa_db::{lfs, stats};

use crate::{Hub, blob_failure};

/// How often counts are written.
const FLUSH: Duration = Duration::from_secs(10);
/// How often sums are rolled and rubbish is swept.
const ROLL: i64 = 3600 * Time::SECOND;
/// Multipart uploads are given up after this long.
const UPLOADS: i64 = 7 * Time::DAY;
/// Things swept in one go.
const BATCH: i64 = 1_000;

/// The hub's own work, as a task that ends when it is told to.
pub struct Maintenance {
    hub: Hub,
    rolled: Option<Time>,
}

impl Maintenance {
    /// For a hub.
    pub fn new(hub: Hub) -> Self {
        Self { hub, rolled: None }
    }

    /// Works until `stop` is ready, then writes what is left.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(FLUSH) => {}
            }
            if let Err(failure) = self.step().await {
                tracing::warn!(error = ?failure, "maintenance failed; it will be tried again");
            }
        }
        if let Err(failure) = self.hub.flush_downloads().await {
            tracing::warn!(error = ?failure, "download counts of the last seconds were lost");
        }
    }

    /// One round.
    pub async fn step(&mut self) -> Reply<()> {
        self.hub.flush_downloads().await?;
        self.hub.ingest_some().await?;
        let now = self.hub.now();
        if self.rolled.is_some_and(|rolled| now.0 - rolled.0 < ROLL) {
            return Ok(());
        }
        let mut tx = self.hub.write().await?;
        stats::roll_downloads(&mut tx, now.day()).await?;
        stats::roll_trending(&mut tx, now.day()).await?;
        tx.commit().await?;
        self.sweep(now).await?;
        self.rolled = Some(now);
        Ok(())
    }

    async fn sweep(&self, now: Time) -> Reply<()> {
        let hub = &self.hub;
        let mut tx = hub.read().await?;
        let stale = lfs::stale_uploads(&mut tx, Time(now.0 - UPLOADS), BATCH).await?;
        let before = Time(now.0 - hub.limits().orphan_days as i64 * Time::DAY);
        let orphans = lfs::orphans(&mut tx, before, BATCH).await?;
        drop(tx);
        for id in stale {
            let mut tx = hub.write().await?;
            lfs::end_upload(&mut tx, &id).await?;
            tx.commit().await?;
            hub.blobs().delete_prefix(&Prefix::Upload(id)).await.map_err(blob_failure)?;
        }
        for oid in orphans {
            // The bytes go while the writer is held, so that nobody can link them in between.
            let mut tx = hub.write().await?;
            if lfs::forget(&mut tx, oid).await? {
                hub.blobs().delete(&Key::Lfs(oid)).await.map_err(blob_failure)?;
            }
            tx.commit().await?;
        }
        hub.sweep_xet(now).await?;
        hub.blobs().sweep_temp(86_400).await.map_err(blob_failure)?;
        Ok(())
    }
}
