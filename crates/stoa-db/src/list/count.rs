//! How many repositories a list has: exact where sets of row ids tell, and otherwise as far as a bounded look goes. The
//! numbers that bound it are small in tests, so that a small catalogue takes every way.

use stoa_core::RepoKind;

use super::conditions::Conditions;
use super::find::{tags_of, texts_of};
use super::ids::{IdSet, json};
use super::indexed::{Indexed, numbers};
use super::names::{self, Names};
use super::{Ask, Order, Sees, postings};
use crate::connect::list_of;
use crate::value::args;
use crate::{Error, Tx, Value};

/// Of so few candidates each is looked up.
const FEW: usize = if cfg!(test) { 30 } else { 2_000 };
/// Rows that are looked at when nothing tells without.
const LOOKED: usize = if cfg!(test) { 200 } else { 20_000 };
/// A filter that leaves more than this is not read.
const SOME: usize = if cfg!(test) { 150 } else { 50_000 };
/// Private repositories that are read to leave them out.
const PRIVATE: usize = if cfg!(test) { 1_000 } else { 200_000 };

/// How many repositories a list has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// The number.
    pub count: usize,
    /// Whether there may be more.
    pub at_least: bool,
}

impl Count {
    fn exactly(count: usize) -> Self {
        Self { count, at_least: false }
    }
}

/// Counts a list, whatever its order and page. `cap` is how many are worth counting one by one, and `private` what there
/// was of the kind not long ago.
pub async fn count(tx: &mut Tx, ask: &Ask, cap: usize, private: &Private) -> Result<Count, Error> {
    let Some(tags) = tags_of(tx, ask).await? else { return Ok(Count::default()) };
    let search = texts_of(ask);
    // An order by parameters lists only what has some, and so does a range that leaves out nothing else.
    let ranged = ask.order == Order::Params || ask.min_params.is_some() || ask.max_params.is_some();
    let narrow =
        ask.min_params.is_some_and(|least| least > 0) || ask.max_params.is_some_and(|most| most < i64::MAX);
    let filters = Indexed::filters(ask, &search, None);
    if tags.is_empty() && search.is_empty() && filters.is_empty() && ask.gated.is_none() && !ranged {
        return total(tx, ask).await;
    }
    let whole = ask.gated != Some(false) && (narrow || !ranged);
    let mut known = Known { set: None, tags: Vec::new(), whole };
    for (count, tag) in tags {
        match postings::of_tag(tx, tag, count, false).await? {
            Some(set) => known.only(set),
            None => known.tags.push(tag),
        }
    }
    for filter in filters {
        match filter.ids(tx, SOME).await?.1 {
            Some(ids) => known.only(IdSet::new(ids)),
            None => known.whole = false,
        }
    }
    if !search.is_empty() {
        known.whole = false;
        let last = postings::last(tx).await? as usize;
        if let Names::Among(ids) = names::like(tx, &search, SOME, last).await? {
            known.only(IdSet::new(ids));
        }
    }
    let Some(set) = &known.set else { return scan(tx, ask, &known.tags, cap).await };
    let all = set.len();
    if known.whole
        && known.tags.is_empty()
        && let Some(hidden) = hidden(tx, ask, set, private).await?
    {
        return Ok(Count::exactly(all - hidden));
    }
    let some = set.below(i64::MAX, LOOKED.min(cap.saturating_mul(2)).max(FEW));
    let count = check(tx, ask, &known.tags, &some).await?;
    Ok(Count { count, at_least: some.len() < all })
}

/// What is known of the repositories on a list before any is looked at.
struct Known {
    /// Nothing but these can be on it.
    set: Option<IdSet>,
    /// Tags that are still to be checked.
    tags: Vec<i64>,
    /// Whether all in the set are on the list, but for tags and for what the asker may not see.
    whole: bool,
}

impl Known {
    fn only(&mut self, set: IdSet) {
        self.set = Some(match self.set.take() {
            Some(known) => known.and(set),
            None => set,
        });
    }
}

/// Everything of a kind that may be seen.
async fn total(tx: &mut Tx, ask: &Ask) -> Result<Count, Error> {
    let kind = ask.kind.code();
    let row = tx.first("SELECT public, private FROM repo_counts WHERE kind = $1", args![kind]).await?;
    let (public, private) = row.map_or(Ok((0, 0)), |row| Ok::<_, Error>((row.int(0)?, row.int(1)?)))?;
    let own = match &ask.sees {
        Sees::All => private,
        Sees::PublicAnd(owners) => {
            let mut own = 0;
            for some in owners.chunks(500) {
                let sql = format!(
                    "SELECT COUNT(*) FROM repos INDEXED BY repos_private \
                     WHERE kind = $1 AND private = 1 AND owner_id IN ({})",
                    list_of(1, some.len())
                );
                let values = std::iter::once(kind).chain(some.iter().copied()).map(Value::Int).collect();
                own += tx.first(sql, values).await?.map_or(Ok(0), |row| row.int(0))?;
            }
            own
        }
    };
    Ok(Count::exactly((public + own).max(0) as usize))
}

