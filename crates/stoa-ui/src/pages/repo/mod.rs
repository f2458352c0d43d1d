//! The page of a repository, `GET /{ns}/{name}` and its like for datasets and Spaces, and what belongs to it alone: likes,
//! the tensors of its weights, and the addresses of what is not there yet.
//!
//! One file per part of the page, with its template beside it; all are made of a [`subject::Subject`].

mod about;
mod absent;
mod card;
mod data;
mod evaluation;
mod family;
mod like;
mod notices;
mod show;
mod snippets;
mod space;
mod subject;
mod tags;
mod tensors;
mod usage;
mod use_it;

use axum::Router;
use axum::routing::MethodRouter;
use stoa_http::App;

pub(super) fn route() -> Router<App> {
    Router::new().merge(show::route()).merge(like::route()).merge(tensors::route()).merge(absent::route())
}

/// The same methods below the pages of models, datasets and Spaces.
fn of_repo(tail: &str, methods: &MethodRouter<App>) -> Router<App> {
    ["", "/datasets", "/spaces"].into_iter().fold(Router::new(), |router, prefix| {
        router.route(&format!("{prefix}/{{ns}}/{{name}}{tail}"), methods.clone())
    })
}
