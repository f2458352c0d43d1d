//! Change who sees a bucket: `PUT /api/buckets/{ns}/{name}/settings`.

use axum::Router;
use axum::routing::put;
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_core::RepoKind;
use stoa_http::{App, Json, Reply};
use stoa_hub::Admin;

use super::place::BucketOf;
use crate::repos::body;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/buckets/{ns}/{name}/settings", put(change))
}

#[derive(Deserialize)]
struct Ask {
    visibility: Option<String>,
    private: Option<bool>,
}

async fn change(bucket: BucketOf<Admin>, Json(ask): Json<Ask>) -> Reply<Json<Value>> {
    let private = body::private(RepoKind::Model, ask.visibility.as_deref(), ask.private)?;
    if let Some(private) = private {
        bucket.set_private(private).await?;
    }
    let private = private.unwrap_or(bucket.row().private);
    Ok(Json(json!({ "private": private, "visibility": body::visibility(private) })))
}
