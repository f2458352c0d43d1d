//! Copy a repository to another name: `POST /api/{type}s/{ns}/{name}/duplicate`.

use axum::Router;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_http::{App, Json, Origin, Reply, RepoOf, Who};
use stoa_hub::Read;

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{self, texts};

    #[tokio::test]
    async fn a_copy_has_the_files_of_its_source() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("ada/m").await.ok();
        testing::commit(&hub, "ada/m", &[("a.txt", "a"), ("b/c.txt", "c")]).await;
        let bob = hub.as_user("bob");
        let ask = json!({ "repository": "bob/copy", "visibility": "private" });
        let made = bob.post_json("/api/models/ada/m/duplicate", &ask).await.expect(200).json();
        assert_eq!(made["url"], "http://hub.test/bob/copy");
        let info = bob.get("/api/models/bob/copy").await.expect(200).json();
        assert_eq!(info["private"], true);
        assert_eq!(info["siblings"].as_array().map(Vec::len), Some(3));
        let again = bob.post_json("/api/models/ada/m/duplicate", &ask).await.expect(409).json();
        assert_eq!(again["url"], "http://hub.test/bob/copy");
        bob.post_json("/api/models/ada/m/duplicate", &json!({ "repository": "mine" })).await.expect(200);
        let listed = bob.get("/api/models?author=bob&sort=createdAt").await;
        assert_eq!(texts(&listed, "id"), ["bob/mine", "bob/copy"]);
    }

    #[tokio::test]
    async fn what_one_may_not_fetch_one_may_not_copy() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for name in ["gated", "secret"] {
            ada.create(&format!("ada/{name}")).await.ok();
        }
        ada.put_json("/api/models/ada/gated/settings", &json!({ "gated": "manual" })).await.ok();
        ada.put_json("/api/models/ada/secret/settings", &json!({ "private": true })).await.ok();
        let ask = json!({ "repository": "bob/copy" });
        let bob = hub.as_user("bob");
        assert_eq!(bob.post_json("/api/models/ada/gated/duplicate", &ask).await.error_code(), "GatedRepo");
        bob.post_json("/api/models/ada/secret/duplicate", &ask).await.expect(404);
        hub.anonymous().post_json("/api/models/ada/secret/duplicate", &ask).await.expect(401);
        for (to, status) in [("carol/copy", 403), ("bob/a--b", 400), ("a/b/c", 400)] {
            ada.post_json("/api/models/ada/gated/duplicate", &json!({ "repository": to }))
                .await
                .expect(status);
        }
        ada.post_json("/api/models/ada/gated/duplicate", &json!({})).await.expect(400);
        bob.get("/api/models/bob/copy").await.expect(404);
    }
}
