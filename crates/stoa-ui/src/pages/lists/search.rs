//! Search in names and in cards: `GET /search?q=` shows the best of both, `GET /search/full-text?q=&type=` all that the
//! cards have.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::RepoKind;
use stoa_http::{App, Params, Reply};
use stoa_hub::{Account, QuickAsk, RepoRow as Row, TextHit};

use crate::markup::segment;
use crate::parts::frame::{Frame, Section};
use crate::parts::repo_row::RepoRow;
use crate::visit::Visit;

/// Repositories of each kind that are shown by their name.
const NAMED: usize = 6;
/// Cards of a page.
const CARDS: usize = 20;
/// Cards below the names.
const FIRST_CARDS: usize = 8;
/// Characters of a query that count.
const QUERY: usize = 200;
/// Pages of cards that can be asked for.
const PAGES: usize = 10;

pub(super) fn route() -> Router<App> {
    Router::new().route("/search", get(search)).route("/search/full-text", get(full_text))
}

#[derive(Template)]
#[template(path = "lists/search.html")]
struct Search {
    page: Frame,
    q: String,
    groups: Vec<Group>,
    people: Vec<Account>,
    hits: Vec<TextHit>,
    /// Whether only cards were searched.
    cards_only: bool,
    kinds: Vec<KindLink>,
    previous: Option<String>,
    next: Option<String>,
}

struct Group {
    title: &'static str,
    all: String,
    more: bool,
    rows: Vec<Row>,
}

struct KindLink {
    label: &'static str,
    href: String,
    current: bool,
}

impl Search {
    fn row(&self, row: &Row) -> RepoRow<'_> {
        RepoRow::of(&self.page, row)
    }

    fn nothing(&self) -> bool {
        self.people.is_empty()
            && self.hits.is_empty()
            && self.groups.iter().all(|group| group.rows.is_empty())
    }

    /// Address of the page of what was found.
    fn href(hit: &TextHit) -> String {
        format!("/{}", hit.listed.repo.name.path())
    }
}

fn query(params: &Params) -> String {
    params.one("q").unwrap_or_default().trim().chars().take(QUERY).collect()
}

async fn search(visit: Visit, params: Params) -> Reply<Response> {
    visit.need_reader()?;
    let page = visit.frame(Section::Other)?;
    let q = query(&params);
    let mut shown = Search {
        page,
        q,
        groups: Vec::new(),
        people: Vec::new(),
        hits: Vec::new(),
        cards_only: false,
        kinds: Vec::new(),
        previous: None,
        next: None,
    };
    if shown.q.is_empty() {
        return visit.show(&shown);
    }
    let (hub, who) = (&visit.app.hub, &visit.who);
    let ask = QuickAsk {
        text: shown.q.clone(),
        kinds: RepoKind::ALL.to_vec(),
        users: true,
        orgs: true,
        limit: NAMED + 1,
    };
    let found = hub.quick_search(who, &ask).await?;
    shown.people = found.orgs.into_iter().chain(found.users).collect();
    for (kind, title, rows) in [
        (RepoKind::Model, "nav-models", found.models),
        (RepoKind::Dataset, "nav-datasets", found.datasets),
        (RepoKind::Space, "nav-spaces", found.spaces),
    ] {
        let all = format!("/{}?search={}", kind.plural(), segment(&shown.q));
        let more = rows.len() > NAMED;
        shown.groups.push(Group { title, all, more, rows: rows.into_iter().take(NAMED).collect() });
    }
    let (hits, more) = hub.full_text(who, &shown.q, None, 0, FIRST_CARDS).await?;
    shown.hits = hits;
    shown.next = more.then(|| format!("/search/full-text?q={}", segment(&shown.q)));
    visit.show(&shown)
}

async fn full_text(visit: Visit, params: Params) -> Reply<Response> {
    visit.need_reader()?;
    let page = visit.frame(Section::Other)?;
    let q = query(&params);
    let kind = params.one("type").and_then(|kind| kind.parse::<RepoKind>().ok());
    let at = params.one("p").and_then(|p| p.parse::<usize>().ok()).unwrap_or(0).min(PAGES);
    let (hits, more) = visit.app.hub.full_text(&visit.who, &q, kind, at * CARDS, CARDS).await?;
    let start = |kind: Option<RepoKind>| {
        let kind = kind.map(|kind| format!("&type={kind}")).unwrap_or_default();
        format!("/search/full-text?q={}{kind}", segment(&q))
    };
    let kinds = [
        ("search-everything", None),
        ("nav-models", Some(RepoKind::Model)),
        ("nav-datasets", Some(RepoKind::Dataset)),
        ("nav-spaces", Some(RepoKind::Space)),
    ];
    let kinds = kinds.map(|(label, one)| KindLink { label, href: start(one), current: one == kind }).into();
    let previous = at.checked_sub(1).map(|before| format!("{}&p={before}", start(kind)));
    let next = more.then(|| format!("{}&p={}", start(kind), at + 1));
    let (groups, people) = (Vec::new(), Vec::new());
    visit.show(&Search { page, q, groups, people, hits, cards_only: true, kinds, previous, next })
}
