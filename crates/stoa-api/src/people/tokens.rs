//! The asker's tokens: `GET|POST /api/settings/tokens` and `DELETE /api/settings/tokens/{id}`.

use std::time::Duration;

use axum::Router;
use axum::routing::{delete, get};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use stoa_core::{Failure, FineGrained, Identity, Reply as Result, Scope, Time, TokenRole};
use stoa_hub::Token;
use stoa_http::{App, Json, Reply, Segments, Who};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/settings/tokens", get(list).post(create))
        .route("/api/settings/tokens/{id}", delete(revoke))
}

/// Tokens of one user at most.
const MOST: usize = 500;
/// Entries of a fine-grained token at most.
const ENTRIES: usize = 200;
/// Days a token may be given at most.
const DAYS: u32 = 3650;

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
    let (_, name) = who.need_user()?;
    if !matches!(who.identity, Identity::User { scope: Scope::Write, .. }) {
        return Err(Failure::forbidden("Managing tokens needs a token with the role write").into());
    }
    if let Some(fine) = &ask.fine_grained {
        check(fine)?;
    }
    let expires = match ask.expires_in_days {
        None => None,
        Some(days @ 1..=DAYS) => {
            Some(app.hub.now().after(Duration::from_secs(u64::from(days) * 24 * 3600)))
        }
        Some(_) => return Err(Failure::invalid(format!("`expiresInDays` must be 1 to {DAYS}")).into()),
    };
    if app.hub.tokens(&who).await?.len() >= MOST {
        let message = format!("You have {MOST} tokens, which is the most. Revoke those you no longer use.");
        return Err(Failure::conflict(message).into());
    }
    let made =
        app.hub.create_token(name.as_str(), &ask.name, ask.role, ask.fine_grained.as_ref(), expires).await?;
    Ok(Json(Made { id: made.id, token: made.secret }))
}

/// A permission nobody knows would silently give nothing, so it is refused.
fn check(fine: &FineGrained) -> Result<()> {
    const ENTITIES: [&str; 5] = ["user", "org", "model", "dataset", "space"];
    const PERMISSIONS: [&str; 3] = ["repo.content.read", "repo.access.read", "repo.write"];
    if fine.scoped.len() > ENTRIES || !fine.global.is_empty() {
        return Err(Failure::invalid(format!(
            "A fine-grained token has at most {ENTRIES} entries under \"scoped\", and none under \"global\" yet"
        )));
    }
    for scoped in &fine.scoped {
        if !ENTITIES.contains(&scoped.entity.kind.as_str()) {
            return Err(Failure::invalid(format!(
                "\"scoped.entity.type\" must be one of [{}]",
                ENTITIES.join(", ")
            )));
        }
        if scoped.entity.name.len() > 200 || scoped.entity.id.len() > 64 || scoped.permissions.len() > ENTRIES {
            return Err(Failure::invalid("An entry of \"scoped\" is too long"));
        }
        if scoped.permissions.iter().any(|permission| !PERMISSIONS.contains(&permission.as_str())) {
            return Err(Failure::invalid(format!(
                "\"scoped.permissions\" must be of [{}]",
                PERMISSIONS.join(", ")
            )));
        }
    }
    Ok(())
}

async fn revoke(app: App, who: Who, at: Segments) -> Reply<Json<Value>> {
    who.need_user()?;
    let id = at.get("id")?.parse().map_err(|_| Failure::not_found("There is no such token"))?;
    app.hub.revoke_token(&who, id).await?;
    Ok(Json(json!({})))
}
