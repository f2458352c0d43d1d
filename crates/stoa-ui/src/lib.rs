//! What people see: plain pages, made on the server, without scripts.
//!
//! A page is one file in `pages/` with its template beside it. This crate must never know SQL or the JSON of the API.

mod pages;
mod parts;

use axum::Router;
use stoa_http::App;

/// Every page, and what pages need.
pub fn routes() -> Router<App> {
    Router::new().merge(pages::routes()).merge(parts::styles::route())
}
