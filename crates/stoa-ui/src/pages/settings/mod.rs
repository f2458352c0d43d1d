//! What users set about themselves: profile, account, sessions, tokens, keys, organizations.

mod account;
mod authentication;
mod keys;
mod new_token;
mod organizations;
mod profile;
mod tokens;

use axum::Router;
use axum::routing::get;
use stoa_http::App;

use crate::visit::see_other;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings", get(|| async { see_other("/settings/profile") }))
        .merge(profile::route())
        .merge(account::route())
        .merge(authentication::route())
        .merge(tokens::route())
        .merge(new_token::route())
        .merge(keys::route())
        .merge(organizations::route())
}
