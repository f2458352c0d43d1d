//! What an organization says about itself: `GET|POST /organizations/{org}/settings`, and its end:
//! `POST /organizations/{org}/settings/delete`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::Failure;
use stoa_http::{App, Reply, Segments};
use stoa_hub::Account;

use super::managed;
use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem, see_other};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/organizations/{org}/settings", get(show).post(save))
        .route("/organizations/{org}/settings/profile", get(moved))
        .route("/organizations/{org}/settings/delete", post(delete))
}

#[derive(Template)]
#[template(path = "orgs/profile.html")]
struct OrgProfile {
    page: Frame,
    refused: Option<Refused>,
    org: Account,
    fullname: String,
    details: String,
    private: bool,
}

impl OrgProfile {
    fn new(visit: &Visit, org: Account, refused: Option<Refused>) -> Reply<Self> {
        Ok(Self {
            page: visit.frame(Section::Other)?,
            refused,
            fullname: if org.fullname == org.name { String::new() } else { org.fullname.clone() },
            details: org.details.clone().unwrap_or_default(),
            private: org.default_private,
            org,
        })
    }
}

/// The address that the public Hub has for this page.
async fn moved(at: Segments) -> Reply<Response> {
    Ok(see_other(&format!("/organizations/{}/settings", crate::markup::segment(at.get("org")?))))
}

async fn show(visit: Visit, at: Segments) -> Reply<Response> {
    let org = managed(&visit, at.get("org")?).await?;
    let shown = OrgProfile::new(&visit, org, None)?;
    visit.show(&shown)
}

async fn save(at: Segments, posted: Posted) -> Reply<Response> {
    let org = managed(&posted.visit, at.get("org")?).await?;
    let (fullname, details) = (posted.text("fullname"), posted.text("details"));
    let private = posted.text("visibility") == "private";
    let hub = &posted.visit.app.hub;
    match hub.set_org(&posted.visit.who, &org.name, fullname, details, private).await {
        Ok(org) => Ok(posted.done(&format!("/organizations/{}/settings", org.name), "notice-saved")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let mut shown = OrgProfile::new(&posted.visit, org, Some(Refused { form: "org", message }))?;
            (shown.fullname, shown.details) = (posted.shown("fullname", 200), posted.shown("details", 1000));
            shown.private = private;
            posted.visit.show_as(status, &shown)
        }
    }
}

async fn delete(at: Segments, posted: Posted) -> Reply<Response> {
    let org = managed(&posted.visit, at.get("org")?).await?;
    let deleted: Result<(), Failure> = match posted.confirmed(&org.name) {
        Ok(()) => posted.visit.app.hub.delete_org(&posted.visit.who, &org.name).await,
        Err(failure) => Err(failure),
    };
    match deleted {
        Ok(()) => Ok(posted.done("/settings/organizations", "notice-org-deleted")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = OrgProfile::new(&posted.visit, org, Some(Refused { form: "delete", message }))?;
            posted.visit.show_as(status, &shown)
        }
    }
}
