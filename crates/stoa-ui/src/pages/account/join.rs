//! Making an account: `GET|POST /join`. `GET /signup` leads there.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Actor, Failure, Namespace, Reply as Result};
use stoa_http::{App, Reply};
use stoa_hub::NewUser;

use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, agent, problem, see_other};

pub(super) fn route() -> Router<App> {
    Router::new().route("/join", get(ask).post(join)).route("/signup", get(|| async { see_other("/join") }))
}

#[derive(Template)]
#[template(path = "account/join.html")]
struct Join {
    page: Frame,
    /// What was wrong with the last try.
    problem: Option<String>,
    username: String,
    fullname: String,
    email: String,
}

async fn ask(mut visit: Visit) -> Reply<Response> {
    if visit.who.session.is_some() {
        return Ok(see_other("/"));
    }
    let page = visit.form_frame(Section::Other)?;
    let [username, fullname, email] = [const { String::new() }; 3];
    visit.show(&Join { page, problem: None, username, fullname, email })
}

async fn join(headers: HeaderMap, mut posted: Posted) -> Reply<Response> {
    match make(&posted).await {
        Ok(actor) => posted.sign_in(&actor, agent(&headers), "/join/welcome").await,
        Err(failure) => {
            let (status, message) = problem(failure)?;
            refused(&mut posted, status, message)
        }
    }
}

fn refused(posted: &mut Posted, status: StatusCode, message: String) -> Reply<Response> {
    let shown = Join {
        problem: Some(message),
        username: posted.shown("username", 100),
        fullname: posted.shown("fullname", 200),
        email: posted.shown("email", 300),
        page: posted.visit.form_frame(Section::Other)?,
    };
    posted.visit.show_as(status, &shown)
}

async fn make(posted: &Posted) -> Result<Actor> {
    let password = posted.fields.one("password").unwrap_or_default();
    if posted.fields.one("again").is_some_and(|again| again != password) {
        return Err(Failure::invalid(posted.visit.words.t("password-differs")));
    }
    let email = posted.text("email");
    let new = NewUser {
        name: posted.text("username").to_owned(),
        fullname: posted.text("fullname").to_owned(),
        email: (!email.is_empty()).then(|| email.to_owned()),
        password: Some(password.to_owned()),
        admin: false,
    };
    let account = posted.visit.app.hub.sign_up(new, posted.visit.who.ip).await?;
    let mut actor = Actor::user(account.id, Namespace::new(account.name)?, false);
    actor.ip = posted.visit.who.ip;
    Ok(actor)
}
