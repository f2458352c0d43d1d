//! Lists of repositories.

use std::sync::Arc;

use stoa_core::{Actor, Failure, Reply, RepoKind};
use stoa_db::list::{self, Ask, Count as Counted, Listed, Order, Private};
use stoa_db::{Tx, accounts, repos};
use stoa_meta::tags::{Tag, describe};

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

/// Tags with the number of repositories that have them.
pub type TagCounts = Arc<Vec<(Tag, i64)>>;

/// Tags of a kind that are told at most.
const TAGS: i64 = 10_000;
/// Filters of one request at most.
const FILTERS: usize = 32;

impl Hub {
    /// Lists repositories that the asker may see.
    pub async fn list(&self, actor: &Actor, ask: ListAsk) -> Reply<ListPage> {
        let mut tx = self.read().await?;
        let (order, facts) = (ask.order, ask.facts);
        let Some(ask) = self.ask(&mut tx, actor, ask).await? else {
            return Ok(ListPage { repos: Vec::new(), next: None });
        };
        let page = list::page(&mut tx, &ask, facts).await?;
        let next = page.next.map(|(key, id)| format!("{}:{key}:{id}", order_name(order)));
        Ok(ListPage { repos: page.repos, next })
    }

    /// How many repositories a list has on all its pages. Where that cannot be told from indexes, about `cap` are counted
    /// one by one, and the answer says that there may be more.
    pub async fn count_list(&self, actor: &Actor, ask: &ListAsk, cap: usize) -> Reply<Counted> {
        let private = self.private(ask.kind).await?;
        let mut tx = self.read().await?;
        let ask = ListAsk { cursor: None, ..ask.clone() };
        match self.ask(&mut tx, actor, ask).await? {
            Some(ask) => Ok(list::count(&mut tx, &ask, cap, &private).await?),
            None => Ok(Counted::default()),
        }
    }

    /// The private repositories of a kind, as they were about a minute ago, or when there were last so many.
    pub(crate) async fn private(&self, kind: RepoKind) -> Reply<Arc<Private>> {
        let number = list::private_number(&mut self.read().await?, kind).await?;
        let hub = self.clone();
        let find = async move { Ok(Arc::new(Private::read(&mut hub.read().await?, kind).await?)) };
        self.0.private.get((kind, number), self.now(), find).await
    }

    /// What the database is asked; `None` when the author is unknown.
    async fn ask(&self, tx: &mut Tx, actor: &Actor, ask: ListAsk) -> Reply<Option<Ask>> {
        self.check_reader(actor)?;
        if ask.tags.len() + ask.search.len() > FILTERS {
            return Err(Failure::invalid(format!("At most {FILTERS} filters at a time")));
        }
        let after = ask.cursor.as_deref().map(|cursor| parse_cursor(cursor, ask.order)).transpose()?;
        let owner = match &ask.author {
            // Compat: the Hub answers an unknown author with an empty list.
            Some(author) => match accounts::by_name(tx, author).await? {
                Some(account) => Some(account.id),
                None => return Ok(None),
            },
            None => None,
        };
        Ok(Some(Ask {
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
            sees: self.sees(tx, actor).await?,
        }))
    }

    /// Refuses those who see nothing at all of this hub.
    pub(crate) fn check_reader(&self, actor: &Actor) -> Reply<()> {
        if actor.is_anonymous() && !self.policy().anonymous_read {
            return Err(Failure::unauthenticated("Sign in to see what is on this hub"));
        }
        Ok(())
    }

    /// The tags of a kind that public repositories use, with the number of repositories, most used first, as they were
    /// about a minute ago.
    pub async fn tags(&self, kind: RepoKind) -> Reply<TagCounts> {
        let hub = self.clone();
        let find = async move {
            let tags = repos::tags(&mut hub.read().await?, kind, TAGS).await?;
            Ok(Arc::new(tags.into_iter().map(|(id, count)| (describe(kind, id), count)).collect()))
        };
        self.0.tag_counts.get(kind, self.now(), find).await
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
