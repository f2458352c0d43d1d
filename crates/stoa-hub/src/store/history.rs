//! From what a client wrote as a revision to a commit, and from there back in time.

use std::collections::{BinaryHeap, HashSet};

use stoa_core::{Failure, Oid, RefName, Reply, Revision};
use stoa_db::objects::{self, CommitRow};
use stoa_db::{Tx, refs};

use crate::access::Access;
use crate::git::Graph;
use crate::{Hub, Repo};

/// Pages that end within so many commits are walked to; those further back are sorted out of all history.
const WALKED: usize = 2000;

/// So many commits back a count is looked for that is known already.
const LINE: i64 = 16;

/// What a revision turned out to be.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// The commit.
    pub(crate) commit: Oid,
    /// Its root tree.
    pub(crate) tree: Oid,
}

impl Hub {
    /// The commit that a revision names: a branch, a tag, a full ref, a commit id, or the beginning of one.
    pub(crate) async fn resolve(&self, tx: &mut Tx, repo: i64, revision: &Revision) -> Reply<Resolved> {
        let missing = || Failure::revision_not_found(revision.as_str());
        for name in revision.candidates() {
            if let Some(found) = refs::get(tx, repo, &name).await? {
                let row = objects::commit(tx, repo, found.target).await?.ok_or_else(missing)?;
                return Ok(Resolved { commit: row.oid, tree: row.tree });
            }
        }
        // Compat: hf writes `HEAD` nowhere, but git users and notebooks do.
        if revision.as_str() == "HEAD" {
            let main = refs::get(tx, repo, RefName::main().as_str()).await?.ok_or_else(missing)?;
            let row = objects::commit(tx, repo, main.target).await?.ok_or_else(missing)?;
            return Ok(Resolved { commit: row.oid, tree: row.tree });
        }
        let oid = match revision.as_oid() {
            Some(oid) => oid,
            None => self.abbreviated(tx, repo, revision.as_str()).await?.ok_or_else(missing)?,
        };
        // What a push under way brings has a row before it counts.
        let live = objects::live(tx, repo, &[oid]).await?;
        let row = objects::commit(tx, repo, oid).await?.filter(|_| !live.is_empty()).ok_or_else(missing)?;
        Ok(Resolved { commit: row.oid, tree: row.tree })
    }

    /// The one commit whose id begins with `digits`; `None` when there is none or more than one.
    async fn abbreviated(&self, tx: &mut Tx, repo: i64, digits: &str) -> Reply<Option<Oid>> {
        if digits.len() < 4 || digits.len() >= 40 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let low = format!("{digits:0<40}").parse::<Oid>();
        let high = format!("{digits:f<40}").parse::<Oid>();
        let (Ok(low), Ok(high)) = (low, high) else { return Ok(None) };
        let found = objects::by_prefix(tx, repo, low.as_bytes(), high.as_bytes()).await?;
        Ok(if found.len() == 1 { found.first().copied() } else { None })
    }
}

impl<A: Access> Repo<A> {
    /// The commit that a revision names.
    pub async fn resolve(&self, revision: &Revision) -> Reply<Oid> {
        let mut tx = self.hub.read().await?;
        Ok(self.hub.resolve(&mut tx, self.row.id, revision).await?.commit)
    }

    /// Every commit reachable from a revision, newest first; one page, and how many there are in all.
    pub async fn commits(
        &self,
        revision: &Revision,
        skip: usize,
        limit: usize,
    ) -> Reply<(Vec<CommitRow>, i64)> {
        let mut tx = self.hub.read().await?;
        let from = self.hub.resolve(&mut tx, self.row.id, revision).await?.commit;
        drop(tx);
        let page = if skip.saturating_add(limit) <= WALKED {
            self.first_commits(from, skip, limit).await?
        } else {
            let mut tx = self.hub.read().await?;
            objects::history(&mut tx, self.row.id, from, skip as i64, limit as i64).await?
        };
        Ok((page, self.count_commits(from).await?))
    }

    /// The newest commits, without reading the rest of history.
    async fn first_commits(&self, from: Oid, skip: usize, limit: usize) -> Reply<Vec<CommitRow>> {
        let mut graph = Graph::new(self.hub.clone(), self.row.id);
        let mut heap = BinaryHeap::new();
        let mut seen = HashSet::from([from]);
        let mut oids = Vec::with_capacity(limit);
        if let Some(node) = graph.node(from).await? {
            heap.push((node.at, node.generation, from));
        }
        let mut place = 0;
        while let Some((_, _, oid)) = heap.pop() {
            if place >= skip {
                oids.push(oid);
            }
            place += 1;
            if oids.len() == limit {
                break;
            }
            let Some(node) = graph.node(oid).await? else { continue };
            for parent in &node.parents {
                if seen.insert(*parent)
                    && let Some(node) = graph.node(*parent).await?
                {
                    heap.push((node.at, node.generation, *parent));
                }
            }
        }
        self.rows_of(&oids).await
    }

    /// How many commits are reachable from one. That never changes, so it is counted once; on a line of commits, from
    /// where it is known already.
    async fn count_commits(&self, from: Oid) -> Reply<i64> {
        let repo = self.row.id;
        let counts = &self.hub.0.counts;
        if let Some(count) = counts.get(&(repo, from)) {
            return Ok(count);
        }
        let mut tx = self.hub.read().await?;
        let (mut known, mut at) = (None, from);
        for behind in 1..=LINE {
            let [parent] = objects::parents(&mut tx, repo, at).await?[..] else { break };
            at = parent;
            known = counts.get(&(repo, at)).map(|count| count + behind);
            if known.is_some() {
                break;
            }
        }
        let count = match known {
            Some(count) => count,
            None => objects::count_history(&mut tx, repo, from).await?,
        };
        counts.insert((repo, from), count);
        Ok(count)
    }
}
