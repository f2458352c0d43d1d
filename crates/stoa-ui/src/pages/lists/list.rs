//! A list of repositories with filters: `GET /models`, `GET /datasets`, `GET /spaces`. Filters, order and page stand in the
//! address, in the words of the API.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::RepoKind;
use stoa_http::{App, Params, Reply, encode_cursor, list_ask};
use stoa_hub::Listed;

use super::facets::{self, Chip, Facet, Query};
use crate::markup::segment;
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::parts::repo_row::RepoRow;
use crate::visit::Visit;

/// Repositories of a page.
const PAGE: usize = 30;

/// How many are counted one by one where no index tells.
const COUNTED: usize = 2_000;

/// The orders of each kind: word in the address, key of the words for people.
const MODEL_ORDERS: &[(&str, &str)] = &[
    ("trending", "order-trending"),
    ("downloads", "order-downloads"),
    ("likes", "order-likes"),
    ("modified", "order-modified"),
    ("created", "order-created"),
    ("num_parameters", "order-params"),
];

pub(super) fn route() -> Router<App> {
    RepoKind::ALL.into_iter().fold(Router::new(), |router, kind| {
        let list = move |visit: Visit, params: Params| async move { list(kind, &visit, &params).await };
        router.route(&format!("/{}", kind.plural()), get(list))
    })
}

#[derive(Template)]
#[template(path = "lists/list.html")]
struct List {
    page: Frame,
    plural: &'static str,
    title: &'static str,
    /// How many there are, in words.
    count: String,
    rows: Vec<Listed>,
    facets: Vec<Facet>,
    chips: Vec<Chip>,
    orders: Vec<OrderLink>,
    /// What was searched for in names.
    search: String,
    /// Fields that the search form sends along: the other filters.
    kept: Vec<(String, String)>,
    /// The parameters filter, as typed.
    params: Option<(String, String)>,
    first: Option<String>,
    next: Option<String>,
    /// Whether nothing narrows the list.
    plain: bool,
}

struct OrderLink {
    label: &'static str,
    href: String,
    current: bool,
}

impl List {
    fn row(&self, listed: &Listed) -> RepoRow<'_> {
        RepoRow::new(&self.page, listed)
    }
}

async fn list(kind: RepoKind, visit: &Visit, params: &Params) -> Reply<Response> {
    visit.need_reader()?;
    let page = visit.frame(section(kind))?;
    let query = Query::new(kind, params);
    let ask = list_ask(kind, &query.for_api(params.one("cursor")), PAGE, false)?;
    let count = visit.app.hub.count_list(&visit.who, &ask, COUNTED).await?;
    let found = visit.app.hub.list(&visit.who, ask).await?;
    let tags = visit.app.hub.tags(kind).await?;
    let next = found.next.map(|next| {
        let cursor = segment(&encode_cursor(&next));
        let start = query.href();
        format!("{start}{}cursor={cursor}", if start.contains('?') { '&' } else { '?' })
    });
    visit.show(&List {
        page,
        plural: kind.plural(),
        count: visit
            .words
            .n(if count.at_least { "list-count-more" } else { "list-count" }, count.count as i64),
        title: title(kind),
        facets: facets::facets(kind, &tags, &query),
        chips: facets::chips(kind, &query),
        orders: orders(kind, &query),
        search: query.one("search").unwrap_or_default().to_owned(),
        kept: query.all_but("search"),
        params: (kind == RepoKind::Model).then(|| query.parameters()),
        first: params.one("cursor").map(|_| query.href()),
        next,
        plain: query.is_plain(),
        rows: found.repos,
    })
}

fn title(kind: RepoKind) -> &'static str {
    match kind {
        RepoKind::Model => "nav-models",
        RepoKind::Dataset => "nav-datasets",
        RepoKind::Space => "nav-spaces",
    }
}

fn orders(kind: RepoKind, query: &Query) -> Vec<OrderLink> {
    let known = MODEL_ORDERS.iter().filter(|(word, _)| match kind {
        RepoKind::Model => true,
        RepoKind::Dataset => *word != "num_parameters",
        RepoKind::Space => !matches!(*word, "num_parameters" | "downloads"),
    });
    let current = query.one("sort").unwrap_or("trending");
    known
        .map(|(word, label)| OrderLink {
            label,
            href: query.set("sort", word).href(),
            current: current == *word,
        })
        .collect()
}
