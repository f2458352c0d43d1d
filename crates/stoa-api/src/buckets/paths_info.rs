//! Ask about some files of a bucket: `POST /api/buckets/{ns}/{name}/paths-info`. Paths without a file are left out.

use axum::Router;
use axum::routing::post;
use stoa_core::Failure;
use stoa_http::{App, Fields, Json, Reply};
use stoa_hub::Read;

use super::place::BucketOf;
use super::tree::EntryJson;

/// Paths of one request at most.
const MOST: usize = 1000;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/buckets/{ns}/{name}/paths-info", post(paths_info))
}

async fn paths_info(bucket: BucketOf<Read>, Fields(fields): Fields) -> Reply<Json<Vec<EntryJson>>> {
    let paths: Vec<String> = fields.all("paths").map(str::to_owned).collect();
    if paths.len() > MOST {
        return Err(Failure::invalid(format!("At most {MOST} paths can be asked about at once")).into());
    }
    let files = bucket.paths(&paths).await?;
    Ok(Json(files.into_iter().map(EntryJson::from).collect()))
}
