//! Change the settings of a repository: `PUT /api/{type}s/{ns}/{name}/settings`.

use axum::Router;
use axum::routing::put;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_core::Gate;
use stoa_hub::{Admin, Settings};
use stoa_http::{App, Json, Reply, RepoOf};

use super::body;
use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/settings", &put(change))
}

/// The body `update_repo_settings` sends. Settings of what stoa does not have (discussions, storage regions) are
/// accepted and have no effect; the answer tells what is in force.
#[derive(Deserialize)]
struct Ask {
    gated: Option<Value>,
    visibility: Option<String>,
    /// Compat: JS and older Python clients.
    private: Option<bool>,
}

#[derive(Serialize)]
struct Answer {
    private: bool,
    visibility: &'static str,
    gated: Gate,
}

async fn change(repo: RepoOf<Admin>, Json(ask): Json<Ask>) -> Reply<Json<Answer>> {
    let private = body::private(repo.id().kind, ask.visibility.as_deref(), ask.private)?;
    let gated = ask.gated.as_ref().filter(|value| !value.is_null()).map(body::gate).transpose()?;
    repo.change(Settings { private, gated }).await?;
    let private = private.unwrap_or(repo.row().private);
    let gated = gated.unwrap_or(repo.row().gated);
    Ok(Json(Answer { private, visibility: body::visibility(private), gated }))
}
