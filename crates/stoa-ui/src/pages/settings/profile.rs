//! What users say about themselves: `GET|POST /settings/profile`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Reply};
use stoa_hub::NewProfile;

use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new().route("/settings/profile", get(show).post(save))
}

#[derive(Template)]
#[template(path = "settings/profile.html")]
struct Profile {
    page: Frame,
    refused: Option<Refused>,
    name: String,
    fullname: String,
    details: String,
    email: String,
    /// Whether somebody who runs the hub says that the address is the user's.
    vouched: bool,
}

async fn show(visit: Visit) -> Reply<Response> {
    visit.need_user()?;
    let account = visit.app.hub.whoami(&visit.who, None).await?.account;
    let shown = Profile {
        page: visit.frame(Section::Other)?,
        refused: None,
        fullname: if account.fullname == account.name { String::new() } else { account.fullname },
        name: account.name,
        details: account.details.unwrap_or_default(),
        email: account.email.unwrap_or_default(),
        vouched: account.email_vouched,
    };
    visit.show(&shown)
}

async fn save(posted: Posted) -> Reply<Response> {
    let name = posted.visit.need_user()?.to_owned();
    let hub = &posted.visit.app.hub;
    let before = hub.whoami(&posted.visit.who, None).await?.account;
    let email = posted.text("email");
    let new = NewProfile {
        fullname: posted.text("fullname").to_owned(),
        details: posted.text("details").to_owned(),
        email: (!email.is_empty()).then(|| email.to_owned()),
    };
    match hub.set_profile(&posted.visit.who, new).await {
        Ok(_) => Ok(posted.done("/settings/profile", "notice-profile")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = Profile {
                page: posted.visit.frame(Section::Other)?,
                refused: Some(Refused { form: "profile", message }),
                name,
                fullname: posted.shown("fullname", 200),
                details: posted.shown("details", 1000),
                email: posted.shown("email", 300),
                vouched: before.email_vouched && before.email.as_deref() == Some(email),
            };
            posted.visit.show_as(status, &shown)
        }
    }
}
