//! What is on the hub and what it takes: `GET /administration`.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Reply};
use stoa_hub::{Space, Totals};

use super::frame;
use crate::markup::Markup;
use crate::parts::charts::{self, Part};
use crate::parts::frame::Frame;
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    Router::new().route("/administration", get(show))
}

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    page: Frame,
    totals: Arc<Totals>,
    /// How much was saved by keeping equal pieces once.
    saved: Markup,
    owners: Markup,
    repos: Markup,
}

impl Overview {
    /// How many there are of everything, each with the key of what it is.
    fn counts(&self) -> [(i64, &'static str); 7] {
        let counts = &self.totals.counts;
        [
            (counts.models, "nav-models"),
            (counts.datasets, "nav-datasets"),
            (counts.spaces, "nav-spaces"),
            (counts.buckets, "admin-buckets"),
            (counts.users, "admin-users"),
            (counts.orgs, "admin-organizations"),
            (counts.commits, "admin-commits"),
        ]
    }

    /// The share of the bytes that are not stored besides, as `42 %`.
    fn share(&self) -> String {
        let space = &self.totals.space;
        self.page.words.percent(space.saved() as f64 / space.logical.max(1) as f64)
    }

    fn empty(&self) -> bool {
        self.totals.space.logical == 0
    }
}

async fn show(visit: Visit) -> Reply<Response> {
    let page = frame(&visit)?;
    let totals = visit.app.hub.hub_totals(&visit.who).await?;
    let space = &totals.space;
    let part = |label: &str, value: u64, color: usize| Part {
        label: page.t(label),
        value,
        shown: page.words.size_text(value),
        color,
    };
    let parts =
        [part("admin-stored", space.stored.min(space.logical), 1), part("admin-saved", space.saved(), 0)];
    let saved = charts::bar(&page.t("admin-dedup"), &parts);
    let owners = map(&page, "admin-largest-owners", &totals.largest_owners);
    let repos = map(&page, "admin-largest-repos", &totals.largest_repos);
    visit.show(&Overview { page, totals, saved, owners, repos })
}

/// The largest of something, as areas.
fn map(page: &Frame, title: &str, rows: &[Space]) -> Markup {
    let parts: Vec<Part> = rows
        .iter()
        .filter(|row| row.logical > 0)
        .enumerate()
        .map(|(at, row)| Part {
            label: row.name.clone(),
            value: row.logical,
            shown: page.words.size_text(row.logical),
            color: at,
        })
        .collect();
    charts::treemap(page.words, &page.t(title), &parts)
}
