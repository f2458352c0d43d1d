//! What tests of this crate begin with.

use serde_json::Value;
use stoa_core::{RepoId, RepoKind, RepoPath, Revision, Role};
use stoa_hub::{Draft, Write};
use stoa_testkit::{Answer, TestHub};

/// A hub with the users ada, bob and carol, the administrator root, and the organization acme: ada is its admin, carol
/// reads.
pub(crate) async fn hub() -> TestHub {
    let hub = TestHub::new().await.router(crate::routes());
    for user in ["ada", "bob", "carol"] {
        hub.user(user).await;
    }
    hub.admin("root").await;
    hub.org("acme", "ada").await;
    hub.member("acme", "carol", Role::Read).await;
    hub
}

/// Commits text files to `main` of `ada/m`, `datasets/ada/d` or `spaces/ada/s`, by way of the hub alone.
pub(crate) async fn commit(hub: &TestHub, repo: &str, files: &[(&str, &str)]) {
    let (kind, id) = match repo.split_once('/') {
        Some(("datasets", id)) => (RepoKind::Dataset, id),
        Some(("spaces", id)) => (RepoKind::Space, id),
        _ => (RepoKind::Model, repo),
    };
    let root = hub.hub.operator("root").await.expect("the administrator");
    let id = RepoId::parse(kind, id).expect("an id");
    let repo = hub.hub.open::<Write>(&root, &id).await.expect("a repository");
    let draft = Draft { summary: "Test".to_owned(), ..Draft::default() };
    let main = Revision::new("main").expect("a revision");
    let mut commit = repo.begin_commit(&main, draft).await.expect("a commit");
    for (path, text) in files {
        let path = RepoPath::new(*path).expect("a path");
        commit.put(path, text.as_bytes().to_vec()).await.expect("a file");
    }
    commit.finish().await.expect("a commit");
}

/// The texts at a key of every item of a list.
#[track_caller]
pub(crate) fn texts(answer: &Answer, key: &str) -> Vec<String> {
    let Value::Array(items) = answer.json() else { panic!("no list: {}", answer.text()) };
    items.iter().map(|item| item[key].as_str().unwrap_or_default().to_owned()).collect()
}

/// The path and query of the next page, from `Link`.
pub(crate) fn next(answer: &Answer) -> Option<String> {
    let link = answer.header("link").strip_prefix("<http://hub.test")?;
    Some(link.split_once('>')?.0.to_owned())
}
