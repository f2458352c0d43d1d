//! What people see: pages made on the server, with small scripts where they help and none where they are needed.
//!
//! A page is one file in `pages/` with its template beside it; what pages share is one file each in `parts/`. Words come
//! from the catalogs in `words/`, colors and sizes from `static/style/tokens.css`. What strangers wrote becomes HTML in
//! `stoa-render` alone. This crate must never know SQL or the JSON of the API.

mod assets;
mod markup;
mod pages;
mod parts;
mod visit;
mod words;
mod work;

use axum::Router;
use stoa_http::App;

pub use pages::draw_problem;

/// Every page, and what pages need.
pub fn routes() -> Router<App> {
    Router::new().merge(pages::routes()).merge(assets::route())
}
