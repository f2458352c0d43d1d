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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use stoa_testkit::Answer;

    use crate::testing;

    fn first(answer: &Answer, key: &str) -> String {
        answer.json()[key][0]["message"].as_str().unwrap_or_default().to_owned()
    }

    async fn ask(hub: &stoa_testkit::TestHub, kind: &Value, content: &str) -> Answer {
        let body = json!({ "repoType": kind, "content": content });
        hub.anonymous().with_header("accept", "text/plain").post_json("/api/validate-yaml", &body).await
    }

    #[tokio::test]
    async fn cards_are_checked_for_anybody() {
        let hub = testing::hub().await;
        let good = ask(&hub, &json!("model"), "---\nlicense: mit\n---\n").await.expect(200);
        assert_eq!(good.json(), json!({ "errors": [], "warnings": [] }));
        let empty = ask(&hub, &json!("dataset"), "# Title\n").await.expect(200);
        assert!(first(&empty, "warnings").starts_with("empty or missing yaml metadata in repo card"));
        let license = ask(&hub, &json!("model"), "---\nlicense: none-such\n---\n").await.expect(400);
        assert!(
            first(&license, "errors").starts_with("Error: \"license\" must be one of [apache-2.0, mit, ")
        );
        for (kind, yaml) in [
            ("model", "model-index: foo"),
            ("model", "a: ["),
            ("model", "a: 1\na: 2"),
            ("space", "sdk: cobol"),
            ("dataset", "configs: 3"),
        ] {
            let bad = ask(&hub, &json!(kind), &format!("---\n{yaml}\n---\n")).await.expect(400);
            assert!(first(&bad, "errors").starts_with("Error: "), "{yaml}");
        }
        ask(&hub, &Value::Null, "---\nlicense: mit\n---\n").await.expect(200);
    }

    #[tokio::test]
    async fn hostile_cards_and_bodies_are_answered_in_json() {
        let hub = testing::hub().await;
        let deep = format!("---\na: {}\n---\n", "[".repeat(100_000));
        let bombs = format!("---\na: &a [x]\n{}---\n", "b: [*a, *a, *a]\n".repeat(10));
        for content in
            [deep.as_str(), bombs.as_str(), "---\n\u{0}: \u{1}\n---\n", "---\n!!python/x: y\n---\n"]
        {
            let answer = ask(&hub, &json!("model"), content).await;
            assert!(answer.status.is_success() || answer.status.as_u16() == 400, "{}", answer.summary());
            assert!(answer.json()["errors"].is_array());
        }
        let long = format!("---\nlicense: mit\n---\n{}", "long ".repeat(1 << 20));
        ask(&hub, &json!("dataset"), &long).await.expect(200);
        for body in
            ["", "{", "[]", "{\"content\": 1}", "{\"content\": \"\", \"repoType\": \"planet\"}", "\u{0}"]
        {
            let answer =
                hub.anonymous().post("/api/validate-yaml", "application/json", body).await.expect(400);
            assert!(answer.json()["error"].is_string(), "{body}");
        }
        let huge = vec![b'x'; (12 << 20) + 1];
        hub.anonymous().post("/api/validate-yaml", "application/json", huge).await.expect(413);
    }
}
