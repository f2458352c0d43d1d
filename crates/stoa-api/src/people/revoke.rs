//! End tokens that leaked: `POST /api/credentials/revoke`.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use serde::Deserialize;
use stoa_core::Failure;
use stoa_http::{App, Json, Reply};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/credentials/revoke", post(revoke))
}

/// Credentials in one request at most.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Ask {
    credentials: Vec<String>,
}

/// Open to everyone: whoever holds a token could do worse with it. The answer is 202 whether or not a credential was
/// one of ours, so nothing can be learned from it.
async fn revoke(app: App, Json(ask): Json<Ask>) -> Reply<StatusCode> {
    if ask.credentials.len() > MOST {
        return Err(Failure::invalid(format!("At most {MOST} credentials at a time")).into());
    }
    for credential in ask.credentials.iter().map(|credential| credential.trim()) {
        if credential.starts_with("hf_") && credential.len() <= 256 {
            app.hub.revoke_leaked(credential).await?;
        }
    }
    Ok(StatusCode::ACCEPTED)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing;

    #[tokio::test]
    async fn whoever_finds_a_token_can_end_it_and_learns_nothing() {
        let hub = testing::hub().await;
        let token = hub.token_of("ada");
        let path = "/api/credentials/revoke";
        for _ in 0..2 {
            let ask = json!({ "credentials": [token, "hf_unknown", "", "AKIA-something"] });
            let answer = hub.anonymous().post_json(path, &ask).await.expect(202);
            assert_eq!(answer.text(), "");
        }
        hub.with_token(&token).get("/api/whoami-v2").await.expect(401);
        hub.as_user("bob").get("/api/whoami-v2").await.expect(200);
        hub.anonymous().post_json(path, &json!({ "credentials": [] })).await.expect(202);
        for ask in [json!({}), json!({ "credentials": "hf_x" }), json!({ "credentials": vec!["hf_x"; 101] })]
        {
            hub.anonymous().post_json(path, &ask).await.expect(400);
        }
    }
}
