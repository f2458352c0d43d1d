//! One line per request. Never tokens, queries (signed URLs carry signatures), bodies or addresses of people.

use std::time::Duration;

use axum::response::Response;

use super::errors::Facts;

/// Writes the line when the head of the answer is ready; a body may still be streaming.
pub(super) fn write(facts: &Facts, answer: &Response, took: Duration) {
    let size = axum::body::HttpBody::size_hint(answer.body()).exact();
    tracing::info!(
        target: "stoa::access",
        {
            http.method = %facts.method,
            http.path = facts.uri.path(),
            http.status = answer.status().as_u16(),
            micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            size_bytes = size,
            request.id = facts.id.as_str()
        },
        "answered"
    );
}
