//! What the three addresses of git have in common: versions, media types, bodies.

use std::io::Read as _;
use std::pin::Pin;
use std::task::Poll;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use flate2::read::GzDecoder;
use futures_util::stream;
use stoa_core::{Failure, Reply as Checked};
use stoa_http::{read_body, stream_body};
use stoa_hub::{ByteStream, GitService};
use tokio::sync::mpsc;

/// Packets that wait for the client.
pub(super) const WAITING: usize = 8;
/// Bytes of a compressed request, and of what it holds. Git compresses lists of haves, never packs.
const COMPRESSED: (usize, u64) = (16 << 20, 64 << 20);

/// The version of the protocol that a client asks for.
pub(super) fn version(headers: &HeaderMap) -> u8 {
    let asked = headers.get("git-protocol").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let versions = asked.split(':').filter_map(|word| word.strip_prefix("version="));
    versions.filter_map(|version| version.parse().ok()).filter(|version| *version <= 2).max().unwrap_or(0)
}

/// Refuses what another page made a browser send.
pub(super) fn check_type(headers: &HeaderMap, service: GitService) -> Checked<()> {
    let wanted = format!("application/x-{}-request", service.as_str());
    let found = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if found == wanted {
        return Ok(());
    }
    Err(Failure::invalid(format!("The request must be of the type {wanted}")))
}

/// The body, decompressed if need be.
pub(super) async fn request(headers: &HeaderMap, body: Body) -> Checked<ByteStream> {
    match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(stream_body(body, u64::MAX)),
        Some(b"gzip" | b"x-gzip") => {
            let compressed = read_body(body, COMPRESSED.0).await?;
            let inflated = tokio::task::spawn_blocking(move || gunzip(&compressed));
            let inflated = inflated.await.map_err(Failure::internal)??;
            Ok(Box::pin(stream::iter([Ok(inflated)])))
        }
        Some(_) => Err(Failure::invalid("A request can be compressed with gzip only")),
    }
}

fn gunzip(compressed: &[u8]) -> Checked<Bytes> {
    let mut inflated = Vec::new();
    GzDecoder::new(compressed)
        .take(COMPRESSED.1 + 1)
        .read_to_end(&mut inflated)
        .map_err(|error| Failure::invalid(format!("The request is not gzip: {error}")))?;
    if inflated.len() as u64 > COMPRESSED.1 {
        return Err(Failure::too_large("The request names too many objects at once"));
    }
    Ok(inflated.into())
}

/// A body that is what `work` sends; whoever reads the body drives the work, and who stops reading ends it.
pub(super) fn driven(
    work: impl Future<Output = Checked<()>> + Send + 'static,
    mut answers: mpsc::Receiver<Bytes>,
) -> Body {
    let mut work: Option<Pin<Box<dyn Future<Output = Checked<()>> + Send>>> = Some(Box::pin(work));
    Body::from_stream(stream::poll_fn(move |context| {
        loop {
            if let Poll::Ready(piece) = answers.poll_recv(context) {
                return Poll::Ready(piece.map(Ok::<_, std::convert::Infallible>));
            }
            let Some(running) = &mut work else { return Poll::Pending };
            match running.as_mut().poll(context) {
                // The client was told; what is ours is in the log. Its sender is gone now, so the answers end.
                Poll::Ready(_) => work = None,
                Poll::Pending => match answers.poll_recv(context) {
                    Poll::Ready(piece) => return Poll::Ready(piece.map(Ok)),
                    Poll::Pending => return Poll::Pending,
                },
            }
        }
    }))
}

/// An answer of a service, which nobody may keep.
pub(super) fn answer(service: GitService, what: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    let media = format!("application/x-{}-{what}", service.as_str());
    let headers = response.headers_mut();
    if let Ok(media) = HeaderValue::from_str(&media) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache, max-age=0, must-revalidate"));
    response
}
