//! Lists of repositories.

use stoa_core::{Actor, Failure, Reply, RepoKind};
use stoa_db::list::{self, Ask, Listed, Order};
use stoa_db::{accounts, repos};

use crate::Hub;

/// What to list.
#[derive(Clone, Debug)]
pub struct ListAsk {
    /// Models, datasets or Spaces.
    pub kind: RepoKind,
    /// Only of this user or organization.
    pub author: Option<String>,
    /// Only with all of these tags.
    pub tags: Vec<String>,
    /// Only with all of these texts in the name.
    pub search: Vec<String>,
    /// Only gated ones, or only open ones.
    pub gated: Option<bool>,
    /// Parameters, at least and at most.
    pub params: (Option<i64>, Option<i64>),
    /// Order.
    pub order: Order,
    /// What [`ListPage::next`] said.
    pub cursor: Option<String>,
    /// Repositories of a page.
    pub limit: usize,
    /// Whether each comes with its facts.
    pub facts: bool,
}

/// A page of a list.
pub struct ListPage {
    /// The repositories.
    pub repos: Vec<Listed>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Filters of one request at most.
const FILTERS: usize = 32;

impl Hub {
    /// Lists repositories that the asker may see.
    pub async fn list(&self, actor: &Actor, ask: ListAsk) -> Reply<ListPage> {
        self.check_reader(actor)?;
        if ask.tags.len() + ask.search.len() > FILTERS {
            return Err(Failure::invalid(format!("At most {FILTERS} filters at a time")));
        }
        let after = ask.cursor.as_deref().map(|cursor| parse_cursor(cursor, ask.order)).transpose()?;
        let mut tx = self.read().await?;
        let owner = match &ask.author {
            // Compat: the Hub answers an unknown author with an empty list.
            Some(author) => match accounts::by_name(&mut tx, author).await? {
                Some(account) => Some(account.id),
                None => return Ok(ListPage { repos: Vec::new(), next: None }),
            },
            None => None,
        };
        let (order, facts) = (ask.order, ask.facts);
        let ask = Ask {
            kind: ask.kind,
            owner,
            tags: ask.tags,
            search: ask.search,
            gated: ask.gated,
            min_params: ask.params.0,
            max_params: ask.params.1,
            since: None,
            order: ask.order,
            after,
            limit: ask.limit,
            sees: self.sees(&mut tx, actor).await?,
        };
        let page = list::page(&mut tx, &ask, facts).await?;
        let next = page.next.map(|(key, id)| format!("{}:{key}:{id}", order_name(order)));
        Ok(ListPage { repos: page.repos, next })
    }

    /// Refuses those who see nothing at all of this hub.
    pub(crate) fn check_reader(&self, actor: &Actor) -> Reply<()> {
        if actor.is_anonymous() && !self.policy().anonymous_read {
            return Err(Failure::unauthenticated("Sign in to see what is on this hub"));
        }
        Ok(())
    }

    /// The tags of a kind that public repositories use, with the number of repositories, most used first.
    pub async fn tags(&self, kind: RepoKind) -> Reply<Vec<(String, i64)>> {
        let mut tx = self.read().await?;
        Ok(repos::tags(&mut tx, kind, 10_000).await?)
    }
}

fn order_name(order: Order) -> &'static str {
    match order {
        Order::Trending => "trending",
        Order::Downloads => "downloads",
        Order::Likes => "likes",
        Order::Created => "created",
        Order::Modified => "modified",
        Order::Params => "params",
    }
}

fn parse_cursor(cursor: &str, order: Order) -> Reply<(f64, i64)> {
    let wrong = || Failure::invalid("The cursor is not one of this list. Start again without it");
    let mut parts = cursor.splitn(3, ':');
    let (name, key, id) = (parts.next(), parts.next(), parts.next());
    if name != Some(order_name(order)) {
        return Err(wrong());
    }
    let key: f64 = key.and_then(|key| key.parse().ok()).ok_or_else(wrong)?;
    let id = id.and_then(|id| id.parse().ok()).ok_or_else(wrong)?;
    if key.is_finite() { Ok((key, id)) } else { Err(wrong()) }
}
