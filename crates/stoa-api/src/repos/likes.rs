//! Likes: `POST|DELETE /api/{type}s/{ns}/{name}/like` and `GET /api/{type}s/{ns}/{name}/likers`.

use axum::Router;
use axum::http::Uri;
use axum::routing::{get, post};
use serde_json::{Value, json};
use stoa_hub::Read;
use stoa_http::{App, Json, Origin, Page, Params, Reply, RepoOf};

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
    let next = likers
        .last()
        .filter(|_| likers.len() == limit)
        .map(|last| cursor::link(&origin, &uri, last.user_id));
    let items = likers
        .into_iter()
        .map(|liker| Person::user(&origin, liker.user_id, &liker.user, &liker.fullname))
        .collect();
    Ok(Page { items, next })
}
