//! Delete a repository: `DELETE /api/repos/delete`.

use axum::Router;
use axum::routing::delete;
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_http::{App, Json, Reply, Who};
use stoa_hub::Admin;

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

#[cfg(test)]
mod tests {
    use stoa_core::TokenRole;

    use super::*;
    use crate::testing;

    const PATH: &str = "/api/repos/delete";

    #[tokio::test]
    async fn a_deleted_repository_is_gone_and_others_of_its_name_stay() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for repo in ["ada/m", "datasets/ada/m", "acme/m"] {
            ada.create(repo).await.ok();
        }
        ada.delete_json(PATH, &json!({ "name": "m", "organization": "ada", "type": "dataset" }))
            .await
            .expect(200);
        ada.delete_json(PATH, &json!({ "name": "acme/m" })).await.expect(200);
        ada.get("/api/datasets/ada/m").await.expect(404);
        ada.get("/api/models/acme/m").await.expect(404);
        ada.get("/api/models/ada/m").await.expect(200);
        let again = ada.delete_json(PATH, &json!({ "name": "acme/m" })).await;
        assert_eq!(again.summary(), "404 Not Found · RepoNotFound · Repository not found");
        ada.create("acme/m").await.expect(200);
    }

    #[tokio::test]
    async fn only_those_who_administer_it_delete_a_repository() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.create("ada/m").await.ok();
        ada.post_json("/api/repos/create", &json!({ "name": "secret", "private": true })).await.ok();
        let (public, private) = (json!({ "name": "ada/m" }), json!({ "name": "ada/secret" }));
        let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
        for (client, status, code) in [
            (hub.as_user("bob"), 403, "RepoNotFound"),
            (hub.anonymous(), 401, "RepoNotFound"),
            (reader, 403, ""),
        ] {
            client.delete_json(PATH, &public).await.expect(status);
            let hidden = client.delete_json(PATH, &private).await;
            assert_eq!(hidden.error_code(), code, "{}", hidden.summary());
        }
        ada.get("/api/models/ada/m").await.expect(200);
        hub.as_user("root").delete_json(PATH, &private).await.expect(200);
    }

    #[tokio::test]
    async fn names_that_cannot_exist_are_missing() {
        let hub = testing::hub().await;
        for name in ["../x", "a\u{0}b", "", "ada/", "x/y/z", "é"] {
            let answer = hub.as_user("ada").delete_json(PATH, &json!({ "name": name })).await.expect(404);
            assert_eq!(answer.error_code(), "RepoNotFound", "{name:?}");
            hub.anonymous().delete_json(PATH, &json!({ "name": name })).await.expect(401);
        }
        for ask in [json!({}), json!(null), json!({ "name": [] }), json!({ "name": "m", "type": "x" })] {
            hub.as_user("ada").delete_json(PATH, &ask).await.expect(400);
        }
    }
}
