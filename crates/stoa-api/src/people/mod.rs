//! Users, organizations, tokens, public keys and signing in.

mod avatar;
mod device;
mod discovery;
mod follows;
mod keys;
mod likes;
mod oauth;
mod orgs;
mod person;
mod revoke;
mod tokens;
mod users;
mod whoami;

use axum::Router;
use stoa_http::App;

pub(crate) use avatar::avatar_url;
pub(crate) use person::Person;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(whoami::route())
        .merge(users::route())
        .merge(orgs::route())
        .merge(follows::route())
        .merge(likes::route())
        .merge(avatar::route())
        .merge(tokens::route())
        .merge(revoke::route())
        .merge(keys::route())
        .merge(device::route())
        .merge(oauth::route())
        .merge(discovery::route())
}
