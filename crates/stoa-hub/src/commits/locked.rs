//! What of a commit the locks of others have to be asked about.

use stoa_core::{Oid, Reply, RepoPath};

use crate::Repo;
use crate::access::Write;

/// The paths that differ between two trees, of those that a commit names. Whoever sends a folder anew names files that
/// stay as they are; a lock on them is no reason to refuse. While nobody else has a lock, nothing is compared.
pub(super) async fn touched<'a>(
    repo: &Repo<Write>,
    base: Oid,
    root: Oid,
    paths: impl Iterator<Item = &'a RepoPath>,
) -> Reply<Vec<&'a str>> {
    let mut tx = repo.hub.read().await?;
    let compare = repo.hub.others_lock(&mut tx, repo).await?;
    drop(tx);
    let mut touched = Vec::new();
    for path in paths.map(RepoPath::as_str) {
        if !compare
            || repo.hub.entry(repo.row.id, base, path).await?
                != repo.hub.entry(repo.row.id, root, path).await?
        {
            touched.push(path);
        }
    }
    Ok(touched)
}
