//! What the tests of this crate begin with.

use std::fmt::Debug;

use stoa_core::{Actor, Entity, Failure, FineGrained, Identity, Kind, Reply, Role, Scope, Scoped};
use stoa_hub::NewUser;
use stoa_testkit::TestHub;

/// A hub with the users ada, bob and eve, the administrator root, and the organization acme: ada is its admin, bob
/// reads.
pub(crate) async fn hub() -> TestHub {
    let hub = TestHub::new().await;
    for user in ["ada", "bob", "eve"] {
        hub.user(user).await;
    }
    hub.admin("root").await;
    hub.org("acme", "ada").await;
    hub.member("acme", "bob", Role::Read).await;
    hub
}

/// A user with all their rights.
pub(crate) async fn actor(hub: &TestHub, user: &str) -> Actor {
    hub.hub.operator(user).await.expect("a user")
}

/// The same user with a credential that reaches this far only.
pub(crate) fn with_scope(actor: &Actor, reach: Scope) -> Actor {
    let mut actor = actor.clone();
    if let Identity::User { scope, .. } = &mut actor.identity {
        *scope = reach;
    }
    actor
}

/// The same user with every credential that must not change an account: one that reads, and one that may write to all
/// repositories of the user and of acme.
pub(crate) fn lesser(actor: &Actor) -> [Actor; 2] {
    let name = actor.signed_in().map(|(_, name)| name.to_string()).unwrap_or_default();
    let entry = |kind: &str, name: String| Scoped {
        entity: Entity { id: String::new(), kind: kind.to_owned(), name },
        permissions: vec!["repo.write".to_owned()],
    };
    let scoped = vec![entry("user", name), entry("org", "acme".to_owned())];
    let fine = FineGrained { scoped, ..FineGrained::default() };
    [with_scope(actor, Scope::Read), with_scope(actor, Scope::FineGrained(fine))]
}

/// A user who signs in by password.
pub(crate) fn with_password(name: &str, password: &str) -> NewUser {
    NewUser { name: name.to_owned(), password: Some(password.to_owned()), ..NewUser::default() }
}

/// Why it was refused.
#[track_caller]
pub(crate) fn refusal<T: Debug>(reply: Reply<T>) -> Kind {
    refused(reply).kind
}

/// The refusal itself.
#[track_caller]
pub(crate) fn refused<T: Debug>(reply: Reply<T>) -> Failure {
    reply.expect_err("a refusal")
}
