//! Pages of other sites may call the API with a token of their own; cookies are never shared.

use std::time::Duration;

use axum::http::{HeaderName, Method};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders};

/// What scripts in browsers may read (hub-api.md §1.2).
const EXPOSED: [&str; 19] = [
    "x-repo-commit",
    "x-request-id",
    "x-error-code",
    "x-error-message",
    "x-total-count",
    "etag",
    "link",
    "accept-ranges",
    "content-range",
    "content-disposition",
    "content-length",
    "retry-after",
    "x-linked-size",
    "x-linked-etag",
    "x-xet-hash",
    "x-xet-refresh-route",
    "x-xet-cas-url",
    "x-xet-access-token",
    "x-xet-token-expiration",
];

pub(super) fn layer() -> CorsLayer {
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::any())
        .allow_methods(AllowMethods::list(methods))
        // `*` would not cover Authorization.
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(ExposeHeaders::list(EXPOSED.map(HeaderName::from_static)))
        .max_age(Duration::from_hours(24))
}
