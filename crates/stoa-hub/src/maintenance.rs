//! What the hub does by itself: writing counts, rolling windows, throwing away what nobody needs.

use std::time::Duration;

use stoa_core::{Reply, RepoKind, Sha256, Time};
use stoa_db::compact::Place;
use stoa_db::stats;

use crate::Hub;
use crate::git::LEASE;

/// How often counts are written.
const FLUSH: Duration = Duration::from_secs(10);
/// How often sums are rolled and rubbish is swept.
const ROLL: i64 = 3600 * Time::SECOND;

/// Batches of large files turned into chunks in one round: a long queue must not hold up everything else.
const BATCHES: usize = 64;

/// Batches of repositories whose text is stored for the search in one round, on a hub from before there was one.
const TEXTS: usize = 4;

/// The hub's own work, as a task that ends when it is told to.
pub struct Maintenance {
    hub: Hub,
    began: Time,
    rolled: Option<Time>,
    /// The last large file that was turned into chunks; the next round goes on behind it.
    turned: Option<Sha256>,
    /// How far the xorbs were looked through that may be mostly unused; `None` until the next hour.
    compacted: Option<Place>,
    /// The last repository that was looked at for text to search; `None` once all have theirs.
    read: Option<i64>,
}

/// Finds what lists need before the first visitor comes.
async fn warm(hub: Hub) {
    for kind in RepoKind::ALL {
        if let Err(failure) = hub.tags(kind).await {
            tracing::warn!(error = ?failure, "the tags in use could not be counted");
        }
    }
}

impl Maintenance {
    /// For a hub.
    pub fn new(hub: Hub) -> Self {
        let began = hub.now();
        Self { hub, began, rolled: None, turned: None, compacted: None, read: Some(0) }
    }

    /// Works until `stop` is ready, then writes what is left.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let warming = tokio::spawn(warm(self.hub.clone()));
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = tokio::time::sleep(FLUSH) => {}
            }
            let worked = self.step().await;
            self.hub.0.rounds.note(worked.is_ok(), self.hub.now());
            if let Err(failure) = worked {
                tracing::warn!(error = ?failure, "maintenance failed; it will be tried again");
            }
        }
        warming.abort();
        if let Err(failure) = self.hub.flush_downloads().await {
            tracing::warn!(error = ?failure, "download counts of the last seconds were lost");
        }
    }

    /// One round.
    pub async fn step(&mut self) -> Reply<()> {
        self.hub.flush_downloads().await?;
        for _ in 0..BATCHES {
            self.turned = self.hub.ingest_some(self.turned).await?;
            if self.turned.is_none() {
                break;
            }
        }
        for _ in 0..TEXTS {
            let Some(after) = self.read else { break };
            self.read = self.hub.read_some(after).await?;
        }
        let now = self.hub.now();
        // On SQLite this process is the only one: what pushes an earlier one left are dead, however short ago.
        let heard = if self.rolled.is_none() { self.began.0 + LEASE } else { now.0 };
        self.hub.clear_pushes(Time(heard)).await?;
        if self.rolled.is_none_or(|rolled| now.0 - rolled.0 >= ROLL) {
            self.roll(now).await?;
            self.rolled = Some(now);
            self.compacted.get_or_insert(Place::START);
        }
        if let Some(after) = self.compacted {
            self.compacted = self.hub.compact_some(now, after).await?;
        }
        Ok(())
    }

    /// What is done once an hour.
    async fn roll(&self, now: Time) -> Reply<()> {
        let mut tx = self.hub.write().await?;
        stats::roll_downloads(&mut tx, now.day()).await?;
        stats::roll_trending(&mut tx, now.day()).await?;
        tx.commit().await?;
        self.hub.sweep_some(now).await
    }
}
