//! Which commit changed each entry of a folder last.
//!
//! Looked for along first parents, as far as one request may go; what was found is kept for the next request, which goes
//! on from there. For the next commit on the branch only what lies between is looked at.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use stoa_core::{Failure, Oid, Reply};
use stoa_db::objects;
use stoa_git::{Tree, TreeEntry};

use super::line::{Line, Sought};
use super::{Entry, LastCommit};
use crate::Repo;
use crate::access::Access;

/// Commits looked back at most; entries older than that show no last commit.
const BACK: usize = 10_000;
/// Commits that one request of a page looks at, and folders that it reads.
const COMMITS: usize = 2_000;
const FOLDERS: usize = 64;
/// Of folders with more entries than this only those are followed that were asked for.
const WHOLE: usize = 1_000;
/// Bytes of what was found that are kept.
const CACHE: u64 = 16 << 20;

/// What is known of the entries of a folder, seen from a commit.
#[derive(Clone, Default)]
pub(crate) struct Known {
    /// By name.
    settled: HashMap<String, LastCommit>,
    /// Entries that nothing changed from the commit back to `at`.
    open: Vec<TreeEntry>,
    /// Where to go on; `None` when there is nothing more to find.
    at: Option<Oid>,
    /// Commits looked at.
    walked: usize,
}

/// Repository, commit, folder, and the first entry that is followed: empty when all are.
type Key = (i64, Oid, String, String);

#[derive(Clone)]
pub(crate) struct Weight;

impl Weighter<Key, Arc<Known>> for Weight {
    fn weight(&self, _key: &Key, known: &Arc<Known>) -> u64 {
        let settled = known.settled.iter().map(|(name, last)| 160 + name.len() + last.title.len());
        let open = known.open.iter().map(|entry| 80 + entry.name.len());
        512 + settled.chain(open).sum::<usize>() as u64
    }
}

/// What was found, by where it was asked for. Neither commits nor folders ever change.
pub(crate) struct LastCommits(Cache<Key, Arc<Known>, Weight>);

impl LastCommits {
    pub(crate) fn new() -> Self {
        Self(Cache::with_weighter(4_096, CACHE, Weight))
    }
}

impl<A: Access> Repo<A> {
    /// Notes the last commits of entries of a listing at a commit, as far as they are known or soon found. `false` when
    /// some are not found yet: asking again goes on where this ended.
    pub async fn last_commits(&self, from: Oid, entries: &mut [Entry]) -> Reply<bool> {
        self.note_last_commits(from, entries, COMMITS, FOLDERS).await
    }

    /// The same at once, however long that takes.
    pub(crate) async fn add_last_commits(&self, from: Oid, entries: &mut [Entry]) -> Reply<()> {
        self.note_last_commits(from, entries, usize::MAX, usize::MAX).await.map(drop)
    }

