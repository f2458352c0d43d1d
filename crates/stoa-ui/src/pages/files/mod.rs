//! The pages about files: folders, files, what was changed in them, and changing them.

mod blob;
mod card;
mod change;
mod commit;
mod commits;
mod compare;
mod content;
mod delete;
mod diff;
mod edit;
mod newest;
mod place;
mod tree;
mod upload;

use axum::Router;
use stoa_http::App;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(tree::route())
        .merge(blob::route())
        .merge(commits::route())
        .merge(commit::route())
        .merge(compare::route())
        .merge(edit::route())
        .merge(delete::route())
        .merge(upload::route())
}
