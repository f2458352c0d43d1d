//! Files of a repository: fetching them, listing them, asking about some of them.

mod cached;
mod content;
mod entry;
mod media;
mod paths_info;
pub(crate) mod place;
mod range;
mod raw;
mod resolve;
#[cfg(test)]
pub(crate) mod tests;
mod tree;
mod treesize;

use axum::Router;
use stoa_http::App;

pub(crate) use content::{Content, Plan};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(resolve::route())
        .merge(cached::route())
        .merge(raw::route())
        .merge(tree::route())
        .merge(paths_info::route())
        .merge(treesize::route())
}
