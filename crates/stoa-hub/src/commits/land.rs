//! Where every change of a branch or tag ends: one transaction that moves refs and writes all that follows from it.

use stoa_core::{Failure, Oid, RefName, Reply, Sha256};
use stoa_db::graph::{self, NewCommit};
use stoa_db::objects::{self, CommitRow};
use stoa_db::repos::Described;
use stoa_db::{Tx, lfs, pushes, refs, repos};
use stoa_git::{Commit, ObjectKind};

use super::describe;
use super::write::author;
use crate::Repo;
use crate::access::Access;
use crate::repos::{BranchRule, NewParents};
use crate::store::encode;

/// A ref and where it goes.
pub(crate) struct RefChange {
    pub(crate) name: RefName,
    /// What it must name; `None` when it must not be there.
    pub(crate) from: Option<Oid>,
    /// What it will name and the commit behind that; `None` deletes it.
    pub(crate) to: Option<(Oid, Oid)>,
}

/// What goes into one transaction. The objects are stored already.
pub(crate) struct Landing<'a> {
    pub(crate) refs: &'a [RefChange],
    /// All refs change or none.
    pub(crate) atomic: bool,
    /// Commits that have no row yet, parents first.
    pub(crate) commits: Vec<NewCommit>,
    /// Large files and the paths they are committed under.
    pub(crate) large: Vec<(Sha256, &'a str)>,
    /// Paths that become something else, which the locks of others forbid.
    pub(crate) changed: Vec<&'a str>,
    /// What the end of `main` says about the repository, when `main` changes.
    pub(crate) described: Option<Described>,
    /// The push that brought the objects.
    pub(crate) push: Option<i64>,
    /// What the audit log calls it; behind `ref.` stands what happens to the refs, and they are named, not their commits.
    pub(crate) action: &'a str,
}

impl<'a> Landing<'a> {
    /// Refs that all change, and nothing else.
    pub(crate) fn of(refs: &'a [RefChange], action: &'a str) -> Self {
        Self {
            refs,
            atomic: true,
            commits: Vec::new(),
            large: Vec::new(),
            changed: Vec::new(),
            described: None,
            push: None,
            action,
        }
    }
}

impl<A: Access> Repo<A> {
    /// Does it; which of the refs stood where they had to and changed. When all must and one does not, nothing changes.
    pub(crate) async fn land(&self, landing: Landing<'_>) -> Reply<Vec<bool>> {
        let (hub, repo, now) = (&self.hub, self.row.id, self.hub.now());
        let rules = self.hold_rules(&landing).await?;
        let mut tx = hub.write().await?;
        if self.rules_about(&mut tx, landing.refs).await? != rules {
            return Err(Failure::busy("The rules about branches changed just now. Try again"));
        }
        hub.check_locks(&mut tx, self, &landing.changed).await?;
        let mut moved = Vec::with_capacity(landing.refs.len());
        // In the order of their names, so that two pushes of the same refs never wait for each other.
        let mut order: Vec<(usize, &RefChange)> = landing.refs.iter().enumerate().collect();
        order.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        moved.resize(order.len(), false);
        for (place, one) in order {
            moved[place] = refs::change(&mut tx, repo, one.name.as_str(), one.from, one.to, now).await?;
        }
        // When all that goes is gone: a branch `a` may make room for `a/b`.
        for (place, one) in landing.refs.iter().enumerate().filter(|(_, one)| one.from.is_none()) {
            if let (true, Some((oid, _))) = (moved[place], one.to)
                && !refs::in_the_way(&mut tx, repo, one.name.as_str()).await?.is_empty()
            {
                refs::change(&mut tx, repo, one.name.as_str(), Some(oid), None, now).await?;
                moved[place] = false;
            }
        }
        if !moved.contains(&true) || (landing.atomic && moved.contains(&false)) {
            return Ok(vec![false; moved.len()]);
        }
        if let Some(push) = landing.push {
            end_push(&mut tx, repo, push).await?;
        }
        for commit in landing.commits {
            graph::put_commit(&mut tx, repo, commit).await?;
        }
        for (sha256, path) in landing.large {
            lfs::name(&mut tx, repo, sha256, path).await?;
        }
        let used = lfs::used(&mut tx, repo).await?;
        repos::set_storage(&mut tx, repo, used).await?;
        for (one, _) in landing.refs.iter().zip(&moved).filter(|(_, moved)| **moved) {
            let path = self.row.name.path();
            match (one.from, one.to) {
                (_, Some((oid, commit))) => {
                    if one.name == RefName::main() {
                        repos::set_head(&mut tx, repo, Some(commit), now).await?;
                        if let Some(described) = &landing.described {
                            repos::describe(&mut tx, repo, self.row.name.kind, described).await?;
                        }
                    }
                    let subject = if landing.action.starts_with("ref.") {
                        format!("{path}@{}", one.name)
                    } else {
                        format!("{path}@{oid}")
                    };
                    hub.note(&mut tx, &self.actor, landing.action, &subject).await?;
                }
                _ => hub.note(&mut tx, &self.actor, "ref.delete", &format!("{path}@{}", one.name)).await?,
            }
        }
        tx.commit().await?;
        Ok(moved)
    }

