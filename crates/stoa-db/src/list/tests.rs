//! Every list is what a plain filter and sort over all rows gives, whatever way it is found, page after page.

use stoa_core::{RepoId, RepoKind, Time};
use tempfile::TempDir;

use super::{Ask, Count, Order, Private, Sees, page, prepare, tags_of};
use crate::repos::{self, Described};
use crate::value::args;
use crate::{Config, Db, Tx};

/// What the plain filter looks at.
#[derive(Clone, Debug)]
struct Plain {
    id: i64,
    name: RepoId,
    owner: i64,
    private: bool,
    gated: i64,
    tags: Vec<String>,
    /// Trending, downloads, likes, row id, modified, parameters.
    keys: [Option<f64>; 6],
}

const ORDERS: [Order; 6] =
    [Order::Trending, Order::Downloads, Order::Likes, Order::Created, Order::Modified, Order::Params];
const PARTS: [&str; 8] = ["bert", "llama", "qwen", "base", "instruct", "7b", "zx", "v1"];
const REPOS: i64 = 700;
/// Row ids stand apart, so that few repositories fill several blocks.
const APART: i64 = 61;

const FACTS: &str = r#"{"config":{}}"#;

struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// `t0` is on nearly all, `t1` and `t2` on many but hardly ever together, `t9` on old ones, `t4` on few.
fn some_tags(dice: &mut Dice, id: i64) -> Vec<String> {
    let half = dice.chance(50);
    let chances = [95, 98 * u64::from(half), 98 * u64::from(!half), 12, 1, 30, 50, 70];
    let mut tags: Vec<String> =
        (0..8).filter(|i| dice.chance(chances[*i])).map(|i| format!("t{i}")).collect();
    if id < REPOS * APART / 3 {
        tags.push("t9".to_owned());
    }
    tags
}

async fn describe(tx: &mut Tx, one: &Plain) {
    let described = Described {
        tags: one.tags.clone(),
        facts: FACTS.to_owned(),
        params: one.keys[5].map(|key| key as i64),
        ..Described::default()
    };
    repos::describe(tx, one.id, one.name.kind, &described).await.expect("described");
}

async fn catalogue(dice: &mut Dice) -> (TempDir, Db, Vec<Plain>) {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&Config::in_folder(folder.path())).await.expect("a database");
    let mut all = Vec::new();
    let mut tx = db.write().await.expect("a transaction");
    for at in 1..=REPOS {
        let id = at * APART;
        let kind = if dice.chance(75) { RepoKind::Model } else { RepoKind::Dataset };
        let owner = if dice.chance(40) { 1 } else { 2 + dice.below(30) as i64 };
        let name = format!("own{owner}/{}-{}-{at}", dice.one(&PARTS), dice.one(&PARTS));
        let one = Plain {
            id,
            name: RepoId::parse(kind, &name).expect("a name"),
            owner,
            private: dice.chance(15),
            gated: i64::from(dice.chance(10)),
            tags: some_tags(dice, id),
            keys: [
                Some(if dice.chance(80) { 0.0 } else { dice.below(50) as f64 / 4.0 }),
                Some(if dice.chance(50) { 0.0 } else { dice.below(9) as f64 }),
                Some(dice.below(3) as f64),
                Some(id as f64),
                Some((1_000_000 + id * 10 + dice.below(9_000) as i64) as f64),
                dice.chance(70).then(|| dice.below(40) as f64 * 1e9),
            ],
        };
        let number = |at: usize| one.keys[at].unwrap_or_default() as i64;
        tx.exec(
            "INSERT INTO repos (id, kind, owner_id, key, full_name, private, gated, disabled, created_by, created_at, \
             modified_at, downloads, downloads_all, likes, trending, storage) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $3, $1, $8, $9, $9, $10, $11, 0)",
            args![
                id, kind.code(), owner, one.name.key(), one.name.to_string(), one.private, one.gated, number(4),
                number(1), number(2), one.keys[0].unwrap_or_default()
            ],
        )
        .await
        .expect("a row");
        tx.exec("INSERT INTO repo_facts (repo_id, tags, facts) VALUES ($1, '[]', '{}')", args![id])
            .await
            .expect("a row");
        tx.exec("INSERT INTO repo_names (rowid, key) VALUES ($1, $2)", args![id, one.name.key()])
            .await
            .expect("a row");
        describe(&mut tx, &one).await;
        all.push(one);
    }
    tx.commit().await.expect("committed");
    (folder, db, all)
}

