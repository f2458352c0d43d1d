//! The row ids of a page. The numbers that choose how are small in tests, so that a small catalogue takes every way.

use stoa_core::Time;

use super::ids::{IdSet, json, parse};
use super::names::{self, Names};
use super::postings;
use super::{Ask, Order, Sees};
use crate::value::args;
use crate::{Error, Tx, Value};

/// Up to this many candidates are collected and sorted: reading a row costs as much as walking 16 index entries.
const FEW: usize = if cfg!(test) { 20 } else { 5_000 };
/// A filter that leaves more candidates than this is checked on the way instead of read first.
const SOME: i64 = if cfg!(test) { 60 } else { 50_000 };
/// Index entries of one step of a walk at most, and at least.
const STEP: std::ops::RangeInclusive<usize> = if cfg!(test) { 4..=100 } else { 256..=50_000 };
/// Rows that a walk reads in vain before it is worth reading whole sets.
const VAIN: usize = if cfg!(test) { 30 } else { 1_000 };
/// Index entries that a walk passes before it is worth reading whole sets, and rows that it may be expected to read.
const FAR: usize = if cfg!(test) { 200 } else { 100_000 };
const READ: usize = if cfg!(test) { 100 } else { 8_000 };
/// When so many index entries per candidate were walked, collecting all candidates would have been cheaper.
const PATIENCE: usize = if cfg!(test) { 3 } else { 16 };

/// The first `wanted` row ids of a list, in order.
pub(super) async fn ids(tx: &mut Tx, ask: &Ask, wanted: usize) -> Result<Vec<i64>, Error> {
    let mut tags = Vec::with_capacity(ask.tags.len());
    for name in &ask.tags {
        let sql = "SELECT id, count FROM tags WHERE kind = $1 AND name = $2";
        match tx.first(sql, args![ask.kind.code(), name]).await? {
            Some(row) => tags.push((row.int(1)?, row.int(0)?)),
            None => return Ok(Vec::new()),
        }
    }
    tags.sort_unstable();
    tags.dedup();
    let search: Vec<String> =
        ask.search.iter().map(|text| text.to_lowercase()).filter(|text| !text.is_empty()).collect();
    let mut find = Find { ask, wanted, tags, search, last: 0, covered: 0, walked: 0, candidates: None };
    if let Some(few) = find.few(tx).await? {
        return find.collect(tx, &few).await;
    }
    find.last = postings::last(tx).await?;
    for thorough in [false, true] {
        let unchecked = find.narrow(tx, thorough).await?;
        if let Some(candidates) = find.candidates.as_ref().filter(|set| set.len() <= FEW) {
            let all = candidates.below(i64::MAX, FEW);
            return find.collect(tx, &all).await;
        }
        if let Some(found) = find.newest(tx).await? {
            return Ok(found);
        }
        if let Some(found) = find.walk(tx, &unchecked).await? {
            return Ok(found);
        }
    }
    Ok(Vec::new()) // a thorough walk always finds what there is
}

/// A list under way.
struct Find<'a> {
    ask: &'a Ask,
    wanted: usize,
    /// Count and row id of each tag, the rarest first.
    tags: Vec<(i64, i64)>,
    /// Texts of the search in lower case.
    search: Vec<String>,
    /// The largest row id.
    last: i64,
    /// About how many index entries pass what the index of the order covers.
    covered: usize,
    /// How many index entries were walked so far.
    walked: usize,
    /// Nothing but these can be on the list.
    candidates: Option<IdSet>,
}