    /// Refuses what the rules about branches forbid; answers the rules. This may read much history, so it comes before
    /// the transaction; that makes sure that the rules are still the same, and the refs where they were.
    async fn hold_rules(&self, landing: &Landing<'_>) -> Reply<Vec<BranchRule>> {
        let mut tx = self.hub.read().await?;
        let rules = self.rules_about(&mut tx, landing.refs).await?;
        drop(tx);
        let new: NewParents =
            landing.commits.iter().map(|commit| (commit.row.oid, commit.parents.clone())).collect();
        for change in landing.refs {
            if let Some(why) = self.refusal(&rules, change, &new).await? {
                return Err(Failure::forbidden(why));
            }
        }
        Ok(rules)
    }

    /// Makes, moves or deletes a ref without making a commit; `false` when it is not where it must be. `action` is what
    /// the audit log calls it.
    pub(crate) async fn change_ref(&self, change: RefChange, action: &str) -> Reply<bool> {
        let described = match change.to {
            Some((_, commit)) if change.name == RefName::main() => {
                let mut tx = self.hub.read().await?;
                let row = objects::commit(&mut tx, self.row.id, commit).await?;
                drop(tx);
                Some(describe(self, row.ok_or_else(Failure::repo_not_found)?.tree).await?)
            }
            _ => None,
        };
        let landing = Landing { described, ..Landing::of(std::slice::from_ref(&change), action) };
        Ok(self.land(landing).await?.contains(&true))
    }
}

/// Why a ref cannot be made beside another.
pub(crate) fn in_the_way(name: &RefName, other: &str) -> String {
    format!("`{name}` cannot be made while there is `{other}`: in git a ref cannot also be a folder of refs")
}

/// From this transaction on the objects of a push count.
async fn end_push(tx: &mut Tx, repo: i64, push: i64) -> Reply<()> {
    pushes::take(tx, repo, push).await?;
    if pushes::end(tx, push).await? {
        return Ok(());
    }
    Err(Failure::unavailable("The push took so long that the hub gave it up; push again"))
}

/// Where a branch is to go by a commit that the hub makes.
pub(crate) struct Moves<'a> {
    pub(crate) branch: &'a RefName,
    /// Where it must stand; `None` makes it.
    pub(crate) from: Option<Oid>,
    pub(crate) root: Oid,
    pub(crate) parents: Vec<Oid>,
    pub(crate) message: String,
    /// Large files and the paths they are committed under.
    pub(crate) large: Vec<(Sha256, &'a str)>,
    /// Paths that become something else, which the locks of others forbid.
    pub(crate) changed: Vec<&'a str>,
    /// The trees and blobs that none of the parents has at the same path, if that is known.
    pub(crate) introduced: Option<Vec<Oid>>,
}

impl<A: Access> Repo<A> {
    /// Makes a commit of a stored tree and moves a branch to it. `None` when the branch does not stand where it must.
    pub(crate) async fn move_branch(&self, moves: Moves<'_>) -> Reply<Option<Oid>> {
        let hub = &self.hub;
        let author = author(hub, &self.actor).await?;
        let commit = Commit {
            tree: moves.root,
            parents: moves.parents,
            author: author.clone(),
            committer: author.clone(),
            message: moves.message,
            extra: Vec::new(),
        };
        let encoded = encode(ObjectKind::Commit, commit.encode_body()).await?;
        let oid = encoded.oid;
        hub.keep(self.row.id, vec![encoded.into()]).await?;
        let main = *moves.branch == RefName::main();
        let described = if main { Some(describe(self, moves.root).await?) } else { None };
        let row = CommitRow {
            oid,
            tree: moves.root,
            generation: 0,
            at: hub.now(),
            author: author.name,
            title: commit.title().to_owned(),
            body: commit.body().to_owned(),
        };
        let introduced = moves.introduced.map(|ids| ids.iter().flat_map(|oid| oid.0).collect());
        let change = [RefChange { name: moves.branch.clone(), from: moves.from, to: Some((oid, oid)) }];
        let landed = self.land(Landing {
            refs: &change,
            atomic: true,
            commits: vec![NewCommit { row, parents: commit.parents, introduced }],
            large: moves.large,
            changed: moves.changed,
            described,
            push: None,
            action: "repo.commit",
        });
        Ok(landed.await?.contains(&true).then_some(oid))
    }
}
