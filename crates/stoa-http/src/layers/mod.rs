//! What happens to every request and answer, whatever the route.

mod access_log;
mod cors;
mod drain;
mod errors;
mod request_id;
mod unknown;

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use stoa_core::Failure;

use crate::{App, Error};

pub use request_id::RequestId;
pub(crate) use unknown::about_a_repository;

/// Joins routes, state and layers into the service that answers.
///
/// An address that no route has, a method that a route does not take and whatever an extractor refuses are answered in
/// the form of every other error: a JSON object with a sentence.
pub fn assemble(routes: Router<App>, app: App) -> Router {
    routes
        .fallback(unknown::address)
        .method_not_allowed_fallback(unknown::method)
        .layer(DefaultBodyLimit::max(app.config.body_limit))
        .layer(middleware::from_fn_with_state(app.clone(), edge))
        .with_state(app)
}

/// Names the request, runs it, finishes its errors and writes it down.
async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    if let Some(preflight) = cors::preflight(&request) {
        return preflight;
    }
    let started = Instant::now();
    let id = RequestId::of(request.headers(), app.hub.now());
    let facts = errors::Facts::of(&request, &app, &id);
    request.extensions_mut().insert(id.clone());
    let request = drain::keep_reading(request);
    let run = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let answer = run.unwrap_or_else(|panic| Error(Failure::internal(panic_text(&*panic))).into_response());
    let mut answer = errors::finish(answer, &facts).await;
    let headers = answer.headers_mut();
    headers.insert("x-request-id", id.header());
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    cors::share(headers);
    access_log::write(&facts, &answer, started.elapsed());
    answer
}

/// What a panic said. The hook has printed where it happened.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("without a text"))
}
