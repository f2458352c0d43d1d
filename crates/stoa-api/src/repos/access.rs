//! May I? `GET /api/{type}s/{ns}/{name}/auth-check` and `GET /api/{type}s/{ns}/{name}/auth-check/write`.

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use stoa_hub::{Read, Write};
use stoa_http::{App, Json, Reply, RepoOf};

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/auth-check", &get(read)).merge(of_repo("/auth-check/write", &get(write)))
}

/// Whether the asker may fetch the files: a gate refuses here too.
async fn read(repo: RepoOf<Read>) -> Reply<Json<Value>> {
    repo.check_content().await?;
    Ok(Json(json!({})))
}

/// Whether the asker may commit.
async fn write(_: RepoOf<Write>) -> Reply<Json<Value>> {
    Ok(Json(json!({})))
}
