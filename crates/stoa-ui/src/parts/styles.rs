//! The style sheet: `GET /static/style.css`.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use stoa_http::App;

const STYLE: &str = include_str!("../static/style.css");

pub(crate) fn route() -> Router<App> {
    Router::new().route("/static/style.css", get(style))
}

async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=600")];
    (headers, STYLE)
}
