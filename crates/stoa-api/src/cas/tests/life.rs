//! What nobody needs goes, in time; what somebody needs stays.

use std::time::Duration;

use serde_json::json;
use stoa_hub::Maintenance;
use stoa_testkit::{Client, TestHub};

use super::support::*;

const DAY: Duration = Duration::from_hours(24);

/// Lets days pass, with a round of the hub's own work on each.
async fn days(hub: &TestHub, count: u32) {
    let mut work = Maintenance::new(hub.hub.clone());
    for _ in 0..count {
        hub.clock.advance(DAY);
        work.step().await.expect("a round");
    }
}

async fn writer(hub: &TestHub, ada: &Client) -> Cas {
    Cas::open(hub, ada, "models/ada/m", "write").await
}

async fn setup() -> (TestHub, Client) {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    (hub, ada)
}

#[tokio::test]
async fn a_xorb_that_nobody_uses_goes_after_clients_have_forgotten_it() {
    let (hub, ada) = setup().await;
    let packed = Packed::new(random(1, 200_000));
    writer(&hub, &ada).await.send(&packed).await.expect(200);
    days(&hub, 21).await;
    let cas = writer(&hub, &ada).await;
    cas.head(&packed.path()).await.expect(200);
    days(&hub, 5).await;
    let cas = writer(&hub, &ada).await;
    cas.head(&packed.path()).await.expect(404);
    let grant = format!("/v1/xorb-grants/default/{}", packed.hash);
    cas.post(&grant, "{}").await.expect(404);
    let late = cas.post("/v1/shards", shard(&[packed.file()], &[])).await.expect(400);
    refused(&late, "a xorb that is gone");
    // And it may come again.
    assert_eq!(cas.send(&packed).await.expect(200).json()["was_inserted"], true);
    cas.post("/v1/shards", shard(&[packed.file()], &[&packed])).await.expect(200);
    let plan = cas.plan(2, packed.file().id, None).await.expect(200).json();
    assert!(follow(&hub, &plan, usize::MAX).await == packed.content);
}

#[tokio::test]
async fn a_xorb_that_was_offered_again_stays() {
    let (hub, ada) = setup().await;
    let (packed, other) = (Packed::new(random(2, 200_000)), Packed::new(random(3, 200_000)));
    let cas = writer(&hub, &ada).await;
    cas.send(&packed).await.expect(200);
    cas.send(&other).await.expect(200);
    days(&hub, 20).await;
    let grant = format!("/v1/xorb-grants/default/{}", packed.hash);
    writer(&hub, &ada).await.post(&grant, "{}").await.expect(200);
    days(&hub, 10).await;
    let cas = writer(&hub, &ada).await;
    cas.head(&packed.path()).await.expect(200);
    cas.head(&other.path()).await.expect(404);
}

#[tokio::test]
async fn an_upload_saves_a_xorb_that_is_condemned() {
    let (hub, ada) = setup().await;
    let (one, two) = (Packed::new(random(4, 200_000)), Packed::new(random(5, 200_000)));
    let cas = writer(&hub, &ada).await;
    cas.send(&one).await.expect(200);
    cas.send(&two).await.expect(200);
    // The sentence falls on the twenty-third day and is carried out a day later.
    days(&hub, 23).await;
    let cas = writer(&hub, &ada).await;
    cas.send(&one).await.expect(200);
    cas.post("/v1/shards", shard(&[two.file()], &[])).await.expect(200);
    days(&hub, 5).await;
    let cas = writer(&hub, &ada).await;
    cas.head(&one.path()).await.expect(200);
    let plan = cas.plan(2, two.file().id, None).await.expect(200).json();
    assert!(follow(&hub, &plan, usize::MAX).await == two.content);
}

#[tokio::test]
async fn a_committed_file_stays_and_a_deleted_one_goes() {
    let (hub, ada) = setup().await;
    ada.create("ada/copy").await.ok();
    let (kept, gone) = (Packed::new(random(6, 300_000)), Packed::new(random(7, 300_000)));
    let cas = writer(&hub, &ada).await;
    cas.send_file(&kept).await;
    let line = large_file("w.bin", &kept.content);
    ada.commit_lines("ada/m", "main", &[header("x"), line]).await.ok();
    let copy = Cas::open(&hub, &ada, "models/ada/copy", "write").await;
    copy.send_file(&gone).await;
    let line = large_file("w.bin", &gone.content);
    ada.commit_lines("ada/copy", "main", &[header("x"), line]).await.ok();
    let ask = json!({ "type": "model", "organization": "ada", "name": "copy" });
    ada.delete_json("/api/repos/delete", &ask).await.ok();
    days(&hub, 60).await;
    let cas = writer(&hub, &ada).await;
    assert_eq!(ada.get("/ada/m/resolve/main/w.bin").await.expect(200).body, kept.content);
    let plan = cas.plan(2, kept.file().id, None).await.expect(200).json();
    assert!(follow(&hub, &plan, usize::MAX).await == kept.content);
    let late = cas.post("/v1/shards", shard(&[gone.file()], &[])).await;
    refused(&late.expect(400), "its xorb is gone");
    assert_eq!(cas.send(&gone).await.expect(200).json()["was_inserted"], true);
}

#[tokio::test]
async fn a_file_that_another_repository_has_stays() {
    let (hub, ada) = setup().await;
    let bob = hub.as_user("bob");
    bob.create("bob/m").await.ok();
    let packed = Packed::new(random(8, 300_000));
    for (who, repo) in [(&ada, "ada/m"), (&bob, "bob/m")] {
        Cas::open(&hub, who, &format!("models/{repo}"), "write").await.send_file(&packed).await;
        let line = large_file("w.bin", &packed.content);
        who.commit_lines(repo, "main", &[header("x"), line]).await.ok();
    }
    let ask = json!({ "type": "model", "organization": "ada", "name": "m" });
    ada.delete_json("/api/repos/delete", &ask).await.ok();
    days(&hub, 60).await;
    assert_eq!(bob.get("/bob/m/resolve/main/w.bin").await.expect(200).body, packed.content);
}
