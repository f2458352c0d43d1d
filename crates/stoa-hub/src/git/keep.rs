//! The last step of a push: rows of its commits, then the refs.

use stoa_core::{Failure, Oid, RefName, Reply, Time};
use stoa_db::graph::{self, NewCommit};
use stoa_db::objects::{self, CommitRow};
use stoa_git::Commit;

use super::changes::{Bounds, Trees, changed};
use super::intake::Push;
use super::judge::{Asked, Brought, Verdict};
use super::pushed::Pushed;
use crate::access::Write;
use crate::commits::{Landing, RefChange, describe};
use crate::{Repo, git_failure};

/// Rows of commits in one transaction.
const COMMITS: usize = 2 * graph::BATCH;
/// Large files named in one transaction.
const NAMED: usize = 10_000;

/// Moves the refs of a push that was judged and whose objects are stored; which of the asked ones changed.
pub(super) async fn keep(
    repo: &Repo<Write>,
    pushed: &Pushed,
    verdict: &Verdict,
    atomic: bool,
    push: Option<Push>,
) -> Reply<Vec<bool>> {
    if let Some(push) = push {
        for some in verdict.commits.chunks(COMMITS) {
            let commits = rows_of(pushed, some).await?;
            let mut tx = repo.hub.write().await?;
            push.alive(&repo.hub, &mut tx).await?;
            graph::put_commits(&mut tx, repo.row.id, &commits).await?;
            tx.commit().await?;
        }
    }
    let refs: Vec<&Asked> = verdict.refs.iter().filter(|asked| asked.refused.is_none()).collect();
    let changes: Vec<RefChange> = refs
        .iter()
        .filter_map(|asked| {
            Some(RefChange { name: asked.name.clone()?, from: asked.command.old, to: asked.to })
        })
        .collect();
    let main = changes.iter().find(|change| change.name == RefName::main()).and_then(|change| change.to);
    let described = match main {
        Some((_, commit)) => Some(describe(repo, tree_of(repo, pushed, commit).await?).await?),
        None => None,
    };
    let deleted = removed_paths(repo, pushed, verdict).await?;
    let paths = verdict.paths.iter().chain(&deleted).map(String::as_str);
    let landing = Landing {
        refs: &changes,
        atomic,
        commits: Vec::new(),
        large: verdict
            .large
            .iter()
            .filter(|(_, path)| !path.is_empty())
            .take(NAMED)
            .map(|(oid, path)| (*oid, path.as_str()))
            .collect(),
        changed: paths.collect(),
        described,
        push: push.map(|push| push.id),
        action: "repo.push",
    };
    repo.land(landing).await
}

async fn tree_of(repo: &Repo<Write>, pushed: &Pushed, commit: Oid) -> Reply<Oid> {
    if let Some(commit) = pushed.commits.get(&commit) {
        return Ok(commit.tree);
    }
    let mut tx = repo.hub.read().await?;
    let row = objects::commit(&mut tx, repo.row.id, commit).await?;
    row.map(|row| row.tree).ok_or_else(|| Failure::internal(format!("commit {commit} is missing")))
}

/// Paths that are at the old ends of the branches and not at the new ones: locks hold them, too.
async fn removed_paths(repo: &Repo<Write>, pushed: &Pushed, verdict: &Verdict) -> Reply<Vec<String>> {
    let mut tx = repo.hub.read().await?;
    let locks = repo.hub.others_lock(&mut tx, repo).await?;
    drop(tx);
    let mut paths = Vec::new();
    if !locks {
        return Ok(paths);
    }
    let trees = Trees { hub: &repo.hub, repo: repo.row.id, pushed: Some(pushed) };
    for asked in verdict.refs.iter().filter(|asked| asked.refused.is_none()) {
        let (Some(old), Some((_, new))) = (asked.command.old, asked.to) else { continue };
        let Ok(old) = tree_of(repo, pushed, old).await else { continue };
        let new = tree_of(repo, pushed, new).await?;
        let changed = changed(&trees, old, &[new], true, Bounds::STORED).await?;
        paths.extend(changed.files.into_iter().map(|(path, _)| path));
    }
    Ok(paths)
}

/// The rows of commits.
async fn rows_of(pushed: &Pushed, brought: &[Brought]) -> Reply<Vec<NewCommit>> {
    let mut rows = Vec::with_capacity(brought.len());
    for Brought { oid, generation, introduced } in brought {
        let body = pushed.body(*oid).await?;
        let commit = Commit::parse(&body).map_err(git_failure)?;
        let row = CommitRow {
            oid: *oid,
            tree: commit.tree,
            generation: *generation,
            at: Time(commit.committer.time.saturating_mul(Time::SECOND)),
            author: commit.author.name.clone(),
            title: commit.title().to_owned(),
            body: commit.body().to_owned(),
        };
        rows.push(NewCommit { row, parents: commit.parents, introduced: Some(introduced.clone()) });
    }
    Ok(rows)
}
