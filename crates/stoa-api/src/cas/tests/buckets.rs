//! What buckets hold, when an operator sweeps, checks and counts.

use std::time::Duration;

use serde_json::{Value, json};
use stoa_hub::{Grace, Hub, Maintenance};
use stoa_testkit::{Answer, Client, Setup, TestHub};

use super::support::*;
use super::sweep::faults;

async fn make(client: &Client, bucket: &str) {
    client.post_json(&format!("/api/buckets/{bucket}"), &json!({ "private": false })).await.expect(200);
}

async fn setup(setup: Setup) -> (TestHub, Client) {
    let hub = TestHub::with(Setup { on_disk: true, ..setup }).await.router(crate::routes());
    for user in ["ada", "bob"] {
        hub.user(user).await;
    }
    let ada = hub.as_user("ada");
    make(&ada, "ada/b").await;
    (hub, ada)
}

/// A client of the store for a bucket.
async fn writer(hub: &TestHub, who: &Client, bucket: &str) -> Cas {
    let token = who.get(&format!("/api/buckets/{bucket}/xet-write-token")).await.expect(200).json();
    let text = |key: &str| token[key].as_str().expect("text").to_owned();
    let client = hub.with_token(&text("accessToken"));
    Cas { client, base: text("casUrl"), token: text("accessToken"), expires: 0 }
}

async fn batch(who: &Client, bucket: &str, lines: &[Value]) -> Answer {
    let body: Vec<String> = lines.iter().map(Value::to_string).collect();
    who.post(&format!("/api/buckets/{bucket}/batch"), "application/x-ndjson", body.join("\n")).await
}

fn add(path: &str, packed: &Packed) -> Value {
    json!({ "type": "addFile", "path": path, "xetHash": packed.file().id.to_string() })
}

fn remove(path: &str) -> Value {
    json!({ "type": "deleteFile", "path": path })
}

async fn put(hub: &TestHub, who: &Client, bucket: &str, path: &str, packed: &Packed) {
    writer(hub, who, bucket).await.send_file(packed).await;
    batch(who, bucket, &[add(path, packed)]).await.expect(200);
}

async fn read(who: &Client, bucket: &str, path: &str) -> Answer {
    who.get(&format!("/buckets/{bucket}/resolve/{path}")).await
}

/// Lets time pass, and sweeps as hard as can be.
async fn sweep_now(hub: &TestHub, beside: &Hub) -> u64 {
    hub.clock.advance(Duration::from_secs(1));
    beside.sweep(Grace::None).await.expect("a sweep").xorbs.count
}

#[tokio::test]
async fn a_sweep_keeps_what_a_bucket_holds_until_its_file_is_deleted() {
    let (hub, ada) = setup(Setup::default()).await;
    let packed = Packed::new(random(1, 300_000));
    put(&hub, &ada, "ada/b", "a/w.bin", &packed).await;
    let beside = hub.beside().await;
    assert_eq!(sweep_now(&hub, &beside).await, 0);
    let mut work = Maintenance::new(hub.hub.clone());
    for _ in 0..60 {
        hub.clock.advance(Duration::from_hours(24));
        work.step().await.expect("a round");
    }
    assert!(read(&ada, "ada/b", "a/w.bin").await.expect(200).body == packed.content);
    let forecast = beside.sweep_forecast(Grace::None).await.expect("a forecast");
    assert_eq!((forecast.files.count, forecast.xorbs.count), (0, 0));
    assert_eq!(faults(&beside, true).await, [""; 0]);

    // Two files of one content: the last of them keeps it.
    batch(&ada, "ada/b", &[add("copy.bin", &packed), remove("a/w.bin")]).await.expect(200);
    assert_eq!(sweep_now(&hub, &beside).await, 0);
    batch(&ada, "ada/b", &[remove("copy.bin")]).await.expect(200);
    assert_eq!(beside.sweep_forecast(Grace::None).await.expect("a forecast").files.count, 1);
    assert_eq!(sweep_now(&hub, &beside).await, 1);
    let gone = batch(&ada, "ada/b", &[add("late", &packed)]).await.expect(422);
    assert!(gone.text().contains("was not sent to this bucket; send it first"), "{}", gone.text());
    assert_eq!(faults(&beside, true).await, [""; 0]);
}

#[tokio::test]
async fn a_sweep_drops_what_a_deleted_bucket_held_and_what_others_hold_stays() {
    let (hub, ada) = setup(Setup::default()).await;
    let bob = hub.as_user("bob");
    make(&bob, "bob/b").await;
    ada.create("ada/m").await.ok();
    let (own, shared, both) =
        (Packed::new(random(2, 300_000)), Packed::new(random(3, 300_000)), Packed::new(random(4, 300_000)));
    put(&hub, &ada, "ada/b", "own", &own).await;
    for (who, bucket) in [(&ada, "ada/b"), (&bob, "bob/b")] {
        put(&hub, who, bucket, "shared", &shared).await;
    }
    put(&hub, &ada, "ada/b", "both", &both).await;
    Cas::open(&hub, &ada, "models/ada/m", "write").await.send_file(&both).await;
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("w.bin", &both.content)]).await.ok();
    ada.delete("/api/buckets/ada/b").await.expect(200);
    let beside = hub.beside().await;
    assert_eq!(sweep_now(&hub, &beside).await, 1, "the file that nobody else has");
    assert!(read(&bob, "bob/b", "shared").await.expect(200).body == shared.content);
    assert!(ada.get("/ada/m/resolve/main/w.bin").await.expect(200).body == both.content);
    assert_eq!(faults(&beside, true).await, [""; 0]);
}

