//! Uploads find the chunks that are here, and nobody finds those of others.

use stoa_xet::{MerkleHash, Shard, ShardLimits, chunk_hash, keyed};

use super::support::*;

/// What a dedup answer says: its xorbs, its key, and until when it holds.
fn parse(answer: &[u8]) -> (Shard, [u8; 32], u64) {
    let shard = Shard::parse(answer, ShardLimits::UPLOAD).expect("a shard");
    let footer = &answer[answer.len() - 200..];
    let key = footer[72..104].try_into().expect("32 bytes");
    let expires = u64::from_le_bytes(footer[112..120].try_into().expect("8 bytes"));
    (shard, key, expires)
}

fn ask(chunk: MerkleHash) -> String {
    format!("/v1/chunks/default/{chunk}")
}

#[tokio::test]
async fn an_answer_is_keyed_and_holds_for_a_while() {
    let hub = hub().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    ada.create("ada/m").await.ok();
    bob.create("bob/m").await.ok();
    let packed = Packed::new(random(1, 900_000));
    Cas::open(&hub, &ada, "models/ada/m", "write").await.send_file(&packed).await;
    let cas = Cas::open(&hub, &bob, "models/bob/m", "write").await;
    let answer = cas.get(&ask(packed.table.hash(0))).await.expect(200);
    let (shard, key, expires) = parse(&answer.body);
    assert!(shard.files.is_empty());
    assert_eq!(shard.xorbs.len(), 1);
    assert_eq!(shard.xorbs[0].hash, packed.hash);
    assert_ne!(key, [0; 32], "plain hashes would hand out what proves possession");
    let expected: Vec<_> =
        packed.table.chunks(0..packed.table.len()).map(|c| (keyed(&key, c.0), c.1)).collect();
    let found: Vec<_> = shard.xorbs[0].chunks.iter().map(|c| (c.hash, u64::from(c.len))).collect();
    assert_eq!(found, expected);
    assert!(expires > hub.hub.now().secs().unsigned_abs() + 3600, "{expires}");
    for chunk in 0..packed.table.len() {
        let hash = packed.table.hash(chunk);
        assert!(!answer.body.windows(32).any(|bytes| bytes == hash.as_bytes()), "chunk {chunk} in clear");
    }
    let (_, other_key, _) = parse(&cas.get(&ask(packed.table.hash(0))).await.expect(200).body);
    assert_ne!(key, other_key);
    cas.get(&format!("/chunks/default-merkledb/{}", packed.table.hash(0))).await.expect(200);
    // Compat: whatever is no shard ends the upload, so there is none.
    refused(&cas.get(&ask(chunk_hash(b"unknown"))).await.expect(404), "an unknown chunk");
    // And he may make a file of it, since he knows the chunks.
    cas.post("/v1/shards", super::support::shard(&[packed.file()], &[])).await.expect(200);
    let plan = cas.plan(2, packed.file().id, None).await.expect(200).json();
    assert!(follow(&hub, &plan, usize::MAX).await == packed.content);
}

#[tokio::test]
async fn an_answer_tells_of_the_rest_of_the_file_as_far_as_the_asker_may_know() {
    let hub = hub().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    ada.create("ada/m").await.ok();
    bob.create("bob/m").await.ok();
    create_private(&ada, "ada", "secret").await;
    let parts: Vec<Packed> = (0..3).map(|seed| Packed::new(random(40 + seed, 300_000))).collect();
    let whole =
        |parts: &[Packed]| file_of(&parts.iter().map(|part| (part, 0..part.table.len())).collect::<Vec<_>>());
    let public = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    for part in &parts {
        public.post(&part.path(), part.bytes.clone()).await.expect(200);
    }
    public.post("/v1/shards", shard(&[whole(&parts)], &[])).await.expect(200);
    let cas = Cas::open(&hub, &bob, "models/bob/m", "write").await;
    let (answer, _, _) = parse(&cas.get(&ask(parts[0].table.hash(0))).await.expect(200).body);
    let found: Vec<MerkleHash> = answer.xorbs.iter().map(|xorb| xorb.hash).collect();
    assert_eq!(found, parts.iter().map(|part| part.hash).collect::<Vec<_>>());

    // A file in a private repository goes on where this one ends.
    let hidden = Packed::new(random(50, 300_000));
    let private = Cas::open(&hub, &ada, "models/ada/secret", "write").await;
    private.post(&hidden.path(), hidden.bytes.clone()).await.expect(200);
    let mut longer = parts;
    longer.push(hidden);
    private.post("/v1/shards", shard(&[whole(&longer)], &[])).await.expect(200);
    for (asker, xorbs) in [(&cas, 3), (&private, 4)] {
        let (answer, _, _) = parse(&asker.get(&ask(longer[0].table.hash(0))).await.expect(200).body);
        assert_eq!(answer.xorbs.len(), xorbs);
    }
}

#[tokio::test]
async fn nobody_finds_chunks_of_what_they_may_not_see() {
    let hub = hub().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    create_private(&ada, "ada", "secret").await;
    bob.create("bob/m").await.ok();
    ada.create("ada/gated").await.ok();
    ada.put_json("/api/models/ada/gated/settings", &serde_json::json!({ "gated": "manual" })).await.ok();
    let (secret, gated) = (Packed::new(random(2, 300_000)), Packed::new(random(3, 300_000)));
    let own = Cas::open(&hub, &ada, "models/ada/secret", "write").await;
    own.send_file(&secret).await;
    Cas::open(&hub, &ada, "models/ada/gated", "write").await.send_file(&gated).await;
    let cas = Cas::open(&hub, &bob, "models/bob/m", "write").await;
    refused(&cas.get(&ask(secret.table.hash(0))).await.expect(404), "private");
    refused(&cas.get(&ask(gated.table.hash(0))).await.expect(404), "gated");
    own.get(&ask(secret.table.hash(0))).await.expect(200);
    // Once it is public everybody finds it; once it is private again nobody does.
    let private = |yes: bool| serde_json::json!({ "private": yes });
    ada.put_json("/api/models/ada/secret/settings", &private(false)).await.ok();
    cas.get(&ask(secret.table.hash(0))).await.expect(200);
    ada.put_json("/api/models/ada/secret/settings", &private(true)).await.ok();
    refused(&cas.get(&ask(secret.table.hash(0))).await.expect(404), "private again");
}
