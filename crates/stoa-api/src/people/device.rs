//! Begin a login of a program through a browser: `POST /oauth/device` (RFC 8628).

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use serde::Serialize;
use stoa_core::Kind;
use stoa_http::{App, Error, Fields, Json, Origin};

use super::oauth::Refusal;

pub(super) fn route() -> Router<App> {
    Router::new().route("/oauth/device", post(begin))
}

#[derive(Serialize)]
struct Answer {
    device_code: String,
    user_code: String,
    verification_uri: String,
    /// Saves the person the typing.
    verification_uri_complete: String,
    expires_in: u64,
    interval: i64,
}

/// Compat: `hf auth login` posts a form with `client_id`.
async fn begin(
    app: App,
    origin: Origin,
    fields: Result<Fields, Error>,
) -> Result<impl IntoResponse, Refusal> {
    let Fields(fields) = fields.map_err(|_| Refusal::unreadable())?;
    let client_id = fields.text("client_id").ok_or_else(|| Refusal::missing("client_id"))?;
    let login = app.hub.begin_device(client_id).await.map_err(|failure| match failure.kind {
        Kind::Invalid => Refusal::of("invalid_client", failure.message),
        _ => failure.into(),
    })?;
    let answer = Answer {
        verification_uri: format!("{origin}/device"),
        verification_uri_complete: format!("{origin}/device?user_code={}", login.user_code),
        device_code: login.device_code,
        user_code: login.user_code,
        expires_in: login.expires_in,
        interval: login.interval,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(answer)))
}
