//! What clients tell about themselves: `GET|HEAD|POST /api/telemetry/{*topic}`. Nothing is kept.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use stoa_http::App;

pub(super) fn route() -> Router<App> {
    let nothing = || async { StatusCode::NO_CONTENT };
    Router::new().route("/api/telemetry/{*topic}", get(nothing).post(nothing))
}
