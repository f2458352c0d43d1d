//! The buckets of an account: `GET /api/buckets/{ns}[?search=]`; `me` stands for the asker's own account.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use stoa_http::{App, Origin, Page, Params, Reply, Segments, Who};

use super::info::BucketJson;
use super::place::owner;
use crate::cursor;

/// Buckets of a page at most.
const MOST: usize = 500;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/buckets/{ns}", get(list))
}

async fn list(
    app: App,
    who: Who,
    at: Segments,
    params: Params,
    origin: Origin,
    uri: Uri,
) -> Reply<Page<BucketJson>> {
    who.need_reader(&app.hub)?;
    let owner = owner(&who, at.get("ns")?)?;
    let limit = params.limit(MOST, MOST)?;
    let after: i64 = cursor::position(&params)?;
    let search = params.text("search").unwrap_or_default();
    let page = app.hub.buckets_of(&who, owner, search, after, limit).await?;
    let next = page.next.map(|after| cursor::link(&origin, &uri, after));
    Ok(Page { items: page.buckets.iter().map(BucketJson::from).collect(), next })
}
