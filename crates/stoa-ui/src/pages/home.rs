//! What this hub is, what is on it, and how to start: `GET /`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::RepoKind;
use stoa_http::{App, Reply};
use stoa_hub::{ListAsk, Listed, Order};

use crate::parts::frame::{Frame, Section};
use crate::parts::repo_row::RepoRow;
use crate::visit::Visit;

/// Repositories of a column.
const SHOWN: usize = 6;

pub(super) fn route() -> Router<App> {
    Router::new().route("/", get(home))
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Frame,
    columns: Vec<Column>,
    /// Repositories of all kinds, newest first.
    new: Vec<Listed>,
    /// Nothing is here that the visitor may see.
    empty: bool,
    /// The visitor must sign in to see anything.
    closed: bool,
}

struct Column {
    kind: &'static str,
    title: &'static str,
    all: &'static str,
    href: &'static str,
    rows: Vec<Listed>,
}

impl Home {
    fn row(&self, listed: &Listed) -> RepoRow<'_> {
        RepoRow::new(&self.page, listed)
    }
}

async fn home(visit: Visit) -> Reply<Response> {
    let page = visit.frame(Section::Other)?;
    if visit.need_reader().is_err() {
        return visit.show(&Home { page, columns: Vec::new(), new: Vec::new(), empty: false, closed: true });
    }
    let mut columns = Vec::new();
    let mut new = Vec::new();
    for (kind, title, all, href) in [
        (RepoKind::Model, "home-trending-models", "home-all-models", "/models"),
        (RepoKind::Dataset, "home-trending-datasets", "home-all-datasets", "/datasets"),
        (RepoKind::Space, "home-trending-spaces", "home-all-spaces", "/spaces"),
    ] {
        let rows = first(&visit, kind, Order::Trending).await?;
        new.extend(first(&visit, kind, Order::Created).await?);
        columns.push(Column { kind: kind.as_str(), title, all, href, rows });
    }
    new.sort_by_key(|listed: &Listed| std::cmp::Reverse(listed.repo.created_at));
    new.truncate(SHOWN);
    let empty = new.is_empty();
    visit.show(&Home { page, columns, new, empty, closed: false })
}

async fn first(visit: &Visit, kind: RepoKind, order: Order) -> Reply<Vec<Listed>> {
    let ask = ListAsk {
        kind,
        author: None,
        tags: Vec::new(),
        search: Vec::new(),
        gated: None,
        params: (None, None),
        order,
        cursor: None,
        limit: SHOWN,
        facts: false,
    };
    Ok(visit.app.hub.list(&visit.who, ask).await?.repos)
}
