//! The row ids of a page. The numbers that choose how are small in tests, so that a small catalogue takes every way.

use stoa_core::Time;

use super::conditions::{Conditions, Part};
use super::ids::{IdSet, json, parse};
use super::indexed::{Indexed, numbers};
use super::names::{self, Names};
use super::postings;
use super::{Ask, Order};
use crate::value::args;
use crate::{Error, Tx, Value};

/// What the narrowest filter leaves is collected and sorted if it is so little.
const FEW: usize = if cfg!(test) { 20 } else { 3_000 };
/// So many candidates are checked for a tag sooner than the index of the tag is read.
const CHECKED: usize = if cfg!(test) { 5 } else { 200 };
/// More names with a text than this are not read before a walk found too few of them.
const NAMES: usize = if cfg!(test) { 40 } else { 25_000 };
/// A filter that leaves more candidates than this is checked on the way instead of read.
const SOME: usize = if cfg!(test) { 60 } else { 50_000 };
/// What more than one in so many names contain is soon found by reading, even when other filters are against it.
const SHARE: usize = if cfg!(test) { 4 } else { 8 };
/// Index entries of one step of a walk at most, and at least.
const STEP: std::ops::RangeInclusive<usize> = if cfg!(test) { 4..=100 } else { 256..=50_000 };
/// Rows that a walk reads in vain before it is worth reading whole sets, and rows that it may be expected to read.
const VAIN: usize = if cfg!(test) { 30 } else { 500 };
const READ: usize = if cfg!(test) { 100 } else { 5_000 };
/// Looking up a candidate costs as much as walking so many index entries, or so many with their names.
const PRICE: usize = if cfg!(test) { 4 } else { 16 };
const PRICE_NAMED: usize = if cfg!(test) { 2 } else { 5 };
/// As many matches must have been found, or expected, before a walk tells how frequent they are.
const CERTAIN: usize = if cfg!(test) { 2 } else { 8 };

/// The first `wanted` row ids of a list, in order.
pub(super) async fn ids(tx: &mut Tx, ask: &Ask, wanted: usize) -> Result<Vec<i64>, Error> {
    let Some(tags) = tags_of(tx, ask).await? else { return Ok(Vec::new()) };
    let search = texts_of(ask);
    let mut find =
        Find { ask, wanted, tags, search, last: 0, covered: 0, share: 0.0, walked: 0, candidates: None };
    find.last = postings::last(tx).await? as usize;
    if let Some((few, unchecked)) = find.few(tx).await? {
        return find.collect(tx, &few, &unchecked).await;
    }
    for thorough in [false, true] {
        let unchecked = find.narrow(tx, thorough).await?;
        if let Some(candidates) = find.candidates.as_ref().filter(|set| find.is_few(set.len())) {
            let all = candidates.below(i64::MAX, usize::MAX);
            return find.collect(tx, &all, &unchecked.tags).await;
        }
        if let Some(found) = find.newest(tx, &unchecked).await? {
            return Ok(found);
        }
        if let Some(found) = find.walk(tx, &unchecked).await? {
            return Ok(found);
        }
    }
    Ok(Vec::new()) // a thorough walk always finds what there is
}

/// Count and row id of the tags that are asked for, the rarest first; `None` when nothing has one of them.
pub(super) async fn tags_of(tx: &mut Tx, ask: &Ask) -> Result<Option<Vec<(i64, i64)>>, Error> {
    let mut tags = Vec::with_capacity(ask.tags.len());
    for name in &ask.tags {
        let sql = "SELECT id, count FROM tags WHERE kind = $1 AND name = $2";
        match tx.first(sql, args![ask.kind.code(), name]).await? {
            Some(row) => tags.push((row.int(1)?, row.int(0)?)),
            None => return Ok(None),
        }
    }
    tags.sort_unstable();
    tags.dedup();
    Ok(Some(tags))
}

