//! What a program must know to log in: `GET /.well-known/oauth-authorization-server` (RFC 8414).
//!
//! `/.well-known/openid-configuration` is not served: it would promise an authorization page and signed identities,
//! which stoa does not have yet.

use axum::Router;
use axum::routing::get;
use serde_json::{Value, json};
use stoa_http::{App, Json, Origin};

use super::oauth::DEVICE;

pub(super) fn route() -> Router<App> {
    Router::new().route("/.well-known/oauth-authorization-server", get(metadata))
}

async fn metadata(origin: Origin) -> Json<Value> {
    Json(json!({
        "issuer": origin.as_str(),
        "device_authorization_endpoint": format!("{origin}/oauth/device"),
        "token_endpoint": format!("{origin}/oauth/token"),
        "grant_types_supported": [DEVICE, "refresh_token"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[tokio::test]
    async fn only_what_works_is_promised() {
        let hub = testing::hub().await;
        let found = hub.anonymous().get("/.well-known/oauth-authorization-server").await.expect(200).json();
        assert_eq!(found["issuer"], "http://hub.test");
        assert_eq!(found["token_endpoint"], "http://hub.test/oauth/token");
        assert!(found.get("authorization_endpoint").is_none());
        hub.anonymous().get("/.well-known/openid-configuration").await.expect(501);
    }
}
