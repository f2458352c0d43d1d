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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn there_are_no_templates() {
        let hub = testing::hub().await;
        let answer = hub.anonymous().get("/api/spaces/templates").await.expect(200);
        assert_eq!(answer.json(), json!({ "templates": [] }));
    }
}
