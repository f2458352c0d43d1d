//! The organizations somebody belongs to: `GET /settings/organizations`, `POST /settings/organizations/{org}/leave`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::Role;
use stoa_http::{App, Reply, Segments};
use stoa_hub::Member;

use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/settings/organizations", get(show))
        .route("/settings/organizations/{org}/leave", post(leave))
}

#[derive(Template)]
#[template(path = "settings/organizations.html")]
struct Organizations {
    page: Frame,
    refused: Option<Refused>,
    orgs: Vec<Member>,
}

async fn page(visit: &Visit, refused: Option<Refused>) -> Reply<Organizations> {
    let orgs = visit.app.hub.whoami(&visit.who, None).await?.orgs;
    Ok(Organizations { page: visit.frame(Section::Other)?, refused, orgs })
}

async fn show(visit: Visit) -> Reply<Response> {
    visit.need_user()?;
    let shown = page(&visit, None).await?;
    visit.show(&shown)
}

async fn leave(at: Segments, posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let org = at.get("org")?;
    let left = match posted.confirmed(org) {
        Ok(()) => posted.visit.app.hub.leave_org(&posted.visit.who, org).await,
        Err(failure) => Err(failure),
    };
    match left {
        Ok(()) => Ok(posted.done("/settings/organizations", "notice-left")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = page(&posted.visit, Some(Refused { form: "leave", message })).await?;
            posted.visit.show_as(status, &shown)
        }
    }
}
