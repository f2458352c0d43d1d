//! Copy a repository to another name: `POST /api/{type}s/{ns}/{name}/duplicate`.

use axum::Router;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_hub::Read;
use stoa_http::{App, Json, Origin, Reply, RepoOf, Who};

use super::body;
use crate::route::{id_in_body, of_repo};

pub(super) fn route() -> Router<App> {
    of_repo("/duplicate", &post(duplicate))
}

/// The body `duplicate_repo` sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    repository: String,
    visibility: Option<String>,
    /// Compat: clients before `huggingface_hub` 1.30.
    private: Option<bool>,
    secrets: Option<Value>,
    variables: Option<Value>,
    volumes: Option<Value>,
    resource_group_id: Option<Value>,
}

#[derive(Serialize)]
struct Answer {
    url: String,
    name: String,
    id: String,
}

async fn duplicate(
    app: App,
    who: Who,
    origin: Origin,
    source: RepoOf<Read>,
    Json(ask): Json<Ask>,
) -> Reply<Json<Answer>> {
    let kind = source.id().kind;
    let to = id_in_body(&who, kind, None, &ask.repository)?;
    let private = body::private(kind, ask.visibility.as_deref(), ask.private)?;
    body::refuse(&[
        ("secrets", &ask.secrets),
        ("variables", &ask.variables),
        ("volumes", &ask.volumes),
        ("resourceGroupId", &ask.resource_group_id),
    ])?;
    let copy = app.hub.duplicate(&who, &source.0, &to, private).await?;
    Ok(Json(Answer {
        url: app.url_of(&origin, copy.id()),
        name: copy.id().to_string(),
        id: copy.row().public_id(),
    }))
}
