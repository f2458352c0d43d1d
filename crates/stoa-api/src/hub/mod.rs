//! What belongs to no repository: card checks, telemetry, and what is not here yet.

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
