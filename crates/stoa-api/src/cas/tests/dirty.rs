//! A file changes in the middle, and only what lies around the change is sent again.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use stoa_testkit::{Answer, Client, TestHub};
use stoa_xet::{MerkleHash, ShardFile, Term, file_id, verification_hash};

use super::support::*;

const WHERE: &str = "/v2/file-chunk-hashes";

/// Asks what to send again; without a header when `dirty` is empty.
async fn ask(cas: &Cas, at: &str, file: MerkleHash, dirty: &str) -> Answer {
    let headers: &[(&str, &str)] = if dirty.is_empty() { &[] } else { &[("x-range-dirty", dirty)] };
    cas.client.raw(Method::GET, &format!("{}{at}/{file}", cas.base), headers, Body::empty()).await
}

async fn open_bucket(hub: &TestHub, who: &Client, bucket: &str) -> Cas {
    let body = who.get(&format!("/api/buckets/{bucket}/xet-write-token")).await.expect(200).json();
    let text = |key: &str| body[key].as_str().expect("text").to_owned();
    let token = text("accessToken");
    Cas { client: hub.with_token(&token), base: text("casUrl"), token, expires: 0 }
}

/// Puts a file that was sent into the bucket; before that nobody reads it.
async fn put(who: &Client, file: MerkleHash) {
    let line = json!({ "type": "addFile", "path": "f", "xetHash": file.to_string(), "mtime": 1 });
    who.post("/api/buckets/ada/b/batch", "application/x-ndjson", line.to_string()).await.expect(200);
}

/// Four xorbs, and the file that they make one after the other.
async fn sent(cas: &Cas) -> (Vec<Packed>, ShardFile) {
    let parts: Vec<Packed> = (0..4).map(|seed| Packed::new(random(70 + seed, 900_000))).collect();
    for part in &parts {
        cas.send(part).await.expect(200);
    }
    let file = file_of(&parts.iter().map(|part| (part, 0..part.table.len())).collect::<Vec<_>>());
    let xorbs: Vec<&Packed> = parts.iter().collect();
    cas.post("/v1/shards", shard(std::slice::from_ref(&file), &xorbs)).await.expect(200);
    (parts, file)
}

fn hash_in(value: &Value) -> MerkleHash {
    value.as_str().and_then(|text| text.parse().ok()).expect("a hash")
}

#[tokio::test]
async fn a_changed_file_is_made_of_its_old_terms_and_of_new_ones() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.post_json("/api/buckets/ada/b", &json!({})).await.expect(200);
    let cas = open_bucket(&hub, &ada, "ada/b").await;
    let (parts, file) = sent(&cas).await;
    put(&ada, file.id).await;
    let answer = ask(&cas, WHERE, file.id, "bytes=1000000-1000999").await.expect(200);
    assert!(answer.header("cache-control").contains("no-store"));
    let found = answer.json();
    assert_eq!(found["fileSize"], 3_600_000);
    assert_eq!(found["totalChunks"], parts.iter().map(|part| part.table.len()).sum::<u32>());
    assert_eq!(found["windows"], json!([{ "dirtyByteRange": [900_000, 1_800_000] }]), "a whole term");
    let gaps = found["hashRanges"].as_array().expect("a list");
    assert_eq!(gaps.len(), 2);
    for (gap, [at_start, at_end]) in gaps.iter().zip([[true, false], [false, true]]) {
        assert_eq!((&gap["at_start"], &gap["at_end"]), (&json!(at_start), &json!(at_end)));
        let sides = gap["levels"].as_array().expect("a list").iter().flat_map(|level| {
            level.as_array().expect("a pair").iter().map(|side| side.as_u64().expect("a number"))
        });
        let nodes = gap["nodes"].as_array().expect("a list");
        assert_eq!(sides.sum::<u64>(), nodes.len() as u64);
        assert!(nodes.iter().all(|node| node["size"].is_u64() && hash_in(&node["hash"]) != MerkleHash::ZERO));
    }
    let size = |gap: &Value| -> u64 {
        gap["nodes"].as_array().into_iter().flatten().filter_map(|node| node["size"].as_u64()).sum()
    };
    assert_eq!(
        (size(&gaps[0]), size(&gaps[1])),
        (900_000, 1_800_000),
        "they are what lies around the window"
    );

    // The window changes, and grows.
    let mut content = parts[1].content.clone();
    content.splice(100_000..101_000, random(99, 1234));
    let changed = Packed::new(content);
    cas.send(&changed).await.expect(200);
    let proofs: Vec<MerkleHash> =
        found["gapVerification"].as_array().expect("a list").iter().map(hash_in).collect();
    assert_eq!(proofs.len(), 3);
    let now = [&parts[0], &changed, &parts[2], &parts[3]];
    let whole = |part: &&Packed| part.term(0..part.table.len());
    let terms: Vec<Term> = now.iter().map(whole).collect();
    let own = verification_hash(changed.table.chunks(0..changed.table.len()).map(|chunk| chunk.0));
    let chunks: Vec<_> = now.iter().flat_map(|part| part.table.chunks(0..part.table.len())).collect();
    let new = ShardFile::new(file_id(&chunks), terms, vec![proofs[0], own, proofs[1], proofs[2]], None);
    cas.post("/v1/shards", shard(std::slice::from_ref(&new), &[&changed])).await.expect(200);
    put(&ada, new.id).await;
    let plan = cas.plan(2, new.id, None).await.expect(200).json();
    let wanted: Vec<u8> = now.iter().flat_map(|part| part.content.clone()).collect();
    assert!(follow(&hub, &plan, usize::MAX).await == wanted);
    // And can be changed again.
    ask(&cas, WHERE, new.id, "bytes=0-0").await.expect(200);
}

