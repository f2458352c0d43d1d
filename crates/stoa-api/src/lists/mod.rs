//! Lists of repositories, tags and tasks.

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
