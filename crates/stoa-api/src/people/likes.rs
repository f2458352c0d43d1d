//! What a user likes: `GET /api/users/{user}/likes`.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{RepoKind, Time};
use stoa_http::{App, Origin, Page, Params, Reply, Segments, Who};

use crate::cursor;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/users/{user}/likes", get(likes))
}

/// Likes on a page at most.
const PAGE: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Like {
    created_at: Time,
    repo: Liked,
}

#[derive(Serialize)]
struct Liked {
    name: String,
    #[serde(rename = "type")]
    kind: RepoKind,
}

/// Private repositories are on the list for those who may see them.
async fn likes(
    app: App,
    who: Who,
    at: Segments,
    params: Params,
    origin: Origin,
    uri: Uri,
) -> Reply<Page<Like>> {
    who.need_reader(&app.hub)?;
    let limit = params.limit(PAGE, PAGE)?;
    let skip: usize = cursor::position(&params)?;
    let (likes, more) = app.hub.likes_of(&who, at.get("user")?, skip, limit).await?;
    let next = more.then(|| cursor::link(&origin, &uri, skip.saturating_add(limit)));
    let items = likes
        .into_iter()
        .map(|(row, at)| Like {
            created_at: at,
            repo: Liked { kind: row.name.kind, name: row.name.to_string() },
        })
        .collect();
    Ok(Page { items, next })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::testing::{self, next};

    #[tokio::test]
    async fn likes_are_listed_newest_first_and_private_ones_for_those_who_see_them() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        for repo in ["models/ada/m", "datasets/ada/d", "models/ada/secret"] {
            ada.create(repo).await.ok();
            ada.post(&format!("/api/{repo}/like"), "application/json", "").await.ok();
            hub.clock.advance(Duration::from_secs(1));
        }
        ada.put_json("/api/models/ada/secret/settings", &serde_json::json!({ "private": true })).await.ok();
        for (client, expected) in [
            (ada, vec!["model ada/secret", "dataset ada/d", "model ada/m"]),
            (hub.as_user("bob"), vec!["dataset ada/d", "model ada/m"]),
            (hub.anonymous(), vec!["dataset ada/d", "model ada/m"]),
        ] {
            let mut path = Some("/api/users/ada/likes?limit=1".to_owned());
            let mut seen = Vec::new();
            while let Some(page) = path {
                let answer = client.get(&page).await.expect(200);
                for like in answer.json().as_array().expect("a list") {
                    assert!(like["createdAt"].as_str().is_some_and(|date| date.ends_with('Z')));
                    let text = |key: &str| like["repo"][key].as_str().unwrap_or_default().to_owned();
                    seen.push(format!("{} {}", text("type"), text("name")));
                }
                path = next(&answer);
            }
            assert_eq!(seen, expected);
        }
        hub.anonymous().get("/api/users/none/likes").await.expect(404);
        hub.anonymous().get("/api/users/ada/likes?cursor=LTE").await.expect(400);
    }
}
