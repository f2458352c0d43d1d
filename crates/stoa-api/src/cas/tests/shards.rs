//! Shards say the truth, all of it, or nothing of it counts.

use serde_json::{Value, json};
use stoa_core::Sha256;
use stoa_xet::{MerkleHash, ShardFile, ShardFooter, ShardWriter};

use super::support::*;

/// The lines of an answer of `/v2/shards`.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn a_shard_makes_files_that_can_be_committed() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(1, 700_000));
    let line = large_file("w.bin", &packed.content);
    let commit = [header("x"), line];
    refused(&ada.commit_lines("ada/m", "main", &commit).await.expect(400), "not here yet");
    cas.send(&packed).await.expect(200);
    refused(&ada.commit_lines("ada/m", "main", &commit).await.expect(400), "a xorb is no file");
    let shard = shard(&[packed.file()], &[&packed]);
    assert_eq!(cas.post("/v1/shards", shard.clone()).await.expect(200).json()["result"], 1);
    assert_eq!(cas.post("/v1/shards", shard.clone()).await.expect(200).json()["result"], 0);
    let again = cas.post("/v2/shards", shard.clone()).await.expect(200);
    assert_eq!(again.header("content-type"), "application/x-ndjson");
    assert_eq!(lines(&again.text()).last(), Some(&json!({ "type": "result" })));
    cas.post("/shards", shard.clone()).await.expect(200);
    cas.post(&format!("/shard/default/{}", packed.hash), shard).await.expect(200);

    ada.commit_lines("ada/m", "main", &commit).await.ok();
    let tree = ada.get("/api/models/ada/m/tree/main").await.ok().json();
    let entry = tree.as_array().expect("a list").iter().find(|entry| entry["path"] == "w.bin").expect("it");
    assert_eq!(entry["xetHash"], packed.file().id.to_string());
    assert_eq!(entry["lfs"]["oid"], sha256(&packed.content));
    let answer = ada.get("/ada/m/resolve/main/w.bin").await.expect(200);
    assert_eq!(answer.body, packed.content);
    assert_eq!(answer.header("x-xet-hash"), packed.file().id.to_string());
    let links = answer.header("link");
    assert!(
        links.contains("rel=\"xet-auth\"") && links.contains("rel=\"xet-reconstruction-info\""),
        "{links}"
    );
}

#[tokio::test]
async fn the_second_version_tells_how_far_it_is() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(2, 900_000));
    let end = packed.table.len();
    cas.send(&packed).await.expect(200);
    let files: Vec<ShardFile> = (0..3).map(|first| file_of(&[(&packed, first..end)])).collect();
    let answer = cas.post("/v2/shards", shard(&files, &[&packed])).await.expect(200);
    let lines = lines(&answer.text());
    assert_eq!(lines.last(), Some(&json!({ "type": "result" })));
    assert!(lines.contains(&json!({ "type": "validating", "verified": 3, "total": 3 })), "{lines:?}");
    assert!(lines.contains(&json!({ "type": "committing", "stage": "syncing" })), "{lines:?}");
    for (first, file) in files.iter().enumerate() {
        let plan = cas.plan(2, file.id, None).await.expect(200).json();
        let expected = content_of(&[(&packed, first as u32..end)]);
        assert_eq!(follow(&hub, &plan, usize::MAX).await, expected);
    }
    let mut lie = packed.file();
    lie.verification[0] = MerkleHash::ZERO;
    let answer = cas.post("/v2/shards", shard(&[lie], &[&packed])).await;
    if answer.status == 200 {
        let last = lines_of_error(&answer.text());
        assert_eq!(last["retryable"], false, "{last}");
    } else {
        refused(&answer, "a lie");
    }
}

fn lines_of_error(text: &str) -> Value {
    let last = lines(text).pop().expect("a line");
    assert_eq!(last["type"], "error", "{last}");
    last
}

