//! Organizations: founding one, and what its admins set.

mod found;
mod members;
mod profile;

use axum::Router;
use stoa_core::{Failure, Identity, Role};
use stoa_http::{App, Reply};
use stoa_hub::Account;

use crate::visit::Visit;

pub(super) fn routes() -> Router<App> {
    Router::new().merge(found::route()).merge(profile::route()).merge(members::route())
}

/// The key of what a role is called.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(crate) fn role_word(role: &Role) -> &'static str {
    match role {
        Role::NoAccess => "role-no-access",
        Role::Read => "role-read",
        Role::Contributor => "role-contributor",
        Role::Write => "role-write",
        Role::Admin => "role-admin",
    }
}

/// The key of what a role means.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
fn role_hint(role: &Role) -> &'static str {
    match role {
        Role::NoAccess => "role-no-access-hint",
        Role::Read => "role-read-hint",
        Role::Contributor => "role-contributor-hint",
        Role::Write => "role-write-hint",
        Role::Admin => "role-admin-hint",
    }
}

/// An organization that whoever looks may manage. The hub has the last word on each change; this decides who sees the
/// pages.
async fn managed(visit: &Visit, name: &str) -> Reply<Account> {
    visit.need_user()?;
    let org = visit.app.hub.org(name).await?;
    let administers = matches!(visit.who.identity, Identity::User { admin: true, .. });
    let who = visit.app.hub.whoami(&visit.who, None).await?;
    let role = who.orgs.iter().find(|member| member.account.id == org.id).map(|member| member.role);
    if administers || role == Some(Role::Admin) {
        return Ok(org);
    }
    Err(Failure::forbidden(format!("Only admins of `{}` can do this", org.name)).into())
}
