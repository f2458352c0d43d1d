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
