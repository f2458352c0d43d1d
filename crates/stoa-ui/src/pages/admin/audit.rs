//! Who did what: `GET /administration/audit`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Params, Reply};
use stoa_hub::AuditLine;

use super::frame;
use crate::parts::frame::Frame;
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    Router::new().route("/administration/audit", get(show))
}

/// Lines of a page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct Audit {
    page: Frame,
    lines: Vec<AuditLine>,
    /// Whether this is the page with the last lines.
    first: bool,
    older: Option<i64>,
}

async fn show(visit: Visit, params: Params) -> Reply<Response> {
    let page = frame(&visit)?;
    let before: Option<i64> = params.parsed("before")?;
    let lines = visit.app.hub.audit(&visit.who, before, PAGE).await?;
    let older = lines.last().filter(|_| lines.len() == PAGE).map(|line| line.id);
    visit.show(&Audit { page, lines, first: before.is_none(), older })
}
