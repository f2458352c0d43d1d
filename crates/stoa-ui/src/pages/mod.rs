//! The pages, in the order a person meets them.

mod device;
mod docs;
mod files;
mod home;
mod lists;
mod login;
mod preferences;
mod problem;
mod repo;

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
}
