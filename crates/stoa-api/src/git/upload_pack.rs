//! Fetch: `POST /{ns}/{name}[.git]/git-upload-pack`, the same below `/models`, `/datasets` and `/spaces`. The answer
//! streams.

use axum::Router;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use stoa_http::{App, Reply, RepoOf};
use stoa_hub::{GitService, GitWire, Read};
use tokio::sync::mpsc;

use super::talk;
use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/git-upload-pack", &post(upload_pack))
}

async fn upload_pack(repo: RepoOf<Read>, headers: HeaderMap, body: Body) -> Reply<Response> {
    talk::check_type(&headers, GitService::UploadPack)?;
    repo.check_content().await?;
    let input = talk::request(&headers, body).await?;
    let (output, answers) = mpsc::channel(talk::WAITING);
    let wire = GitWire { input, output, version: talk::version(&headers) };
    let answer = talk::driven(async move { repo.git_upload_pack(wire).await }, answers);
    Ok(talk::answer(GitService::UploadPack, "result", answer))
}
