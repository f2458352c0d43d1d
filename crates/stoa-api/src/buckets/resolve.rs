//! Fetch a file of a bucket: `HEAD|GET /buckets/{ns}/{name}/resolve/{path}`.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Origin, Params, Reply, Segments};
use stoa_hub::Read;

use super::place::BucketOf;
use crate::files::{Content, Plan};

pub(super) fn route() -> Router<App> {
    Router::new().route("/buckets/{ns}/{name}/resolve/{*path}", get(resolve))
}

async fn resolve(
    bucket: BucketOf<Read>,
    method: Method,
    at: Segments,
    params: Params,
    origin: Origin,
    asked: HeaderMap,
) -> Reply<Response> {
    let file = bucket.file(at.path()).await?;
    let hash = file.hash.to_string();
    let token = format!("{origin}/api/{}/xet-read-token", bucket.id().path());
    let plans = format!("{origin}/cas/e1/v1/reconstructions/{hash}");
    // Compat: empty files carry the links too, because `download_bucket_files` takes them from the first file it finds.
    let links = format!("<{token}>; rel=\"xet-auth\", <{plans}>; rel=\"xet-reconstruction-info\"");
    let content = Content {
        name: Some(file.path.rsplit('/').next().unwrap_or_default().to_owned()),
        size: file.size,
        etag: hash.clone(),
        commit: None,
        large: None,
        xet: Some((hash, links)),
    };
    let plan = Plan::of(&content, &method, &asked, &params)?;
    let body = match &plan.range {
        Some(range) if !range.is_empty() => Body::from_stream(bucket.open_file(&file, range.clone()).await?),
        _ => Body::empty(),
    };
    Ok(plan.with(body))
}
