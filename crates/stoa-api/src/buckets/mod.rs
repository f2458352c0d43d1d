//! Buckets: files without history on the content-addressed store.

mod batch;
mod create;
mod delete;
mod info;
mod list;
mod paths_info;
mod place;
mod resolve;
mod settings;
#[cfg(test)]
mod tests;
mod token;
mod tree;

use axum::Router;
use axum::routing::get;
use stoa_http::App;

pub(crate) use place::known;

pub(crate) fn routes() -> Router<App> {
    let one = get(info::info).post(create::create).delete(delete::delete);
    Router::new()
        .route("/api/buckets/{ns}/{name}", one)
        .merge(list::route())
        .merge(settings::route())
        .merge(tree::route())
        .merge(paths_info::route())
        .merge(batch::route())
        .merge(token::route())
        .merge(resolve::route())
}
