//! Organizations: `GET /api/organizations/{org}/overview`, `GET /api/organizations/{org}/members` and
//! `PUT /api/organizations/{org}/members/{user}/role`.

use axum::Router;
use axum::http::Uri;
use axum::routing::{get, put};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stoa_core::{Identity, Role};
use stoa_http::{App, Json, Origin, Page, Params, Reply, Segments, Who};

use super::person::public_id;
use super::{Person, avatar_url};
use crate::cursor;

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/organizations/{org}/overview", get(overview))
        .route("/api/organizations/{org}/members", get(members))
        .route("/api/organizations/{org}/members/{user}/role", put(set_role))
}

/// Members on a page at most.
const PAGE: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Overview {
    #[serde(rename = "_id")]
    public_id: String,
    name: String,
    fullname: String,
    avatar_url: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    is_verified: bool,
    is_following: bool,
    num_users: i64,
    num_models: i64,
    num_datasets: i64,
    num_spaces: i64,
    num_followers: i64,
    num_papers: i64,
}

async fn overview(app: App, who: Who, origin: Origin, at: Segments) -> Reply<Json<Overview>> {
    who.need_reader(&app.hub)?;
    let org = app.hub.org_overview(&who, at.get("org")?).await?;
    Ok(Json(Overview {
        public_id: public_id(org.account.id),
        avatar_url: avatar_url(&origin, &org.account.name),
        kind: "org",
        is_verified: false,
        is_following: false,
        num_users: org.users,
        num_models: org.profile.models,
        num_datasets: org.profile.datasets,
        num_spaces: org.profile.spaces,
        num_followers: 0,
        num_papers: 0,
        name: org.account.name,
        fullname: org.account.fullname,
        details: org.account.details,
    }))
}

async fn members(
    app: App,
    who: Who,
    at: Segments,
    params: Params,
    origin: Origin,
    uri: Uri,
) -> Reply<Page<Person>> {
    who.need_reader(&app.hub)?;
    let limit = params.limit(PAGE, PAGE)?;
    let after: String = cursor::position(&params)?;
    let org = app.hub.org(at.get("org")?).await?;
    let members = app.hub.members(&org.name, &after, limit).await?;
    let next = members
        .last()
        .filter(|_| members.len() == limit)
        .map(|last| cursor::link(&origin, &uri, last.account.name.to_ascii_lowercase()));
    // Who is what is for those inside.
    let inside = match &who.identity {
        Identity::Anonymous => false,
        Identity::User { admin, .. } => {
            *admin || app.hub.whoami(&who, None).await?.orgs.iter().any(|member| member.account.id == org.id)
        }
    };
    let items = members.iter().map(|member| {
        let account = &member.account;
        let mut person = Person::user(&origin, account.id, &account.name, &account.fullname);
        person.role = inside.then(|| member.role.as_str());
        person
    });
    Ok(Page { items: items.collect(), next })
}

#[derive(Deserialize)]
struct NewRole {
    role: String,
}

async fn set_role(app: App, who: Who, at: Segments, Json(ask): Json<NewRole>) -> Reply<Json<Value>> {
    let role: Role = ask.role.parse()?;
    app.hub.change_role(&who, at.get("org")?, at.get("user")?, role).await?;
    Ok(Json(json!({ "role": role.as_str() })))
}
