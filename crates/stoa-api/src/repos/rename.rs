//! Move a repository or a bucket to another name or owner: `POST /api/repos/move`. The old name of a repository leads to
//! the new one; that of a bucket is free.

use axum::Router;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use stoa_core::{BucketId, RepoId};
use stoa_http::{App, Json, Origin, Reply, Who};
use stoa_hub::Admin;

use crate::buckets;
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
    if ask.kind.as_deref() == Some("bucket") {
        let from = buckets::known(&who, &ask.from_repo)?;
        let bucket = app.hub.open_bucket::<Admin>(&who, &from).await?;
        let to = bucket.rename(&BucketId::parse(&ask.to_repo)?).await?;
        return Ok(Json(Answer { url: format!("{origin}/{}", to.path()), name: to.to_string() }));
    }
    let kind = kind_in_body(ask.kind.as_deref())?;
    let from = known_in_body(&who, kind, None, &ask.from_repo)?;
    let repo = app.hub.open::<Admin>(&who, &from).await?;
    let to = repo.rename(&RepoId::parse(kind, &ask.to_repo)?).await?;
    Ok(Json(Answer { url: app.url_of(&origin, &to), name: to.to_string() }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing;

    const PATH: &str = "/api/repos/move";

    #[tokio::test]
    async fn the_old_name_leads_to_the_new_one() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for (prefix, plural, kind) in [("", "models", "model"), ("datasets/", "datasets", "dataset")] {
            ada.create(&format!("{prefix}ada/old")).await.ok();
            let ask = json!({ "fromRepo": "ada/old", "toRepo": "acme/new", "type": kind });
            let moved = ada.post_json(PATH, &ask).await.expect(200).json();
            assert_eq!(moved["url"], format!("http://hub.test/{prefix}acme/new"));
            for rest in ["", "/revision/main?blobs=true", "/likers", "/auth-check/write"] {
                let answer = ada.get(&format!("/api/{plural}/ada/old{rest}")).await.expect(307);
                assert_eq!(answer.header("location"), format!("/api/{plural}/acme/new{rest}"));
            }
            let put = ada.put_json(&format!("/api/{plural}/ada/old/settings"), &json!({})).await.expect(307);
            assert_eq!(put.header("location"), format!("/api/{plural}/acme/new/settings"));
        }
        // Where no address can be replaced, the old name is missing.
        ada.post_json(PATH, &json!({ "fromRepo": "ada/old", "toRepo": "ada/x" })).await.expect(404);
    }

    #[tokio::test]
    async fn a_private_repository_does_not_tell_where_it_went() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.post_json("/api/repos/create", &json!({ "name": "old", "private": true })).await.ok();
        ada.post_json(PATH, &json!({ "fromRepo": "ada/old", "toRepo": "ada/new" })).await.ok();
        hub.as_user("bob").get("/api/models/ada/old").await.expect(404);
        hub.anonymous().get("/api/models/ada/old").await.expect(401);
        ada.get("/api/models/ada/old").await.expect(307);
    }

    #[tokio::test]
    async fn a_move_needs_a_free_name_and_rights_on_both_sides() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for repo in ["ada/a", "ada/b", "acme/c"] {
            ada.create(repo).await.ok();
        }
        for (user, from, to, status) in [
            ("ada", "ada/a", "ada/B", 409),
            ("ada", "ada/a", "bob/a", 403),
            ("bob", "ada/a", "bob/a", 403),
            ("carol", "acme/c", "carol/c", 403),
            ("ada", "ada/none", "ada/x", 404),
            ("ada", "ada/a", "x", 400),
            ("ada", "ada/a", "ada/a--b", 400),
        ] {
            let ask = json!({ "fromRepo": from, "toRepo": to, "type": "model" });
            let answer = hub.as_user(user).post_json(PATH, &ask).await;
            assert_eq!(answer.status.as_u16(), status, "{user} {from} {to}: {}", answer.summary());
        }
        let conflict = ada.post_json(PATH, &json!({ "fromRepo": "ada/a", "toRepo": "ada/b" })).await;
        assert_eq!(conflict.error_message(), "A model repository called ada/b already exists");
        for bad in [json!({}), json!({ "fromRepo": 1, "toRepo": "ada/b" }), json!([])] {
            ada.post_json(PATH, &bad).await.expect(400);
        }
    }
}
