//! The asker's tokens: `GET|POST /api/settings/tokens` and `DELETE /api/settings/tokens/{id}`.

use axum::Router;
use axum::routing::{delete, get};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use stoa_core::{Failure, FineGrained, Reply as Result, Time, TokenRole};
use stoa_http::{App, Json, Reply, Segments, Who};
use stoa_hub::{NewToken, Token};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/settings/tokens", get(list).post(create))
        .route("/api/settings/tokens/{id}", delete(revoke))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: i64,
    display_name: String,
    role: String,
    /// Its last four characters, to tell tokens apart.
    hint: String,
    created_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fine_grained: Option<Box<RawValue>>,
}

fn item(token: Token) -> Result<Item> {
    let fine_grained = token.scopes.map(RawValue::from_string).transpose().map_err(Failure::internal)?;
    Ok(Item {
        id: token.id,
        display_name: token.name,
        role: token.role,
        hint: format!("…{}", token.hint),
        created_at: token.created_at,
        last_used_at: token.used_at,
        expires_at: token.expires_at,
        fine_grained,
    })
}

async fn list(app: App, who: Who) -> Reply<Json<Vec<Item>>> {
    let tokens = app.hub.tokens(&who).await?;
    Ok(Json(tokens.into_iter().map(item).collect::<Result<_>>()?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    #[serde(alias = "displayName")]
    name: String,
    role: TokenRole,
    fine_grained: Option<FineGrained>,
    /// Days until it ends; without it the token works until it is revoked.
    expires_in_days: Option<u32>,
}

#[derive(Serialize)]
struct Made {
    id: i64,
    /// Shown here and never again.
    token: String,
}

async fn create(app: App, who: Who, Json(ask): Json<Ask>) -> Reply<Json<Made>> {
    let new = NewToken {
        name: &ask.name,
        role: ask.role,
        fine: ask.fine_grained.as_ref(),
        days: ask.expires_in_days,
    };
    let made = app.hub.add_token(&who, new).await?;
    Ok(Json(Made { id: made.id, token: made.secret }))
}

async fn revoke(app: App, who: Who, at: Segments) -> Reply<Json<Value>> {
    who.need_user()?;
    let id = at.get("id")?.parse().map_err(|_| Failure::not_found("There is no such token"))?;
    app.hub.revoke_token(&who, id).await?;
    Ok(Json(json!({})))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::testing::{self, texts};

    use super::*;

    const PATH: &str = "/api/settings/tokens";

    #[tokio::test]
    async fn a_token_is_shown_once_works_and_ends() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        let made = ada.post_json(PATH, &json!({ "name": "laptop", "role": "read" })).await.expect(200).json();
        let secret = made["token"].as_str().expect("a token").to_owned();
        assert!(secret.starts_with("hf_"));
        let client = hub.with_token(&secret);
        assert_eq!(client.get("/api/whoami-v2").await.expect(200).json()["name"], "ada");
        let list = ada.get(PATH).await.expect(200);
        assert_eq!(texts(&list, "displayName"), ["laptop", "test"]);
        assert!(!list.text().contains(&secret) && list.text().contains(&secret[secret.len() - 4..]));
        let path = format!("{PATH}/{}", made["id"]);
        hub.as_user("bob").delete(&path).await.expect(404);
        client.delete(&path).await.expect(403);
        ada.delete(&path).await.expect(200);
        client.get("/api/whoami-v2").await.expect(401);
        ada.delete(&path).await.expect(404);
    }

    #[tokio::test]
    async fn a_fine_grained_token_does_what_it_says_and_no_more() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for name in ["a", "b"] {
            ada.post_json("/api/repos/create", &json!({ "name": name, "private": true })).await.ok();
        }
        let scoped = |permission: &str| json!([{ "entity": { "type": "model", "name": "ada/a" }, "permissions": [permission] }]);
        for (permission, settings) in [("repo.content.read", 403), ("repo.write", 200)] {
            let ask = json!({ "name": "ci", "role": "fineGrained", "fineGrained": { "scoped": scoped(permission) } });
            let made = ada.post_json(PATH, &ask).await.expect(200).json();
            let client = hub.with_token(made["token"].as_str().expect("a token"));
            client.get("/api/models/ada/a").await.expect(200);
            client.get("/api/models/ada/b").await.expect(404);
            client.put_json("/api/models/ada/a/settings", &json!({})).await.expect(settings);
            client.post_json(PATH, &json!({ "name": "more", "role": "write" })).await.expect(403);
        }
    }

    #[tokio::test]
    async fn a_token_may_be_given_an_end() {
        let hub = testing::hub().await;
        let ask = json!({ "displayName": "short", "role": "write", "expiresInDays": 1 });
        let made = hub.as_user("ada").post_json(PATH, &ask).await.expect(200).json();
        let client = hub.with_token(made["token"].as_str().expect("a token"));
        client.get("/api/whoami-v2").await.expect(200);
        hub.clock.advance(Duration::from_hours(25));
        client.get("/api/whoami-v2").await.expect(401);
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        let fine = |kind: &str, permission: &str| {
            let scoped = json!([{ "entity": { "type": kind, "name": "ada" }, "permissions": [permission] }]);
            json!({ "name": "x", "role": "fineGrained", "fineGrained": { "scoped": scoped } })
        };
        for ask in [
            json!({}),
            json!({ "name": "", "role": "read" }),
            json!({ "name": "x".repeat(97), "role": "read" }),
            json!({ "name": "a\nb", "role": "read" }),
            json!({ "name": "x", "role": "admin" }),
            json!({ "name": "x", "role": "fineGrained" }),
            json!({ "name": "x", "role": "read", "fineGrained": {} }),
            json!({ "name": "x", "role": "read", "expiresInDays": 0 }),
            json!({ "name": "x", "role": "read", "expiresInDays": 99_999 }),
            json!({ "name": "x", "role": "fineGrained", "fineGrained": { "global": ["post.write"] } }),
            fine("planet", "repo.write"),
            fine("user", "repo.fly"),
        ] {
            ada.post_json(PATH, &ask).await.expect(400);
        }
        let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
        reader.post_json(PATH, &json!({ "name": "x", "role": "write" })).await.expect(403);
        hub.anonymous().post_json(PATH, &json!({ "name": "x", "role": "read" })).await.expect(401);
        hub.anonymous().get(PATH).await.expect(401);
        hub.anonymous().delete(&format!("{PATH}/1")).await.expect(401);
        ada.delete(&format!("{PATH}/none")).await.expect(404);
    }
}
