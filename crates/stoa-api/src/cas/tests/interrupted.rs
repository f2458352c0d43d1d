//! Futures that are given up or meet another one in the middle of what they do.

use std::pin::Pin;
use std::task::Poll;

/// Polls a future so often, then gives it up, as a crash would.
pub(super) async fn stopped<T>(work: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut work = Box::pin(work);
    polled(work.as_mut(), polls).await
}

/// Polls a future so often, then begins another one beside it.
pub(super) async fn met<T, U>(
    work: impl Future<Output = T>,
    polls: usize,
    other: impl Future<Output = U>,
) -> (T, U) {
    let mut work = Box::pin(work);
    if let Some(done) = polled(work.as_mut(), polls).await {
        return (done, other.await);
    }
    tokio::join!(work, other)
}

async fn polled<T>(mut work: Pin<&mut impl Future<Output = T>>, polls: usize) -> Option<T> {
    let mut left = polls;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        if left == 0 {
            // What was begun off this thread may never wake us.
            cx.waker().wake_by_ref();
        }
        work.as_mut().poll(cx).map(Some)
    })
    .await
}
