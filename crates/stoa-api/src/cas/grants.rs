//! May a xorb be sent straight to the byte store? `POST {cas}/v1/xorb-grants/{prefix}/{hash}`.
//!
//! Never on a disk, so the answer is 404 and the client sends it here; but 200 for a xorb that is here already, which
//! saves its sixty-four megabytes.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use stoa_core::Failure;
use stoa_http::{App, Reply, Segments};

use super::session::{Session, hash};
use super::store;

pub(super) fn route() -> Router<App> {
    store(&["/v1/xorb-grants/{prefix}/{hash}"], &post(grant))
}

async fn grant(session: Session, at: Segments) -> Reply<StatusCode> {
    if session.0.has_xorb(hash(&at)?).await? {
        return Ok(StatusCode::OK);
    }
    Err(Failure::not_found("This store gives no grants; send the xorb here").into())
}
