//! The settings in force: `GET /administration/settings`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Reply};

use super::frame;
use crate::parts::frame::Frame;
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    Router::new().route("/administration/settings", get(show))
}

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct Settings {
    page: Frame,
    settings: Vec<(String, String)>,
}

async fn show(visit: Visit) -> Reply<Response> {
    let page = frame(&visit)?;
    visit.show(&Settings { page, settings: visit.app.config.settings.clone() })
}
