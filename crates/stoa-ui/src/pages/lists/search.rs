//! Search in names of repositories, people and organizations: `GET /search?q=`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::RepoKind;
use stoa_http::{App, Params, Reply};
use stoa_hub::{Account, ListAsk, Listed, Order};

use crate::markup::segment;
use crate::parts::frame::{Frame, Section};
use crate::parts::repo_row::RepoRow;
use crate::visit::Visit;

/// Repositories of each kind that are shown.
const SHOWN: usize = 8;
/// People and organizations that are shown.
const PEOPLE: usize = 12;
/// Characters of a query that count.
const QUERY: usize = 200;

pub(super) fn route() -> Router<App> {
    Router::new().route("/search", get(search))
}

#[derive(Template)]
#[template(path = "lists/search.html")]
struct Search {
    page: Frame,
    q: String,
    groups: Vec<Group>,
    people: Vec<Account>,
}

struct Group {
    title: &'static str,
    all: String,
    more: bool,
    rows: Vec<Listed>,
}

impl Search {
    fn row(&self, listed: &Listed) -> RepoRow<'_> {
        RepoRow::new(&self.page, listed)
    }

    fn nothing(&self) -> bool {
        self.people.is_empty() && self.groups.iter().all(|group| group.rows.is_empty())
    }
}

async fn search(visit: Visit, params: Params) -> Reply<Response> {
    visit.need_reader()?;
    let page = visit.frame(Section::Other)?;
    let q: String = params.one("q").unwrap_or_default().trim().chars().take(QUERY).collect();
    let (mut groups, mut people) = (Vec::new(), Vec::new());
    if !q.is_empty() {
        for (kind, title) in [
            (RepoKind::Model, "nav-models"),
            (RepoKind::Dataset, "nav-datasets"),
            (RepoKind::Space, "nav-spaces"),
        ] {
            let ask = ListAsk {
                kind,
                author: None,
                tags: Vec::new(),
                search: q.split_whitespace().take(8).map(str::to_owned).collect(),
                gated: None,
                params: (None, None),
                order: Order::Trending,
                cursor: None,
                limit: SHOWN,
                facts: false,
            };
            let found = visit.app.hub.list(&visit.who, ask).await?;
            let all = format!("/{}?search={}", kind.plural(), segment(&q));
            groups.push(Group { title, all, more: found.next.is_some(), rows: found.repos });
        }
        people = visit.app.hub.accounts_like(&q, PEOPLE).await?;
    }
    visit.show(&Search { page, q, groups, people })
}
