//! Likes: `POST|DELETE /api/{type}s/{ns}/{name}/like` and `GET /api/{type}s/{ns}/{name}/likers`.

use axum::Router;
use axum::http::Uri;
use axum::routing::{get, post};
use serde_json::{Value, json};
use stoa_http::{App, Json, Origin, Page, Params, Reply, RepoOf};
use stoa_hub::Read;

use crate::cursor;
use crate::people::Person;
use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/like", &post(like).delete(unlike)).merge(of_repo("/likers", &get(likers)))
}

/// Likers on a page at most.
const PAGE: usize = 1000;

async fn like(repo: RepoOf<Read>) -> Reply<Json<Value>> {
    repo.like(true).await?;
    Ok(Json(json!({ "liked": true })))
}

/// Compat: `unlike` of `huggingface_hub`; taking back a like that is not there is fine.
async fn unlike(repo: RepoOf<Read>) -> Reply<Json<Value>> {
    repo.like(false).await?;
    Ok(Json(json!({ "liked": false })))
}

async fn likers(repo: RepoOf<Read>, params: Params, origin: Origin, uri: Uri) -> Reply<Page<Person>> {
    let limit = params.limit(PAGE, PAGE)?;
    let likers = repo.likers(cursor::position(&params)?, limit).await?;
    let next =
        likers.last().filter(|_| likers.len() == limit).map(|last| cursor::link(&origin, &uri, last.user_id));
    let items = likers
        .into_iter()
        .map(|liker| Person::user(&origin, liker.user_id, &liker.user, &liker.fullname))
        .collect();
    Ok(Page { items, next })
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Method;
    use stoa_core::TokenRole;

    use crate::testing::{self, next, texts};

    #[tokio::test]
    async fn likes_are_counted_once_and_taken_back() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("spaces/ada/s").await.ok();
        let bob = hub.as_user("bob");
        let like = || bob.raw(Method::POST, "/api/spaces/ada/s/like", &[], Body::empty());
        for _ in 0..2 {
            like().await.expect(200);
        }
        assert_eq!(bob.get("/api/spaces/ada/s").await.json()["likes"], 1);
        let likers = hub.anonymous().get("/api/spaces/ada/s/likers").await.expect(200);
        assert_eq!(texts(&likers, "user"), ["bob"]);
        for _ in 0..2 {
            bob.delete("/api/spaces/ada/s/like").await.expect(200);
        }
        assert_eq!(bob.get("/api/spaces/ada/s").await.json()["likes"], 0);
    }

    #[tokio::test]
    async fn likers_come_in_pages() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("ada/m").await.ok();
        for user in ["ada", "bob", "carol"] {
            hub.as_user(user).raw(Method::POST, "/api/models/ada/m/like", &[], Body::empty()).await.ok();
        }
        let mut path = Some("/api/models/ada/m/likers?limit=1".to_owned());
        let mut seen = Vec::new();
        while let Some(page) = path {
            let answer = hub.anonymous().get(&page).await.expect(200);
            seen.extend(texts(&answer, "user"));
            path = next(&answer);
        }
        assert_eq!(seen, ["ada", "bob", "carol"]);
        hub.anonymous().get("/api/models/ada/m/likers?cursor=!").await.expect(400);
        hub.anonymous().get("/api/models/ada/m/likers?limit=x").await.expect(400);
    }

    #[tokio::test]
    async fn liking_needs_an_account_that_may_write_and_see() {
        let hub = testing::hub().await;
        let ada = hub.as_user("ada");
        ada.create("ada/m").await.ok();
        ada.create("ada/secret").await.ok();
        ada.put_json("/api/models/ada/secret/settings", &serde_json::json!({ "private": true })).await.ok();
        let reader = hub.with_token(&hub.token("bob", TokenRole::Read).await);
        for (client, repo, status) in [
            (hub.anonymous(), "ada/m", 401),
            (reader, "ada/m", 403),
            (hub.as_user("bob"), "ada/secret", 404),
            (hub.as_user("bob"), "ada/none", 404),
        ] {
            let path = format!("/api/models/{repo}/like");
            client.raw(Method::POST, &path, &[], Body::empty()).await.expect(status);
            client.delete(&path).await.expect(status);
        }
    }
}
