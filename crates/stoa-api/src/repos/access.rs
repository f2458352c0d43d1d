//! May I? `GET /api/{type}s/{ns}/{name}/auth-check` and `GET /api/{type}s/{ns}/{name}/auth-check/write`.

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use stoa_http::{App, Json, Reply, RepoOf};
use stoa_hub::{Read, Write};

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/auth-check", &get(read)).merge(of_repo("/auth-check/write", &get(write)))
}

/// Whether the asker may fetch the files: a gate refuses here too.
async fn read(repo: RepoOf<Read>) -> Reply<Json<Value>> {
    repo.check_content().await?;
    Ok(Json(json!({})))
}

/// Whether the asker may commit.
async fn write(_: RepoOf<Write>) -> Reply<Json<Value>> {
    Ok(Json(json!({})))
}

#[cfg(test)]
mod tests {
    use stoa_core::TokenRole;

    use super::*;
    use crate::testing;

    #[tokio::test]
    async fn the_check_answers_as_the_real_request_would() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for (name, settings) in [
            ("open", json!({})),
            ("gated", json!({ "gated": "auto" })),
            ("secret", json!({ "private": true })),
        ] {
            ada.create(&format!("ada/{name}")).await.ok();
            ada.put_json(&format!("/api/models/ada/{name}/settings"), &settings).await.ok();
        }
        let reader = hub.with_token(&hub.token("carol", TokenRole::Read).await);
        for (who, client, expected) in [
            ("ada", ada.clone(), [(200, 200), (200, 200), (200, 200)]),
            ("reader", reader, [(200, 403), (403, 403), (404, 404)]),
            ("bob", hub.as_user("bob"), [(200, 403), (403, 403), (404, 404)]),
            ("nobody", hub.anonymous(), [(200, 401), (401, 401), (401, 401)]),
        ] {
            for (name, (read, write)) in ["open", "gated", "secret"].into_iter().zip(expected) {
                let path = format!("/api/models/ada/{name}/auth-check");
                let answer = client.get(&path).await;
                assert_eq!(answer.status.as_u16(), read, "{who} reads {name}: {}", answer.summary());
                let answer = client.get(&format!("{path}/write")).await;
                assert_eq!(answer.status.as_u16(), write, "{who} writes {name}: {}", answer.summary());
            }
        }
        let gated = hub.as_user("bob").get("/api/models/ada/gated/auth-check").await;
        assert_eq!(gated.error_code(), "GatedRepo");
    }
}
