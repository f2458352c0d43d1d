//! Counting downloads (`features.md` LIB-02, LIB-03).
//!
//! Models: every GET or HEAD of a file that the library reads first counts. Datasets: all files fetched from one
//! repository by one address within five minutes count once; Spaces likewise. Counts gather in memory and are written
//! every few seconds, so a node that is killed loses at most those seconds.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use stoa_core::{Reply, RepoKind, Time};
use stoa_db::stats;

use crate::access::Access;
use crate::{Hub, Repo};

/// Fetches by one address this close together are one download of a dataset.
const WINDOW: i64 = 5 * 60 * Time::SECOND;
/// Pairs of address and repository remembered.
const SEEN: usize = 200_000;
/// Repositories that wait to be written at most; beyond that, counts of further ones are dropped.
const WAITING: usize = 100_000;
/// Repositories written in one transaction.
const BATCH: usize = 200;

pub(crate) struct Downloads {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Repository and day to count.
    waiting: HashMap<(i64, i64), i64>,
    /// When an address last began a download of a repository.
    seen: HashMap<(IpAddr, i64), Time>,
}

impl Downloads {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State::default()) }
    }

    fn count(&self, repo: i64, from: Option<IpAddr>, now: Time) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ip) = from {
            if state.seen.get(&(ip, repo)).is_some_and(|since| now.0 - since.0 < WINDOW) {
                return;
            }
            if state.seen.len() >= SEEN {
                state.seen.retain(|_, since| now.0 - since.0 < WINDOW);
                if state.seen.len() >= SEEN {
                    state.seen.clear();
                }
            }
            state.seen.insert((ip, repo), now);
        }
        if state.waiting.len() < WAITING {
            *state.waiting.entry((repo, now.day())).or_insert(0) += 1;
        }
    }

    fn take(&self) -> Vec<((i64, i64), i64)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.waiting.drain().collect()
    }
}

impl<A: Access> Repo<A> {
    /// Notes that a file was asked for; counts it if it makes a download.
    pub fn count_download(&self, path: &str) {
        let now = self.hub.now();
        if self.row.name.kind == RepoKind::Model {
            if stoa_meta::downloads::counts_as_download(self.row.library.as_deref(), path) {
                self.hub.0.downloads.count(self.row.id, None, now);
            }
        } else {
            self.hub.0.downloads.count(self.row.id, Some(self.actor.ip), now);
        }
    }
}

/// What happened to a repository on one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Day {
    /// When it began, in UTC.
    pub begin: Time,
    /// Downloads.
    pub downloads: i64,
    /// New likes.
    pub likes: i64,
}

/// Days of one answer at most.
const DAYS: i64 = 3_660;

impl<A: Access> Repo<A> {
    /// Each of the last days up to today, oldest first: also those on which nothing happened. Counts of the last seconds
    /// may still be missing.
    pub async fn downloads_by_day(&self, days: u32) -> Reply<Vec<Day>> {
        let today = self.hub.now().day();
        let first = today - i64::from(days).min(DAYS) + 1;
        let mut tx = self.hub.read().await?;
        let found = stats::days(&mut tx, self.row.id, first).await?;
        let found: HashMap<i64, (i64, i64)> =
            found.into_iter().map(|(day, downloads, likes)| (day, (downloads, likes))).collect();
        let day = |day| {
            let (downloads, likes) = found.get(&day).copied().unwrap_or_default();
            Day { begin: Time(day * Time::DAY), downloads, likes }
        };
        Ok((first..=today).map(day).collect())
    }
}

impl Hub {
    /// Writes the counts that gathered.
    pub async fn flush_downloads(&self) -> Reply<()> {
        let counts = self.0.downloads.take();
        for batch in counts.chunks(BATCH) {
            let mut tx = self.write().await?;
            for ((repo, day), count) in batch {
                stats::add_downloads(&mut tx, *repo, *day, *count).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }
}
