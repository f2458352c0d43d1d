//! Plans for several files at once.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};
use stoa_testkit::{Answer, TestHub};
use stoa_xet::{MerkleHash, ShardFile};

use super::support::*;

async fn by_query(cas: &Cas, files: &[MerkleHash]) -> Answer {
    let ids: Vec<String> = files.iter().map(|file| format!("file_id={file}")).collect();
    cas.get(&format!("/v1/reconstructions?{}", ids.join("&"))).await
}

async fn by_body(cas: &Cas, body: &Value) -> Answer {
    cas.post("/v1/reconstructions", body.to_string()).await
}

/// Two files that share a xorb, in a private repository.
async fn sent(hub: &TestHub) -> (Cas, [Packed; 2], [ShardFile; 2]) {
    let ada = hub.as_user("ada");
    create_private(&ada, "ada", "secret").await;
    let cas = Cas::open(hub, &ada, "models/ada/secret", "write").await;
    let packed = [Packed::new(random(31, 600_000)), Packed::new(random(32, 400_000))];
    cas.send(&packed[0]).await.expect(200);
    cas.send(&packed[1]).await.expect(200);
    let last = packed[1].table.len();
    let files = [
        file_of(&[(&packed[0], 1..4), (&packed[1], 0..2)]),
        file_of(&[(&packed[1], 2..last), (&packed[0], 1..4), (&packed[1], 1..3)]),
    ];
    cas.post("/v1/shards", shard(&files, &[&packed[0], &packed[1]])).await.expect(200);
    (cas, packed, files)
}

/// The plan for one file out of an answer for several.
fn plan_for(answer: &Value, file: MerkleHash) -> Value {
    let terms = &answer["files"][file.to_string()];
    json!({ "offset_into_first_range": 0, "terms": terms, "fetch_info": answer["fetch_info"] })
}

#[tokio::test]
async fn one_answer_puts_every_file_together() {
    let hub = hub().await;
    let (cas, packed, files) = sent(&hub).await;
    let last = packed[1].table.len();
    let contents = [
        content_of(&[(&packed[0], 1..4), (&packed[1], 0..2)]),
        content_of(&[(&packed[1], 2..last), (&packed[0], 1..4), (&packed[1], 1..3)]),
    ];
    let ids = [files[0].id, files[1].id];
    let keys: Vec<Value> =
        ids.iter().map(|id| json!({ "prefix": "default", "hash": id.to_string() })).collect();
    let plain = json!([ids[0].to_string(), ids[1].to_string(), ids[0].to_string()]);
    for answer in [
        by_query(&cas, &ids).await.expect(200),
        by_query(&cas, &[ids[0], ids[1], ids[0]]).await.expect(200),
        by_body(&cas, &plain).await.expect(200),
        by_body(&cas, &Value::from(keys)).await.expect(200),
    ] {
        assert!(answer.header("cache-control").contains("no-store"));
        let answer = answer.json();
        assert_eq!(answer["files"].as_object().map(serde_json::Map::len), Some(2));
        for (id, content) in ids.iter().zip(&contents) {
            assert!(follow(&hub, &plan_for(&answer, *id), usize::MAX).await == *content);
        }
        let shared = pieces(&answer).into_iter().filter(|piece| piece.xorb == packed[0].hash.to_string());
        assert_eq!(shared.count(), 1, "what both files need is listed once");
    }
    // Older clients know no version; a session with another number in the address goes on.
    let query = format!("file_id={}", ids[0]);
    cas.get(&format!("/reconstructions?{query}")).await.expect(200);
    cas.client.get(&format!("/cas/e77/v1/reconstructions?{query}")).await.expect(200);
}

#[tokio::test]
async fn a_file_that_may_not_be_read_is_left_out_like_one_that_is_not_here() {
    let hub = hub().await;
    let (cas, packed, files) = sent(&hub).await;
    let bob = hub.as_user("bob");
    bob.create("bob/m").await.ok();
    let other = Packed::new(random(33, 200_000));
    let own = Cas::open(&hub, &bob, "models/bob/m", "write").await;
    own.send_file(&other).await;
    let ids = [files[0].id, other.file().id, packed[0].hash];
    let names = |answer: &Answer| -> Vec<String> {
        answer.json()["files"].as_object().expect("a map").keys().cloned().collect()
    };
    assert_eq!(names(&by_query(&cas, &ids).await.expect(200)), [files[0].id.to_string()]);
    let found = by_query(&own, &ids).await.expect(200);
    assert_eq!(names(&found), [other.file().id.to_string()]);
    assert_eq!(pieces(&found.json()).len(), 1, "and nothing of its xorbs");
    let nothing = by_query(&own, &[files[0].id]).await.expect(200).json();
    assert_eq!(nothing, json!({ "files": {}, "fetch_info": {} }));
    for client in [hub.anonymous(), hub.as_user("ada")] {
        let none = Cas { client, ..cas.clone() };
        refused(&by_query(&none, &ids).await.expect(401), "no token of the store");
        refused(&by_body(&none, &json!([ids[0].to_string()])).await.expect(401), "no token of the store");
    }
    // Nor is a repository that is gone one with nothing in it.
    let delete = json!({ "name": "m", "organization": "bob" });
    bob.delete_json("/api/repos/delete", &delete).await.expect(200);
    by_query(&own, &ids).await.expect(404);
}

#[tokio::test]
async fn a_request_that_makes_no_sense_or_asks_too_much_is_refused() {
    let hub = hub().await;
    let (cas, _, files) = sent(&hub).await;
    let id = files[0].id.to_string();
    for query in [
        "",
        "?",
        "?file_id=",
        "?file_id=nonsense",
        &format!("?file={id}"),
        &format!("?file_id={id}&file_id=0"),
    ] {
        refused(&cas.get(&format!("/v1/reconstructions{query}")).await.expect(400), query);
    }
    for body in [
        "",
        "[]",
        "{}",
        "[1]",
        "[null]",
        "[\"nonsense\"]",
        "[{\"prefix\":\"default\"}]",
        "[\"",
        &format!("\"{id}\""),
    ] {
        refused(&cas.post("/v1/reconstructions", body.to_owned()).await.expect(400), body);
    }
    by_query(&cas, &[files[0].id; 256]).await.expect(200);
    refused(&by_query(&cas, &[files[0].id; 257]).await.expect(400), "too many in the query");
    by_body(&cas, &json!(vec![id.as_str(); 256])).await.expect(200);
    refused(&by_body(&cas, &json!(vec![id.as_str(); 257])).await.expect(400), "too many in the body");
    let large = format!("[\"{id}\"{}]", " ".repeat(64 << 10));
    refused(&cas.post("/v1/reconstructions", large).await.expect(413), "too many bytes");
    let path = format!("{}/v1/reconstructions", cas.base);
    cas.client.raw(Method::PUT, &path, &[], Body::empty()).await.expect(405);
}
