//! Administering the hub: `/administration` and what is below it. Whoever does not administer it finds no such pages.
//!
//! The address is long because the first user of a hub is called `admin`, and `/admin` is their page.

mod audit;
mod health;
mod organizations;
mod overview;
mod settings;
mod user;
mod users;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use stoa_core::{Failure, Identity, Scope};
use stoa_http::{App, Reply};

use crate::parts::frame::{Frame, Section};
use crate::visit::Visit;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .merge(overview::route())
        .merge(users::route())
        .merge(user::route())
        .merge(organizations::route())
        .merge(audit::route())
        .merge(health::route())
        .merge(settings::route())
}

/// The frame of a page for those who administer the hub; for everybody else there is nothing at this address.
fn frame(visit: &Visit) -> Reply<Frame> {
    if !matches!(visit.who.identity, Identity::User { admin: true, scope: Scope::Write, .. }) {
        return Err(Failure::not_found("There is no such page").into());
    }
    visit.frame(Section::Other)
}

/// An answer with a secret in it, which no browser keeps.
fn kept_nowhere(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
