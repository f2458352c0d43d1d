//! What the owner of a repository sets: `/{repo}/settings`, with branches and storage below it.

mod branches;
mod end;
mod general;
mod place;
mod storage;

use axum::Router;
use axum::routing::MethodRouter;
use stoa_core::RepoId;
use stoa_http::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(general::route())
        .merge(place::route())
        .merge(end::route())
        .merge(branches::route())
        .merge(storage::route())
}

/// The same methods at `/{ns}/{name}/settings`, and for datasets and Spaces, followed by `tail`.
fn of_repo(tail: &str, methods: &MethodRouter<App>) -> Router<App> {
    ["", "/datasets", "/spaces"].into_iter().fold(Router::new(), |router, prefix| {
        router.route(&format!("{prefix}/{{ns}}/{{name}}/settings{tail}"), methods.clone())
    })
}

/// The address of the settings of a repository.
fn address(id: &RepoId) -> String {
    format!("/{}/settings", id.path())
}
