//! Lock a file: `POST /{ns}/{name}[.git]/info/lfs/locks`, the same below `/models`, `/datasets` and `/spaces`.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use stoa_core::RepoPath;
use stoa_http::{Json, Reply, RepoOf, RequestId};
use stoa_hub::{Lock, Write};

use super::answer;
use crate::files::place;

pub(super) fn route() -> Router<stoa_http::App> {
    place::web("/info/lfs/locks", &post(lock))
}

/// The `ref` of the request says nothing that would change the answer: a lock holds in every branch.
async fn lock(
    repo: RepoOf<Write>,
    id: axum::Extension<RequestId>,
    Json(body): Json<Value>,
) -> Reply<Response> {
    let Some(path) = body.get("path").and_then(Value::as_str) else {
        return Ok(answer::unprocessable(
            "`path` must be the path of a file, from the root of the repository",
        ));
    };
    let path = match RepoPath::new(path) {
        Ok(path) => path,
        Err(failure) => return Ok(answer::unprocessable(&failure.message)),
    };
    Ok(match repo.lock(&path).await? {
        Ok(made) => answer::with(StatusCode::CREATED, &json!({ "lock": show(&made) })),
        Err(taken) => {
            let whose = if is_ours(&repo, &taken) { "you" } else { taken.owner.as_str() };
            let message = format!("`{path}` is locked by {whose} since {}", taken.locked_at);
            let body = json!({ "lock": show(&taken), "message": message, "request_id": id.as_str() });
            answer::with(StatusCode::CONFLICT, &body)
        }
    })
}

/// A lock, as git-lfs reads it.
pub(super) fn show(lock: &Lock) -> Value {
    json!({
        "id": lock.id,
        "path": lock.path,
        "locked_at": lock.locked_at,
        "owner": { "name": lock.owner },
    })
}

/// Whether whoever asks has the lock.
pub(super) fn is_ours(repo: &RepoOf<Write>, lock: &Lock) -> bool {
    repo.actor().signed_in().is_some_and(|(id, _)| id == lock.owner_id)
}
