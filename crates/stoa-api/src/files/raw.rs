//! Fetch what git holds: `HEAD|GET /{ns}/{name}/raw/{rev}/{path}`, the same below `/models`, `/datasets`, `/spaces`.
//!
//! For a large file that is its pointer. Compat: `@huggingface/hub` asks `HEAD` here whether a file exists.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::Read;

use super::content::{Content, Plan};
use super::place;

pub(super) fn route() -> Router<App> {
    place::web("/raw/{rev}/{*path}", &get(raw))
}

async fn raw(
    repo: RepoOf<Read>,
    method: Method,
    at: Segments,
    params: Params,
    asked: HeaderMap,
) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    repo.check_content().await?;
    let file = repo.file(&revision, &path).await?;
    // The size of a pointer is only known once it was read; it is a few lines.
    let pointer = if file.large.is_some() { Some(repo.raw(&file).await?) } else { None };
    let content = Content {
        name: Some(file.path.rsplit('/').next().unwrap_or_default().to_owned()),
        size: pointer.as_ref().map_or(file.size, |bytes| bytes.len() as u64),
        etag: file.oid.to_string(),
        commit: Some(file.commit),
        large: None,
        xet: None,
    };
    let plan = Plan::of(&content, &method, &asked, &params)?;
    let body = match (&plan.range, pointer) {
        (None, _) => Body::empty(),
        // The range lies within the pointer, whose length it was cut to.
        (Some(range), Some(bytes)) => Body::from(bytes.slice(range.start as usize..range.end as usize)),
        (Some(range), None) => Body::from_stream(repo.open_file(&file, range.clone()).await?),
    };
    Ok(plan.with(body))
}
