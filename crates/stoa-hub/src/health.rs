//! Whether what the hub stands on works, for those who administer it.

use std::sync::atomic::{AtomicI64, Ordering};

use stoa_core::{Actor, Reply, Time};
use stoa_db::system;

use crate::people::administrator;
use crate::{Hub, blob_failure};

/// When the hub's own work was last done, and when it last failed; zero for never.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    done: AtomicI64,
    failed: AtomicI64,
}

impl Rounds {
    /// Notes how a round of the hub's own work ended.
    pub(crate) fn note(&self, done: bool, now: Time) {
        let clock = if done { &self.done } else { &self.failed };
        clock.store(now.0, Ordering::Relaxed);
    }
}

/// How the parts of the hub are.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    /// Version of the tables.
    pub schema: i64,
    /// Bytes of the database.
    pub database_bytes: u64,
    /// Whether a probe could be written to the byte store and read back.
    pub store_works: bool,
    /// Room left in the byte store, where it can tell.
    pub free_bytes: Option<u64>,
    /// When the hub's own work (counts, chunks, sweeping) was last done by this process.
    pub maintained_at: Option<Time>,
    /// When it last failed, if it did not work since.
    pub maintenance_failed_at: Option<Time>,
    /// Large files that still lie whole and wait to be cut into chunks.
    pub waiting_files: i64,
    /// Pushes under way.
    pub pushes: i64,
}

impl Hub {
    /// Looks at the parts of the hub. Cheap: nothing is read through.
    pub async fn health(&self, actor: &Actor) -> Reply<Health> {
        administrator(actor)?;
        let mut tx = self.read().await?;
        let state = system::state(&mut tx).await?;
        drop(tx);
        let store = self.blobs().check().await.map_err(blob_failure)?;
        let Rounds { done, failed } = &self.0.rounds;
        let [done, failed] = [done, failed].map(|clock| clock.load(Ordering::Relaxed));
        Ok(Health {
            schema: state.schema,
            database_bytes: state.bytes,
            store_works: store.writable,
            free_bytes: store.free_bytes,
            maintained_at: (done > 0).then_some(Time(done)),
            maintenance_failed_at: (failed > done).then_some(Time(failed)),
            waiting_files: state.waiting_files,
            pushes: state.pushes,
        })
    }
}
