//! Fetch a large file: `GET|HEAD /lfs/get/{repository}/{oid}`, with the permission from the batch in its query.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Params, Reply, Segments};

use super::signed;
use crate::files::{Content, Plan};

pub(super) fn route() -> Router<App> {
    Router::new().route("/lfs/get/{subject}/{oid}", get(send))
}

async fn send(app: App, at: Segments, params: Params, method: Method, asked: HeaderMap) -> Reply<Response> {
    let (ticket, file) = signed::read(&at, &params)?;
    let content = Content {
        name: None,
        size: file.size,
        etag: file.oid.to_string(),
        commit: None,
        large: Some(file.oid),
        xet: None,
    };
    let plan = Plan::of(&content, &method, &asked, &params)?;
    // Asked even when no byte is to be sent, because this is where the permission is checked.
    let bytes = app.hub.lfs_get(&ticket, file, plan.range.clone().unwrap_or(0..0)).await?;
    let body = if plan.range.is_some() { Body::from_stream(bytes) } else { Body::empty() };
    let mut answer = plan.with(body);
    // Compat: git-lfs writes whatever says it is text into its trace (`GIT_TRACE=1`), gigabytes of it.
    let bytes = HeaderValue::from_static("application/octet-stream");
    answer.headers_mut().insert(header::CONTENT_TYPE, bytes);
    Ok(answer)
}
