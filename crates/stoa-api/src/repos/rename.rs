//! Move a repository to another name or owner: `POST /api/repos/move`.

use axum::Router;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use stoa_core::RepoId;
use stoa_hub::Admin;
use stoa_http::{App, Json, Origin, Reply, Who};

use crate::route::{kind_in_body, known_in_body};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/repos/move", post(rename))
}

/// The body `move_repo` sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    from_repo: String,
    to_repo: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    url: String,
    name: String,
}

async fn rename(app: App, who: Who, origin: Origin, Json(ask): Json<Ask>) -> Reply<Json<Answer>> {
    let kind = kind_in_body(ask.kind.as_deref())?;
    let from = known_in_body(&who, kind, None, &ask.from_repo)?;
    let repo = app.hub.open::<Admin>(&who, &from).await?;
    let to = repo.rename(&RepoId::parse(kind, &ask.to_repo)?).await?;
    Ok(Json(Answer { url: app.url_of(&origin, &to), name: to.to_string() }))
}