/// The private repositories of a kind, whosever they are.
pub struct Private(Option<IdSet>);

impl Private {
    /// Reads them, unless they are too many.
    pub async fn read(tx: &mut Tx, kind: RepoKind) -> Result<Self, Error> {
        let sql = "SELECT json_group_array(id) FROM \
                   (SELECT id FROM repos INDEXED BY repos_private WHERE kind = $1 AND private = 1 LIMIT $2)";
        let ids = numbers(tx, sql.to_owned(), args![kind.code(), PRIVATE as i64 + 1]).await?;
        Ok(Self((ids.len() <= PRIVATE).then(|| IdSet::new(ids))))
    }
}

/// How many private repositories of a kind there are.
pub async fn private_number(tx: &mut Tx, kind: RepoKind) -> Result<i64, Error> {
    let row = tx.first("SELECT private FROM repo_counts WHERE kind = $1", args![kind.code()]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// How many of a set the asker does not see: the private ones but for their own. `None` when they are too many to be
/// read.
async fn hidden(tx: &mut Tx, ask: &Ask, set: &IdSet, private: &Private) -> Result<Option<usize>, Error> {
    let Sees::PublicAnd(owners) = &ask.sees else { return Ok(Some(0)) };
    let Private(Some(private)) = private else { return Ok(None) };
    let hidden = set.shared(private);
    if hidden == 0 || owners.is_empty() {
        return Ok(Some(hidden));
    }
    let mut values = args![ask.kind.code(), PRIVATE as i64 + 1];
    values.extend(owners.iter().map(|owner| Value::Int(*owner)));
    let sql = format!(
        "SELECT json_group_array(id) FROM (SELECT id FROM repos INDEXED BY repos_private \
         WHERE kind = $1 AND private = 1 AND owner_id IN ({}) LIMIT $2)",
        list_of(2, owners.len())
    );
    let own = numbers(tx, sql, values).await?;
    let own = (own.len() <= PRIVATE).then(|| own.into_iter().filter(|id| set.contains(*id)).count());
    Ok(own.map(|own| hidden.saturating_sub(own)))
}

/// How many of some row ids are on the list.
async fn check(tx: &mut Tx, ask: &Ask, tags: &[i64], ids: &[i64]) -> Result<usize, Error> {
    let mut conditions = Conditions::new(Value::Text(json(ids)));
    conditions.covered(ask, None);
    conditions.names(&texts_of(ask));
    conditions.rows(tags, ask.since);
    let (wheres, values) = conditions.finish();
    let sql =
        format!("SELECT COUNT(*) FROM json_each($1) j CROSS JOIN repos r ON r.id = j.value WHERE {wheres}");
    tx.first(sql, values).await?.map_or(Ok(0), |row| Ok(row.int(0)? as usize))
}

/// How many of the first entries of an index are on the list.
async fn scan(tx: &mut Tx, ask: &Ask, tags: &[i64], cap: usize) -> Result<Count, Error> {
    let limit = LOOKED.min(cap.saturating_mul(20)).max(FEW);
    let mut conditions = Conditions::new(Value::Int(limit as i64));
    conditions.covered(ask, None);
    conditions.names(&texts_of(ask));
    conditions.rows(tags, ask.since);
    let (wheres, mut values) = conditions.finish();
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let kind = bind(Value::Int(ask.kind.code()));
    let from = if let Some(since) = ask.since {
        format!("repos_by_modified WHERE kind = {kind} AND modified_at >= {}", bind(since.into()))
    } else if ask.order == Order::Params || ask.min_params.is_some() || ask.max_params.is_some() {
        let (least, most) = (ask.min_params.unwrap_or(i64::MIN), ask.max_params.unwrap_or(i64::MAX));
        format!(
            "repos_by_params WHERE kind = {kind} AND params BETWEEN {} AND {}",
            bind(least.into()),
            bind(most.into())
        )
    } else if let Some(owner) = ask.owner {
        format!("repos_by_owner WHERE kind = {kind} AND owner_id = {}", bind(owner.into()))
    } else {
        format!("repos_by_age WHERE kind = {kind}")
    };
    let columns = "id, kind, private, owner_id, gated, params, key, modified_at";
    let sql = format!(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN {wheres} THEN 1 ELSE 0 END), 0) FROM \
         (SELECT {columns} FROM repos INDEXED BY {from} LIMIT $1) r"
    );
    let Some(row) = tx.first(sql, values).await? else { return Ok(Count::default()) };
    Ok(Count { count: row.int(1)? as usize, at_least: row.int(0)? as usize == limit })
}
