//! Tokens for programs: `POST /oauth/token` (RFC 6749, RFC 8628).

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Serialize;
use serde_json::json;
use stoa_core::Failure;
use stoa_http::{App, Error, Fields, Json};
use stoa_hub::{DevicePoll, Grant};

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
                Refusal::of(
                    "invalid_grant",
                    "The refresh token is wrong, was used, or has expired. Log in again.",
                )
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};
    use stoa_testkit::{Client, TestHub};

    use super::DEVICE;
    use crate::testing;

    async fn begin(client: &Client) -> Value {
        client.post_form("/oauth/device", "client_id=hf-cli").await.expect(200).json()
    }

    /// What a poll answers: an error word, or `granted`.
    async fn poll(hub: &TestHub, login: &Value, client_id: &str) -> String {
        hub.clock.advance(Duration::from_secs(5));
        let code = login["device_code"].as_str().expect("a code");
        let form = format!("grant_type={DEVICE}&device_code={code}&client_id={client_id}");
        let answer = hub.anonymous().post_form("/oauth/token", &form).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        match answer.json()["error"].as_str() {
            Some(error) => {
                assert_eq!(answer.status.as_u16(), 400);
                assert!(answer.json()["error_description"].is_string());
                error.to_owned()
            }
            None => "granted".to_owned(),
        }
    }

    async fn decide(hub: &TestHub, login: &Value, approve: bool) {
        let ada = hub.hub.operator("ada").await.expect("a user");
        let code = login["user_code"].as_str().expect("a code");
        hub.hub.decide_device(&ada, code, approve).await.expect("a login under way");
    }

    #[tokio::test]
    async fn a_program_waits_until_the_person_approves() {
        let hub = testing::hub().await;
        let login = begin(&hub.anonymous()).await;
        assert_eq!(login["verification_uri"], "http://hub.test/device");
        let complete =
            format!("http://hub.test/device?user_code={}", login["user_code"].as_str().unwrap_or_default());
        assert_eq!(login["verification_uri_complete"], complete);
        assert_eq!((&login["interval"], &login["expires_in"]), (&json!(5), &json!(900)));
        assert_eq!(poll(&hub, &login, "hf-cli").await, "authorization_pending");
        decide(&hub, &login, true).await;
        assert_eq!(poll(&hub, &login, "another").await, "expired_token");
        assert_eq!(poll(&hub, &login, "hf-cli").await, "granted");
        assert_eq!(poll(&hub, &login, "hf-cli").await, "expired_token");
    }

    #[tokio::test]
    async fn the_token_works_and_can_be_renewed_once() {
        let hub = testing::hub().await;
        let login = begin(&hub.anonymous()).await;
        decide(&hub, &login, true).await;
        let ask = json!({ "grant_type": DEVICE, "device_code": login["device_code"], "client_id": "hf-cli" });
        let grant = hub.anonymous().post_json("/oauth/token", &ask).await.expect(200).json();
        assert_eq!(grant["token_type"], "bearer");
        let me = hub.with_token(grant["access_token"].as_str().expect("a token")).get("/api/whoami-v2").await;
        assert_eq!(me.expect(200).json()["auth"]["accessToken"]["role"], "write");
        let form = format!(
            "grant_type=refresh_token&client_id=hf-cli&refresh_token={}",
            grant["refresh_token"].as_str().expect("a token")
        );
        let renewed = hub.anonymous().post_form("/oauth/token", &form).await.expect(200).json();
        assert_ne!(renewed["access_token"], grant["access_token"]);
        let again = hub.anonymous().post_form("/oauth/token", &form).await.expect(400).json();
        assert_eq!(again["error"], "invalid_grant");
    }

    #[tokio::test]
    async fn refused_and_forgotten_logins_end() {
        let hub = testing::hub().await;
        let refused = begin(&hub.anonymous()).await;
        decide(&hub, &refused, false).await;
        assert_eq!(poll(&hub, &refused, "hf-cli").await, "access_denied");
        let forgotten = begin(&hub.anonymous()).await;
        hub.clock.advance(Duration::from_secs(901));
        assert_eq!(poll(&hub, &forgotten, "hf-cli").await, "expired_token");
    }

    #[tokio::test]
    async fn a_program_that_asks_too_often_is_slowed_down() {
        let hub = testing::hub().await;
        let login = begin(&hub.anonymous()).await;
        assert_eq!(poll(&hub, &login, "hf-cli").await, "authorization_pending");
        let code = login["device_code"].as_str().expect("a code");
        let form = format!("grant_type={DEVICE}&device_code={code}&client_id=hf-cli");
        let answer = hub.anonymous().post_form("/oauth/token", &form).await.expect(400).json();
        assert_eq!(answer["error"], "slow_down");
    }

    #[tokio::test]
    async fn errors_have_the_form_of_the_rfc() {
        let hub = testing::hub().await;
        let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
        for (path, kind, body, error) in [
            ("/oauth/token", "application/x-www-form-urlencoded", String::new(), "invalid_request"),
            ("/oauth/token", "application/json", "{".to_owned(), "invalid_request"),
            ("/oauth/token", "application/json", "{\"grant_type\": {}}".to_owned(), "invalid_request"),
            (
                "/oauth/token",
                "application/json",
                format!("{{\"grant_type\": \"{exchange}\"}}"),
                "unsupported_grant_type",
            ),
            ("/oauth/token", "text/plain", format!("grant_type={DEVICE}&client_id=x"), "invalid_request"),
            (
                "/oauth/token",
                "text/plain",
                "grant_type=refresh_token&refresh_token=x".to_owned(),
                "invalid_request",
            ),
            (
                "/oauth/token",
                "text/plain",
                "grant_type=authorization_code".to_owned(),
                "unsupported_grant_type",
            ),
            ("/oauth/device", "text/plain", String::new(), "invalid_request"),
            ("/oauth/device", "text/plain", format!("client_id={}", "x".repeat(201)), "invalid_client"),
            ("/oauth/device", "application/json", "[]".to_owned(), "invalid_request"),
        ] {
            let answer = hub.anonymous().post(path, kind, body.clone()).await.expect(400).json();
            assert_eq!(answer["error"], error, "{path} {body}");
            assert!(answer["error_description"].is_string());
        }
    }
}
