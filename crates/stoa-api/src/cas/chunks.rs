//! Has anyone this chunk? `GET {cas}/v1/chunks/{prefix}/{hash}`: a shard of xorbs that hold it, or 404.
//!
//! Only chunks of public repositories and of the asker's own are found, and the answer is keyed, so that it tells
//! nothing to who does not know the chunks.

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use stoa_core::Failure;
use stoa_http::{App, Reply, Segments};

use super::session::{Session, hash};
use super::store;

pub(super) fn route() -> Router<App> {
    store(&["/v1/chunks/{prefix}/{hash}", "/chunks/{prefix}/{hash}"], &get(find))
}

async fn find(session: Session, at: Segments) -> Reply<Response> {
    let shard = session.0.find_chunk(hash(&at)?).await?;
    let shard = shard.ok_or_else(|| Failure::not_found("No chunk of this hash can be shown"))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], shard).into_response())
}