impl Find<'_> {
    /// The least time of change, where only rows tell it.
    fn since(&self) -> Option<Time> {
        self.ask.since.filter(|_| self.ask.order != Order::Modified)
    }

    /// The candidates that the narrowest filter leaves, if they are few.
    async fn few(&self, tx: &mut Tx) -> Result<Option<Vec<i64>>, Error> {
        if let Some((count, tag)) = self.tags.first()
            && *count <= FEW as i64
        {
            return postings::range(tx, *tag, 0, i64::MAX).await.map(Some);
        }
        for filter in self.indexed() {
            if let Some(ids) = filter.ids(tx, FEW).await? {
                return Ok(Some(ids));
            }
        }
        Ok(None)
    }

    /// The filters that have an index of their own.
    fn indexed(&self) -> Vec<Indexed> {
        let ask = self.ask;
        let kind = ask.kind.code();
        let mut filters = Vec::new();
        let mut add = |filter, values| filters.push(Indexed { filter, values });
        if let Some(owner) = ask.owner {
            add("repos_by_owner WHERE kind = $1 AND owner_id = $2", args![kind, owner]);
        }
        if ask.gated == Some(true) {
            add("repos_gated WHERE kind = $1 AND gated <> 0", args![kind]);
        }
        let (least, most) = (ask.min_params.unwrap_or(0), ask.max_params.unwrap_or(i64::MAX));
        // An order by the same column walks just the range.
        if (least > 0 || most < i64::MAX) && ask.order != Order::Params {
            add("repos_by_params WHERE kind = $1 AND params BETWEEN $2 AND $3", args![kind, least, most]);
        }
        if let Some(since) = self.since() {
            add("repos_by_modified WHERE kind = $1 AND modified_at >= $2", args![kind, since]);
        }
        filters
    }

    /// Reads sets of candidates; answers what rows are to be checked for beside. `thorough`: for nothing.
    async fn narrow(&mut self, tx: &mut Tx, thorough: bool) -> Result<Unchecked, Error> {
        let mut unchecked = Unchecked { tags: Vec::new(), since: self.since(), more: false };
        self.candidates = None;
        self.covered = self.last as usize;
        if !self.search.is_empty() {
            // What an eighth of all names contain is soon found by reading.
            let limit = if thorough { SOME.max(self.last / 8) } else { SOME };
            match names::like(tx, &self.search, limit, self.last).await? {
                Names::Among(ids) => self.only(IdSet::new(ids)),
                Names::Many => unchecked.more = !thorough,
                Names::Unknown => {}
            }
        }
        for (count, tag) in self.tags.clone() {
            if self.candidates.as_ref().is_some_and(|set| set.len() <= FEW) {
                return Ok(unchecked); // they are collected, which checks everything
            }
            if let Some(set) = postings::of_tag(tx, tag, count, thorough).await? {
                self.only(set);
            } else {
                unchecked.tags.push(tag);
                unchecked.more = true;
            }
        }
        // A walk checks these for nothing, but with another filter they may leave few.
        if self.candidates.is_some() || !self.search.is_empty() {
            for filter in self.indexed() {
                if let Some(ids) = filter.ids(tx, SOME as usize).await? {
                    self.covered = self.covered.min(ids.len());
                    self.only(IdSet::new(ids));
                }
            }
        }
        Ok(unchecked)
    }

    /// Narrows the candidates.
    fn only(&mut self, set: IdSet) {
        self.candidates = Some(match self.candidates.take() {
            Some(candidates) => candidates.and(set),
            None => set,
        });
    }

    /// Sorts candidates and takes the first.
    async fn collect(&self, tx: &mut Tx, candidates: &[i64]) -> Result<Vec<i64>, Error> {
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let column = self.ask.order.column();
        let mut conditions = Conditions::new(Value::Text(json(candidates)));
        conditions.covered(self.ask, self.ask.after);
        conditions.rows(&self.search, self.tags.iter().map(|(_, tag)| *tag), self.since());
        let (wheres, values) = conditions.finish();
        let sql = format!(
            "SELECT json_group_array(id) FROM (SELECT r.id AS id FROM json_each($1) j \
             CROSS JOIN repos r ON r.id = j.value WHERE {wheres} \
             ORDER BY r.{column} DESC, r.id DESC LIMIT {})",
            self.wanted
        );
        numbers(tx, sql, values).await
    }

    /// Takes candidates from the newest on, where that is the order; `None` when most of them are not on the list.
    async fn newest(&self, tx: &mut Tx) -> Result<Option<Vec<i64>>, Error> {
        let Some(set) = self.candidates.as_ref().filter(|_| self.ask.order == Order::Created) else {
            return Ok(None);
        };
        let mut found = Vec::with_capacity(self.wanted);
        let mut before = self.ask.after.map_or(i64::MAX, |(_, id)| id);
        for step in [1, 4, 16].map(|times| self.wanted * times) {
            let some = set.below(before, step);
            found.extend(self.collect(tx, &some).await?);
            if found.len() >= self.wanted || some.len() < step {
                found.truncate(self.wanted);
                return Ok(Some(found));
            }
            before = some.last().copied().unwrap_or(0);
        }
        Ok(None)
    }

    /// Walks the index of the order until enough is found. `None`: too much is read in vain; be thorough.
    async fn walk(&mut self, tx: &mut Tx, unchecked: &Unchecked) -> Result<Option<Vec<i64>>, Error> {
        let mut found = Vec::with_capacity(self.wanted);
        let checks = !unchecked.is_empty() || !self.search.is_empty();
        let (start, mut read) = (self.walked, 0);
        let mut after = self.ask.after;
        let mut step = self.first_step(unchecked);
        loop {
            if let Some(set) = self.candidates.as_ref().filter(|set| self.is_far(set.len(), found.len())) {
                let all = set.below(i64::MAX, usize::MAX);
                return self.collect(tx, &all).await.map(Some);
            }
            let (ids, end) = self.step(tx, after, step).await?;
            let is_last = ids.len() < step;
            self.walked += ids.len();
            let walked = self.walked - start;
            let matching: Vec<i64> = match &self.candidates {
                Some(set) => ids.into_iter().filter(|id| set.contains(*id)).collect(),
                None => ids,
            };
            for some in matching.chunks(500) {
                if found.len() >= self.wanted {
                    break;
                }
                if checks {
                    found.extend(self.check(tx, some, unchecked).await?);
                    read += some.len();
                } else {
                    found.extend(some);
                }
            }
            if found.len() >= self.wanted || is_last {
                found.truncate(self.wanted);
                return Ok(Some(found));
            }
            let vain = read > VAIN && (self.wanted - found.len()) * read > READ * found.len();
            if unchecked.more && (vain || walked > FAR) {
                return Ok(None);
            }
            after = end;
            step = match found.len() {
                0 => step * 4,
                some => (self.wanted - some) * walked / some * 5 / 4,
            };
            step = step.clamp(*STEP.start(), *STEP.end());
        }
    }

    /// Whether so many candidates are better collected, after a walk that found so few.
    fn is_far(&self, candidates: usize, found: usize) -> bool {
        let expected = self.walked * candidates / self.covered.max(1);
        let missed = expected > self.wanted / 2 && found * 4 < expected;
        candidates <= SOME as usize && (missed || candidates * PATIENCE < self.walked)
    }

    /// As many index entries as hold a page if matches are spread evenly.
    fn first_step(&self, unchecked: &Unchecked) -> usize {
        match &self.candidates {
            Some(set) => {
                let even = self.wanted * self.covered / set.len().max(1);
                (even * 5 / 4).clamp(*STEP.start(), *STEP.end())
            }
            None if unchecked.is_empty() && self.search.is_empty() => self.wanted,
            None => self.wanted * 2,
        }
    }

    /// The next row ids of the order that pass everything its index covers, and the key behind which to go on.
    async fn step(
        &self,
        tx: &mut Tx,
        after: Option<(f64, i64)>,
        limit: usize,
    ) -> Result<(Vec<i64>, Option<(f64, i64)>), Error> {
        let column = self.ask.order.column();
        let mut conditions = Conditions::new(Value::Int(limit as i64));
        conditions.covered(self.ask, after);
        let (wheres, values) = conditions.finish();
        // SQLite keeps the order of a subquery that has a limit, and so does the array.
        let sql = format!(
            "SELECT json_group_array(id), CAST(COALESCE(MIN(k), 0) AS REAL) FROM \
             (SELECT r.id AS id, r.{column} AS k FROM repos r INDEXED BY {} WHERE {wheres} \
              ORDER BY r.{column} DESC, r.id DESC LIMIT $1)",
            index_of(self.ask.order)
        );
        let Some(row) = tx.first(sql, values).await? else { return Ok((Vec::new(), None)) };
        let ids = parse(&row.text(0)?);
        let end = ids.last().copied();
        let key = row.real(1)?;
        Ok((ids, end.map(|id| (key, id))))
    }

    /// Which of some rows pass what no index covers; in the order they came in.
    async fn check(&self, tx: &mut Tx, ids: &[i64], unchecked: &Unchecked) -> Result<Vec<i64>, Error> {
        let mut conditions = Conditions::new(Value::Text(json(ids)));
        conditions.rows(&self.search, unchecked.tags.iter().copied(), unchecked.since);
        let (wheres, values) = conditions.finish();
        let sql = format!(
            "SELECT json_group_array(r.id) FROM json_each($1) j CROSS JOIN repos r ON r.id = j.value WHERE {wheres}"
        );
        let passed = IdSet::new(numbers(tx, sql, values).await?);
        Ok(ids.iter().copied().filter(|id| passed.contains(*id)).collect())
    }
}

