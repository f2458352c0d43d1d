//! What belongs to no repository: card checks, telemetry, and what is not here yet.

mod absent;
mod agents;
mod telemetry;
mod validate_yaml;

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(validate_yaml::route())
        .merge(telemetry::route())
        .merge(agents::route())
        .merge(absent::routes())
}