#[tokio::test]
async fn a_shard_that_lies_shows_nothing() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(3, 900_000));
    let other = Packed::new(random(4, 500_000));
    cas.send(&packed).await.expect(200);
    let end = packed.table.len();
    let truth = packed.file();
    let honest = file_of(&[(&packed, 1..end)]);
    let lie = |change: &dyn Fn(&mut ShardFile)| {
        let mut file = truth.clone();
        change(&mut file);
        shard(&[honest.clone(), file], &[&packed])
    };
    let nothing = MerkleHash::ZERO;
    let foreign: Sha256 = sha256(b"what somebody else has").parse().expect("a SHA-256");
    let good = shard(std::slice::from_ref(&truth), &[&packed]);
    for (what, shard) in [
        ("nothing", vec![]),
        ("garbage", random(5, 10_000)),
        ("a header alone", good[..48].to_vec()),
        ("another tag", [&[1; 32], &good[32..]].concat()),
        ("cut in a record", good[..good.len() - 50].to_vec()),
        ("without its end", good[..good.len() - 48].to_vec()),
        ("a xorb that is not here", shard(&[honest.clone(), other.file()], &[&packed])),
        ("a xorb that is not here, in the list", shard(std::slice::from_ref(&honest), &[&packed, &other])),
        ("a wrong id", lie(&|file| file.id = nothing)),
        ("a wrong SHA-256", lie(&|file| file.sha256 = Some(foreign))),
        ("a wrong proof", lie(&|file| file.verification[0] = nothing)),
        (
            "no proof",
            lie(&|file| {
                *file = ShardFile::new(file.id, file.terms.clone(), vec![], file.sha256);
            }),
        ),
        ("a wrong length", lie(&|file| file.terms[0].unpacked += 1)),
        ("chunks behind the last", lie(&|file| file.terms[0].end += 1)),
        ("no chunks", lie(&|file| file.terms[0].end = file.terms[0].start)),
        ("chunks backwards", lie(&|file| file.terms[0].start = u32::MAX)),
    ] {
        refused(&cas.post("/v1/shards", shard.clone()).await.expect(400), what);
        let second = cas.post("/v2/shards", shard).await;
        match second.status.as_u16() {
            200 => assert_eq!(lines_of_error(&second.text())["retryable"], false, "{what}"),
            _ => refused(&second.expect(400), what),
        }
        for file in [&honest, &truth, &other.file()] {
            cas.plan(2, file.id, None).await.expect(404);
            cas.head(&format!("/v1/files/{}", file.id)).await.expect(404);
        }
    }
    let wish = large_file("w.bin", b"what somebody else has");
    refused(&ada.commit_lines("ada/m", "main", &[header("x"), wish]).await.expect(400), "a lie");
    let mut endless = good.clone();
    endless[84..88].copy_from_slice(&u32::MAX.to_le_bytes());
    refused(&cas.post("/v1/shards", endless).await.expect(413), "four billion terms");
    cas.post("/v1/shards", good).await.expect(200);
}

#[tokio::test]
async fn a_footer_is_no_fault() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(6, 300_000));
    cas.send(&packed).await.expect(200);
    let mut writer = ShardWriter::plain();
    writer.file(&packed.file());
    writer.xorb(packed.hash, &packed.table);
    let shard = writer.finish(ShardFooter { created: 1, expires: 2 });
    cas.post("/v1/shards", shard).await.expect(200);
    cas.plan(1, packed.file().id, None).await.expect(200);
}

#[tokio::test]
async fn nobody_takes_a_file_by_the_name_of_its_xorb() {
    let hub = hub().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    create_private(&ada, "ada", "secret").await;
    bob.create("bob/m").await.ok();
    let packed = Packed::new(random(7, 900_000));
    let known = Packed::new(packed.content[..packed.table.unpacked_range(0..1).end as usize].to_vec());
    Cas::open(&hub, &ada, "models/ada/secret", "write").await.send_file(&packed).await;
    let cas = Cas::open(&hub, &bob, "models/bob/m", "write").await;
    // He knows the xorb's name and its first chunk, and would like the rest.
    let mut file = packed.file();
    file.verification = known.file().verification;
    file.sha256 = None;
    let file = ShardFile::new(file.id, file.terms, file.verification, None);
    refused(&cas.post("/v1/shards", shard(&[file], &[])).await.expect(400), "a guess");
    cas.plan(2, packed.file().id, None).await.expect(404);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let nothing: Sha256 = sha256(b"").parse().expect("a SHA-256");
    let file = ShardFile::new(MerkleHash::ZERO, vec![], vec![], Some(nothing));
    cas.post("/v1/shards", shard(&[file], &[])).await.expect(200);
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("empty", b"")]).await.ok();
    assert_eq!(ada.get("/ada/m/resolve/main/empty").await.expect(200).body, b""[..]);
    ada.get("/api/models/ada/m/tree/main").await.expect(200);
}
