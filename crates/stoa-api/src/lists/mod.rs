//! Lists of repositories, tags and tasks.

mod ask;
mod quicksearch;
mod repos;
mod tags;
mod tasks;
mod trending;

use axum::Router;
use stoa_core::RepoKind;
use stoa_http::App;
use stoa_hub::{ListAsk, Order};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(repos::route())
        .merge(tags::route())
        .merge(trending::route())
        .merge(quicksearch::route())
        .merge(tasks::route())
}

/// The first `limit` repositories of a kind with a tag (if one is named), without their facts.
pub(crate) fn first(kind: RepoKind, tag: Option<String>, order: Order, limit: usize) -> ListAsk {
    ListAsk {
        kind,
        author: None,
        tags: tag.into_iter().collect(),
        search: Vec::new(),
        gated: None,
        params: (None, None),
        order,
        cursor: None,
        limit,
        facts: false,
    }
}
