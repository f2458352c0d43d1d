//! One commit in place of a branch's history: `POST /api/{models|datasets|spaces}/{ns}/{name}/super-squash/{rev}`.

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_core::Revision;
use stoa_http::{App, Json, Reply, RepoOf, Segments};
use stoa_hub::Write;

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/super-squash/{*rev}", &post(super_squash))
}

#[derive(Deserialize)]
struct Ask {
    message: Option<String>,
}

async fn super_squash(repo: RepoOf<Write>, at: Segments, Json(ask): Json<Ask>) -> Reply<Json<Value>> {
    repo.squash(&Revision::new(at.get("rev")?)?, ask.message.as_deref()).await?;
    Ok(Json(json!({})))
}