#[tokio::test]
async fn a_bucket_may_not_take_its_owner_over_the_quota() {
    let mut small = Setup::default();
    small.limits.owner_storage = 500_000;
    let (hub, ada) = setup(small).await;
    let (one, two, three) =
        (Packed::new(random(5, 300_000)), Packed::new(random(6, 300_000)), Packed::new(random(7, 200_000)));
    put(&hub, &ada, "ada/b", "one", &one).await;
    writer(&hub, &ada, "ada/b").await.send_file(&two).await;
    let over = batch(&ada, "ada/b", &[add("two", &two)]).await.expect(403);
    let words = "quota of `ada` is 500000 bytes, of which 300000 are used; this needs 300000 more";
    assert!(over.text().contains(words), "{}", over.text());
    read(&ada, "ada/b", "two").await.expect(404);
    assert_eq!(ada.get("/api/buckets/ada/b").await.expect(200).json()["totalFiles"], 1);
    // What makes room counts, and so do repositories.
    batch(&ada, "ada/b", &[add("two", &two), remove("one")]).await.expect(200);
    ada.create("ada/m").await.ok();
    Cas::open(&hub, &ada, "models/ada/m", "write").await.send_file(&three).await;
    let copied = batch(&ada, "ada/b", &[add("again", &two)]).await.expect(403);
    assert!(copied.text().contains("of which 500000 are used; this needs 300000 more"), "{}", copied.text());
    // Nobody is given a bucket that is too much for them.
    hub.org("acme", "ada").await;
    make(&ada, "acme/b").await;
    put(&hub, &ada, "acme/b", "one", &one).await;
    let ask = json!({ "fromRepo": "acme/b", "toRepo": "ada/other", "type": "bucket" });
    let moved = ada.post_json("/api/repos/move", &ask).await.expect(403);
    assert!(moved.text().contains("quota of `ada`"), "{}", moved.text());
    assert_eq!(faults(&hub.hub, true).await, [""; 0]);
}

#[tokio::test]
async fn what_buckets_take_is_counted_beside_repositories() {
    let (hub, ada) = setup(Setup::default()).await;
    let bob = hub.as_user("bob");
    make(&bob, "bob/b").await;
    make(&bob, "bob/empty").await;
    ada.create("ada/m").await.ok();
    let (both, own) = (Packed::new(random(8, 300_000)), Packed::new(random(9, 200_000)));
    let (size, stored) = (300_000, both.table.packed_len());
    Cas::open(&hub, &ada, "models/ada/m", "write").await.send_file(&both).await;
    put(&hub, &ada, "ada/b", "x", &both).await;
    put(&hub, &ada, "ada/b", "own", &own).await;
    batch(&ada, "ada/b", &[add("y", &both)]).await.expect(200);
    put(&hub, &bob, "bob/b", "x", &both).await;

    let (owners, total) = hub.hub.space(false, 50).await.expect("figures");
    let shown: Vec<_> =
        owners.iter().map(|o| (o.name.as_str(), o.files, o.logical, o.distinct, o.stored)).collect();
    let all = stored + own.table.packed_len();
    assert_eq!(shown, [("ada", 4, 3 * size + 200_000, size + 200_000, all), ("bob", 1, size, size, stored)]);
    assert_eq!(owners[0].saved(), 3 * size + 200_000 - all);
    assert_eq!((total.files, total.logical, total.distinct, total.stored), (5, 1_400_000, 500_000, all));
    let (places, _) = hub.hub.space(true, 50).await.expect("figures");
    let shown: Vec<_> = places.iter().map(|p| (p.name.as_str(), p.files, p.logical, p.stored)).collect();
    assert_eq!(
        shown,
        [
            ("buckets/ada/b", 3, 2 * size + 200_000, all),
            ("ada/m", 1, size, stored),
            ("buckets/bob/b", 1, size, stored)
        ]
    );
    ada.delete("/api/buckets/ada/b").await.expect(200);
    let (owners, _) = hub.hub.space(false, 50).await.expect("figures");
    assert_eq!((owners[0].name.as_str(), owners[0].logical, owners[0].stored), ("ada", size, stored));
}

#[tokio::test]
async fn a_scrub_checks_what_only_a_bucket_holds() {
    let (hub, ada) = setup(Setup::default()).await;
    let packed = Packed::new(random(10, 300_000));
    put(&hub, &ada, "ada/b", "w.bin", &packed).await;
    let beside = hub.beside().await;
    let mut counts = Vec::new();
    let mut tell = |said| {
        if let stoa_hub::Scrubbed::Done(what, count) = said {
            counts.push((what, count));
        }
    };
    beside.scrub(true, &mut tell).await.expect("a scrub");
    assert_eq!(counts, [("buckets", 1), ("files of chunks", 1), ("xorbs", 1)]);
    let name = stoa_core::hex(packed.hash.as_bytes());
    let path = hub.folder().join(format!("blobs/xorbs/{}/{}/{name}", &name[..2], &name[2..4]));
    let mut bytes = std::fs::read(&path).expect("a file");
    bytes[1000] ^= 1;
    std::fs::write(&path, &bytes).expect("a file");
    let found = faults(&beside, true).await;
    assert!(found.len() == 1 && found[0].contains("is damaged"), "{found:?}");
    std::fs::remove_file(&path).expect("a file");
    let found = faults(&beside, false).await;
    assert!(found.len() == 1 && found[0].contains("is missing"), "{found:?}");
}
