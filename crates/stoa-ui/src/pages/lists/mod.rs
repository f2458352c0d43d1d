//! Lists of models, datasets and Spaces, and search.

mod facets;
mod list;
mod search;

use axum::Router;
use stoa_http::App;

pub(super) fn routes() -> Router<App> {
    Router::new().merge(list::route()).merge(search::route())
}
