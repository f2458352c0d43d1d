//! Who am I? `GET /api/whoami-v2`, and `GET /api/whoami` for older clients.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use serde_json::value::RawValue;
use stoa_core::{Failure, Reply as Result, Time};
use stoa_http::{App, Json, Origin, Reply, Who};
use stoa_hub::{Member, Token};

use super::avatar_url;
use super::person::public_id;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/whoami-v2", get(whoami)).route("/api/whoami", get(whoami))
}

/// Compat: login reads `auth.accessToken.displayName` and `.role`; `name` and `type` are indexed directly. What has no
/// value is left out, because `hf-hub` (Rust) takes texts where the Hub has them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    name: String,
    fullname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    email_verified: bool,
    is_pro: bool,
    can_pay: bool,
    avatar_url: String,
    orgs: Vec<Org>,
    auth: Auth,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the word of the Hub")]
struct Org {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    name: String,
    fullname: String,
    can_pay: bool,
    avatar_url: String,
    role_in_org: &'static str,
    is_enterprise: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Auth {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<AccessToken>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccessToken {
    display_name: String,
    role: String,
    created_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fine_grained: Option<Box<RawValue>>,
}

async fn whoami(app: App, who: Who, origin: Origin) -> Reply<Json<Answer>> {
    let me = app.hub.whoami(&who, who.token.as_deref()).await?;
    let access_token = me.token.map(access_token).transpose()?;
    Ok(Json(Answer {
        kind: "user",
        id: public_id(me.account.id),
        avatar_url: avatar_url(&origin, &me.account.name),
        name: me.account.name,
        fullname: me.account.fullname,
        email_verified: me.account.email_vouched,
        email: me.account.email,
        is_pro: false,
        can_pay: false,
        orgs: me.orgs.iter().map(|member| org(member, &origin)).collect(),
        auth: Auth { kind: "access_token", access_token },
    }))
}

fn org(member: &Member, origin: &Origin) -> Org {
    Org {
        kind: "org",
        id: public_id(member.account.id),
        name: member.account.name.clone(),
        fullname: member.account.fullname.clone(),
        can_pay: false,
        avatar_url: avatar_url(origin, &member.account.name),
        role_in_org: member.role.as_str(),
        is_enterprise: false,
    }
}

fn access_token(token: Token) -> Result<AccessToken> {
    let fine_grained = token.scopes.map(RawValue::from_string).transpose().map_err(Failure::internal)?;
    Ok(AccessToken {
        display_name: token.name,
        role: token.role,
        created_at: token.created_at,
        expires_at: token.expires_at,
        fine_grained,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stoa_core::TokenRole;

    use crate::testing;

    #[tokio::test]
    async fn a_token_tells_whose_it_is_and_what_it_may() {
        let hub = testing::hub().await;
        for path in ["/api/whoami-v2", "/api/whoami"] {
            let me = hub.as_user("ada").get(path).await.expect(200).json();
            assert_eq!(
                (&me["type"], &me["name"], &me["fullname"]),
                (&json!("user"), &json!("ada"), &json!("ada"))
            );
            assert_eq!(me["auth"]["accessToken"]["displayName"], "test");
            assert_eq!(me["auth"]["accessToken"]["role"], "write");
            assert_eq!(me["auth"]["accessToken"]["createdAt"], "2026-01-02T03:04:05.000Z");
            let org = &me["orgs"][0];
            assert_eq!((&org["name"], &org["roleInOrg"]), (&json!("acme"), &json!("admin")));
            assert!(me.get("user").is_none() && me.get("plan").is_none() && me.get("email").is_none());
        }
        for (role, word) in [(TokenRole::Read, "read"), (TokenRole::FineGrained, "fineGrained")] {
            let client = hub.with_token(&hub.token("bob", role).await);
            let me = client.get("/api/whoami-v2").await.expect(200).json();
            assert_eq!(me["auth"]["accessToken"]["role"], word);
            assert_eq!(me["auth"]["accessToken"]["fineGrained"].is_object(), role == TokenRole::FineGrained);
        }
    }

    #[tokio::test]
    async fn whoever_shows_nothing_or_something_wrong_is_nobody() {
        let hub = testing::hub().await;
        hub.anonymous().get("/api/whoami-v2").await.expect(401);
        for (scheme, token) in [("Bearer", "hf_wrong"), ("Basic", "!!"), ("Bearer", ""), ("Digest", "x")] {
            let client = hub.anonymous().with_header("authorization", &format!("{scheme} {token}"));
            let answer = client.get("/api/whoami-v2").await;
            assert_eq!(answer.summary(), "401 Unauthorized · Invalid credentials in Authorization header");
        }
        hub.with_token(&"x".repeat(5000)).get("/api/whoami-v2").await.expect(401);
    }
}