fn some_ask(dice: &mut Dice) -> Ask {
    let mut tags: Vec<String> = (0..dice.below(4)).map(|_| format!("t{}", dice.below(11))).collect();
    if dice.chance(40) {
        tags.clear();
    }
    let texts =
        ["bert", "LLaMA", "zx", "zx-zx", "own1/", "e", "-1", "1/", "qwen-instruct", "nope", "ß", "a_b", "st"];
    let search = (0..dice.below(3)).map(|_| (*dice.one(&texts)).to_owned()).collect();
    let least = dice.chance(15).then(|| dice.below(40) as i64 * 1_000_000_000);
    Ask {
        kind: if dice.chance(80) { RepoKind::Model } else { RepoKind::Dataset },
        owner: dice.chance(20).then(|| 1 + dice.below(3) as i64),
        tags,
        search: if dice.chance(60) { Vec::new() } else { search },
        gated: dice.chance(15).then(|| dice.chance(50)),
        min_params: least,
        max_params: dice.chance(15).then(|| least.unwrap_or(0) + dice.below(20) as i64 * 1_000_000_000),
        since: dice.chance(10).then(|| Time(1_000_000 + dice.below(45_000) as i64 * 10)),
        order: *dice.one(&ORDERS),
        after: None,
        limit: *dice.one(&[9, 30, 100, 1_000]),
        sees: match dice.below(3) {
            0 => Sees::All,
            1 => Sees::PublicAnd(Vec::new()),
            _ => Sees::PublicAnd(vec![1, 5]),
        },
    }
}

/// Filter, sort and nothing else.
fn plainly(all: &[Plain], ask: &Ask) -> Vec<i64> {
    let key = |one: &Plain| one.keys[ORDERS.iter().position(|order| *order == ask.order).unwrap_or(0)];
    let mut found: Vec<&Plain> = all
        .iter()
        .filter(|one| {
            let params = one.keys[5].map(|key| key as i64);
            one.name.kind == ask.kind
                && ask.owner.is_none_or(|owner| one.owner == owner)
                && ask.tags.iter().all(|tag| one.tags.contains(tag))
                && ask.search.iter().all(|text| one.name.key().contains(&text.to_lowercase()))
                && ask.gated.is_none_or(|gated| gated == (one.gated != 0))
                && ask.min_params.is_none_or(|least| params.is_some_and(|params| params >= least))
                && ask.max_params.is_none_or(|most| params.is_some_and(|params| params <= most))
                && ask.since.is_none_or(|since| one.keys[4].unwrap_or_default() as i64 >= since.0)
                && key(one).is_some()
                && match &ask.sees {
                    Sees::All => true,
                    Sees::PublicAnd(owners) => !one.private || owners.contains(&one.owner),
                }
        })
        .collect();
    found.sort_by(|a, b| {
        key(b).unwrap_or_default().total_cmp(&key(a).unwrap_or_default()).then(b.id.cmp(&a.id))
    });
    found.iter().map(|one| one.id).collect()
}

/// All pages of a list, each checked for its length.
async fn pages(tx: &mut Tx, ask: &Ask) -> Vec<i64> {
    let mut ask = ask.clone();
    let mut found = Vec::new();
    loop {
        let page = page(tx, &ask, false).await.expect("a page");
        found.extend(page.repos.iter().map(|listed| listed.repo.id));
        let Some(next) = page.next else { return found };
        assert_eq!(page.repos.len(), ask.limit, "only the last page is short: {ask:?}");
        ask.after = Some(next);
    }
}

async fn check(db: &Db, all: &[Plain], dice: &mut Dice, times: usize) {
    let mut tx = db.read().await.expect("a connection");
    for _ in 0..times {
        let ask = some_ask(dice);
        let plain = plainly(all, &ask);
        assert_eq!(pages(&mut tx, &ask).await, plain, "{ask:?}");
        let found = counted(&mut tx, &ask, 10 + ask.limit).await;
        if found.at_least {
            assert!(found.count <= plain.len(), "{found:?} {ask:?}");
        } else {
            assert_eq!(found.count, plain.len(), "{ask:?}");
        }
    }
}

async fn prepare_all(db: &Db) -> usize {
    let mut times = 0;
    loop {
        let mut tx = db.write().await.expect("a transaction");
        let done = prepare(&mut tx, 5).await.expect("prepared");
        tx.commit().await.expect("committed");
        assert!(done <= 5);
        if done == 0 {
            return times;
        }
        times += 1;
    }
}

