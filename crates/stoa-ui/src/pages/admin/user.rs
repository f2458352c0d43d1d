//! One user, and what an administrator does with them: `GET /administration/users/{user}`, and below it
//! `POST …/admin`, `…/disable`, `…/password`, `…/email`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::{Failure, Reply as Result};
use stoa_http::{App, Reply, Segments};
use stoa_hub::UserOverview;

use super::{frame, kept_nowhere};
use crate::markup::segment;
use crate::parts::forms::Refused;
use crate::parts::frame::Frame;
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/administration/users/{user}", get(show))
        .route("/administration/users/{user}/admin", post(set_admin))
        .route("/administration/users/{user}/disable", post(set_disabled))
        .route("/administration/users/{user}/password", post(reset_password))
        .route("/administration/users/{user}/email", post(vouch_email))
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage {
    page: Frame,
    refused: Option<Refused>,
    user: UserOverview,
    email: String,
    /// Whether it is the one who looks.
    own: bool,
}

/// A password that was just made for somebody.
#[derive(Template)]
#[template(path = "admin/told.html")]
pub(super) struct Told {
    page: Frame,
    name: String,
    password: String,
}

/// Shows a new password, once.
pub(super) fn told(visit: &Visit, name: String, password: String) -> Reply<Told> {
    Ok(Told { page: frame(visit)?, name, password })
}

async fn page(visit: &Visit, name: &str, refused: Option<Refused>) -> Reply<UserPage> {
    let page = frame(visit)?;
    let user = visit.app.hub.user_overview(&visit.who, name).await?;
    let own = visit.who.signed_in().is_some_and(|(id, _)| id == user.account.id);
    let email = user.account.email.clone().unwrap_or_default();
    Ok(UserPage { page, refused, user, email, own })
}

async fn show(visit: Visit, at: Segments) -> Reply<Response> {
    frame(&visit)?;
    let shown = page(&visit, at.get("user")?, None).await?;
    visit.show(&shown)
}

/// Goes back to the user, or shows them with what was wrong.
async fn answer(posted: &Posted, user: &str, form: &'static str, done: Result<()>) -> Reply<Response> {
    match done {
        Ok(()) => Ok(posted.done(&format!("/administration/users/{}", segment(user)), "notice-saved")),
        Err(failure) => refuse(posted, user, form, failure).await,
    }
}

async fn refuse(posted: &Posted, user: &str, form: &'static str, failure: Failure) -> Reply<Response> {
    let (status, message) = problem(failure)?;
    let mut shown = page(&posted.visit, user, Some(Refused { form, message })).await?;
    if posted.fields.one("email").is_some() {
        shown.email = posted.shown("email", 300);
    }
    posted.visit.show_as(status, &shown)
}

async fn set_admin(at: Segments, posted: Posted) -> Reply<Response> {
    frame(&posted.visit)?;
    let user = at.get("user")?;
    let (hub, who) = (&posted.visit.app.hub, &posted.visit.who);
    let done = async {
        posted.confirmed(user)?;
        let admin = hub.user(user).await?.is_admin;
        hub.set_admin(who, user, !admin).await
    };
    let done = done.await;
    if done.is_ok() && is_own(&posted, user) {
        return Ok(posted.done("/", "notice-saved"));
    }
    answer(&posted, user, "admin", done).await
}

/// Whether an administrator took the rights from themselves, and finds these pages no more.
fn is_own(posted: &Posted, user: &str) -> bool {
    posted.visit.who.signed_in().is_some_and(|(_, name)| name.as_str().eq_ignore_ascii_case(user))
}

async fn set_disabled(at: Segments, posted: Posted) -> Reply<Response> {
    frame(&posted.visit)?;
    let user = at.get("user")?;
    let (hub, who) = (&posted.visit.app.hub, &posted.visit.who);
    let done = async {
        posted.confirmed(user)?;
        let disabled = hub.user(user).await?.disabled;
        hub.set_disabled(who, user, !disabled).await
    };
    let done = done.await;
    answer(&posted, user, "disable", done).await
}

async fn reset_password(at: Segments, posted: Posted) -> Reply<Response> {
    frame(&posted.visit)?;
    let user = at.get("user")?;
    let made = match posted.confirmed(user) {
        Ok(()) => posted.visit.app.hub.reset_password(&posted.visit.who, user).await,
        Err(failure) => Err(failure),
    };
    match made {
        Ok(password) => {
            let shown = told(&posted.visit, user.to_owned(), password)?;
            Ok(kept_nowhere(posted.visit.show(&shown)?))
        }
        Err(failure) => refuse(&posted, user, "password", failure).await,
    }
}

async fn vouch_email(at: Segments, posted: Posted) -> Reply<Response> {
    frame(&posted.visit)?;
    let user = at.get("user")?;
    let email = Some(posted.text("email")).filter(|email| !email.is_empty());
    let done = posted.visit.app.hub.vouch_email(&posted.visit.who, user, email).await;
    answer(&posted, user, "email", done).await
}
