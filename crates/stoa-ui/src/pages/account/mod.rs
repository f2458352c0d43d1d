//! Making an account, and what an account shows to others.

mod join;
mod profile;
mod welcome;

use axum::Router;
use stoa_http::App;

pub(super) fn routes() -> Router<App> {
    Router::new().merge(join::route()).merge(welcome::route()).merge(profile::route())
}
