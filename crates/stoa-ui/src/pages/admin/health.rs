//! Whether what the hub stands on works: `GET /administration/health`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::Time;
use stoa_http::{App, Reply};
use stoa_hub::Health as Found;

use super::frame;
use crate::markup::{Markup, escape};
use crate::parts::frame::Frame;
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    Router::new().route("/administration/health", get(show))
}

/// Less free space than this deserves attention.
const LITTLE: u64 = 10 << 30;
/// With less than this uploads will fail.
const NOTHING: u64 = 256 << 20;
/// The hub's own work is done every ten seconds; a large file may take it some minutes.
const LATE: i64 = 30 * 60 * Time::SECOND;

#[derive(Template)]
#[template(path = "admin/health.html")]
struct Health {
    page: Frame,
    version: &'static str,
    checks: Vec<Check>,
}

/// What was looked at, and how it is.
struct Check {
    /// A key.
    name: &'static str,
    state: State,
    text: Markup,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Good,
    Doubtful,
    Bad,
}

impl Check {
    fn icon(&self) -> &'static str {
        match self.state {
            State::Good => "done",
            State::Doubtful | State::Bad => "warning",
        }
    }

    fn class(&self) -> &'static str {
        match self.state {
            State::Good => "good",
            State::Doubtful => "warn",
            State::Bad => "bad",
        }
    }

    /// The key of the word for it.
    fn word(&self) -> &'static str {
        match self.state {
            State::Good => "health-good",
            State::Doubtful => "health-doubtful",
            State::Bad => "health-bad",
        }
    }
}

async fn show(visit: Visit) -> Reply<Response> {
    let page = frame(&visit)?;
    let found = visit.app.hub.health(&visit.who).await?;
    let free = match (found.free_bytes, &visit.app.free_space) {
        (Some(free), _) => Some(free),
        (None, Some(ask)) => ask().await,
        (None, None) => None,
    };
    let said = |key: &str| Markup(escape(&page.t(key)));
    let checks = vec![
        Check {
            name: "health-database",
            state: State::Good,
            text: Markup(escape(&page.with2(
                "health-database-text",
                ("version", found.schema),
                ("size", page.words.size_text(found.database_bytes)),
            ))),
        },
        Check {
            name: "health-store",
            state: if found.store_works { State::Good } else { State::Bad },
            text: said(if found.store_works { "health-store-works" } else { "health-store-broken" }),
        },
        disk(&page, free),
        maintenance(&page, &found),
        Check {
            name: "health-queue",
            state: if found.waiting_files < 1000 { State::Good } else { State::Doubtful },
            text: Markup(escape(&page.n("health-queue-text", found.waiting_files))),
        },
        Check {
            name: "health-pushes",
            state: State::Good,
            text: Markup(escape(&page.n("health-pushes-text", found.pushes))),
        },
        Check {
            name: "health-ssh",
            state: State::Good,
            text: match &visit.app.config.ssh {
                Some(address) => Markup(format!("<code>{}</code>", escape(address))),
                None => said("health-ssh-off"),
            },
        },
    ];
    visit.show(&Health { page, version: env!("CARGO_PKG_VERSION"), checks })
}

fn disk(page: &Frame, free: Option<u64>) -> Check {
    let text = match free {
        Some(free) => page.with("health-disk-text", "size", page.words.size_text(free)),
        None => page.t("health-disk-unknown"),
    };
    Check { name: "health-disk", state: room(free), text: Markup(escape(&text)) }
}

fn room(free: Option<u64>) -> State {
    match free {
        Some(free) if free < NOTHING => State::Bad,
        Some(free) if free < LITTLE => State::Doubtful,
        _ => State::Good,
    }
}

fn maintenance(page: &Frame, found: &Found) -> Check {
    let (state, text) = if let Some(failed) = found.maintenance_failed_at {
        (State::Bad, format!("{} {}", escape(&page.t("health-work-failed")), page.ago(&failed)))
    } else if let Some(done) = found.maintained_at {
        let state = if page.now.0 - done.0 > LATE { State::Doubtful } else { State::Good };
        (state, format!("{} {}", escape(&page.t("health-work-done")), page.ago(&done)))
    } else {
        (State::Doubtful, escape(&page.t("health-work-never")))
    };
    Check { name: "health-work", state, text: Markup(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_fills_up_is_noticed_before_it_is_full() {
        assert_eq!(room(Some(NOTHING - 1)), State::Bad);
        assert_eq!(room(Some(LITTLE - 1)), State::Doubtful);
        assert_eq!(room(Some(LITTLE)), State::Good);
        assert_eq!(room(None), State::Good);
    }
}
