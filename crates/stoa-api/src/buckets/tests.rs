//! Rules of the bucket routes that a well-behaved client does not reach.

use serde_json::{Value, json};
use stoa_core::{Role, TokenRole};
use stoa_testkit::{Answer, Client, TestHub};

use crate::testing;

const ZEROS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

async fn make(client: &Client, bucket: &str, private: bool) {
    client.post_json(&format!("/api/buckets/{bucket}"), &json!({ "private": private })).await.expect(200);
}

/// Sends changes; files are empty ones.
async fn batch(client: &Client, bucket: &str, lines: &[Value]) -> Answer {
    let body: Vec<String> = lines.iter().map(Value::to_string).collect();
    client.post(&format!("/api/buckets/{bucket}/batch"), "application/x-ndjson", body.join("\n")).await
}

fn add(path: &str) -> Value {
    json!({ "type": "addFile", "path": path, "xetHash": ZEROS, "mtime": 1_700_000_000_123_i64 })
}

async fn paths(client: &Client, bucket: &str) -> Vec<String> {
    testing::texts(&client.get(&format!("/api/buckets/{bucket}/tree")).await.expect(200), "path")
}

async fn hub() -> TestHub {
    let hub = testing::hub().await;
    make(&hub.as_user("ada"), "ada/b", false).await;
    make(&hub.as_user("ada"), "me/secret", true).await;
    hub
}

#[tokio::test]
async fn a_private_bucket_and_a_missing_one_are_the_same() {
    let hub = hub().await;
    let reader = hub.with_token(&hub.token("bob", TokenRole::Read).await);
    for rest in ["", "/tree", "/tree/a?recursive=false", "/xet-read-token", "/xet-write-token"] {
        for (client, status) in [(hub.as_user("bob"), 404), (reader.clone(), 404), (hub.anonymous(), 401)] {
            let hidden = client.get(&format!("/api/buckets/ada/secret{rest}")).await.expect(status);
            let missing = client.get(&format!("/api/buckets/ada/none{rest}")).await.expect(status);
            assert_eq!(hidden.summary(), missing.summary(), "{rest}");
            assert_eq!(hidden.error_code(), "RepoNotFound");
        }
    }
    hub.as_user("bob").get("/buckets/ada/secret/resolve/a").await.expect(404);
    hub.as_user("bob").get("/api/buckets/a--b/x").await.expect(404);
    hub.anonymous().get("/api/buckets/me/secret").await.expect(401);
    hub.as_user("root").get("/api/buckets/ada/secret").await.expect(200);
}

#[tokio::test]
async fn everyone_reads_a_public_bucket_and_only_its_owner_writes() {
    let hub = hub().await;
    batch(&hub.as_user("ada"), "ada/b", &[add("a")]).await.expect(200);
    let reader = hub.with_token(&hub.token("ada", TokenRole::Read).await);
    for (client, status) in [(hub.as_user("bob"), 403), (reader, 403), (hub.anonymous(), 401)] {
        assert_eq!(paths(&client, "ada/b").await, ["a"]);
        client.get("/api/buckets/ada/b/xet-read-token").await.expect(200);
        client.get("/api/buckets/ada/b/xet-write-token").await.expect(status);
        batch(&client, "ada/b", &[add("b")]).await.expect(status);
        client.put_json("/api/buckets/ada/b/settings", &json!({ "private": true })).await.expect(status);
        client.delete("/api/buckets/ada/b").await.expect(status);
        let ask = json!({ "fromRepo": "ada/b", "toRepo": "bob/b", "type": "bucket" });
        client.post_json("/api/repos/move", &ask).await.expect(status);
        client.post_json("/api/buckets/ada/new", &json!({})).await.expect(status);
    }
}

