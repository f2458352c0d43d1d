//! Make and delete a tag: `POST /api/{models|datasets|spaces}/{ns}/{name}/tag/{rev}` and `DELETE …/tag/{tag}`.

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_core::Revision;
use stoa_http::{App, Json, Reply, RepoOf, Segments};
use stoa_hub::Write;

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/tag/{*tag}", &post(create).delete(delete))
}

#[derive(Deserialize)]
struct Ask {
    tag: String,
    message: Option<String>,
}

async fn create(repo: RepoOf<Write>, at: Segments, Json(ask): Json<Ask>) -> Reply<Json<Value>> {
    let revision = Revision::new(at.get("tag")?)?;
    repo.create_tag(&revision, &ask.tag, ask.message.as_deref()).await?;
    Ok(Json(json!({})))
}

async fn delete(repo: RepoOf<Write>, at: Segments) -> Reply<Json<Value>> {
    repo.delete_tag(at.get("tag")?).await?;
    Ok(Json(json!({})))
}
