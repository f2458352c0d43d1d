//! Create a bucket: `POST /api/buckets/{ns}/{name}`; `me` stands for the asker's own account.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_core::{BucketId, RepoKind};
use stoa_http::{App, Json, Origin, Reply, Segments, Who};
use stoa_hub::NewBucket;

use super::place::owner;
use crate::repos::body;

/// The body `create_bucket` sends. `region` has no meaning here: everything lies on this machine.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Ask {
    visibility: Option<String>,
    private: Option<bool>,
    resource_group_id: Option<Value>,
}

#[derive(Serialize)]
pub(super) struct Answer {
    /// Compat: `BucketUrl` of `huggingface_hub` parses it.
    url: String,
    id: String,
}

pub(super) async fn create(
    app: App,
    who: Who,
    at: Segments,
    origin: Origin,
    Json(ask): Json<Ask>,
) -> Reply<Json<Answer>> {
    let private = body::private(RepoKind::Model, ask.visibility.as_deref(), ask.private)?;
    body::refuse(&[("resourceGroupId", &ask.resource_group_id)])?;
    let id = BucketId::new(owner(&who, at.get("ns")?)?, at.get("name")?)?;
    let bucket = app.hub.create_bucket(&who, NewBucket { id, private }).await?;
    Ok(Json(Answer { url: format!("{origin}/{}", bucket.id().path()), id: bucket.id().to_string() }))
}
