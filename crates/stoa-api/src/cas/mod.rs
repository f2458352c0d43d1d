//! The content-addressed store: what Xet clients send large files to and fetch them from.

mod chunks;
mod fetch;
mod file_chunk_hashes;
mod files;
mod grants;
mod reconstructions;
mod reconstructions_batch;
mod session;
mod shards;
mod shards_stream;
mod telemetry;
mod token;
mod xorbs;

#[cfg(test)]
mod tests;

use axum::Router;
use axum::routing::MethodRouter;
use stoa_http::App;

pub(crate) use token::answer as token_answer;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(chunks::route())
        .merge(fetch::route())
        .merge(file_chunk_hashes::route())
        .merge(files::route())
        .merge(grants::route())
        .merge(reconstructions::route())
        .merge(reconstructions_batch::route())
        .merge(shards::route())
        .merge(shards_stream::route())
        .merge(telemetry::route())
        .merge(token::route())
        .merge(xorbs::route())
}

/// The same methods at several places below the store's address, whatever the number in it: uploads under way go on
/// when it changes.
fn store(tails: &[&str], methods: &MethodRouter<App>) -> Router<App> {
    tails
        .iter()
        .fold(Router::new(), |router, tail| router.route(&format!("/cas/{{epoch}}{tail}"), methods.clone()))
}
