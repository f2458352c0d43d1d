//! Push: `POST /{ns}/{name}[.git]/git-receive-pack`, the same below `/models`, `/datasets` and `/spaces`. The pack
//! streams in.

use axum::Router;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use stoa_http::{App, Reply, RepoOf};
use stoa_hub::{GitService, GitWire, Write};
use tokio::sync::mpsc;

use super::talk;
use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/git-receive-pack", &post(receive_pack))
}

async fn receive_pack(repo: RepoOf<Write>, headers: HeaderMap, body: Body) -> Reply<Response> {
    talk::check_type(&headers, GitService::ReceivePack)?;
    let input = talk::request(&headers, body).await?;
    let (output, answers) = mpsc::channel(talk::WAITING);
    let wire = GitWire { input, output, version: talk::version(&headers) };
    let answer = talk::driven(async move { repo.git_receive_pack(wire).await }, answers);
    Ok(talk::answer(GitService::ReceivePack, "result", answer))
}
