//! Changing one file from a page: a commit that knows what its author looked at.

use stoa_core::{Failure, Kind, Oid, Reply, RepoPath, Revision};
use stoa_hub::{Committed, Draft, Repo, Write};

use super::place::Place;
use crate::visit::Posted;
use crate::words::Words;

/// Tries to commit while others change other files of the branch.
const TRIES: usize = 5;

/// A change to one file or folder.
pub(super) struct Change {
    /// What was there when the author looked; `None` for what is new.
    pub(super) from: Option<RepoPath>,
    /// Where the new content goes; `None` to remove.
    pub(super) to: Option<(RepoPath, Vec<u8>)>,
    /// The commit that the author looked at.
    pub(super) base: String,
    pub(super) summary: String,
    pub(super) description: String,
}

/// A place that somebody is about to change; refused where nothing can be changed.
pub(super) async fn writable(
    repo: &Repo<Write>,
    revision: &Revision,
    path: &str,
    words: Words,
) -> Reply<Place> {
    let place = Place::of(repo, revision, path).await?;
    if place.writable {
        return Ok(place);
    }
    repo.resolve(revision).await?;
    Err(Failure::invalid(words.t("edit-no-branch")))
}

/// The fields that every form of a change has: the commit that was looked at, summary, description.
pub(super) fn message(posted: &Posted, usual: String) -> (String, String) {
    let summary = posted.text("summary");
    let summary = if summary.is_empty() { usual } else { summary.to_owned() };
    (summary, posted.text("description").replace("\r\n", "\n"))
}

/// Commits a change. What others did to the same file meanwhile is not overwritten: that is a [`Kind::Stale`]. What they
/// did to other files does not matter.
pub(super) async fn commit(
    repo: &Repo<Write>,
    revision: &Revision,
    change: &Change,
    words: Words,
) -> Reply<Committed> {
    let base = Revision::new(change.base.as_str()).map_err(|_| Failure::stale())?;
    let base = repo.resolve(&base).await?;
    for _ in 0..TRIES {
        let head = repo.resolve(revision).await?;
        check(repo, (base, head), change, words).await?;
        let draft = Draft {
            summary: change.summary.clone(),
            description: change.description.clone(),
            parent: Some(head.to_string()),
        };
        let mut commits = repo.begin_commit(revision, draft).await?;
        if let Some(from) = &change.from
            && change.to.as_ref().is_none_or(|(to, _)| to != from)
        {
            commits.remove(from.clone())?;
        }
        if let Some((to, content)) = &change.to {
            commits.put(to.clone(), content.clone()).await?;
        }
        match commits.finish().await {
            Err(failure) if failure.kind == Kind::Stale => {}
            made => return made,
        }
    }
    Err(Failure::busy(words.t("edit-busy")))
}

/// Refuses a change of what is not as its author saw it, and one that would replace a file the author did not see.
async fn check(repo: &Repo<Write>, (base, head): (Oid, Oid), change: &Change, words: Words) -> Reply<()> {
    if let Some(from) = &change.from
        && base != head
        && entry(repo, base, from).await? != entry(repo, head, from).await?
    {
        return Err(Failure::stale());
    }
    if let Some((to, _)) = &change.to
        && change.from.as_ref() != Some(to)
        && entry(repo, head, to).await?.is_some()
    {
        return Err(Failure::conflict(words.with("edit-exists", "path", to)));
    }
    Ok(())
}

/// The id of what stands at a path of a commit.
async fn entry(repo: &Repo<Write>, commit: Oid, path: &RepoPath) -> Reply<Option<Oid>> {
    let at = Revision::new(commit.to_string())?;
    let found = repo.paths(&at, &[path.as_str().to_owned()], false).await?;
    Ok(found.first().map(|entry| entry.oid))
}

/// The head of a revision, for the form that changes it.
pub(super) async fn head(repo: &Repo<Write>, revision: &Revision) -> Reply<String> {
    Ok(repo.resolve(revision).await?.to_string())
}

/// Where to look at what others changed since a form was opened.
pub(super) fn since(place: &Place, base: &str, head: &str) -> Option<String> {
    let is_id = |id: &str| id.len() == 40 && id.bytes().all(|b| b.is_ascii_hexdigit());
    (is_id(base) && is_id(head) && base != head).then(|| format!("{}/compare/{base}...{head}", place.home))
}
