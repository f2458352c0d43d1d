//! Delete a repository: `DELETE /api/repos/delete`.

use axum::Router;
use axum::routing::delete;
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_hub::Admin;
use stoa_http::{App, Json, Reply, Who};

use crate::route::{kind_in_body, known_in_body};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/repos/delete", delete(remove))
}

/// The body `delete_repo` sends.
#[derive(Deserialize)]
struct Ask {
    name: String,
    organization: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

async fn remove(app: App, who: Who, Json(ask): Json<Ask>) -> Reply<Json<Value>> {
    let kind = kind_in_body(ask.kind.as_deref())?;
    let id = known_in_body(&who, kind, ask.organization.as_deref(), &ask.name)?;
    app.hub.open::<Admin>(&who, &id).await?.delete().await?;
    Ok(Json(json!({})))
}
