//! The pages, in the order a person meets them.

mod account;
mod admin;
mod device;
mod docs;
mod files;
mod home;
mod lists;
mod login;
mod new;
mod orgs;
mod preferences;
mod problem;
mod repo;
mod repo_settings;
mod settings;

use axum::Router;
use stoa_http::App;

pub use problem::draw_problem;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(home::route())
        .merge(repo::route())
        .merge(lists::routes())
        .merge(login::route())
        .merge(preferences::route())
        .merge(device::route())
        .merge(docs::route())
        .merge(files::routes())
        .merge(account::routes())
        .merge(settings::routes())
        .merge(orgs::routes())
        .merge(new::route())
        .merge(repo_settings::routes())
        .merge(admin::routes())
}
