//! Answers given before the body was read: without this a client that is still sending sees a broken connection
//! instead of the 401 or 413 that would tell it why.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header;
use bytes::Bytes;
use futures_util::StreamExt;
use hyper::body::{Frame, SizeHint};

/// Bytes that are still read after the answer.
const MOST: u64 = 64 << 20;
/// How long they may take.
const LONGEST: Duration = Duration::from_secs(10);

/// Wraps the body of a request so that what its endpoint leaves unread is read and thrown away, within bounds.
pub(super) fn keep_reading(request: Request) -> Request {
    let body = request.body();
    // A client that waits for `100 Continue` sends nothing once it has its answer.
    let waits = request.headers().contains_key(header::EXPECT);
    if waits || body.is_end_stream() || body.size_hint().lower() > MOST {
        return request;
    }
    request.map(|body| Body::new(Unread(Some(body))))
}

/// A body that reads itself to the end when it is dropped early.
struct Unread(Option<Body>);

impl HttpBody for Unread {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = self.0.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.0 = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let Some(body) = self.0.take().filter(|body| !body.is_end_stream()) else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // The task ends by itself: at the end of the body, at the bound, or when time is up.
        runtime.spawn(tokio::time::timeout(LONGEST, discard(body)));
    }
}

async fn discard(body: Body) {
    let mut data = body.into_data_stream();
    let mut left = MOST;
    while let Some(Ok(piece)) = data.next().await {
        match left.checked_sub(piece.len() as u64) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
