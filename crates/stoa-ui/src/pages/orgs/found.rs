//! Founding an organization: `GET|POST /organizations/new`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Reply};

use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new().route("/organizations/new", get(show).post(found))
}

#[derive(Template)]
#[template(path = "orgs/found.html")]
struct Found {
    page: Frame,
    refused: Option<Refused>,
    name: String,
    fullname: String,
    private: bool,
}

async fn show(visit: Visit) -> Reply<Response> {
    visit.need_user()?;
    let [name, fullname] = [const { String::new() }; 2];
    let private = visit.app.hub.policy().private_by_default;
    visit.show(&Found { page: visit.frame(Section::Other)?, refused: None, name, fullname, private })
}

async fn found(posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let (name, fullname) = (posted.text("name"), posted.text("fullname"));
    let private = posted.text("visibility") == "private";
    match posted.visit.app.hub.found_org(&posted.visit.who, name, fullname, private).await {
        Ok(org) => {
            let to = format!("/organizations/{}/settings/members", org.name);
            Ok(posted.done(&to, "notice-org-made"))
        }
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = Found {
                page: posted.visit.frame(Section::Other)?,
                refused: Some(Refused { form: "org", message }),
                name: posted.shown("name", 100),
                fullname: posted.shown("fullname", 200),
                private,
            };
            posted.visit.show_as(status, &shown)
        }
    }
}
