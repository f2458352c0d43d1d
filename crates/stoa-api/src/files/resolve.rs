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
use stoa_http::{App, Origin, Params, Reply, RepoOf, Segments};
use stoa_hub::{File, Read, Repo};

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
    origin: Origin,
    asked: HeaderMap,
) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    send(&repo, &revision, &path, &method, &params, &origin, &asked).await
}

/// Answers with a file, or for HEAD with what is to be known about it.
pub(super) async fn send(
    repo: &Repo<Read>,
    revision: &Revision,
    path: &str,
    method: &Method,
    params: &Params,
    origin: &Origin,
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
        xet: file.xet.map(|hash| (hash.to_string(), links(repo, &file, &hash.to_string(), origin))),
    };
    let plan = Plan::of(&content, method, asked, params)?;
    let body = match &plan.range {
        Some(range) if !range.is_empty() => Body::from_stream(repo.open_file(&file, range.clone()).await?),
        _ => Body::empty(),
    };
    repo.count_download(&file.path);
    Ok(plan.with(body))
}

/// Compat: `hf_xet` and `@huggingface/hub` want both relations, with whole URLs.
fn links(repo: &Repo<Read>, file: &File, hash: &str, origin: &Origin) -> String {
    let id = repo.id();
    let token = format!("{origin}/api/{}/{id}/xet-read-token/{}", id.kind.plural(), file.commit);
    format!(
        "<{token}>; rel=\"xet-auth\", <{origin}/cas/e1/v1/reconstructions/{hash}>; rel=\"xet-reconstruction-info\""
    )
}
