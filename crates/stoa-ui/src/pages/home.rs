//! What this hub is and how to start: `GET /`.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use stoa_core::RepoKind;
use stoa_http::{App, Origin, Reply, Who};
use stoa_hub::{ListAsk, Order};

use crate::parts::sheet::sheet;

/// More than this many are not counted for a page that anyone may ask for at any rate.
const COUNTED: usize = 100;

pub(super) fn route() -> Router<App> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    origin: Origin,
    /// `None` on a hub that wants everyone to sign in.
    counts: Option<Vec<Count>>,
}

struct Count {
    what: &'static str,
    shown: String,
}

impl Home {
    fn empty(&self) -> bool {
        self.counts.iter().flatten().all(|count| count.shown == "0")
    }
}

async fn home(app: App, who: Who, origin: Origin) -> Reply<Response> {
    let counts = match who.need_reader(&app.hub) {
        Ok(()) => Some(counts(&app, &who).await?),
        Err(_) => None,
    };
    sheet(StatusCode::OK, &Home { origin, counts })
}

async fn counts(app: &App, who: &Who) -> Reply<Vec<Count>> {
    let mut counts = Vec::new();
    for (kind, what) in
        [(RepoKind::Model, "Models"), (RepoKind::Dataset, "Datasets"), (RepoKind::Space, "Spaces")]
    {
        let ask = ListAsk {
            kind,
            author: None,
            tags: Vec::new(),
            search: Vec::new(),
            gated: None,
            params: (None, None),
            order: Order::Created,
            cursor: None,
            limit: COUNTED,
            facts: false,
        };
        let page = app.hub.list(who, ask).await?;
        let more = if page.next.is_some() { "+" } else { "" };
        counts.push(Count { what, shown: format!("{}{more}", page.repos.len()) });
    }
    Ok(counts)
}
