//! What clients tell about themselves: `GET|HEAD|POST /api/telemetry/{*topic}`. Nothing is kept.

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use stoa_http::App;

pub(super) fn route() -> Router<App> {
    let nothing = || async { StatusCode::NO_CONTENT };
    Router::new().route("/api/telemetry/{*topic}", get(nothing).post(nothing))
}

#[cfg(test)]
mod tests {
    use crate::testing;

    #[tokio::test]
    async fn telemetry_is_taken_and_thrown_away() {
        let hub = testing::hub().await;
        hub.anonymous().head("/api/telemetry/x/y").await.expect(204);
        hub.anonymous().get("/api/telemetry/x").await.expect(204);
        hub.anonymous().post("/api/telemetry/x", "text/plain", "{").await.expect(204);
    }
}
