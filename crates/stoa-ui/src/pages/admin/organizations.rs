//! All organizations: `GET /administration/organizations`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Params, Reply};
use stoa_hub::OrgRow;

use super::frame;
use crate::markup::segment;
use crate::parts::frame::Frame;
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    Router::new().route("/administration/organizations", get(show))
}

/// Rows of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "admin/organizations.html")]
struct Organizations {
    page: Frame,
    search: String,
    orgs: Vec<OrgRow>,
    next: Option<String>,
}

async fn show(visit: Visit, params: Params) -> Reply<Response> {
    let page = frame(&visit)?;
    let search: String = params.one("search").unwrap_or_default().chars().take(100).collect();
    let after = params.one("after").unwrap_or_default();
    let (orgs, more) = visit.app.hub.admin_orgs(&visit.who, &search, after, PAGE).await?;
    let last = orgs.last().filter(|_| more);
    let next = last.map(|last| format!("?search={}&after={}", segment(&search), segment(&last.account.name)));
    visit.show(&Organizations { page, search, orgs, next })
}
