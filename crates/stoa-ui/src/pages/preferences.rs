//! Language and theme of this browser: `GET|POST /preferences`.

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Params, Reply, cookies};

use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, THEME, Visit};
use crate::words::{LANGUAGE, Language};

/// A choice is kept for a year.
const KEPT: i64 = 365 * 24 * 3600;

pub(super) fn route() -> Router<App> {
    Router::new().route("/preferences", get(show).post(choose)).route("/settings/theme", get(show))
}

#[derive(Template)]
#[template(path = "preferences.html")]
struct Preferences {
    page: Frame,
    languages: [Language; 3],
    next: String,
}

async fn show(mut visit: Visit, params: Params) -> Reply<Response> {
    let page = visit.form_frame(Section::Other)?;
    let next = params.one("next").unwrap_or("/preferences").to_owned();
    visit.show(&Preferences { page, languages: Language::ALL, next })
}

async fn choose(posted: Posted) -> Reply<Response> {
    let mut answer = posted.done(posted.text("next"), "notice-preferences");
    let language = Language::from_code(posted.text("language")).map(Language::code);
    let theme = ["light", "dark"].into_iter().find(|theme| *theme == posted.text("theme"));
    for (name, value) in [(LANGUAGE, language), (THEME, theme)] {
        let kept = if value.is_some() { KEPT } else { 0 };
        let cookie = cookies::set(name, value.unwrap_or_default(), Some(kept), &posted.visit.origin);
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(answer)
}
