//! Signing in and out: `GET|POST /login`, `POST /logout`.

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use stoa_http::{App, Params, Reply, cookies, header_text};

use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, agent, local, problem, see_other};

pub(super) fn route() -> Router<App> {
    Router::new().route("/login", get(ask).post(sign_in)).route("/logout", post(sign_out))
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    page: Frame,
    /// What was wrong with the last try.
    problem: Option<String>,
    username: String,
    next: String,
}

async fn ask(mut visit: Visit, params: Params) -> Reply<Response> {
    let next = local(params.one("next").unwrap_or("/")).to_owned();
    if visit.who.session.is_some() {
        return Ok(see_other(&next));
    }
    let page = visit.form_frame(Section::Other)?;
    visit.show(&Login { page, problem: None, username: String::new(), next })
}

async fn sign_in(headers: HeaderMap, mut posted: Posted) -> Reply<Response> {
    let username: String = posted.text("username").chars().take(100).collect();
    let next = local(posted.text("next")).to_owned();
    let hub = posted.visit.app.hub.clone();
    let password = posted.fields.one("password").unwrap_or_default();
    match hub.sign_in(&username, password, posted.visit.who.ip).await {
        Ok(actor) => posted.sign_in(&actor, agent(&headers), &next).await,
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let page = posted.visit.form_frame(Section::Other)?;
            posted.visit.show_as(status, &Login { page, problem: Some(message), username, next })
        }
    }
}

async fn sign_out(posted: Posted) -> Reply<Response> {
    if let Some(session) = &posted.visit.who.session {
        posted.visit.app.hub.end_session(&session.secret).await?;
    }
    let mut answer = see_other("/");
    *answer.status_mut() = StatusCode::SEE_OTHER;
    let cookie = cookies::set(cookies::SESSION, "", Some(0), &posted.visit.origin);
    answer.headers_mut().append(header::SET_COOKIE, cookie);
    // What the browser kept of private pages goes with the session.
    answer.headers_mut().insert("clear-site-data", header_text("\"cache\"", 16));
    Ok(answer)
}
