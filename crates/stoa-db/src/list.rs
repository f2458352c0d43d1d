//! Lists of repositories: filters, search, six orders, and pages that follow each other by key.
//!
//! First the row ids of a page are found, then its rows are read. Row ids are found in one of two ways. If some filter
//! leaves few candidates, they are collected and sorted (`collect`). Otherwise the index of the order is walked in
//! steps (`walk`): what it covers is checked on the way, and tags and texts against sets of row ids that were read
//! before. `docs/decisions/0004-lists.md` says why, with figures.

mod conditions;
mod count;
mod find;
mod ids;
mod indexed;
mod names;
mod postings;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use stoa_core::{RepoKind, Time};

use crate::connect::list_of;
use crate::repos::{COLUMNS, Repo, WIDTH, repo};
use crate::{Error, Tx, Value};
use conditions::Conditions;
pub(crate) use conditions::seen;
pub use count::{Count, Private, count, private_number};

/// What a list is ordered by, always from the largest down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Recent downloads and likes.
    Trending,
    /// Downloads of the last 30 days.
    Downloads,
    /// Likes.
    Likes,
    /// When it was made, told by its row id: ids grow with time, and filters leave sets of them.
    Created,
    /// When its content changed last.
    Modified,
    /// Number of parameters.
    Params,
}

impl Order {
    fn column(self) -> &'static str {
        match self {
            Self::Trending => "trending",
            Self::Downloads => "downloads",
            Self::Likes => "likes",
            Self::Created => "id",
            Self::Modified => "modified_at",
            Self::Params => "params",
        }
    }

    fn key(self, repo: &Repo) -> f64 {
        match self {
            Self::Trending => repo.trending,
            Self::Downloads => repo.downloads as f64,
            Self::Likes => repo.likes as f64,
            Self::Created => repo.id as f64,
            Self::Modified => repo.modified_at.0 as f64,
            Self::Params => repo.params.unwrap_or(0) as f64,
        }
    }
}

/// Who is looking.
#[derive(Clone, Debug)]
pub enum Sees {
    /// Everything: an administrator of the hub.
    All,
    /// What is public, and what these accounts own.
    PublicAnd(Vec<i64>),
}

/// What to list.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Models, datasets or Spaces.
    pub kind: RepoKind,
    /// Only of this account.
    pub owner: Option<i64>,
    /// Only with all of these tags.
    pub tags: Vec<String>,
    /// Only with all of these texts in `namespace/name`.
    pub search: Vec<String>,
    /// Only gated ones, or only open ones.
    pub gated: Option<bool>,
    /// Only models with this many parameters or more.
    pub min_params: Option<i64>,
    /// Only models with this many parameters or fewer.
    pub max_params: Option<i64>,
    /// Only changed or made since.
    pub since: Option<Time>,
    /// Order.
    pub order: Order,
    /// Continue after this key and row id.
    pub after: Option<(f64, i64)>,
    /// At most this many.
    pub limit: usize,
    /// Who is looking.
    pub sees: Sees,
}

/// A repository of a list, with its tags (and, when asked for, facts) as JSON text.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The repository.
    pub repo: Repo,
    /// JSON array.
    pub tags: String,
    /// JSON object; `{}` unless asked for.
    pub facts: String,
}

/// A page of a list, and where the next one begins.
#[derive(Debug)]
pub struct Page {
    /// The repositories.
    pub repos: Vec<Listed>,
    /// Key and row id after which the next page begins.
    pub next: Option<(f64, i64)>,
}

/// A page of a list. `facts` asks for the facts of each repository too.
pub async fn page(tx: &mut Tx, ask: &Ask, facts: bool) -> Result<Page, Error> {
    let ids = if ask.limit == 0 { Vec::new() } else { find::ids(tx, ask, ask.limit + 1).await? };
    let more = ids.len() > ask.limit;
    let repos = by_ids(tx, &ids[..ids.len().min(ask.limit)], &ask.sees, facts).await?;
    let next = repos.last().filter(|_| more).map(|last| (ask.order.key(&last.repo), last.repo.id));
    Ok(Page { repos, next })
}

/// The repositories of some row ids, in their order, as far as the asker may see them. Pages ask this once more: their
/// ids were found in another statement.
pub async fn by_ids(tx: &mut Tx, ids: &[i64], sees: &Sees, facts: bool) -> Result<Vec<Listed>, Error> {
    let mut conditions = Conditions::new(Value::Text(ids::json(ids)));
    conditions.seen(sees);
    let wide = if facts { "f.tags, f.facts" } else { "f.tags" };
    let (wheres, values) = conditions.finish();
    let sql = format!(
        "SELECT {COLUMNS}, {wide} FROM json_each($1) j CROSS JOIN repos r ON r.id = j.value \
         LEFT JOIN repo_facts f ON f.repo_id = r.id WHERE {wheres}"
    );
    let mut found = HashMap::with_capacity(ids.len());
    for row in tx.all(sql, values).await? {
        let facts = if facts { row.opt_text(WIDTH + 1)? } else { None };
        let listed = Listed {
            repo: repo(&row)?,
            tags: row.opt_text(WIDTH)?.unwrap_or_else(|| "[]".to_owned()),
            facts: facts.unwrap_or_else(|| "{}".to_owned()),
        };
        found.insert(listed.repo.id, listed);
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Brings the blocks of frequent tags up to date, at most `limit` of them (one takes about a millisecond); how many
/// there were to do. Lists are right without it, but slower on hubs with very many repositories.
pub async fn prepare(tx: &mut Tx, limit: usize) -> Result<usize, Error> {
    postings::pack(tx, limit).await
}

/// Tags of several repositories, as JSON text by row id.
pub async fn tags_of(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, String)>, Error> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(500) {
        let sql =
            format!("SELECT repo_id, tags FROM repo_facts WHERE repo_id IN ({})", list_of(0, some.len()));
        for row in tx.all(sql, some.iter().map(|id| Value::Int(*id)).collect()).await? {
            found.push((row.int(0)?, row.text(1)?));
        }
    }
    Ok(found)
}
