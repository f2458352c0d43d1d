//! Tokens of the store for a bucket: `GET /api/buckets/{ns}/{name}/xet-read-token` and `GET …/xet-write-token`.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Origin, Reply};
use stoa_hub::{Read, Write};

use super::place::BucketOf;
use crate::cas::token_answer;

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/api/buckets/{ns}/{name}/xet-read-token", get(read))
        .route("/api/buckets/{ns}/{name}/xet-write-token", get(write))
}

async fn read(bucket: BucketOf<Read>, origin: Origin) -> Reply<Response> {
    Ok(token_answer(&origin, &bucket.xet_read_token().await?))
}

async fn write(bucket: BucketOf<Write>, origin: Origin) -> Reply<Response> {
    Ok(token_answer(&origin, &bucket.xet_write_token().await?))
}
