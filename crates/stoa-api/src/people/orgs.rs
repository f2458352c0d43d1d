//! Organizations: `GET /api/organizations/{org}/overview`, `GET /api/organizations/{org}/members` and
//! `PUT /api/organizations/{org}/members/{user}/role`.

use axum::Router;
use axum::http::Uri;
use axum::routing::{get, put};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stoa_core::Role;
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
    let members = app.hub.members(&who, at.get("org")?, &after, limit).await?;
    let next = members
        .last()
        .filter(|_| members.len() == limit)
        .map(|last| cursor::link(&origin, &uri, last.account.name.to_ascii_lowercase()));
    let items = members.iter().map(|member| {
        let account = &member.account;
        let mut person = Person::user(&origin, account.id, &account.name, &account.fullname);
        person.role = member.role.map(Role::as_str);
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

#[cfg(test)]
mod tests {
    use stoa_core::TokenRole;

    use super::*;
    use crate::testing::{self, next, texts};

    #[tokio::test]
    async fn an_organization_shows_its_numbers() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.create("acme/m").await.ok();
        ada.post_json("/api/repos/create", &json!({ "name": "acme/n", "private": true })).await.ok();
        for (client, models) in [(hub.as_user("carol"), 2), (hub.as_user("bob"), 1), (hub.anonymous(), 1)] {
            let org = client.get("/api/organizations/Acme/overview").await.expect(200).json();
            assert_eq!((&org["name"], &org["numUsers"]), (&json!("acme"), &json!(2)));
            assert_eq!(org["numModels"], models);
        }
        for name in ["ada", "none"] {
            hub.anonymous().get(&format!("/api/organizations/{name}/overview")).await.expect(404);
            hub.anonymous().get(&format!("/api/organizations/{name}/members")).await.expect(404);
        }
    }

    #[tokio::test]
    async fn members_come_in_pages_and_roles_for_those_inside() {
        let hub = testing::hub().await;
        let path = "/api/organizations/acme/members";
        let first = hub.anonymous().get(&format!("{path}?limit=1")).await.expect(200);
        assert_eq!(texts(&first, "user"), ["ada"]);
        assert!(first.json()[0].get("role").is_none() && first.json()[0].get("name").is_none());
        let second = hub.anonymous().get(&next(&first).expect("a second page")).await.expect(200);
        assert_eq!(texts(&second, "user"), ["carol"]);
        assert_eq!(texts(&hub.as_user("carol").get(path).await, "role"), ["admin", "read"]);
        assert_eq!(texts(&hub.as_user("root").get(path).await, "role"), ["admin", "read"]);
        assert!(hub.as_user("bob").get(path).await.json()[0].get("role").is_none());
        hub.anonymous().get(&format!("{path}?cursor=%25")).await.expect(400);
    }

    #[tokio::test]
    async fn admins_change_roles_of_members() {
        let hub = testing::hub().await;
        let path = |user: &str| format!("/api/organizations/acme/members/{user}/role");
        let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
        for (client, user, role, status) in [
            (hub.as_user("ada"), "carol", "write", 200),
            (hub.as_user("root"), "carol", "contributor", 200),
            (hub.as_user("ada"), "bob", "read", 404),
            (hub.as_user("ada"), "nobody-here", "read", 404),
            (hub.as_user("ada"), "carol", "boss", 400),
            (hub.as_user("ada"), "ada", "read", 409),
            (hub.as_user("carol"), "carol", "admin", 403),
            (hub.as_user("bob"), "carol", "read", 403),
            (reader, "carol", "read", 403),
            (hub.anonymous(), "carol", "read", 401),
        ] {
            let answer = client.put_json(&path(user), &json!({ "role": role })).await;
            assert_eq!(answer.status.as_u16(), status, "{user} {role}: {}", answer.summary());
        }
        let roles = hub.as_user("ada").get("/api/organizations/acme/members").await;
        assert_eq!(texts(&roles, "role"), ["admin", "contributor"]);
        hub.as_user("ada").put_json(&path("carol"), &json!({ "role": 3 })).await.expect(400);
        hub.as_user("ada")
            .put_json("/api/organizations/none/members/ada/role", &json!({ "role": "read" }))
            .await
            .expect(404);
    }
}
