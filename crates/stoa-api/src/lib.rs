//! What programs call: the Hub API as the Hugging Face clients speak it, git, Git LFS, and device login.
//!
//! Each endpoint is one file whose head names its method and path. Understanding a request and wording an answer
//! happens here; what is allowed and what it changes is decided by `stoa-hub`. This crate must never know SQL or HTML.

mod buckets;
mod cas;
mod commits;
mod cursor;
mod files;
mod git;
mod hub;
mod lfs;
mod lists;
mod people;
mod repos;
mod route;
mod shape;
#[cfg(test)]
mod testing;

use axum::Router;
use stoa_http::App;

/// Every route of the API.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(repos::routes())
        .merge(lists::routes())
        .merge(people::routes())
        .merge(files::routes())
        .merge(commits::routes())
        .merge(lfs::routes())
        .merge(git::routes())
        .merge(cas::routes())
        .merge(buckets::routes())
        .merge(hub::routes())
}
