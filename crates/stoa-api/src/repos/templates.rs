//! Templates of Spaces: `GET /api/spaces/templates`.

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use stoa_http::{App, Json};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/spaces/templates", get(templates))
}

/// There are none yet; clients ask before they create a Space from one.
async fn templates() -> Json<Value> {
    Json(json!({ "templates": [] }))
}
