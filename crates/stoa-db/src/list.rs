//! Lists of repositories: filters, search, five orders, and pages that follow each other by key.
//!
//! One of two plans runs. If the rarest filter leaves few candidates, they are collected and sorted. Otherwise the
//! index of the order is walked and each row probed, which finds a page soon because matches are frequent. The counts
//! kept in `tags` (and a capped look into the name index) tell which; `docs/decisions/0004-lists.md` has the figures.

use stoa_core::{RepoKind, Time};

use crate::connect::list_of;
use crate::repos::{COLUMNS, Repo, WIDTH, repo};
use crate::value::args;
use crate::{Error, Tx, Value};

/// What a list is ordered by, always from the largest down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Recent downloads and likes.
    Trending,
    /// Downloads of the last 30 days.
    Downloads,
    /// Likes.
    Likes,
    /// When it was made.
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
            Self::Created => "created_at",
            Self::Modified => "modified_at",
            Self::Params => "params",
        }
    }

    fn key(self, repo: &Repo) -> f64 {
        match self {
            Self::Trending => repo.trending,
            Self::Downloads => repo.downloads as f64,
            Self::Likes => repo.likes as f64,
            Self::Created => repo.created_at.0 as f64,
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

/// Up to this many candidates are collected and sorted; more are found by walking the order's index.
const FEW: i64 = 20_000;

/// How the candidates of a list are found.
enum Plan {
    Nothing,
    ByTag(i64),
    ByIds(Vec<i64>),
    ByOrder,
}

/// A page of a list. `facts` asks for the facts of each repository too.
pub async fn page(tx: &mut Tx, ask: &Ask, facts: bool) -> Result<Page, Error> {
    let mut tags = Vec::with_capacity(ask.tags.len());
    for name in &ask.tags {
        let sql = "SELECT id, count FROM tags WHERE kind = $1 AND name = $2";
        match tx.first(sql, args![ask.kind.code(), name]).await? {
            Some(row) => tags.push((row.int(1)?, row.int(0)?)),
            None => return Ok(Page { repos: Vec::new(), next: None }),
        }
    }
    tags.sort_unstable();
    let plan = plan(tx, ask, &tags).await?;
    if matches!(plan, Plan::Nothing) || ask.limit == 0 {
        return Ok(Page { repos: Vec::new(), next: None });
    }
    let (sql, values) = statement(ask, &tags, &plan, facts);
    let rows = tx.all(sql, values).await?;
    let more = rows.len() > ask.limit;
    let mut repos = Vec::with_capacity(rows.len().min(ask.limit));
    for row in rows.iter().take(ask.limit) {
        let facts = if facts { row.opt_text(WIDTH + 1)? } else { None };
        repos.push(Listed {
            repo: repo(row)?,
            tags: row.opt_text(WIDTH)?.unwrap_or_else(|| "[]".to_owned()),
            facts: facts.unwrap_or_else(|| "{}".to_owned()),
        });
    }
    let next = repos.last().filter(|_| more).map(|last| (ask.order.key(&last.repo), last.repo.id));
    Ok(Page { repos, next })
}

async fn plan(tx: &mut Tx, ask: &Ask, tags: &[(i64, i64)]) -> Result<Plan, Error> {
    let rarest = tags.first().copied();
    if let Some((count, tag)) = rarest
        && count <= FEW
    {
        return Ok(Plan::ByTag(tag));
    }
    if ask.owner.is_some() {
        return Ok(Plan::ByOrder); // statement() turns to the owner's index
    }
    let Some(found) = names_like(tx, &ask.search).await? else { return Ok(Plan::ByOrder) };
    Ok(match found.len() {
        0 => Plan::Nothing,
        many if many as i64 > NAMES => Plan::ByOrder,
        _ => Plan::ByIds(found),
    })
}

/// More names than this are too many to sort.
const NAMES: i64 = 5_000;

/// Rows whose name may contain every text, at most [`NAMES`] + 1; `None` when the texts are too short to tell.
async fn names_like(tx: &mut Tx, search: &[String]) -> Result<Option<Vec<i64>>, Error> {
    let mut terms = Vec::new();
    for text in search {
        let chars: Vec<char> = text.to_lowercase().chars().take(64).collect();
        for window in chars.windows(3) {
            let trigram: String = window.iter().collect();
            terms.push(format!("\"{}\"", trigram.replace('"', "\"\"")));
        }
    }
    if terms.is_empty() {
        return Ok(None);
    }
    terms.dedup();
    let rows = tx
        .all(
            "SELECT rowid FROM repo_names WHERE repo_names MATCH $1 LIMIT $2",
            args![terms.join(" AND "), NAMES + 1],
        )
        .await?;
    rows.iter().map(|row| row.int(0)).collect::<Result<_, _>>().map(Some)
}

fn statement(ask: &Ask, tags: &[(i64, i64)], plan: &Plan, facts: bool) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = Vec::new();
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let column = ask.order.column();
    let mut wheres = Vec::new();
    // A unary plus keeps SQLite from choosing another index than the plan's.
    let (from, kind, owner) = match plan {
        Plan::ByTag(tag) => {
            let tag = bind(Value::Int(*tag));
            (
                format!("repo_tags rt CROSS JOIN repos r ON r.id = rt.repo_id AND rt.tag_id = {tag}"),
                "+r.kind",
                "+r.owner_id",
            )
        }
        Plan::ByIds(ids) => {
            let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
            wheres.push(format!("r.id IN ({})", list.join(", ")));
            ("repos r".to_owned(), "+r.kind", "+r.owner_id")
        }
        _ if ask.owner.is_some() => ("repos r INDEXED BY repos_by_owner".to_owned(), "r.kind", "r.owner_id"),
        _ => (format!("repos r INDEXED BY {}", index_of(ask.order)), "r.kind", "+r.owner_id"),
    };
    wheres.push(format!("{kind} = {}", bind(Value::Int(ask.kind.code()))));
    if let Some(id) = ask.owner {
        wheres.push(format!("{owner} = {}", bind(Value::Int(id))));
    }
    for (_, tag) in tags.iter().skip(usize::from(matches!(plan, Plan::ByTag(_)))) {
        let tag = bind(Value::Int(*tag));
        wheres
            .push(format!("EXISTS (SELECT 1 FROM repo_tags x WHERE x.tag_id = {tag} AND x.repo_id = r.id)"));
    }
    for text in &ask.search {
        wheres.push(format!("INSTR(r.key, {}) > 0", bind(Value::Text(text.to_lowercase()))));
    }
    match ask.gated {
        Some(true) => wheres.push("r.gated <> 0".to_owned()),
        Some(false) => wheres.push("r.gated = 0".to_owned()),
        None => {}
    }
    if let Some(min) = ask.min_params {
        wheres.push(format!("r.params >= {}", bind(Value::Int(min))));
    }
    if let Some(max) = ask.max_params {
        wheres.push(format!("r.params <= {}", bind(Value::Int(max))));
    }
    if let Some(since) = ask.since {
        wheres.push(format!("r.modified_at >= {}", bind(Value::Int(since.0))));
    }
    if ask.order == Order::Params {
        wheres.push("r.params IS NOT NULL".to_owned());
    }
    if let Sees::PublicAnd(owners) = &ask.sees {
        if owners.is_empty() {
            wheres.push("r.private = 0".to_owned());
        } else {
            let marks: Vec<String> = owners.iter().map(|id| bind(Value::Int(*id))).collect();
            wheres.push(format!("(r.private = 0 OR r.owner_id IN ({}))", marks.join(", ")));
        }
    }
    if let Some((key, id)) = ask.after {
        // The index holds whole numbers for all but the trending score; compare in the column's own type.
        let key = if ask.order == Order::Trending { Value::Real(key) } else { Value::Int(key as i64) };
        let (key, id) = (bind(key), bind(Value::Int(id)));
        wheres.push(format!("(r.{column}, r.id) < ({key}, {id})"));
    }
    let limit = bind(Value::Int(ask.limit as i64 + 1));
    let wide = if facts { "f.tags, f.facts" } else { "f.tags" };
    // The inner query sorts narrow rows; only the page itself is joined with what is wide.
    let sql = format!(
        "SELECT {COLUMNS}, {wide} FROM (SELECT r.* FROM {from} WHERE {} ORDER BY r.{column} DESC, r.id DESC LIMIT {limit}) r \
         LEFT JOIN repo_facts f ON f.repo_id = r.id ORDER BY r.{column} DESC, r.id DESC",
        wheres.join(" AND ")
    );
    (sql, values)
}

fn index_of(order: Order) -> &'static str {
    match order {
        Order::Trending => "repos_by_trending",
        Order::Downloads => "repos_by_downloads",
        Order::Likes => "repos_by_likes",
        Order::Created => "repos_by_created",
        Order::Modified => "repos_by_modified",
        Order::Params => "repos_by_params",
    }
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
