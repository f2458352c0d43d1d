//! How much an account may keep.

use serde_json::json;
use stoa_testkit::{Client, Setup, TestHub};

use crate::files::tests::support::*;

const QUOTA: usize = 100_000;

async fn hub_with_quota() -> (TestHub, Client) {
    let mut setup = Setup::default();
    setup.limits.owner_storage = QUOTA as u64;
    let hub = hub_with(setup).await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    (hub, ada)
}

/// What the batch says about an upload of this many bytes: the refusal, or nothing.
async fn asked(client: &Client, repo: &str, bytes: &[u8]) -> String {
    let answer = batch(client, repo, "upload", bytes).await.ok().json();
    answer["objects"][0]["error"]["message"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_batch_refuses_what_does_not_fit() {
    let (hub, ada) = hub_with_quota().await;
    ada.create("datasets/ada/d").await.ok();
    send_large(&ada, "ada/m", &vec![1; 60_000]).await;
    for (repo, bytes, fits) in [
        ("ada/m", vec![2; 40_000], true),
        ("ada/m", vec![2; 40_001], false),
        ("datasets/ada/d", vec![2; 40_001], false),
        // It is there already: nothing is added.
        ("ada/m", vec![1; 60_000], true),
        // It is stored already, but counts in each repository.
        ("datasets/ada/d", vec![1; 60_000], false),
    ] {
        let said = asked(&ada, repo, &bytes).await;
        assert_eq!(said.is_empty(), fits, "{repo} {}: {said}", bytes.len());
        assert!(fits || said.contains("quota of `ada` is 100000 bytes, of which 60000 are used"), "{said}");
    }
    let eve = hub.as_user("eve");
    eve.create("eve/m").await.ok();
    assert_eq!(asked(&eve, "eve/m", &vec![2; 90_000]).await, "", "others have their own");
}

#[tokio::test]
async fn files_of_one_batch_count_together() {
    let (_hub, ada) = hub_with_quota().await;
    let object = |byte: u8, len: usize| json!({ "oid": sha256(&vec![byte; len]), "size": len });
    let ask = json!({ "operation": "upload", "objects": [object(1, 60_000), object(2, 60_000), object(3, 40_000)] });
    let answer =
        ada.post("/ada/m.git/info/lfs/objects/batch", "application/json", ask.to_string()).await.ok();
    let refused: Vec<bool> = answer.json()["objects"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["error"].is_object())
        .collect();
    assert_eq!(refused, [false, true, false]);
}

#[tokio::test]
async fn two_uploads_that_fit_alone_do_not_both_come_in() {
    let (_hub, ada) = hub_with_quota().await;
    let mut urls = Vec::new();
    for byte in [1, 2] {
        let answer = batch(&ada, "ada/m", "upload", &vec![byte; 60_000]).await.ok().json();
        urls.push(answer["objects"][0]["actions"]["upload"]["href"].as_str().expect("a URL").to_owned());
    }
    ada.put(&urls[0], vec![1; 60_000]).await.ok();
    let late = ada.put(&urls[1], vec![2; 60_000]).await.expect(403);
    refused(&late, "the quota");
    let line = large_file("b.bin", &vec![2; 60_000]);
    refused(&ada.commit_lines("ada/m", "main", &[header("x"), line]).await, "it is not linked");
}

#[tokio::test]
async fn preupload_says_it_before_anything_is_sent() {
    let (_hub, ada) = hub_with_quota().await;
    send_large(&ada, "ada/m", &vec![1; 60_000]).await;
    let line = large_file("a.bin", &vec![1; 60_000]);
    ada.commit_lines("ada/m", "main", &[header("x"), line]).await.ok();
    send_large(&ada, "ada/m", &vec![2; 30_000]).await;
    for (path, size, status) in [
        ("b.bin", 10_000, 200),
        ("b.bin", 10_001, 403),
        // Committed already.
        ("a.bin", 60_000, 200),
        // Sent by an upload that broke off before its commit.
        ("b.bin", 30_000, 200),
        // Not large.
        ("b.txt", 20_000, 200),
    ] {
        let sample = if path == "b.txt" { "dGV4dA==" } else { "AAAA" };
        let ask = json!({ "files": [{ "path": path, "size": size, "sample": sample }] });
        let answer = ada.post_json("/api/models/ada/m/preupload/main", &ask).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {size}: {}", answer.text());
    }
}

#[tokio::test]
async fn copies_and_moves_count() {
    let (hub, ada) = hub_with_quota().await;
    send_large(&ada, "ada/m", &vec![1; 60_000]).await;
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("a.bin", &vec![1; 60_000])]).await.ok();
    let copy = ada.post_json("/api/models/ada/m/duplicate", &json!({ "repository": "ada/copy" })).await;
    refused(&copy.expect(403), "a copy");
    ada.get("/api/models/ada/copy").await.expect(404);
    hub.org("lab", "ada").await;
    ada.create("lab/own").await.ok();
    send_large(&ada, "lab/own", &vec![2; 60_000]).await;
    let ask = json!({ "fromRepo": "ada/m", "toRepo": "lab/m", "type": "model" });
    refused(&ada.post_json("/api/repos/move", &ask).await.expect(403), "a move");
    ada.get("/api/models/ada/m").await.ok();
}
