//! Numbers about the whole hub, for those who administer it.

use std::sync::Arc;

use stoa_core::{Actor, Reply, Time};
use stoa_db::admin::{self, Counts};
use tokio::sync::Mutex;

use crate::people::administrator;
use crate::{Hub, Space};

/// Numbers are at most so old: some come from walks through whole tables.
const FRESH: i64 = 120 * Time::SECOND;
/// Rows of each list of the largest.
const LARGEST: usize = 20;

/// The numbers that were found last. Whoever asks while they are being counted waits for them.
pub(crate) type Cached = Mutex<Option<Arc<Totals>>>;

/// Numbers about the whole hub.
#[derive(Clone, Debug)]
pub struct Totals {
    /// When they were counted.
    pub at: Time,
    /// How many there are of everything.
    pub counts: Counts,
    /// What all large files take.
    pub space: Space,
    /// Repositories and buckets with the most bytes.
    pub largest_repos: Vec<Space>,
    /// Accounts with the most bytes.
    pub largest_owners: Vec<Space>,
}

impl Hub {
    /// Numbers about the whole hub, two minutes old at most.
    pub async fn hub_totals(&self, actor: &Actor) -> Reply<Arc<Totals>> {
        administrator(actor)?;
        let mut cached = self.0.totals.lock().await;
        let now = self.now();
        if let Some(totals) = cached.as_ref().filter(|totals| now.0 - totals.at.0 < FRESH) {
            return Ok(Arc::clone(totals));
        }
        let mut tx = self.read().await?;
        let counts = admin::counts(&mut tx).await?;
        drop(tx);
        let (largest_repos, space) = self.space(true, LARGEST).await?;
        let (largest_owners, _) = self.space(false, LARGEST).await?;
        let totals = Arc::new(Totals { at: now, counts, space, largest_repos, largest_owners });
        *cached = Some(Arc::clone(&totals));
        Ok(totals)
    }
}
