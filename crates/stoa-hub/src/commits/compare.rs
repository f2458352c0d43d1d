//! Two revisions side by side: where their histories parted, and what each has that the other has not.

use std::collections::HashMap;

use stoa_core::{Oid, Reply, Revision};
use stoa_db::objects::{self, CommitRow};

use crate::Repo;
use crate::access::Access;
use crate::git::{Graph, Walk};

/// Commits that are walked for one answer at most.
const WALKED: usize = 20_000;
/// Commits of one answer at most.
const COMMITS: usize = 1_000;

/// How one revision differs from another.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The commit that is compared with.
    pub base: Oid,
    /// The commit that is compared.
    pub head: Oid,
    /// The last commit that both have in their history; `None` when there is none, or none was found.
    pub merge_base: Option<Oid>,
    /// What the files of `head` are to be compared with, for [`Repo::changes`]: the commit where the histories parted;
    /// nothing at all if they have none in common.
    pub from: Option<Oid>,
    /// The commits that `head` has and `base` has not, newest first: at most as many as were asked for.
    pub commits: Vec<CommitRow>,
    /// How many of these there are.
    pub ahead: usize,
    /// How many commits `base` has and `head` has not.
    pub behind: usize,
    /// Whether the histories go on beyond what was looked at: then the two numbers are the least there are, and where the
    /// histories parted may be unknown, so that `from` is `base` itself.
    pub cut: bool,
}

impl<A: Access> Repo<A> {
    /// Compares `head` with `base`: what a merge would bring.
    pub async fn compare(&self, base: &Revision, head: &Revision, limit: usize) -> Reply<Comparison> {
        let mut tx = self.hub.read().await?;
        let base = self.hub.resolve(&mut tx, self.row.id, base).await?.commit;
        let head = self.hub.resolve(&mut tx, self.row.id, head).await?.commit;
        drop(tx);
        let mut graph = Graph::new(self.hub.clone(), self.row.id);
        let mut walk = Walk::default();
        walk.add(&mut graph, base, Walk::ONE).await?;
        walk.add(&mut graph, head, Walk::OTHER).await?;
        let (mut merge_base, mut behind, mut news) = (None, 0, Vec::new());
        let mut walked = 0;
        while walk.waiting(Walk::ONE) + walk.waiting(Walk::OTHER) > 0 && walked < WALKED {
            let Some((node, from)) = walk.pop() else { break };
            walked += 1;
            match from {
                Walk::ONE => behind += 1,
                Walk::OTHER => news.push((node.at, node.generation, node.oid)),
                // The first that both reach has no later one that both reach.
                _ => merge_base = merge_base.or(Some(node.oid)),
            }
            for parent in &node.parents {
                walk.add(&mut graph, *parent, from).await?;
            }
        }
        let cut = walk.waiting(Walk::ONE) + walk.waiting(Walk::OTHER) > 0;
        if merge_base.is_none() && !cut {
            // What is left is in both histories.
            merge_base = walk.pop().map(|(node, _)| node.oid);
        }
        let ahead = news.len();
        news.sort_unstable_by(|a, b| b.cmp(a));
        let oids: Vec<Oid> = news.into_iter().take(limit.min(COMMITS)).map(|(_, _, oid)| oid).collect();
        let from = merge_base.or(cut.then_some(base));
        let commits = self.rows_of(&oids).await?;
        Ok(Comparison { base, head, merge_base, from, commits, ahead, behind, cut })
    }

    /// The rows of some commits, in their order.
    pub(crate) async fn rows_of(&self, oids: &[Oid]) -> Reply<Vec<CommitRow>> {
        let mut tx = self.hub.read().await?;
        let rows = objects::commits(&mut tx, self.row.id, oids).await?;
        let mut rows: HashMap<Oid, CommitRow> = rows.into_iter().map(|row| (row.oid, row)).collect();
        Ok(oids.iter().filter_map(|oid| rows.remove(oid)).collect())
    }
}
