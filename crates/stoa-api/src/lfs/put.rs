//! Send a large file whole: `PUT /lfs/put/{repository}/{oid}`, with the permission from the batch in its query.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::put;
use stoa_core::{Failure, Reply as Checked};
use stoa_http::{App, Params, Reply, Segments, stream_body};
use stoa_hub::Large;

use super::signed;

pub(super) fn route() -> Router<App> {
    Router::new().route("/lfs/put/{subject}/{oid}", put(receive))
}

async fn receive(
    app: App,
    at: Segments,
    params: Params,
    headers: HeaderMap,
    body: Body,
) -> Reply<StatusCode> {
    let (ticket, file) = signed::read(&at, &params)?;
    check_length(&headers, file)?;
    // The hub counts the bytes itself and says what was announced; the stream only has to end.
    app.hub.lfs_put(&ticket, file, stream_body(body, u64::MAX)).await?;
    Ok(StatusCode::OK)
}

/// Refuses a body that announces the wrong length before it is read.
fn check_length(headers: &HeaderMap, file: Large) -> Checked<()> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    match length.and_then(|length| length.parse::<u64>().ok()) {
        Some(length) if length != file.size => Err(Failure::invalid(format!(
            "The body has {length} bytes, but {} were announced for {}; nothing was stored",
            file.size, file.oid
        ))),
        _ => Ok(()),
    }
}