async fn counted(tx: &mut Tx, ask: &Ask, cap: usize) -> Count {
    let private = Private::read(tx, ask.kind).await.expect("private repositories");
    super::count(tx, ask, cap, &private).await.expect("a count")
}

#[tokio::test]
async fn lists_are_a_filter_and_a_sort_in_pages_without_gaps_or_repeats() {
    let mut dice = Dice(7);
    let (_folder, db, mut all) = catalogue(&mut dice).await;
    check(&db, &all, &mut dice, 200).await;
    assert!(prepare_all(&db).await > 1, "frequent tags fill more than one portion of blocks");
    check(&db, &all, &mut dice, 200).await;
    // Tags change, repositories go: blocks that are no longer true must not be used.
    let mut tx = db.write().await.expect("a transaction");
    for one in all.iter_mut().filter(|one| one.id % 17 == 0) {
        one.tags = some_tags(&mut dice, one.id);
        describe(&mut tx, one).await;
    }
    for gone in all.iter().filter(|one| one.id % 13 == 0) {
        repos::delete(&mut tx, gone.id, gone.name.kind).await.expect("deleted");
    }
    tx.commit().await.expect("committed");
    all.retain(|one| one.id % 13 != 0);
    check(&db, &all, &mut dice, 150).await;
    prepare_all(&db).await;
    check(&db, &all, &mut dice, 150).await;
}

#[tokio::test]
async fn counts_of_everything_of_an_owner_and_of_tags_are_exact() {
    let mut dice = Dice(11);
    let (_folder, db, mut all) = catalogue(&mut dice).await;
    prepare_all(&db).await;
    let plain =
        Ask { search: Vec::new(), gated: None, min_params: None, max_params: None, ..some_ask(&mut dice) };
    let plain = Ask { order: Order::Trending, since: None, owner: None, tags: Vec::new(), ..plain };
    // What becomes public, or private, or goes, is counted so.
    let mut tx = db.write().await.expect("a transaction");
    for one in all.iter_mut().filter(|one| one.id % 11 == 0) {
        one.private = !one.private;
        repos::set_private(&mut tx, one.id, one.private).await.expect("changed");
    }
    for gone in all.iter().filter(|one| one.id % 13 == 0) {
        repos::delete(&mut tx, gone.id, gone.name.kind).await.expect("deleted");
    }
    tx.commit().await.expect("committed");
    all.retain(|one| one.id % 13 != 0);
    prepare_all(&db).await;
    let mut tx = db.read().await.expect("a connection");
    for kind in [RepoKind::Model, RepoKind::Dataset, RepoKind::Space] {
        for sees in [Sees::All, Sees::PublicAnd(vec![]), Sees::PublicAnd(vec![1, 5])] {
            for tags in [&[][..], &["t0"], &["t0", "t6"], &["t4"], &["nope"]] {
                for owner in [None, Some(3)] {
                    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
                    let ask = Ask { kind, sees: sees.clone(), tags, owner, ..plain.clone() };
                    let found = counted(&mut tx, &ask, 10).await;
                    assert_eq!((found.count, found.at_least), (plainly(&all, &ask).len(), false), "{ask:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_page_has_the_tags_of_its_repositories_and_facts_on_request() {
    let mut dice = Dice(3);
    let (_folder, db, all) = catalogue(&mut dice).await;
    let mut tx = db.read().await.expect("a connection");
    let ask = Ask { limit: 3, order: Order::Created, tags: vec!["t0".to_owned()], ..some_ask(&mut Dice(0)) };
    let ask = Ask { owner: None, search: Vec::new(), gated: None, min_params: None, max_params: None, ..ask };
    let ask = Ask { since: None, kind: RepoKind::Model, sees: Sees::All, ..ask };
    for (facts, expected) in [(true, FACTS), (false, "{}")] {
        let page = page(&mut tx, &ask, facts).await.expect("a page");
        assert_eq!(page.repos.len(), 3);
        for listed in &page.repos {
            let one = all.iter().find(|one| one.id == listed.repo.id).expect("it is in the catalogue");
            assert_eq!(listed.tags, serde_json::to_string(&one.tags).expect("tags are text"));
            assert_eq!(listed.facts, expected);
        }
        let ids: Vec<i64> = page.repos.iter().map(|listed| listed.repo.id).collect();
        assert_eq!(tags_of(&mut tx, &ids).await.expect("tags").len(), 3);
    }
    let nothing = page(&mut tx, &Ask { limit: 0, ..ask }, false).await.expect("a page");
    assert!(nothing.repos.is_empty() && nothing.next.is_none());
}