#[tokio::test]
async fn roles_in_an_organization_reach_its_buckets() {
    let hub = hub().await;
    hub.user("dan").await;
    hub.member("acme", "dan", Role::Write).await;
    make(&hub.as_user("dan"), "acme/b", true).await;
    for (user, read, write) in [("ada", 200, 200), ("dan", 200, 200), ("carol", 200, 403), ("bob", 404, 404)]
    {
        let client = hub.as_user(user);
        client.get("/api/buckets/acme/b").await.expect(read);
        batch(&client, "acme/b", &[add(user)]).await.expect(write);
    }
    // Into somebody else's account nobody moves it, and out of the organization only its admin.
    for (user, to, status) in
        [("dan", "dan/b", 403), ("ada", "bob/b", 403), ("ada", "ada/B", 409), ("ada", "ada/c", 200)]
    {
        let ask = json!({ "fromRepo": "acme/b", "toRepo": to, "type": "bucket" });
        hub.as_user(user).post_json("/api/repos/move", &ask).await.expect(status);
    }
    hub.as_user("dan").get("/api/buckets/ada/c").await.expect(404);
}

#[tokio::test]
async fn lists_show_what_the_asker_may_see() {
    let hub = hub().await;
    for (client, expected) in [
        (hub.as_user("ada"), &["ada/b", "ada/secret"][..]),
        (hub.as_user("root"), &["ada/b", "ada/secret"]),
        (hub.as_user("bob"), &["ada/b"]),
        (hub.anonymous(), &["ada/b"]),
    ] {
        let list = client.get("/api/buckets/ada").await.expect(200);
        assert_eq!(testing::texts(&list, "id"), expected);
    }
    let ada = hub.as_user("ada");
    let first = ada.get("/api/buckets/me?limit=1").await.expect(200);
    let next = testing::next(&first).expect("a second page");
    assert_eq!(testing::texts(&ada.get(&next).await.expect(200), "id"), ["ada/secret"]);
    assert_eq!(
        testing::texts(&ada.get("/api/buckets/me?search=SEC").await.expect(200), "id"),
        ["ada/secret"]
    );
    assert_eq!(testing::texts(&ada.get("/api/buckets/me?search=ada").await.expect(200), "id"), [""; 0]);
    assert_eq!(ada.get("/api/buckets/nobody-here").await.expect(404).error_code(), "RepoNotFound");
    hub.anonymous().get("/api/buckets/me").await.expect(401);
}

#[tokio::test]
async fn a_name_can_be_used_once_and_again_after_its_bucket_is_gone() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    let taken = ada.post_json("/api/buckets/ada/B", &json!({})).await.expect(409);
    assert_eq!(taken.json()["url"], "http://hub.test/buckets/ada/b");
    batch(&ada, "ada/b", &[add("a")]).await.expect(200);
    ada.delete("/api/buckets/ada/b").await.expect(200);
    ada.delete("/api/buckets/ada/b").await.expect(404);
    make(&ada, "ada/b", false).await;
    assert!(paths(&ada, "ada/b").await.is_empty());
    for (ask, status) in [
        (json!({ "visibility": "secret" }), 400),
        (json!({ "private": "yes" }), 400),
        (json!({ "resourceGroupId": "x" }), 501),
    ] {
        ada.post_json("/api/buckets/ada/x", &ask).await.expect(status);
    }
    for name in ["ada/a--b", "ada/.x", "api/x", "ada/x.git"] {
        ada.post_json(&format!("/api/buckets/{name}"), &json!({})).await.expect(400);
    }
}

#[tokio::test]
async fn sums_follow_the_files() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    let remove = |path: &str| json!({ "type": "deleteFile", "path": path });
    for (lines, expected) in [
        (vec![add("a"), add("b/c"), add("a")], 2),
        (vec![remove("a"), add("a"), add("d")], 2),
        (vec![remove("none"), remove("d"), remove("d")], 1),
    ] {
        let done = batch(&ada, "ada/b", &lines).await.expect(200).json();
        assert_eq!((&done["success"], &done["succeeded"]), (&json!(true), &json!(lines.len())));
        assert_eq!(ada.get("/api/buckets/ada/b").await.expect(200).json()["totalFiles"], expected);
    }
    let info = ada.post_json("/api/buckets/ada/b/paths-info", &json!({ "paths": ["b/c", "b", "x"] })).await;
    let info = info.expect(200).json();
    assert_eq!(info.as_array().map(Vec::len), Some(1));
    assert_eq!(info[0]["mtime"], "2023-11-14T22:13:20.123Z");
    assert_eq!(info[0]["xetHash"], ZEROS);
}

