//! Password, and closing the account: `GET /settings/account`, `POST /settings/account/password`,
//! `POST /settings/account/close`.

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::{Failure, Reply as Result};
use stoa_http::{App, Reply, cookies};

use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/settings/account", get(show))
        .route("/settings/account/password", post(change_password))
        .route("/settings/account/close", post(close))
}

#[derive(Template)]
#[template(path = "settings/account.html")]
struct Account {
    page: Frame,
    refused: Option<Refused>,
    name: String,
}

async fn show(visit: Visit) -> Reply<Response> {
    let name = visit.need_user()?.to_owned();
    visit.show(&Account { page: visit.frame(Section::Other)?, refused: None, name })
}

fn refuse(posted: &Posted, form: &'static str, failure: Failure) -> Reply<Response> {
    let (status, message) = problem(failure)?;
    let name = posted.visit.need_user()?.to_owned();
    let page = posted.visit.frame(Section::Other)?;
    posted.visit.show_as(status, &Account { page, refused: Some(Refused { form, message }), name })
}

async fn change_password(posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let changed = async {
        let [current, new, again] =
            ["current", "password", "again"].map(|name| posted.fields.one(name).unwrap_or_default());
        if new != again {
            return Err(Failure::invalid(posted.visit.words.t("password-differs")));
        }
        let (hub, who) = (&posted.visit.app.hub, &posted.visit.who);
        // Whoever else is signed in may be why the password is changed.
        let keep = who.session.as_ref().map(|session| session.secret.as_str());
        hub.change_password(who, current, new, keep).await
    };
    match changed.await {
        Ok(()) => Ok(posted.done("/settings/account", "notice-password")),
        Err(failure) => refuse(&posted, "password", failure),
    }
}

async fn close(posted: Posted) -> Reply<Response> {
    let name = posted.visit.need_user()?.to_owned();
    let closed: Result<()> = async {
        posted.confirmed(&name)?;
        let password = posted.fields.one("password").unwrap_or_default();
        posted.visit.app.hub.close_account(&posted.visit.who, password).await
    }
    .await;
    if let Err(failure) = closed {
        return refuse(&posted, "close", failure);
    }
    let mut answer = posted.done("/", "notice-closed");
    let cookie = cookies::set(cookies::SESSION, "", Some(0), &posted.visit.origin);
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(answer)
}
