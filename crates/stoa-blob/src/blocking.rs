//! The way to a thread that may wait for a disk.

use std::io;

/// Runs `work` on a blocking thread. A panic in it goes on in the caller, where it would have been without us.
pub(crate) async fn run<T, F>(work: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    join(tokio::task::spawn_blocking(work)).await
}

/// Waits for work that was started before.
pub(crate) async fn join<T>(task: tokio::task::JoinHandle<T>) -> io::Result<T> {
    match task.await {
        Ok(done) => Ok(done),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(io::Error::other("the process is shutting down")),
    }
}