/// A filter with an index of its own.
struct Indexed {
    filter: &'static str,
    values: Vec<Value>,
}

impl Indexed {
    /// The row ids it leaves, if they are `limit` at most.
    async fn ids(&self, tx: &mut Tx, limit: usize) -> Result<Option<Vec<i64>>, Error> {
        let rows = format!("SELECT id FROM repos INDEXED BY {} LIMIT {}", self.filter, limit + 1);
        let sql = format!("SELECT json_group_array(id) FROM ({rows})");
        let ids = numbers(tx, sql, self.values.clone()).await?;
        Ok(Some(ids).filter(|ids| ids.len() <= limit))
    }
}

/// What no index and no set of candidates tells.
struct Unchecked {
    tags: Vec<i64>,
    since: Option<Time>,
    /// Whether being thorough would tell more.
    more: bool,
}

impl Unchecked {
    fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.since.is_none()
    }
}

async fn numbers(tx: &mut Tx, sql: String, values: Vec<Value>) -> Result<Vec<i64>, Error> {
    let row = tx.first(sql, values).await?;
    row.map_or(Ok(Vec::new()), |row| Ok(parse(&row.text(0)?)))
}

fn index_of(order: Order) -> &'static str {
    match order {
        Order::Trending => "repos_by_trending",
        Order::Downloads => "repos_by_downloads",
        Order::Likes => "repos_by_likes",
        Order::Created => "repos_by_age",
        Order::Modified => "repos_by_modified",
        Order::Params => "repos_by_params",
    }
}

