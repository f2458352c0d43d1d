//! The first page of a new account: `GET /join/welcome`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Reply};

use crate::parts::frame::{Frame, Section};
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    Router::new().route("/join/welcome", get(show))
}

#[derive(Template)]
#[template(path = "account/welcome.html")]
struct Welcome {
    page: Frame,
    name: String,
}

async fn show(visit: Visit) -> Reply<Response> {
    let name = visit.need_user()?.to_owned();
    let page = visit.frame(Section::Other)?;
    visit.show(&Welcome { page, name })
}
