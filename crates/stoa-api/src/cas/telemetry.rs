//! What Xet clients tell about a transfer: `POST {cas}/v1/telemetry`. Nothing is kept.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use stoa_http::App;

use super::store;

pub(super) fn route() -> Router<App> {
    store(&["/v1/telemetry", "/telemetry"], &post(taken))
}

async fn taken() -> StatusCode {
    StatusCode::NO_CONTENT
}
