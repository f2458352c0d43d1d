//! Change the settings of a repository: `PUT /api/{type}s/{ns}/{name}/settings`.

use axum::Router;
use axum::routing::put;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_core::Gate;
use stoa_http::{App, Json, Reply, RepoOf};
use stoa_hub::{Admin, Settings};

use super::body;
use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/settings", &put(change))
}

/// The body `update_repo_settings` sends. Settings of what stoa does not have (discussions, storage regions) are
/// accepted and have no effect; the answer tells what is in force.
#[derive(Deserialize)]
struct Ask {
    gated: Option<Value>,
    visibility: Option<String>,
    /// Compat: JS and older Python clients.
    private: Option<bool>,
}

#[derive(Serialize)]
struct Answer {
    private: bool,
    visibility: &'static str,
    gated: Gate,
}

async fn change(repo: RepoOf<Admin>, Json(ask): Json<Ask>) -> Reply<Json<Answer>> {
    let private = body::private(repo.id().kind, ask.visibility.as_deref(), ask.private)?;
    let gated = ask.gated.as_ref().filter(|value| !value.is_null()).map(body::gate).transpose()?;
    repo.change(Settings { private, gated }).await?;
    let private = private.unwrap_or(repo.row().private);
    let gated = gated.unwrap_or(repo.row().gated);
    Ok(Json(Answer { private, visibility: body::visibility(private), gated }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stoa_core::TokenRole;

    use crate::testing;

    #[tokio::test]
    async fn settings_are_changed_and_echoed() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.create("datasets/ada/d").await.ok();
        for (ask, private, gated) in [
            (json!({ "visibility": "private" }), true, json!(false)),
            (json!({ "gated": "auto" }), true, json!("auto")),
            (json!({ "private": false, "gated": "manual" }), false, json!("manual")),
            (json!({ "discussionsDisabled": true }), false, json!("manual")),
            (json!({ "gated": false, "private": null }), false, json!(false)),
        ] {
            let echo = ada.put_json("/api/datasets/ada/d/settings", &ask).await.expect(200).json();
            assert_eq!((&echo["private"], &echo["gated"]), (&json!(private), &gated), "{ask}");
            assert_eq!(echo["visibility"], if private { "private" } else { "public" });
            let info = ada.get("/api/datasets/ada/d").await.expect(200).json();
            assert_eq!((&info["private"], &info["gated"]), (&json!(private), &gated), "{ask}");
        }
    }

    #[tokio::test]
    async fn only_those_who_administer_it_change_a_repository() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.create("acme/m").await.ok();
        ada.post_json("/api/repos/create", &json!({ "name": "secret", "private": true })).await.ok();
        let ask = json!({ "visibility": "private" });
        for (user, status) in [("bob", 403), ("carol", 403), ("root", 200), ("ada", 200)] {
            hub.as_user(user).put_json("/api/models/acme/m/settings", &ask).await.expect(status);
        }
        hub.as_user("bob").put_json("/api/models/ada/secret/settings", &ask).await.expect(404);
        hub.anonymous().put_json("/api/models/ada/secret/settings", &ask).await.expect(401);
        let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
        reader.put_json("/api/models/ada/secret/settings", &ask).await.expect(403);
    }

    #[tokio::test]
    async fn unknown_words_are_refused() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.create("ada/m").await.ok();
        for ask in [
            json!({ "gated": "perhaps" }),
            json!({ "gated": true }),
            json!({ "visibility": "hidden" }),
            json!({ "private": "yes" }),
            json!([]),
        ] {
            ada.put_json("/api/models/ada/m/settings", &ask).await.expect(400);
        }
    }
}
