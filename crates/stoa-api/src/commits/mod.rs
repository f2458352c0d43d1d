//! Commits, branches and tags.

mod branch;
mod commit;
mod legacy;
mod lines;
mod list;
mod operation;
mod preupload;
mod refs;
mod super_squash;
mod tag;
#[cfg(test)]
mod tests;
pub(crate) mod whole;

use axum::Router;
use stoa_core::{Failure, Reply};
use stoa_http::{App, Params};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(preupload::route())
        .merge(commit::route())
        .merge(list::route())
        .merge(refs::route())
        .merge(branch::route())
        .merge(tag::route())
        .merge(super_squash::route())
}

/// Refuses `create_pr=1`, which would have to open a pull request.
fn no_pull_request(params: &Params) -> Reply<()> {
    if params.on("create_pr")? {
        return Err(Failure::absent(
            "Pull requests come with a later version of this hub; commit to a branch, without `create_pr`",
        ));
    }
    Ok(())
}
