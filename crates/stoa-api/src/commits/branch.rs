//! Make and delete a branch: `POST|DELETE /api/{models|datasets|spaces}/{ns}/{name}/branch/{branch}`.

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_core::Revision;
use stoa_http::{App, Json, Reply, RepoOf, Segments};
use stoa_hub::Write;

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    // A branch may be called `a/b`, which clients write `a%2Fb` or as it is.
    of_repo("/branch/{*branch}", &post(create).delete(delete))
}

#[derive(Deserialize)]
struct Ask {
    #[serde(rename = "startingPoint")]
    starting_point: Option<String>,
    #[serde(rename = "emptyBranch")]
    empty_branch: Option<bool>,
    overwrite: Option<bool>,
}

async fn create(repo: RepoOf<Write>, at: Segments, Json(ask): Json<Ask>) -> Reply<Json<Value>> {
    let start = ask.starting_point.filter(|start| !start.is_empty()).map(Revision::new).transpose()?;
    let (empty, overwrite) = (ask.empty_branch.unwrap_or(false), ask.overwrite.unwrap_or(false));
    repo.create_branch(at.get("branch")?, start.as_ref(), empty, overwrite).await?;
    Ok(Json(json!({})))
}

async fn delete(repo: RepoOf<Write>, at: Segments) -> Reply<Json<Value>> {
    repo.delete_branch(at.get("branch")?).await?;
    Ok(Json(json!({})))
}