/// The conditions of a statement about repositories `r`, with their parameters.
pub(super) struct Conditions {
    wheres: Vec<String>,
    values: Vec<Value>,
}

impl Conditions {
    /// No condition yet; `$1` is something else's.
    pub(super) fn new(first: Value) -> Self {
        Self { wheres: Vec::new(), values: vec![first] }
    }

    pub(super) fn finish(self) -> (String, Vec<Value>) {
        let wheres = if self.wheres.is_empty() { "1 = 1".to_owned() } else { self.wheres.join(" AND ") };
        (wheres, self.values)
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Whether the asker may see it.
    pub(super) fn seen(&mut self, ask: &Ask) {
        let Sees::PublicAnd(owners) = &ask.sees else { return };
        let marks: Vec<String> = owners.iter().map(|id| self.bind(*id)).collect();
        self.wheres.push(if marks.is_empty() {
            "r.private = 0".to_owned()
        } else {
            format!("(r.private = 0 OR r.owner_id IN ({}))", marks.join(", "))
        });
    }

    /// What the index of the order covers.
    fn covered(&mut self, ask: &Ask, after: Option<(f64, i64)>) {
        let kind = self.bind(ask.kind.code());
        self.wheres.push(format!("r.kind = {kind}"));
        self.seen(ask);
        if let Some(owner) = ask.owner {
            let owner = self.bind(owner);
            self.wheres.push(format!("r.owner_id = {owner}"));
        }
        match ask.gated {
            Some(true) => self.wheres.push("r.gated <> 0".to_owned()),
            Some(false) => self.wheres.push("r.gated = 0".to_owned()),
            None => {}
        }
        if let Some(least) = ask.min_params {
            let least = self.bind(least);
            self.wheres.push(format!("r.params >= {least}"));
        }
        if let Some(most) = ask.max_params {
            let most = self.bind(most);
            self.wheres.push(format!("r.params <= {most}"));
        }
        if ask.order == Order::Params {
            self.wheres.push("r.params IS NOT NULL".to_owned());
        }
        if let Some(since) = ask.since.filter(|_| ask.order == Order::Modified) {
            let since = self.bind(since);
            self.wheres.push(format!("r.modified_at >= {since}"));
        }
        if let Some((key, id)) = after {
            let id = self.bind(id);
            if ask.order == Order::Created {
                self.wheres.push(format!("r.id < {id}"));
                return;
            }
            // The index holds whole numbers for all but the trending score; compare in the column's own type.
            let key = match ask.order {
                Order::Trending => self.bind(key),
                _ => self.bind(key as i64),
            };
            self.wheres.push(format!("(r.{}, r.id) < ({key}, {id})", ask.order.column()));
        }
    }

    /// What is only in rows and in other tables.
    fn rows(&mut self, search: &[String], tags: impl Iterator<Item = i64>, since: Option<Time>) {
        if let Some(since) = since {
            let since = self.bind(since);
            self.wheres.push(format!("r.modified_at >= {since}"));
        }
        for text in search {
            let text = self.bind(text);
            self.wheres.push(format!("INSTR(r.key, {text}) > 0"));
        }
        for tag in tags {
            let tag = self.bind(tag);
            self.wheres.push(format!(
                "EXISTS (SELECT 1 FROM repo_tags x WHERE x.tag_id = {tag} AND x.repo_id = r.id)"
            ));
        }
    }
}
