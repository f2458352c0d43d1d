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
