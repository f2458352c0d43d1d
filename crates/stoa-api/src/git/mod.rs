//! Git itself: clone, fetch and push with the git that everyone has, over smart HTTP.

mod info_refs;
mod receive_pack;
mod talk;
mod upload_pack;

#[cfg(test)]
mod tests;

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().merge(info_refs::route()).merge(upload_pack::route()).merge(receive_pack::route())
}
