//! Errors as pages: what a person who follows a link gets instead of the JSON that programs read.

use axum::http::{HeaderMap, StatusCode};

/// What went wrong, for whoever draws the page.
pub struct Problem<'a> {
    /// The status of the answer.
    pub status: StatusCode,
    /// `X-Error-Code`, or nothing.
    pub code: &'a str,
    /// What happened, in a sentence.
    pub message: &'a str,
    /// The id under which the operator finds the request in the log.
    pub request_id: &'a str,
    /// Path and query that were asked for.
    pub path: &'a str,
    /// The headers of the request: language, cookies.
    pub headers: &'a HeaderMap,
}

/// Draws a page about a problem: the HTML, and the policy under which browsers show it.
pub type DrawProblem = fn(&Problem<'_>) -> (String, &'static str);