/// The texts that names must contain, in lower case.
pub(super) fn texts_of(ask: &Ask) -> Vec<String> {
    ask.search.iter().map(|text| text.to_lowercase()).filter(|text| !text.is_empty()).collect()
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
    last: usize,
    /// About how many index entries pass what the index of the order covers, rather too few than too many.
    covered: usize,
    /// About which part of these is on the list, if filters have nothing to do with each other.
    share: f64,
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

    /// The candidates that the narrowest filter leaves, if they are few, and the tags that are still to be checked.
    async fn few(&self, tx: &mut Tx) -> Result<Option<(Vec<i64>, Vec<i64>)>, Error> {
        if let Some((count, tag)) = self.tags.first()
            && *count <= FEW as i64
        {
            let mut ids = IdSet::new(postings::range(tx, *tag, 0, i64::MAX).await?);
            let mut unchecked = Vec::new();
            for (count, tag) in &self.tags[1..] {
                let set = if ids.len() <= CHECKED {
                    None
                } else {
                    postings::of_tag(tx, *tag, *count, false).await?
                };
                match set {
                    Some(set) => ids = ids.and(set),
                    None => unchecked.push(*tag),
                }
            }
            if ids.len() <= CHECKED || self.is_few(ids.len()) {
                return Ok(Some((ids.below(i64::MAX, usize::MAX), unchecked)));
            }
        }
        for filter in self.indexed() {
            if let (_, Some(ids)) = filter.ids(tx, FEW).await? {
                return Ok(Some((ids, self.tags.iter().map(|(_, tag)| *tag).collect())));
            }
        }
        Ok(None)
    }

    /// The filters that have an index of their own, but for what the walked index covers.
    fn indexed(&self) -> Vec<Indexed> {
        Indexed::filters(self.ask, &self.search, Some(self.ask.order))
    }

    /// Reads sets of candidates; answers what rows are to be checked for beside. `thorough`: for nothing.
    async fn narrow(&mut self, tx: &mut Tx, thorough: bool) -> Result<Unchecked, Error> {
        let mut unchecked = Unchecked { tags: Vec::new(), since: self.since(), cost: 0 };
        self.candidates = None;
        self.covered = self.last;
        let all = self.last.max(1) as f64;
        let mut share = 1.0; // of what is not among the candidates
        if !self.search.is_empty() {
            let most = SOME.max(self.last / SHARE);
            let limit = if thorough { most } else { NAMES };
            match names::like(tx, &self.search, limit, self.last).await? {
                Names::Among(ids) => self.only(IdSet::new(ids)),
                Names::Many(count) => {
                    share *= count as f64 / all;
                    unchecked.cost += if count > most { 0 } else { count };
                }
                Names::Unknown => {}
            }
        }
        for (count, tag) in self.tags.clone() {
            let few = self.candidates.as_ref().is_some_and(|set| set.len() <= CHECKED);
            let set = if few { None } else { postings::of_tag(tx, tag, count, thorough).await? };
            if let Some(set) = set {
                self.only(set);
            } else {
                share *= count as f64 / all;
                unchecked.cost += count as usize;
                unchecked.tags.push(tag);
            }
        }
        if self.candidates.as_ref().is_some_and(|set| self.is_few(set.len())) {
            return Ok(unchecked);
        }
        // A walk checks these for nothing, but with another filter they may leave few.
        let mut among = self.last;
        if self.candidates.is_some() || !self.search.is_empty() {
            for filter in self.indexed() {
                let limit = if thorough { SOME * 4 } else { SOME };
                let (count, ids) = filter.ids(tx, limit).await?;
                self.covered = self.covered.min(count);
                if let Some(ids) = ids {
                    self.only(IdSet::new(ids));
                    among = among.min(count);
                } else {
                    unchecked.cost += SOME * 4; // how many there are is not known
                }
            }
        }
        let candidates = self.candidates.as_ref().map_or(among, IdSet::len);
        self.share = share * candidates as f64 / among.max(1) as f64;
        if thorough {
            unchecked.cost = 0;
        }
        Ok(unchecked)
    }

    /// Looking up a candidate costs as much as walking so many index entries.
    fn price(&self) -> usize {
        if self.search.is_empty() { PRICE } else { PRICE_NAMED }
    }

    /// Whether so many candidates are collected sooner than a walk meets a page of them.
    fn is_few(&self, candidates: usize) -> bool {
        candidates * candidates * self.price() <= self.wanted * self.last
    }

    /// Narrows the candidates.
    fn only(&mut self, set: IdSet) {
        self.candidates = Some(match self.candidates.take() {
            Some(candidates) => candidates.and(set),
            None => set,
        });
    }

    /// Sorts those candidates that have some tags and everything else that is asked for, and takes the first.
    async fn collect(&self, tx: &mut Tx, candidates: &[i64], tags: &[i64]) -> Result<Vec<i64>, Error> {
        if candidates.is_empty() {
            return Ok(Vec::new());
        }
        let column = self.ask.order.column();
        let mut conditions = Conditions::new(Value::Text(json(candidates)));
        conditions.covered(self.ask, self.ask.after);
        conditions.names(&self.search);
        conditions.rows(tags, self.since());
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
    async fn newest(&self, tx: &mut Tx, unchecked: &Unchecked) -> Result<Option<Vec<i64>>, Error> {
        let Some(set) = self.candidates.as_ref().filter(|_| self.ask.order == Order::Created) else {
            return Ok(None);
        };
        let mut found = Vec::with_capacity(self.wanted);
        let mut before = self.ask.after.map_or(i64::MAX, |(_, id)| id);
        for step in [1, 4, 16, 64].map(|times| self.wanted * times) {
            let some = set.below(before, step);
            found.extend(self.collect(tx, &some, &unchecked.tags).await?);
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
        let (mut walked, mut matched, mut read) = (0, 0, 0);
        let mut after = self.ask.after;
        let mut step = self.first_step(unchecked);
        loop {
            if let Some(set) = self.candidates.as_ref().filter(|set| self.is_far(set.len(), matched)) {
                let all = set.below(i64::MAX, usize::MAX);
                return self.collect(tx, &all, &unchecked.tags).await.map(Some);
            }
            let Step { ids, end } = self.step(tx, after, step).await?;
            walked += step;
            self.walked += self.with_skipped(step);
            let matching: Vec<i64> = match &self.candidates {
                Some(set) => ids.into_iter().filter(|id| set.contains(*id)).collect(),
                None => ids,
            };
            matched += matching.len();
            for some in matching.chunks(500) {
                if found.len() >= self.wanted {
                    break;
                }
                if unchecked.is_empty() {
                    found.extend(some);
                } else {
                    found.extend(self.check(tx, some, unchecked).await?);
                    read += some.len();
                }
            }
            if found.len() >= self.wanted || end.is_none() {
                found.truncate(self.wanted);
                return Ok(Some(found));
            }
            let vain = read > VAIN && (self.wanted - found.len()) * read > READ * found.len();
            if unchecked.cost > 0
                && (vain || self.walked.max(self.ahead(walked, found.len())) > unchecked.cost)
            {
                return Ok(None);
            }
            after = end;
            step = match found.len() {
                0 => step * 4,
                some => (self.wanted - some) * walked / some * 5 / 4,
            };
            step = self.clamp(step);
        }
    }

    /// Whether so many candidates are better collected, after a walk that met some of them.
    fn is_far(&self, candidates: usize, met: usize) -> bool {
        let price = candidates * self.price();
        let expected = self.walked * candidates / self.covered.max(1);
        let ahead = match met {
            0 if expected > self.wanted * 4 => self.covered.saturating_sub(self.walked),
            0 => 0,
            met => self.wanted.saturating_sub(met) * self.walked / met,
        };
        candidates <= SOME && price < self.walked.max(ahead)
    }

    /// About how many index entries are still to be walked, after some of which so many were found.
    fn ahead(&self, walked: usize, found: usize) -> usize {
        let chance = walked as f64 * self.share;
        let ahead = match found {
            0 if chance > CERTAIN as f64 => self.covered,
            0..CERTAIN if chance < CERTAIN as f64 => self.even(),
            found => (self.wanted - found) * walked / found.max(1),
        };
        self.with_skipped(ahead)
    }

    /// As many index entries as hold a page if matches are spread evenly.
    fn even(&self) -> usize {
        (self.wanted as f64 / self.share.max(1e-9)) as usize
    }

    /// With the entries that are passed over on the way; these count half, their names are not looked at.
    fn with_skipped(&self, entries: usize) -> usize {
        (entries as f64 * (self.covered + self.last) as f64 / (self.covered * 2).max(1) as f64) as usize
    }

    fn clamp(&self, step: usize) -> usize {
        let most = *STEP.end() as f64 * self.covered as f64 / self.last.max(1) as f64;
        step.min(most as usize).max(*STEP.start())
    }

    fn first_step(&self, unchecked: &Unchecked) -> usize {
        if self.candidates.is_none() && self.search.is_empty() && unchecked.is_empty() {
            return self.wanted;
        }
        // A small one tells whether to go on; half of what may be needed, how much really is.
        self.clamp(if unchecked.cost > 0 { self.even() / 8 } else { self.even() / 2 })
    }

    /// The next `limit` index entries of the order.
    async fn step(&self, tx: &mut Tx, after: Option<(f64, i64)>, limit: usize) -> Result<Step, Error> {
        let (order, column) = (self.ask.order, self.ask.order.column());
        let index = format!("repos r INDEXED BY {}", index_of(order));
        let by = format!("ORDER BY r.{column} DESC, r.id DESC");
        let mut conditions = Conditions::new(Value::Int(limit as i64));
        conditions.covered(self.ask, after);
        if self.search.is_empty() {
            let (wheres, values) = conditions.finish();
            // SQLite keeps the order of a subquery that has a limit, and so does the array.
            let sql = format!(
                "SELECT json_group_array(id), CAST(COALESCE(MIN(k), 0) AS REAL) FROM \
                 (SELECT r.id AS id, r.{column} AS k FROM {index} WHERE {wheres} {by} LIMIT $1)"
            );
            let Some(row) = tx.first(sql, values).await? else {
                return Ok(Step { ids: Vec::new(), end: None });
            };
            let ids = parse(&row.text(0)?);
            let last = ids.last().copied().filter(|_| ids.len() == limit);
            let key = row.real(1)?;
            return Ok(Step { ids, end: last.map(|id| (key, id)) });
        }
        // Names are looked at only up to where the step ends, or a rare one would be sought through the whole index.
        let (wheres, values) = conditions.finish();
        let sql = format!(
            "SELECT CAST(r.{column} AS REAL), r.id FROM {index} WHERE {wheres} {by} LIMIT 1 OFFSET $1 - 1"
        );
        let row = tx.first(sql, values).await?;
        let end = row.map(|row| Ok::<_, Error>((row.real(0)?, row.int(1)?))).transpose()?;
        let mut ids = Vec::new();
        // The index is entered by whole keys but left by their first part, which very many entries can share.
        let parts = match (after, end) {
            (_, None) => vec![Part::All],
            (_, Some((_, last))) if order == Order::Created => vec![Part::From(last)],
            (Some((from, _)), Some((to, last))) if from.total_cmp(&to).is_eq() => vec![Part::Equal(to, last)],
            (_, Some((to, last))) => vec![Part::Above(to), Part::Equal(to, last)],
        };
        for part in parts {
            let mut conditions = Conditions::new(Value::Int(limit as i64));
            conditions.covered(self.ask, after);
            conditions.part(order, part);
            conditions.names(&self.search);
            let (wheres, values) = conditions.finish();
            let sql = format!(
                "SELECT json_group_array(id) FROM (SELECT r.id AS id FROM {index} WHERE {wheres} {by} LIMIT $1)"
            );
            ids.extend(numbers(tx, sql, values).await?);
        }
        Ok(Step { ids, end })
    }

    /// Which of some rows pass what no index covers; in the order they came in.
    async fn check(&self, tx: &mut Tx, ids: &[i64], unchecked: &Unchecked) -> Result<Vec<i64>, Error> {
        let mut conditions = Conditions::new(Value::Text(json(ids)));
        conditions.rows(&unchecked.tags, unchecked.since);
        let (wheres, values) = conditions.finish();
        let sql = format!(
            "SELECT json_group_array(r.id) FROM json_each($1) j CROSS JOIN repos r ON r.id = j.value WHERE {wheres}"
        );
        let passed = IdSet::new(numbers(tx, sql, values).await?);
        Ok(ids.iter().copied().filter(|id| passed.contains(*id)).collect())
    }
}

/// A piece of a walk.
struct Step {
    /// The row ids that pass everything the index of the order covers.
    ids: Vec<i64>,
    /// The key behind which to go on, unless that was all.
    end: Option<(f64, i64)>,
}

/// What no index and no set of candidates tells.
struct Unchecked {
    tags: Vec<i64>,
    since: Option<Time>,
    /// About how many index entries being thorough would read; 0 when it would tell nothing more.
    cost: usize,
}

impl Unchecked {
    fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.since.is_none()
    }
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
