//! Nobody changes what somebody else has locked.

use serde_json::{Value, json};
use stoa_core::Role;
use stoa_testkit::{Client, TestHub};

use crate::files::tests::support::*;

const LOCKS: &str = "/acme/m.git/info/lfs/locks";

/// A model with files, some of which bob has locked.
async fn locked(paths: &[&str]) -> (TestHub, Client, Client) {
    let hub = hub().await;
    hub.user("bob").await;
    hub.org("acme", "ada").await;
    hub.member("acme", "bob", Role::Write).await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    ada.create("acme/m").await.ok();
    ada.commit("acme/m", &[("a.txt", b"a"), ("d/b.txt", b"b"), ("d/c.txt", b"c"), ("e.txt", b"e")])
        .await
        .ok();
    for path in paths {
        bob.post_json(LOCKS, &json!({ "path": path })).await.expect(201);
    }
    (hub, ada, bob)
}

async fn commit(client: &Client, lines: &[Value]) -> stoa_testkit::Answer {
    client.commit_lines("acme/m", "main", &[&[header("x")], lines].concat()).await
}

#[tokio::test]
async fn a_commit_that_changes_what_another_locked_is_refused_whole() {
    let (_hub, ada, bob) = locked(&["d/b.txt"]).await;
    let before = head_of(&ada, "acme/m").await;
    let folder = json!({ "key": "deletedFolder", "value": { "path": "d" } });
    for lines in [
        vec![file("new.txt", b"n"), file("d/b.txt", b"changed")],
        vec![deleted("d/b.txt")],
        vec![deleted("d")],
        vec![folder],
        vec![deleted("d"), file("d", b"a file in place of the folder")],
        vec![deleted("d/b.txt"), file("d/b.txt/x", b"a folder in place of the file")],
    ] {
        let answer = commit(&ada, &lines).await.expect(403);
        let message = answer.error_message();
        assert!(message.contains("`d/b.txt` is locked by bob"), "{message}");
        assert!(message.contains("git lfs unlock d/b.txt"), "{message}");
    }
    assert_eq!(head_of(&ada, "acme/m").await, before);
    ada.get("/acme/m/resolve/main/new.txt").await.expect(404);

    // Its owner may, and everybody may change the rest.
    commit(&ada, &[file("a.txt", b"2"), file("d/c.txt", b"2"), file("d/b.txt2", b"2")]).await.ok();
    commit(&bob, &[file("d/b.txt", b"bob's")]).await.ok();
}

#[tokio::test]
async fn a_lock_holds_in_every_branch_until_it_is_given_up() {
    let (_hub, ada, bob) = locked(&["a.txt"]).await;
    ada.post_json("/api/models/acme/m/branch/side", &json!({})).await.ok();
    let lines = [header("x"), file("a.txt", b"2")];
    ada.commit_lines("acme/m", "side", &lines).await.expect(403);
    let id = ada.get(LOCKS).await.ok().json()["locks"][0]["id"].as_str().expect("an id").to_owned();
    bob.post_json(&format!("{LOCKS}/{id}/unlock"), &json!({})).await.ok();
    ada.commit_lines("acme/m", "side", &lines).await.ok();
}

#[tokio::test]
async fn sending_a_locked_file_as_it_is_changes_nothing() {
    let (_hub, ada, _bob) = locked(&["a.txt", "d/b.txt", "d/missing.txt"]).await;
    commit(&ada, &[file("a.txt", b"a"), file("d/b.txt", b"b"), file("e.txt", b"2")]).await.ok();
    commit(&ada, &[file("d/missing.txt", b"new")]).await.expect(403);
}

#[tokio::test]
async fn large_files_are_guarded_like_any_other() {
    let (_hub, ada, bob) = locked(&["w.bin"]).await;
    let (old, new) = (vec![1; 3000], vec![2; 3000]);
    for bytes in [&old, &new] {
        send_large(&bob, "acme/m", bytes).await;
    }
    commit(&bob, &[large_file("w.bin", &old)]).await.ok();
    let refusal = commit(&ada, &[large_file("w.bin", &new)]).await.expect(403);
    assert!(refusal.error_message().starts_with("`w.bin` is locked by bob"), "{}", refusal.summary());
    commit(&ada, &[large_file("w.bin", &old)]).await.ok();
}

#[tokio::test]
async fn many_locks_are_all_asked() {
    let (hub, ada, bob) = locked(&[]).await;
    // More than one step of the comparison.
    for number in 0..1_050 {
        bob.post_json(LOCKS, &json!({ "path": format!("f/{number:04}.bin") })).await.expect(201);
    }
    commit(&ada, &[file("f/2000.bin", b"free")]).await.ok();
    commit(&ada, &[file("f/0000.bin", b"locked")]).await.expect(403);
    commit(&ada, &[file("f/1049.bin", b"locked")]).await.expect(403);
    let page = ada.get(&format!("{LOCKS}?limit=5000")).await.ok().json();
    assert_eq!(page["locks"].as_array().map(Vec::len), Some(1000), "a page has so many at most");
    drop(hub);
}
