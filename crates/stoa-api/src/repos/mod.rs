//! Repositories as a whole: making, describing, changing and deleting them.

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
