//! The commits that changed a file or folder.

use std::collections::{BinaryHeap, HashMap};

use stoa_core::{Detail, Failure, Oid, Reply, RepoPath, Revision};
use stoa_db::objects::{self, CommitRow};
use stoa_git::{ObjectKind, TreeEntry};

use super::line::{Line, Sought};
use crate::Repo;
use crate::access::Access;

/// Commits that one request looks at, and folders that it reads.
const COMMITS: usize = 2_000;
const FOLDERS: usize = 200;
/// Commits of one page at most.
const PAGE: usize = 1_000;
/// Lines of history that are followed side by side; where merges open more, only the first parent is followed.
const LINES: usize = 32;

/// A page of the history of a path.
#[derive(Clone, Debug)]
pub struct PathHistory {
    /// The commits, each before those it follows.
    pub commits: Vec<CommitRow>,
    /// Where the next page begins; `None` when there is no more.
    pub next: Option<String>,
    /// Whether the page is shorter than asked for because looking further back is too much for one request.
    pub early: bool,
}

impl<A: Access> Repo<A> {
    /// The commits that changed what stands at a path of a revision, back to the one that brought it: a page of at most
    /// `limit`, after what [`PathHistory::next`] said. As `git log` does, this passes over a merge that took the file as
    /// one of its parents has it, and over what the other parents did to it.
    pub async fn history(
        &self,
        revision: &Revision,
        path: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Reply<PathHistory> {
        let mut tx = self.hub.read().await?;
        let at = self.hub.resolve(&mut tx, self.row.id, revision).await?;
        drop(tx);
        let missing = || Failure::entry_not_found(path, revision.as_str()).with(Detail::At(at.commit));
        let path = RepoPath::new(path.trim_matches('/')).map_err(|_| missing())?;
        let mut walk = Walk {
            line: Line::new(self.hub.clone(), self.row.id, COMMITS, FOLDERS),
            path: path.as_str(),
            heap: BinaryHeap::new(),
            entries: HashMap::new(),
        };
        match after {
            None => {
                if !walk.add(at.commit).await? {
                    return Err(missing());
                }
            }
            Some(cursor) => {
                for commit in self.read_cursor(cursor).await? {
                    walk.add(commit).await?;
                }
            }
        }
        let limit = limit.clamp(1, PAGE);
        let mut found = Vec::new();
        while found.len() < limit && walk.line.goes_on() {
            let Some((_, commit)) = walk.heap.pop() else { break };
            if walk.pass(commit).await? {
                found.push(commit);
            }
        }
        let early = found.len() < limit && !walk.heap.is_empty();
        let next = walk.cursor();
        Ok(PathHistory { commits: self.rows_of(&found).await?, next, early })
    }

    /// The commits that a cursor names, if they are of this repository.
    async fn read_cursor(&self, cursor: &str) -> Reply<Vec<Oid>> {
        let wrong = || Failure::invalid("The cursor is not one of this history. Start again without it");
        if cursor.len() > LINES * (2 * Oid::LEN + 1) {
            return Err(wrong());
        }
        let commits: Result<Vec<Oid>, _> = cursor.split('-').map(str::parse::<Oid>).collect();
        let commits = commits.map_err(|_| wrong())?;
        let mut tx = self.hub.read().await?;
        let live = objects::live(&mut tx, self.row.id, &commits).await?;
        let commit = i64::from(ObjectKind::Commit.pack_code());
        let all = commits.iter().all(|oid| live.contains(&(*oid, commit)));
        if all { Ok(commits) } else { Err(wrong()) }
    }
}

/// Going back along every line of history in which the path is. Generations fall along every edge, so a commit that
/// comes off the heap was reached by every way there is, and will not come again on another page.
struct Walk<'a> {
    line: Line,
    path: &'a str,
    heap: BinaryHeap<(i64, Oid)>,
    /// What stands at the path in the commits on the heap.
    entries: HashMap<Oid, TreeEntry>,
}

impl Walk<'_> {
    /// Adds a commit, if the path is in it; whether it is.
    async fn add(&mut self, commit: Oid) -> Reply<bool> {
        let Some(step) = self.line.step(commit).await? else { return Ok(false) };
        let Some(entry) = self.line.entry(step.node.tree, self.path).await? else { return Ok(false) };
        self.push(step.node.generation, commit, entry);
        Ok(true)
    }

    fn push(&mut self, generation: i64, commit: Oid, entry: TreeEntry) {
        if self.entries.insert(commit, entry).is_none() {
            self.heap.push((generation, commit));
        }
    }

    /// Goes on from a commit to its parents; whether it changed what stands at the path.
    async fn pass(&mut self, commit: Oid) -> Reply<bool> {
        let (Some(here), Some(step)) = (self.entries.remove(&commit), self.line.step(commit).await?) else {
            return Ok(false);
        };
        self.line.commits = self.line.commits.saturating_sub(1);
        if !Sought::new([&here]).may_differ(&step)
            && let Some(parent) = step.node.parents.first()
            && let Some(parent) = self.line.step(*parent).await?
        {
            self.push(parent.node.generation, parent.node.oid, here);
            return Ok(false);
        }
        let mut before = Vec::new();
        for parent in &step.node.parents {
            let Some(parent) = self.line.step(*parent).await? else { continue };
            let Some(entry) = self.line.entry(parent.node.tree, self.path).await? else { continue };
            if entry == here {
                self.push(parent.node.generation, parent.node.oid, entry);
                return Ok(false);
            }
            before.push((parent.node.generation, parent.node.oid, entry));
        }
        for (generation, commit, entry) in before {
            self.push(generation, commit, entry);
            if self.heap.len() >= LINES {
                break;
            }
        }
        Ok(true)
    }

    /// What [`Repo::history`] needs to go on.
    fn cursor(&self) -> Option<String> {
        let commits: Vec<String> = self.heap.iter().map(|(_, oid)| oid.to_string()).collect();
        (!commits.is_empty()).then(|| commits.join("-"))
    }
}
