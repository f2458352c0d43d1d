//! Large files: the protocol of git-lfs with the parts that the Hub added, and what owners do with large files.

mod answer;
mod batch;
mod complete;
mod delete;
mod delete_many;
mod duplicate;
mod get;
mod list;
mod lock;
mod locks;
mod locks_verify;
mod part;
mod put;
mod signed;
#[cfg(test)]
mod tests;
mod unlock;
mod verify;

use axum::Router;
use stoa_http::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(batch::route())
        .merge(verify::route())
        .merge(lock::route())
        .merge(locks::route())
        .merge(locks_verify::route())
        .merge(unlock::route())
        .merge(put::route())
        .merge(part::route())
        .merge(complete::route())
        .merge(get::route())
        .merge(list::route())
        .merge(delete::route())
        .merge(delete_many::route())
        .merge(duplicate::route())
}
