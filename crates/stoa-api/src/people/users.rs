//! A user for everyone: `GET /api/users/{user}/overview`.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Role, Time};
use stoa_http::{App, Json, Origin, Reply, Segments, Who};

use super::avatar_url;
use super::person::public_id;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/users/{user}/overview", get(overview))
}

/// Compat: no `name` beside `user`; see [`super::Person`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(rename = "_id")]
    public_id: String,
    user: String,
    fullname: String,
    avatar_url: String,
    #[serde(rename = "type")]
    kind: &'static str,
    is_pro: bool,
    is_following: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<String>,
    num_models: i64,
    num_datasets: i64,
    num_spaces: i64,
    num_discussions: i64,
    num_papers: i64,
    num_upvotes: i64,
    num_likes: i64,
    num_following: i64,
    num_followers: i64,
    orgs: Vec<Org>,
    created_at: Time,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Org {
    #[serde(rename = "_id")]
    public_id: String,
    name: String,
    fullname: String,
    avatar_url: String,
}

async fn overview(app: App, who: Who, origin: Origin, at: Segments) -> Reply<Json<Answer>> {
    who.need_reader(&app.hub)?;
    let user = app.hub.user_overview(&who, at.get("user")?).await?;
    let orgs = user.orgs.iter().filter(|member| member.role > Role::NoAccess).map(|member| Org {
        public_id: public_id(member.account.id),
        name: member.account.name.clone(),
        fullname: member.account.fullname.clone(),
        avatar_url: avatar_url(&origin, &member.account.name),
    });
    Ok(Json(Answer {
        public_id: public_id(user.account.id),
        avatar_url: avatar_url(&origin, &user.account.name),
        kind: "user",
        is_pro: false,
        is_following: false,
        num_models: user.profile.models,
        num_datasets: user.profile.datasets,
        num_spaces: user.profile.spaces,
        num_discussions: 0,
        num_papers: 0,
        num_upvotes: 0,
        num_likes: user.likes,
        num_following: 0,
        num_followers: 0,
        orgs: orgs.collect(),
        created_at: user.account.created_at,
        user: user.account.name,
        fullname: user.account.fullname,
        details: user.account.details,
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing;

    #[tokio::test]
    async fn a_profile_counts_what_the_asker_may_see() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for (name, private) in [("m", false), ("n", true)] {
            ada.post_json("/api/repos/create", &json!({ "name": name, "private": private })).await.ok();
        }
        ada.create("datasets/ada/d").await.ok();
        for (client, models) in
            [(ada.clone(), 2), (hub.as_user("root"), 2), (hub.as_user("bob"), 1), (hub.anonymous(), 1)]
        {
            let user = client.get("/api/users/Ada/overview").await.expect(200).json();
            assert_eq!((&user["numModels"], &user["numDatasets"]), (&json!(models), &json!(1)));
            assert_eq!((&user["user"], &user["type"]), (&json!("ada"), &json!("user")));
            assert_eq!(user["orgs"][0]["name"], "acme");
            // One of `user` and `name`, and no text that is null.
            assert!(user.get("name").is_none() && user.get("plan").is_none());
            assert!(user.as_object().is_some_and(|user| user.values().all(|value| !value.is_null())));
        }
        for name in ["nobody-here", "acme", "%00", "..", "a%2Fb"] {
            let answer = ada.get(&format!("/api/users/{name}/overview")).await;
            assert!(answer.status.is_client_error() && answer.json()["error"].is_string(), "{name}");
        }
    }
}
