//! Locks, which stoa does not have: `POST /{ns}/{name}[.git]/info/lfs/locks/verify` and everything else below
//! `/info/lfs/locks`.
//!
//! Compat: git-lfs asks `locks/verify` before each push. On 404 it remembers that the server has no locks and goes on;
//! it says so when a person asks for a lock and gets 501.

use axum::Router;
use axum::routing::{get, post};
use stoa_core::Failure;
use stoa_http::{App, Reply, RepoOf};
use stoa_hub::Read;

use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/info/lfs/locks/verify", &post(verify))
        .merge(place::web("/info/lfs/locks", &get(absent).post(absent)))
        .merge(place::web("/info/lfs/locks/{id}/unlock", &post(absent)))
}

async fn verify(_: RepoOf<Read>) -> Reply<()> {
    Err(Failure::not_found("This hub does not lock files").into())
}

async fn absent(_: RepoOf<Read>) -> Reply<()> {
    Err(Failure::absent("This hub does not lock files").into())
}
