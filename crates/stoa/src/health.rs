//! Whether the hub serves: `GET /healthz`.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use stoa_http::App;

/// What it answers.
pub const ANSWER: &str = "ok";

/// The route.
pub fn route() -> Router<App> {
    Router::new().route("/healthz", get(health))
}

async fn health() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], ANSWER)
}
