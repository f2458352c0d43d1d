//! Locked files before a push, one's own and those of others: `POST /{ns}/{name}[.git]/info/lfs/locks/verify`, the same below
//! `/models`, `/datasets` and `/spaces`.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use serde_json::{Value, json};
use stoa_http::{App, Json, Reply, RepoOf, decode_cursor};
use stoa_hub::{LockAsk, Write};

use super::locks::{MOST, USUAL, with_cursor};
use super::{answer, lock};
use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/info/lfs/locks/verify", &post(verify))
}

async fn verify(repo: RepoOf<Write>, Json(body): Json<Value>) -> Reply<Response> {
    let limit = match body.get("limit") {
        None | Some(Value::Null) => USUAL,
        Some(limit) => match limit.as_u64() {
            // Compat: git-lfs means by 0 that it does not mind.
            Some(0) => USUAL,
            Some(limit) => usize::try_from(limit).unwrap_or(MOST).min(MOST),
            None => return Ok(answer::unprocessable("`limit` must be a whole number, zero or more")),
        },
    };
    let after = match body.get("cursor") {
        None | Some(Value::Null) => None,
        Some(Value::String(cursor)) if cursor.is_empty() => None,
        Some(Value::String(cursor)) => Some(decode_cursor(cursor)?),
        Some(_) => return Ok(answer::unprocessable("`cursor` must be the `next_cursor` of the page before")),
    };
    let page = repo.locks(&LockAsk { after, limit, ..LockAsk::default() }).await?;
    let (ours, theirs): (Vec<_>, Vec<_>) = page.locks.iter().partition(|held| lock::is_ours(&repo, held));
    let show = |locks: Vec<_>| locks.into_iter().map(lock::show).collect::<Vec<Value>>();
    let answer = json!({ "ours": show(ours), "theirs": show(theirs) });
    Ok(answer::ok(&with_cursor(answer, page.next.as_deref())))
}