#[tokio::test]
async fn ranges_may_be_several_and_the_address_an_older_one() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let writer = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(5, 700_000));
    writer.send_file(&packed).await;
    let file = packed.file().id;
    let cas = Cas::open(&hub, &hub.anonymous(), "models/ada/m", "read").await;
    let whole = json!([{ "dirtyByteRange": [0, 700_000] }]);
    for (at, dirty) in [
        (WHERE, "bytes=0-0"),
        (WHERE, "bytes=5-9,200000-200009"),
        (WHERE, "bytes=200000-200009, 5-9 ,7-20"),
        (WHERE, "bytes=699999-"),
        // What a file gets at its end is no change of what it has.
        (WHERE, "bytes=699999-900000,700000-900000"),
        ("/file-chunk-hashes", "bytes=0-0"),
    ] {
        let found = ask(&cas, at, file, dirty).await.expect(200).json();
        assert_eq!(found["windows"], whole, "{dirty}");
        assert_eq!(found["hashRanges"], json!([null, null]), "{dirty}");
        assert_eq!(found["gapVerification"], json!([]), "{dirty}");
    }
    let later = format!("/cas/e77{WHERE}/{file}");
    cas.client.raw(Method::GET, &later, &[("x-range-dirty", "bytes=0-0")], Body::empty()).await.expect(200);
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(6, 300_000));
    cas.send_file(&packed).await;
    let file = packed.file().id;
    for wrong in
        ["", "bytes=", "bytes=5", "bytes=9-5", "bytes=-5", "lines=1-2", "bytes=1-2,", "bytes=1-2,x-3", "1-2"]
    {
        refused(&ask(&cas, WHERE, file, wrong).await.expect(400), wrong);
    }
    let many = |count: usize| format!("bytes={}", vec!["0-1"; count].join(","));
    ask(&cas, WHERE, file, &many(1024)).await.expect(200);
    refused(&ask(&cas, WHERE, file, &many(1025)).await.expect(400), "too many ranges");
    for behind in ["bytes=300000-300001", "bytes=300000-,400000-400001"] {
        refused(&ask(&cas, WHERE, file, behind).await.expect(416), behind);
    }
    refused(&ask(&cas, WHERE, packed.hash, "bytes=0-1").await.expect(404), "no file");
    let path = format!("{}{WHERE}/nonsense", cas.base);
    let nonsense = cas.client.raw(Method::GET, &path, &[("x-range-dirty", "bytes=0-1")], Body::empty()).await;
    refused(&nonsense.expect(400), "no hash");
}

#[tokio::test]
async fn only_who_may_read_a_file_is_told_of_its_chunks() {
    let hub = hub().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    create_private(&ada, "ada", "secret").await;
    bob.create("bob/m").await.ok();
    let packed = Packed::new(random(7, 300_000));
    let file = packed.file().id;
    let secret = Cas::open(&hub, &ada, "models/ada/secret", "write").await;
    secret.send_file(&packed).await;
    ask(&secret, WHERE, file, "bytes=0-1").await.expect(200);
    for scope in ["read", "write"] {
        let cas = Cas::open(&hub, &bob, "models/bob/m", scope).await;
        let foreign = ask(&cas, WHERE, file, "bytes=0-1").await.expect(404);
        refused(&foreign, scope);
        // As if it were not here, even where the range makes no sense for it.
        ask(&cas, WHERE, file, "bytes=900000-900001").await.expect(404);
    }
    for client in [hub.anonymous(), hub.as_user("ada"), hub.with_token("xet_read_1_99999999999_00")] {
        let cas = Cas { client, ..secret.clone() };
        refused(&ask(&cas, WHERE, file, "bytes=0-1").await.expect(401), "no token of the store");
    }
}
