//! The pages, in the order a person meets them.

mod device;
mod home;

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new().merge(home::route()).merge(device::route())
}
