//! How to put a file together: `GET {cas}/v1/reconstructions/{file}` and `GET {cas}/v2/reconstructions/{file}`.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Map, Value, json};
use stoa_http::{App, Origin, Reply, Segments};
use stoa_hub::{Fetch, Reconstructed};

use super::session::{Session, hash, range};
use super::store;

pub(super) fn route() -> Router<App> {
    // Compat: hf_xet 1.5 and before know no version in the path.
    let first = ["/v1/reconstructions/{hash}", "/reconstructions/{hash}", "/reconstruction/{hash}"];
    store(&first, &get(version_one)).merge(store(&["/v2/reconstructions/{hash}"], &get(version_two)))
}

async fn version_one(session: Session, at: Segments, origin: Origin, headers: HeaderMap) -> Reply<Response> {
    let plan = session.0.reconstruct(hash(&at)?, range(&headers)?).await?;
    let fetches = grouped(&plan, |fetch| fetch_one(&origin, fetch));
    let body =
        json!({ "offset_into_first_range": plan.offset, "terms": terms(&plan), "fetch_info": fetches });
    Ok(answer(body))
}

async fn version_two(session: Session, at: Segments, origin: Origin, headers: HeaderMap) -> Reply<Response> {
    let plan = session.0.reconstruct(hash(&at)?, range(&headers)?).await?;
    // One entry per range: no client then has to ask for several ranges at once, which byte stores do not answer.
    let xorbs = grouped(&plan, |fetch| {
        json!({
            "url": url(&origin, fetch),
            "ranges": [{
                "chunks": { "start": fetch.chunks.start, "end": fetch.chunks.end },
                "bytes": { "start": fetch.bytes.start, "end": fetch.bytes.end - 1 },
            }],
        })
    });
    Ok(answer(json!({ "offset_into_first_range": plan.offset, "terms": terms(&plan), "xorbs": xorbs })))
}

/// What to fetch, as the first version says it.
pub(super) fn fetch_one(origin: &Origin, fetch: &Fetch) -> Value {
    json!({
        "range": { "start": fetch.chunks.start, "end": fetch.chunks.end },
        "url": url(origin, fetch),
        "url_range": { "start": fetch.bytes.start, "end": fetch.bytes.end - 1 },
    })
}

/// The answer holds permissions, so no cache may keep it for others.
pub(super) fn answer(body: Value) -> Response {
    ([(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"))], Json(body)).into_response()
}

pub(super) fn terms(plan: &Reconstructed) -> Vec<Value> {
    plan.terms
        .iter()
        .map(|term| {
            json!({
                "hash": term.xorb.to_string(),
                "unpacked_length": term.unpacked,
                "range": { "start": term.chunks.start, "end": term.chunks.end },
            })
        })
        .collect()
}

pub(super) fn grouped(plan: &Reconstructed, entry: impl Fn(&Fetch) -> Value) -> Map<String, Value> {
    let mut groups = Map::new();
    for fetch in &plan.fetches {
        let group = groups.entry(fetch.xorb.to_string()).or_insert_with(|| json!([]));
        if let Value::Array(entries) = group {
            entries.push(entry(fetch));
        }
    }
    groups
}

fn url(origin: &Origin, fetch: &Fetch) -> String {
    let Fetch { xorb, bytes, expires, signature, .. } = fetch;
    format!("{origin}/xet/fetch/{xorb}?from={}&to={}&exp={expires}&sig={signature}", bytes.start, bytes.end)
}