    async fn note_last_commits(
        &self,
        from: Oid,
        entries: &mut [Entry],
        commits: usize,
        folders: usize,
    ) -> Reply<bool> {
        let mut by_folder: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let folder = entry.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            by_folder.entry(folder.to_owned()).or_default().push(index);
        }
        let mut line = Line::new(self.hub.clone(), self.row.id, commits, folders);
        let mut all = true;
        for (folder, indexes) in by_folder {
            let names: Vec<&str> = indexes.iter().map(|index| name_of(&entries[*index])).collect();
            let known = self.known(from, &folder, &names, &mut line).await?;
            all &= known.at.is_none();
            for index in indexes {
                let entry = &mut entries[index];
                entry.last_commit = known.settled.get(name_of(entry)).cloned();
            }
        }
        Ok(all)
    }

    /// What is known of some entries of a folder, after going on for a while.
    async fn known(&self, from: Oid, folder: &str, names: &[&str], line: &mut Line) -> Reply<Arc<Known>> {
        let cache = &self.hub.0.last_commits.0;
        let whole = (self.row.id, from, folder.to_owned(), String::new());
        let part =
            (self.row.id, from, folder.to_owned(), names.first().copied().unwrap_or_default().to_owned());
        let kept = cache.get(&whole).map(|known| (whole.clone(), known));
        let kept = kept.or_else(|| cache.get(&part).map(|known| (part.clone(), known)));
        let kept = kept.filter(|(_, known)| {
            let open: HashSet<&str> = known.open.iter().map(|entry| entry.name.as_str()).collect();
            names.iter().all(|name| known.settled.contains_key(*name) || open.contains(name))
        });
        let (key, mut known) = match kept {
            Some((_, known)) if known.at.is_none() => return Ok(known),
            Some((key, known)) => (key, (*known).clone()),
            None => {
                let tree = self.folder(line, from, folder).await?;
                let all = tree.entries.len() <= WHOLE;
                let mut open = tree.entries.clone();
                if !all {
                    let names: HashSet<&str> = names.iter().copied().collect();
                    open.retain(|entry| names.contains(entry.name.as_str()));
                }
                (if all { whole } else { part }, Known { open, at: Some(from), ..Known::default() })
            }
        };
        self.go_back(&key, &mut known, line).await?;
        let known = Arc::new(known);
        cache.insert(key, Arc::clone(&known));
        Ok(known)
    }

    /// The folder at a commit.
    async fn folder(&self, line: &mut Line, commit: Oid, folder: &str) -> Reply<Arc<Tree>> {
        let missing = || Failure::entry_not_found(folder, &commit.to_string());
        let step = line.step(commit).await?.ok_or_else(missing)?;
        line.folder(step.node.tree, folder).await?.ok_or_else(missing)
    }

    /// Follows the entries that are open until all are settled, what others found takes over, or `line` has no work left.
    async fn go_back(&self, key: &Key, known: &mut Known, line: &mut Line) -> Reply<()> {
        let (_, from, folder, first) = key;
        let mut found: Vec<(String, Oid)> = Vec::new();
        let Some(mut step) = (match known.at {
            Some(at) => line.step(at).await?,
            None => return Ok(()),
        }) else {
            return Ok(());
        };
        let mut sought = Sought::new(&known.open);
        while !known.open.is_empty() {
            known.at = Some(step.node.oid);
            if !line.goes_on() || known.walked >= BACK {
                break;
            }
            if first.is_empty() && step.node.oid != *from && self.take_over(key, step.node.oid, known) {
                break;
            }
            let parent = match step.node.parents.first() {
                Some(parent) => line.step(*parent).await?,
                None => None,
            };
            line.commits = line.commits.saturating_sub(1);
            known.walked += 1;
            let Some(parent) = parent else {
                found.extend(known.open.drain(..).map(|entry| (entry.name, step.node.oid)));
                break;
            };
            if step.node.tree != parent.node.tree && sought.may_differ(&step) {
                let before = line.folder(parent.node.tree, folder).await?.unwrap_or_default();
                known.open.retain(|entry| {
                    let same = before.find(&entry.name, entry.mode).is_some_and(|was| was == entry);
                    if !same {
                        found.push((entry.name.clone(), step.node.oid));
                    }
                    same
                });
                sought = Sought::new(&known.open);
            }
            step = parent;
        }
        if known.open.is_empty() || known.walked >= BACK {
            known.at = None;
        }
        self.settle(known, found).await
    }

    /// Takes what was found earlier for the same folder at an older commit; whether there was such.
    fn take_over(&self, key: &Key, commit: Oid, known: &mut Known) -> bool {
        let older = (key.0, commit, key.2.clone(), String::new());
        let Some(older) = self.hub.0.last_commits.0.get(&older) else { return false };
        known.open.retain(|entry| match older.settled.get(&entry.name) {
            Some(last) => {
                known.settled.insert(entry.name.clone(), last.clone());
                false
            }
            None => true,
        });
        known.at = older.at;
        known.walked += older.walked;
        true
    }

    /// Adds titles and times to what was found.
    async fn settle(&self, known: &mut Known, found: Vec<(String, Oid)>) -> Reply<()> {
        if found.is_empty() {
            return Ok(());
        }
        let commits: HashSet<Oid> = found.iter().map(|(_, commit)| *commit).collect();
        let commits: Vec<Oid> = commits.into_iter().collect();
        let mut tx = self.hub.read().await?;
        let titles = objects::titles(&mut tx, self.row.id, &commits).await?;
        let last = |(id, title, date)| (id, LastCommit { id, title, date });
        let lasts: HashMap<Oid, LastCommit> = titles.into_iter().map(last).collect();
        for (name, commit) in found {
            if let Some(last) = lasts.get(&commit) {
                known.settled.insert(name, last.clone());
            }
        }
        Ok(())
    }
}

fn name_of(entry: &Entry) -> &str {
    entry.path.rsplit('/').next().unwrap_or_default()
}
