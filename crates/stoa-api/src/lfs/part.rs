//! Send one part of a large file: `PUT /lfs/part/{upload}/{oid}/{number}`, with the permission in its query.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::put;
use stoa_core::Failure;
use stoa_http::{App, Params, Reply, Segments, header_text, stream_body};

use super::signed;

pub(super) fn route() -> Router<App> {
    Router::new().route("/lfs/part/{subject}/{oid}/{number}", put(receive))
}

/// The answer's `ETag` is the SHA-256 of the part; clients give it back when they complete the upload.
async fn receive(
    app: App,
    at: Segments,
    params: Params,
    body: Body,
) -> Reply<[(HeaderName, HeaderValue); 1]> {
    let (ticket, file) = signed::read(&at, &params)?;
    let number = at.get("number")?.parse();
    let number = number.map_err(|_| Failure::invalid("The number of the part is not a number"))?;
    let sha256 = app.hub.lfs_put_part(&ticket, file, number, stream_body(body, u64::MAX)).await?;
    Ok([(header::ETAG, header_text(&format!("\"{sha256}\""), 80))])
}
