//! Who am I? `GET /api/whoami-v2`, and `GET /api/whoami` for older clients.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use serde_json::value::RawValue;
use stoa_core::{Failure, Reply as Result, Time};
use stoa_hub::{Member, Token};
use stoa_http::{App, Json, Origin, Reply, Who};

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
        // Addresses are entered by the operator, who knows whose they are.
        email_verified: me.account.email.is_some(),
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
