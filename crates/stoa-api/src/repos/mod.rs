//! Repositories as a whole: making, describing, changing and deleting them.

mod access;
pub(crate) mod body;
mod branch_rules;
mod create;
mod delete;
mod duplicate;
mod info;
mod likes;
mod mine;
mod rename;
mod settings;
mod templates;
mod weights;

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(create::route())
        .merge(delete::route())
        .merge(rename::route())
        .merge(settings::route())
        .merge(branch_rules::route())
        .merge(duplicate::route())
        .merge(info::route())
        .merge(access::route())
        .merge(likes::route())
        .merge(mine::route())
        .merge(templates::route())
        .merge(weights::route())
}
