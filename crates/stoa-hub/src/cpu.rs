//! Work that would hold up an async thread goes through here.

use stoa_core::{Failure, Reply};

/// Runs `work` on a blocking thread and waits for it.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> Reply<T> + Send + 'static) -> Reply<T> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?
}
