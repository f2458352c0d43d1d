//! What the tests of this crate begin with.

use std::fmt::Debug;

use stoa_core::{
    Actor, Entity, Failure, FineGrained, Identity, Kind, Reply, RepoId, RepoKind, RepoPath, Revision, Role,
    Scope, Scoped,
};
use stoa_hub::{Draft, NewRepo, NewUser, Write};
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

/// Makes a repository, with its card: `ada/m`, `datasets/ada/d` or `spaces/ada/s`.
pub(crate) async fn repo(hub: &TestHub, actor: &Actor, path: &str, private: bool, card: &str) -> RepoId {
    let id = repo_id(path);
    let sdk = (id.kind == RepoKind::Space).then(|| "gradio".to_owned());
    let new = NewRepo { id: id.clone(), private: Some(private), sdk, license: None };
    hub.hub.create_repo(actor, new).await.expect("a repository");
    if !card.is_empty() {
        commit(hub, actor, &id, &[("README.md", card)]).await;
    }
    id
}

/// The repository that a path names.
pub(crate) fn repo_id(path: &str) -> RepoId {
    let (kind, name) = match path.split_once('/') {
        Some(("datasets", name)) => (RepoKind::Dataset, name),
        Some(("spaces", name)) => (RepoKind::Space, name),
        _ => (RepoKind::Model, path),
    };
    RepoId::parse(kind, name).expect("an id")
}

/// Commits text files to `main`.
pub(crate) async fn commit(hub: &TestHub, actor: &Actor, id: &RepoId, files: &[(&str, &str)]) {
    let repo = hub.hub.open::<Write>(actor, id).await.expect("a repository");
    let draft = Draft { summary: "Test".to_owned(), ..Draft::default() };
    let main = Revision::new("main").expect("a revision");
    let mut commit = repo.begin_commit(&main, draft).await.expect("a commit");
    for (path, text) in files {
        let path = RepoPath::new(*path).expect("a path");
        commit.put(path, text.as_bytes().to_vec()).await.expect("a file");
    }
    commit.finish().await.expect("a commit");
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
