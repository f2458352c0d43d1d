//! Approving a program that signs in by code: `GET /device` shows the form, `POST /device` takes it.
//!
//! `GET /oauth/device`, which is where the public Hub has the page, shows it too. (`POST /oauth/device` is where the
//! program begins, in the API.)

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Failure, Kind};
use stoa_http::{App, Params, Reply, status_of};

use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit};

pub(super) fn route() -> Router<App> {
    Router::new().route("/device", get(ask).post(decide)).route("/oauth/device", get(ask))
}

#[derive(Template)]
#[template(path = "device.html")]
struct Device {
    page: Frame,
    code: String,
    username: String,
    outcome: Outcome,
}

enum Outcome {
    /// The form, and what was wrong with the last one.
    Ask(Option<String>),
    Approved,
    Refused,
    /// Refused without a password: the program is simply not approved.
    Left,
}

async fn ask(mut visit: Visit, params: Params) -> Reply<Response> {
    let code = shown(params.one("user_code"), 16);
    let page = visit.form_frame(Section::Other)?;
    visit.show(&Device { page, code, username: String::new(), outcome: Outcome::Ask(None) })
}

async fn decide(mut posted: Posted) -> Reply<Response> {
    let code = shown(posted.fields.one("user_code"), 16);
    let username = shown(posted.fields.one("username"), 64);
    let (status, outcome) = match decision(&posted, &code, &username).await {
        Ok(outcome) => (StatusCode::OK, outcome),
        Err(failure) if failure.kind == Kind::Internal => return Err(failure.into()),
        Err(failure) => (status_of(&failure), Outcome::Ask(Some(failure.message))),
    };
    let page = posted.visit.form_frame(Section::Other)?;
    posted.visit.show_as(status, &Device { page, code, username, outcome })
}

async fn decision(posted: &Posted, code: &str, username: &str) -> Result<Outcome, Failure> {
    let hub = &posted.visit.app.hub;
    let approve = match posted.fields.one("decision") {
        Some("approve") => true,
        Some("refuse") => false,
        _ => return Err(Failure::invalid("Choose Approve or Refuse")),
    };
    if posted.visit.who.session.is_some() {
        hub.decide_device(&posted.visit.who, code, approve).await?;
        return Ok(if approve { Outcome::Approved } else { Outcome::Refused });
    }
    let password = posted.fields.one("password").unwrap_or_default();
    if password.is_empty() && !approve {
        return Ok(Outcome::Left);
    }
    let actor = hub.sign_in(username, password, posted.visit.who.ip).await?;
    hub.decide_device(&actor, code, approve).await?;
    Ok(if approve { Outcome::Approved } else { Outcome::Refused })
}

/// What is shown again in a field.
fn shown(text: Option<&str>, max: usize) -> String {
    text.unwrap_or_default().trim().chars().take(max).collect()
}
