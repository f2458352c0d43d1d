//! From what a client wrote as a revision to a commit, and from there back in time.

use stoa_core::{Failure, Oid, RefName, Reply, Revision};
use stoa_db::objects::{self, CommitRow};
use stoa_db::{Tx, refs};

use crate::access::Access;
use crate::{Hub, Repo};

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
        let row = objects::commit(tx, repo, oid).await?.ok_or_else(missing)?;
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
        let page = objects::history(&mut tx, self.row.id, from, skip as i64, limit as i64).await?;
        let count = objects::count_history(&mut tx, self.row.id, from).await?;
        Ok((page, count))
    }
}
