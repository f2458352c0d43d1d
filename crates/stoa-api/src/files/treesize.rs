//! Bytes of all files below a path: `GET /api/{models|datasets|spaces}/{ns}/{name}/treesize/{rev}[/{path}]`.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Kind, Revision};
use stoa_http::{App, Json, Reply, RepoOf, Segments};
use stoa_hub::Read;

use crate::route::of_repo;

/// Entries added up at a time.
const PAGE: usize = 10_000;

pub(super) fn route() -> Router<App> {
    of_repo("/treesize/{rev}", &get(treesize))
        .merge(of_repo("/treesize/{rev}/", &get(treesize)))
        .merge(of_repo("/treesize/{rev}/{*path}", &get(treesize)))
}

#[derive(Serialize)]
struct Answer {
    path: String,
    size: u64,
}

async fn treesize(repo: RepoOf<Read>, at: Segments) -> Reply<Json<Answer>> {
    let (revision, path) = at.revision_and_path()?;
    // All pages must be of one commit, though the branch may move meanwhile.
    let commit = Revision::new(repo.resolve(&revision).await?.to_string())?;
    let mut size: u64 = 0;
    let mut after: Option<String> = None;
    loop {
        let page = match repo.tree(&commit, &path, true, false, after.as_deref(), PAGE).await {
            Ok(page) => page,
            Err(failure) if failure.kind == Kind::NotFound && !path.is_empty() => {
                size = repo.file(&revision, &path).await?.size;
                break;
            }
            Err(failure) => return Err(failure.into()),
        };
        size = page.entries.iter().fold(size, |size, entry| size.saturating_add(entry.size));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(Json(Answer { path, size }))
}
