//! Which environment variables tell that an agent runs a client: `GET /api/agent-harnesses`.

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use stoa_http::{App, Json};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/agent-harnesses", get(harnesses))
}

/// None: stoa does not ask who or what runs a client.
///
/// Compat: every process of `huggingface_hub` asks once a day.
async fn harnesses() -> Json<Value> {
    Json(json!({ "standardEnvVars": [], "harnesses": {} }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn nobody_is_asked_for_an_agent() {
        let hub = testing::hub().await;
        let answer = hub.anonymous().get("/api/agent-harnesses").await.expect(200);
        assert_eq!(answer.json(), json!({ "standardEnvVars": [], "harnesses": {} }));
    }
}
