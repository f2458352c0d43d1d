//! The bytes of a xorb that a plan allowed: `GET /xet/fetch/{xorb}`, with the permission in its query.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use stoa_core::Failure;
use stoa_http::{App, Params, Reply, Segments, header_text};

use super::session::{hash, range};

pub(super) fn route() -> Router<App> {
    Router::new().route("/xet/fetch/{hash}", get(fetch))
}

async fn fetch(app: App, at: Segments, params: Params, headers: HeaderMap) -> Reply<Response> {
    let wrong = || Failure::forbidden("This is not a URL that this hub gave out");
    let number =
        |name: &str| params.need(name).ok().and_then(|text| text.parse::<u64>().ok()).ok_or_else(wrong);
    let allowed = number("from")?..number("to")?;
    let expires = i64::try_from(number("exp")?).map_err(|_| wrong())?;
    // Without a range all that is allowed is meant.
    let asked = range(&headers)?.unwrap_or_else(|| allowed.clone());
    let asked = asked.start..asked.end.min(allowed.end);
    let signature = params.need("sig").map_err(|_| wrong())?;
    let body = app.hub.xet_fetch(hash(&at)?, allowed.clone(), expires, signature, asked.clone()).await?;
    let mut out = HeaderMap::new();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(asked.end - asked.start));
    let text = format!("bytes {}-{}/*", asked.start, asked.end - 1);
    out.insert(header::CONTENT_RANGE, header_text(&text, 80));
    Ok((StatusCode::PARTIAL_CONTENT, out, Body::from_stream(body)).into_response())
}
