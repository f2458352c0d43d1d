//! Fetch a file: `HEAD|GET /{ns}/{name}/resolve/{rev}/{path}`, the same below `/models`, `/datasets` and `/spaces`.
//!
//! The answer is the file itself, never a redirect: HEAD then has everything that clients read in one place, and the
//! token does not have to travel to another host.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;
use stoa_core::Revision;
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::{Read, Repo};

use super::content::{Content, Plan};
use super::place;

pub(super) fn route() -> Router<App> {
    place::web("/resolve/{rev}/{*path}", &get(resolve))
        // Without a path it is an entry that does not exist, not an address that does not.
        .merge(place::web("/resolve/{rev}", &get(resolve)))
        .merge(place::web("/resolve/{rev}/", &get(resolve)))
}

async fn resolve(
    repo: RepoOf<Read>,
    method: Method,
    at: Segments,
    params: Params,
    asked: HeaderMap,
) -> Reply<Response> {
    let (revision, path) = place::revision_and_path(&at)?;
    send(&repo, &revision, &path, &method, &params, &asked).await
}

/// Answers with a file, or for HEAD with what is to be known about it.
pub(super) async fn send(
    repo: &Repo<Read>,
    revision: &Revision,
    path: &str,
    method: &Method,
    params: &Params,
    asked: &HeaderMap,
) -> Reply<Response> {
    // Before the path is looked at: what lies behind a gate is nobody's business either.
    repo.check_content().await?;
    let file = repo.file(revision, path).await?;
    let content = Content {
        name: Some(file.path.rsplit('/').next().unwrap_or_default().to_owned()),
        size: file.size,
        etag: file.etag(),
        commit: Some(file.commit),
        large: file.large,
    };
    let plan = Plan::of(&content, method, asked, params)?;
    let body = match &plan.range {
        Some(range) if !range.is_empty() => Body::from_stream(repo.open_file(&file, range.clone()).await?),
        _ => Body::empty(),
    };
    repo.count_download(&file.path);
    Ok(plan.with(body))
}
