//! Users, organizations, tokens and signing in.

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
