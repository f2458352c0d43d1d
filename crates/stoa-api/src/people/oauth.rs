//! Tokens for programs: `POST /oauth/token` (RFC 6749, RFC 8628).

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Serialize;
use serde_json::json;
use stoa_core::Failure;
use stoa_hub::{DevicePoll, Grant};
use stoa_http::{App, Error, Fields, Json};

pub(super) fn route() -> Router<App> {
    Router::new().route("/oauth/token", post(token))
}

/// The grant of a device login.
pub(super) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// An error in the form that the RFCs ask for: `{"error": code, "error_description": sentence}`.
pub(super) enum Refusal {
    /// The program did something wrong, or must wait.
    Told(&'static str, String),
    /// The fault is ours, or the hub is busy; worded like every other error.
    Ours(Error),
}

impl Refusal {
    pub(super) fn of(code: &'static str, description: impl Into<String>) -> Self {
        Self::Told(code, description.into())
    }

    pub(super) fn missing(field: &str) -> Self {
        Self::of("invalid_request", format!("The field `{field}` is missing"))
    }

    pub(super) fn unreadable() -> Self {
        Self::of("invalid_request", "The request body cannot be read; send a form, or a flat JSON object")
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Ours(failure.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Told(code, description) => {
                let body = Json(json!({ "error": code, "error_description": description }));
                (StatusCode::BAD_REQUEST, [(header::CACHE_CONTROL, "no-store")], body).into_response()
            }
            Self::Ours(error) => error.into_response(),
        }
    }
}

#[derive(Serialize)]
struct Answer {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
    token_type: &'static str,
    scope: &'static str,
}

async fn token(app: App, fields: Result<Fields, Error>) -> Result<impl IntoResponse, Refusal> {
    let Fields(fields) = fields.map_err(|_| Refusal::unreadable())?;
    let need = |name: &'static str| fields.text(name).ok_or_else(|| Refusal::missing(name));
    let grant = match need("grant_type")? {
        DEVICE => {
            let (device_code, client_id) = (need("device_code")?, need("client_id")?);
            granted(app.hub.poll_device(device_code, client_id).await?)?
        }
        "refresh_token" => {
            let (refresh_token, client_id) = (need("refresh_token")?, need("client_id")?);
            let grant = app.hub.refresh(refresh_token, client_id).await?;
            grant.ok_or_else(|| {
                Refusal::of("invalid_grant", "The refresh token is wrong, was used, or has expired. Log in again.")
            })?
        }
        _ => {
            let message = format!("`grant_type` must be {DEVICE} or refresh_token; stoa offers no other yet");
            return Err(Refusal::of("unsupported_grant_type", message));
        }
    };
    let answer = Answer {
        access_token: grant.access_token,
        refresh_token: grant.refresh_token,
        expires_in: grant.expires_in,
        token_type: "bearer",
        // What the person may do, the token may do: a device login asks for no less.
        scope: "openid profile email read-repos write-repos manage-repos gated-repos contribute-repos",
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}

/// Compat: `hf auth login` branches on these words, and polls again at 500 and above.
fn granted(poll: DevicePoll) -> Result<Grant, Refusal> {
    let (code, description) = match poll {
        DevicePoll::Granted(grant) => return Ok(grant),
        DevicePoll::Pending => ("authorization_pending", "The login was not approved yet"),
        DevicePoll::SlowDown => ("slow_down", "Ask less often: five seconds more between two requests"),
        DevicePoll::Expired => ("expired_token", "The code is wrong, was used, or has expired. Start again."),
        DevicePoll::Denied => ("access_denied", "The login was refused"),
    };
    Err(Refusal::of(code, description))
}
