//! The size of a file of chunks: `HEAD {cas}/v1/files/{file}`.

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::routing::get;
use stoa_http::{App, Reply, Segments};

use super::session::{Session, hash};
use super::store;

pub(super) fn route() -> Router<App> {
    store(&["/v1/files/{hash}", "/files/{hash}"], &get(size))
}

async fn size(session: Session, at: Segments) -> Reply<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_LENGTH, session.0.file_size(hash(&at)?).await?.into());
    Ok(headers)
}
