//! Sends a page, with the headers that keep a page to itself.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use stoa_core::Failure;
use stoa_http::Reply;

/// No scripts, nothing from elsewhere, no frames around it, forms only to this hub.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

const HEADERS: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// A filled template as an answer.
pub(crate) fn sheet(status: StatusCode, template: &impl Template) -> Reply<Response> {
    let html = template.render().map_err(Failure::internal)?;
    Ok((status, HEADERS, Html(html)).into_response())
}
