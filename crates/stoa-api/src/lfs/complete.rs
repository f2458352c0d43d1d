//! Join the parts of a large file: `POST /lfs/complete/{upload}/{oid}`, with the permission in its query.

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;
use stoa_core::{Failure, Sha256};
use stoa_http::{App, Params, Reply, Segments};

use super::{answer, signed};
use crate::commits::whole::whole_json;

/// Bytes of the request: ten thousand parts with their tags.
const BYTES: usize = 4 << 20;

pub(super) fn route() -> Router<App> {
    Router::new().route("/lfs/complete/{subject}/{oid}", post(complete))
}

#[derive(Deserialize)]
struct Ask {
    oid: Option<Sha256>,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(rename = "partNumber")]
    number: u32,
    etag: String,
}

async fn complete(app: App, at: Segments, params: Params, body: Body) -> Reply<Response> {
    let (ticket, file) = signed::read(&at, &params)?;
    let ask: Ask = whole_json(body, BYTES).await?;
    if ask.oid.is_some_and(|oid| oid != file.oid) {
        return Err(Failure::invalid("The `oid` of the completion is not the one of its URL").into());
    }
    let mut parts: Vec<(u32, String)> = ask.parts.into_iter().map(|part| (part.number, part.etag)).collect();
    parts.sort_by_key(|(number, _)| *number);
    app.hub.lfs_complete(&ticket, file, &parts).await?;
    Ok(answer::ok(&json!({ "success": true })))
}
