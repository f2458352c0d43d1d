//! Locked files: `GET /{ns}/{name}[.git]/info/lfs/locks`, the same below `/models`, `/datasets` and `/spaces`.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Value, json};
use stoa_http::{App, Params, Reply, RepoOf, decode_cursor, encode_cursor};
use stoa_hub::{LockAsk, Read};

use super::{answer, lock};
use crate::files::place;

/// Locks of a page at most, and when the client does not say.
pub(super) const MOST: usize = 1000;
pub(super) const USUAL: usize = 100;

pub(super) fn route() -> Router<App> {
    place::web("/info/lfs/locks", &get(list))
}

/// `refspec` says nothing that would change the answer: a lock holds in every branch.
async fn list(repo: RepoOf<Read>, params: Params) -> Reply<Response> {
    let text = |name: &str| params.text(name).map(str::to_owned);
    let ask = LockAsk {
        id: text("id"),
        path: text("path"),
        after: params.text("cursor").map(decode_cursor).transpose()?,
        limit: params.limit(USUAL, MOST)?,
    };
    let page = repo.locks(&ask).await?;
    let locks: Vec<Value> = page.locks.iter().map(lock::show).collect();
    Ok(answer::ok(&with_cursor(json!({ "locks": locks }), page.next.as_deref())))
}

/// Adds where the next page begins. Compat: left out on the last page, because git-lfs asks on until it is absent.
pub(super) fn with_cursor(mut answer: Value, next: Option<&str>) -> Value {
    if let Some(next) = next {
        answer["next_cursor"] = encode_cursor(next).into();
    }
    answer
}
