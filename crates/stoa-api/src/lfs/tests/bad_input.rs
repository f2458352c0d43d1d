//! Batches that are wrong.

use serde_json::{Value, json};

use crate::files::tests::support::*;

const BATCH: &str = "/ada/m.git/info/lfs/objects/batch";

#[tokio::test]
async fn objects_that_cannot_be_are_422_with_a_sentence() {
    let (_hub, ada) = hub_with_model().await;
    let good = sha256(b"x");
    for object in [
        json!({ "oid": "abc", "size": 1 }),
        json!({ "oid": good[..63], "size": 1 }),
        json!({ "oid": format!("../{}", &good[3..]), "size": 1 }),
        json!({ "oid": 5, "size": 1 }),
        json!({ "oid": null, "size": 1 }),
        json!({ "size": 1 }),
        json!({ "oid": good }),
        json!({ "oid": good, "size": -1 }),
        json!({ "oid": good, "size": 1.5 }),
        json!({ "oid": good, "size": "1" }),
        json!({ "oid": good, "size": u64::MAX }),
        json!({ "oid": good, "size": 1e40 }),
        json!([]),
        json!(null),
        json!("x"),
    ] {
        for operation in ["upload", "download"] {
            let ask = json!({ "operation": operation, "objects": [object] });
            let answer = ada.post_json(BATCH, &ask).await.expect(422);
            assert!(
                answer.json()["message"].as_str().is_some_and(|text| text.starts_with("Object 0: ")),
                "{object}"
            );
            refused(&answer, &object.to_string());
        }
    }
    for ask in [
        json!({}),
        json!([]),
        json!({ "operation": "delete", "objects": [] }),
        json!({ "operation": "upload" }),
        json!({ "operation": "upload", "objects": {} }),
    ] {
        refused(&ada.post_json(BATCH, &ask).await.expect(422), &ask.to_string());
    }
}

#[tokio::test]
async fn batches_that_ask_for_too_much_or_another_hash_are_refused() {
    let (_hub, ada) = hub_with_model().await;
    let object = json!({ "oid": sha256(b"x"), "size": 1 });
    let many = json!({ "operation": "upload", "objects": vec![&object; 1001] });
    refused(&ada.post_json(BATCH, &many).await.expect(413), "1001 objects");
    let most = json!({ "operation": "upload", "objects": vec![&object; 1000] });
    ada.post_json(BATCH, &most).await.ok();
    for algo in [json!("sha512"), json!("md5"), json!(256)] {
        let ask = json!({ "operation": "upload", "objects": [object], "hash_algo": algo });
        refused(&ada.post_json(BATCH, &ask).await.expect(409), "another hash");
    }
    let huge = json!({ "operation": "upload", "objects": [{ "oid": sha256(b"x"), "size": 1_u64 << 50 }] });
    let answer = ada.post_json(BATCH, &huge).await.ok().json();
    assert_eq!(answer["objects"][0]["error"]["code"], 413, "{answer}");
    assert!(answer["objects"][0].get("actions").is_none());
    let none = ada.post_json(BATCH, &json!({ "operation": "upload", "objects": [] })).await.ok().json();
    assert_eq!(none["objects"], json!([]));
}

#[tokio::test]
async fn a_size_that_is_not_the_files_is_refused() {
    let (_hub, ada) = hub_with_model().await;
    let bytes = vec![1; 50];
    send_large(&ada, "ada/m", &bytes).await;
    for operation in ["upload", "download"] {
        let ask = json!({ "operation": operation, "objects": [{ "oid": sha256(&bytes), "size": 51 }] });
        let answer = ada.post_json(BATCH, &ask).await.ok().json();
        let error = &answer["objects"][0]["error"];
        assert!(error["code"].as_u64().is_some_and(|code| (400..500).contains(&code)), "{answer}");
        assert!(error["message"].as_str().is_some_and(|text| text.contains("50 bytes")), "{answer}");
    }
    let verify = "/ada/m.git/info/lfs/verify";
    refused(&ada.post_json(verify, &json!({ "oid": sha256(&bytes), "size": 51 })).await.expect(400), "size");
    refused(&ada.post_json(verify, &json!({ "oid": sha256(b"?"), "size": 1 })).await.expect(404), "missing");
    refused(&ada.post_json(verify, &json!({ "oid": "x", "size": 1 })).await.expect(422), "no oid");
}

#[tokio::test]
async fn git_lfs_is_told_that_there_are_no_locks() {
    let (_hub, ada) = hub_with_model().await;
    let answer = ada.post_json("/ada/m.git/info/lfs/locks/verify", &json!({})).await.expect(404);
    assert_eq!(answer.json()["message"], "This hub does not lock files");
    assert_ne!(answer.error_code(), "RepoNotFound");
    ada.get("/ada/m.git/info/lfs/locks").await.expect(501);
    ada.post_json("/ada/m.git/info/lfs/locks", &Value::Null).await.expect(501);
    ada.post_json("/ada/m.git/info/lfs/locks/1/unlock", &json!({})).await.expect(501);
}
