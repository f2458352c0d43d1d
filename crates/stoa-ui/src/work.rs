//! Work that would hold up an async thread: rendering and highlighting. What it made is kept for whoever asks next.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use stoa_core::{Failure, Reply};
use tokio::runtime::{Handle, RuntimeFlavor};

/// Bytes of made HTML that are kept.
const KEPT: u64 = 32 << 20;
/// Longer pieces are made anew each time.
const LONGEST: usize = 4 << 20;

/// What was made, by what it was made of.
static MADE: LazyLock<Cache<String, Arc<str>, Weight>> =
    LazyLock::new(|| Cache::with_weighter(4096, KEPT, Weight));

#[derive(Clone)]
struct Weight;

impl Weighter<String, Arc<str>> for Weight {
    fn weight(&self, key: &String, made: &Arc<str>) -> u64 {
        64 + key.len() as u64 + made.len() as u64
    }
}

/// Runs `work` while others go on with what this thread had to do. Most of it takes microseconds, which is less than
/// another thread takes to wake up.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Reply<T> {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::CurrentThread => tokio::task::spawn_blocking(work).await.map_err(Failure::internal),
        _ => tokio::task::block_in_place(|| catch_unwind(AssertUnwindSafe(work)))
            .map_err(|_| Failure::internal("a page could not be drawn")),
    }
}

/// The HTML that `work` makes, or made before. `key` names everything that it is made of. What ran out of time, which
/// `work` says with `false`, is not kept.
pub(crate) async fn once(
    key: String,
    work: impl FnOnce() -> (String, bool) + Send + 'static,
) -> Reply<Arc<str>> {
    if let Some(made) = MADE.get(&key) {
        return Ok(made);
    }
    let (html, complete) = run(work).await?;
    let made: Arc<str> = html.into();
    if complete && made.len() <= LONGEST {
        MADE.insert(key, Arc::clone(&made));
    }
    Ok(made)
}

/// Whether there is time left: `true` until `milliseconds` have passed.
pub(crate) fn budget(milliseconds: u64) -> impl Fn() -> bool {
    let deadline = deadline(milliseconds);
    move || Instant::now() < deadline
}

/// The moment `milliseconds` from now; much later in debug builds, which are slow, so that what tests see does not depend
/// on how busy a machine is.
pub(crate) fn deadline(milliseconds: u64) -> Instant {
    let slow = if cfg!(debug_assertions) { 30 } else { 1 };
    Instant::now() + Duration::from_millis(milliseconds * slow)
}
