//! Unlock a file: `POST /{ns}/{name}[.git]/info/lfs/locks/{id}/unlock`, the same below `/models`, `/datasets` and `/spaces`.
//!
//! Only the owner of a lock may; with `force` also whoever administers the repository.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use stoa_http::{App, Json, Reply, RepoOf, Segments};
use stoa_hub::Write;

use super::{answer, lock};
use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/info/lfs/locks/{id}/unlock", &post(unlock))
}

async fn unlock(repo: RepoOf<Write>, at: Segments, Json(body): Json<Value>) -> Reply<Response> {
    let force = match body.get("force") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(force)) => *force,
        Some(_) => return Ok(answer::unprocessable("`force` must be true or false")),
    };
    let lock = repo.unlock(at.get("id")?, force).await?;
    Ok(answer::ok(&json!({ "lock": lock::show(&lock) })))
}
