//! Send a xorb: `POST {cas}/v1/xorbs/{prefix}/{hash}`, and ask for its size: `HEAD` of the same.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;
use stoa_core::Failure;
use stoa_http::{App, Reply, Segments, stream_body};
use stoa_hub::MAX_XORB;

use super::session::{Session, hash};
use super::store;

pub(super) fn route() -> Router<App> {
    // Compat: hf_xet 1.2 and before know no version in the path, and 1.1.5 and before the singular.
    let tails = ["/v1/xorbs/{prefix}/{hash}", "/xorbs/{prefix}/{hash}", "/xorb/{prefix}/{hash}"];
    store(&tails, &post(put)).merge(store(&tails, &get(size)))
}

#[derive(Serialize)]
struct Answer {
    was_inserted: bool,
}

async fn put(session: Session, at: Segments, body: Body) -> Reply<Json<Answer>> {
    let was_inserted = session.0.put_xorb(hash(&at)?, stream_body(body, MAX_XORB)).await?;
    Ok(Json(Answer { was_inserted }))
}

async fn size(session: Session, at: Segments) -> Reply<HeaderMap> {
    let size = session.0.xorb_size(hash(&at)?).await?;
    let size = size.ok_or_else(|| Failure::not_found("This xorb is not here"))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_LENGTH, size.into());
    Ok(headers)
}
