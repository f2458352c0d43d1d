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
use stoa_http::{App, Fields, Params, Reply, status_of};

use crate::parts::sheet::sheet;

pub(super) fn route() -> Router<App> {
    Router::new().route("/device", get(ask).post(decide)).route("/oauth/device", get(ask))
}

#[derive(Template)]
#[template(path = "device.html")]
struct Device {
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

async fn ask(params: Params) -> Reply<Response> {
    let code = shown(params.one("user_code"), 16);
    sheet(StatusCode::OK, &Device { code, username: String::new(), outcome: Outcome::Ask(None) })
}

async fn decide(app: App, Fields(fields): Fields) -> Reply<Response> {
    let code = shown(fields.one("user_code"), 16);
    let username = shown(fields.one("username"), 64);
    let (status, outcome) = match decision(&app, &fields, &code, &username).await {
        Ok(outcome) => (StatusCode::OK, outcome),
        Err(failure) if failure.kind == Kind::Internal => return Err(failure.into()),
        Err(failure) => (status_of(&failure), Outcome::Ask(Some(failure.message))),
    };
    sheet(status, &Device { code, username, outcome })
}

async fn decision(app: &App, fields: &Params, code: &str, username: &str) -> Result<Outcome, Failure> {
    let approve = match fields.one("decision") {
        Some("approve") => true,
        Some("refuse") => false,
        _ => return Err(Failure::invalid("Choose Approve or Refuse")),
    };
    let password = fields.one("password").unwrap_or_default();
    if password.is_empty() && !approve {
        return Ok(Outcome::Left);
    }
    let actor = app.hub.sign_in(username, password).await?;
    app.hub.decide_device(&actor, code, approve).await?;
    Ok(if approve { Outcome::Approved } else { Outcome::Refused })
}

/// What is shown again in a field.
fn shown(text: Option<&str>, max: usize) -> String {
    text.unwrap_or_default().trim().chars().take(max).collect()
}
