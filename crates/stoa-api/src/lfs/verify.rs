//! Ask whether a large file has arrived: `POST /{ns}/{name}[.git]/info/lfs/verify`, the same below `/models`,
//! `/datasets` and `/spaces`.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use stoa_http::{App, Json, Reply, RepoOf};
use stoa_hub::Write;

use super::answer;
use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/info/lfs/verify", &post(verify))
}

async fn verify(repo: RepoOf<Write>, Json(body): Json<Value>) -> Reply<Response> {
    let file = match answer::large(&body) {
        Ok(file) => file,
        Err(message) => return Ok(answer::unprocessable(&message)),
    };
    repo.lfs_verify(file).await?;
    Ok(answer::ok(&json!({ "oid": file.oid, "size": file.size })))
}
