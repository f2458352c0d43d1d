//! Where routes about repositories stand.

use axum::Router;
use axum::routing::MethodRouter;
use stoa_http::App;

/// The same methods at `/{ns}/{name}`, `/models/…`, `/datasets/…` and `/spaces/…`, followed by `tail`.
pub(crate) fn web(tail: &str, methods: &MethodRouter<App>) -> Router<App> {
    ["", "/models", "/datasets", "/spaces"].into_iter().fold(Router::new(), |router, prefix| {
        router.route(&format!("{prefix}/{{ns}}/{{name}}{tail}"), methods.clone())
    })
}
