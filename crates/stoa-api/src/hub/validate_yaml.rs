//! Check a card before it is pushed: `POST /api/validate-yaml`.

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use stoa_core::{Failure, Reply as Result, RepoKind};
use stoa_http::{App, Json, Reply, read_body};
use stoa_meta::validate::{Report, validate};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/validate-yaml", post(check).layer(DefaultBodyLimit::disable()))
}

/// Bytes of a request: cards of datasets with many configurations are long.
const LONGEST: usize = 12 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    content: String,
    repo_type: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    errors: Vec<Message>,
    warnings: Vec<Message>,
}

#[derive(Serialize)]
struct Message {
    message: String,
}

/// Compat: `RepoCard.validate` sends no credential, so this is open to everyone; `create_commit` parses the answer as
/// JSON before it looks at the status, and shows `errors` at 400.
async fn check(body: Body) -> Reply<Response> {
    let bytes = read_body(body, LONGEST).await?;
    // Long cards take milliseconds to parse, which other requests should not wait for.
    let report = tokio::task::spawn_blocking(move || report(&bytes)).await.map_err(Failure::internal)??;
    let status = if report.errors.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    // Compat: the Hub's errors begin with this word, its warnings do not.
    let errors = report.errors.into_iter().map(|text| Message { message: format!("Error: {text}") });
    let warnings = report.warnings.into_iter().map(|message| Message { message });
    let answer = Answer { errors: errors.collect(), warnings: warnings.collect() };
    Ok((status, Json(answer)).into_response())
}

fn report(bytes: &[u8]) -> Result<Report> {
    let ask: Ask = serde_json::from_slice(bytes).map_err(|error| {
        let why: String = error.to_string().chars().take(200).collect();
        Failure::invalid(format!("The request body must be like {{\"content\": …, \"repoType\": …}}: {why}"))
    })?;
    let kind: RepoKind = ask.repo_type.as_deref().map_or(Ok(RepoKind::Model), str::parse)?;
    Ok(validate(kind, &ask.content))
}
