//! Browsers that are signed in: `GET /settings/authentication`, `POST /settings/authentication/{id}/end`,
//! `POST /settings/authentication/end-others`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::Failure;
use stoa_http::{App, Reply, Segments};
use stoa_hub::Session;

use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/settings/authentication", get(show))
        .route("/settings/authentication/{id}/end", post(end))
        .route("/settings/authentication/end-others", post(end_others))
}

#[derive(Template)]
#[template(path = "settings/authentication.html")]
struct Authentication {
    page: Frame,
    sessions: Vec<Session>,
    /// The session of the browser that looks.
    here: Option<i64>,
}

impl Authentication {
    fn is_here(&self, session: &Session) -> bool {
        self.here == Some(session.id)
    }

    /// `Firefox · Linux`, or what the browser calls itself.
    fn browser(&self, session: &Session) -> String {
        match browser(&session.agent) {
            (Some(browser), Some(system)) => format!("{browser} · {system}"),
            (Some(browser), None) => browser.to_owned(),
            _ if session.agent.is_empty() => self.page.t("sessions-unknown"),
            _ => session.agent.chars().take(80).collect(),
        }
    }
}

async fn show(visit: Visit) -> Reply<Response> {
    visit.need_user()?;
    let sessions = visit.app.hub.sessions(&visit.who).await?;
    let here = visit.who.session.as_ref().map(|session| session.id);
    visit.show(&Authentication { page: visit.frame(Section::Other)?, sessions, here })
}

async fn end(at: Segments, posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let id = at.get("id")?.parse().map_err(|_| Failure::not_found("There is no such session"))?;
    posted.visit.app.hub.end_one_session(&posted.visit.who, id).await?;
    Ok(posted.done("/settings/authentication", "notice-session-ended"))
}

async fn end_others(posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let keep = posted.visit.who.session.as_ref().map(|session| session.secret.as_str());
    posted.visit.app.hub.end_sessions(&posted.visit.who, keep).await?;
    Ok(posted.done("/settings/authentication", "notice-sessions-ended"))
}

/// Which browser and which system a `User-Agent` names. Each pretends to be those before it, so the last ones count.
fn browser(agent: &str) -> (Option<&'static str>, Option<&'static str>) {
    const BROWSERS: &[(&str, &str)] = &[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chromium"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find = |table: &'static [(&str, &'static str)]| {
        table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    (find(BROWSERS), find(SYSTEMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_what_people_call_them() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36";
        assert_eq!(browser(chrome), (Some("Chrome"), Some("Linux")));
        assert_eq!(browser(&format!("{chrome} Edg/150.0")), (Some("Edge"), Some("Linux")));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604";
        assert_eq!(browser(phone), (Some("Safari"), Some("iOS")));
        assert_eq!(browser("<script>"), (None, None));
    }
}