#[tokio::test]
async fn changes_that_cannot_be_made_are_named() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let hash = "ab".repeat(32);
    let copy = |kind: &str, id: &str| json!({ "type": "copyFile", "path": "x", "xetHash": hash, "sourceRepoType": kind, "sourceRepoId": id });
    for (line, words) in [
        (add("../a"), "Invalid path"),
        (add("/a"), "Invalid path"),
        (add(""), "Invalid path"),
        (add("a\u{0}b"), "Invalid path"),
        (json!({ "type": "addFile", "path": "a" }), "xetHash"),
        (json!({ "type": "addFile", "path": "a", "xetHash": "zz" }), "xetHash"),
        (json!({ "type": "addFile", "path": "a", "xetHash": hash }), "was not sent"),
        (json!({ "type": "renameFile", "path": "a" }), "must be one of"),
        (json!({ "type": "copyFile", "path": "a", "xetHash": hash }), "sourceRepoId"),
        (copy("molecule", "ada/m"), "type must be"),
        (copy("model", "ada"), "namespace/name"),
        (copy("model", "ada/none"), "not found"),
        (copy("model", "ada/m"), "has no file"),
        (copy("bucket", "bob/none"), "not found"),
        (copy("bucket", "ada/secret"), "has no file"),
    ] {
        let alone = batch(&ada, "ada/b", std::slice::from_ref(&line)).await.expect(422).json();
        let error = alone["failed"][0]["error"].as_str().unwrap_or_default();
        assert!(error.contains(words), "{line}: {error}");
        let done = batch(&ada, "ada/b", &[line.clone(), add("kept")]).await.expect(200).json();
        assert_eq!((&done["success"], &done["succeeded"]), (&json!(false), &json!(1)), "{line}");
    }
    assert_eq!(paths(&ada, "ada/b").await, ["kept"]);
}

#[tokio::test]
async fn too_much_and_nonsense_are_refused_as_a_whole() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    let many: Vec<Value> = (0..1001).map(|at| add(&format!("f{at}"))).collect();
    batch(&ada, "ada/b", &many).await.expect(413);
    batch(&ada, "ada/b", &many[..1000]).await.expect(200);
    for body in ["{", "[]", "{\"type\":\"addFile\"}", "\u{fffd}"] {
        ada.post("/api/buckets/ada/b/batch", "application/x-ndjson", body).await.expect(400);
    }
    batch(&ada, "ada/b", &[]).await.expect(200);
    let paths: Vec<String> = (0..1001).map(|at| format!("f{at}")).collect();
    ada.post_json("/api/buckets/ada/b/paths-info", &json!({ "paths": paths })).await.expect(400);
    for query in ["limit=0", "cursor=%25", "recursive=maybe"] {
        ada.get(&format!("/api/buckets/ada/b/tree?{query}")).await.expect(400);
    }
    assert_eq!(self::paths(&ada, "ada/b").await.len(), 1000);
}

#[tokio::test]
async fn a_token_for_a_bucket_is_none_for_a_repository() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    let token = ada.get("/api/buckets/ada/b/xet-write-token").await.expect(200).json();
    let text = token["accessToken"].as_str().expect("a token").to_owned();
    assert!(text.starts_with("xet_write_b1_"), "{text}");
    let file = format!("/cas/e1/v1/files/{}", "ab".repeat(32));
    hub.with_token(&text).head(&file).await.expect(404);
    for other in [text.replace("_b1_", "_r1_"), text.replace("_b1_", "_b2_"), text.replace("_b1_", "_1_")] {
        hub.with_token(&other).head(&file).await.expect(401);
    }
}
