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
async fn a_wrong_object_does_not_stop_the_others() {
    let (_hub, ada) = hub_with_model().await;
    let good = sha256(b"x");
    let long = "é".repeat(5000);
    let objects = json!([
        { "oid": "abc", "size": 1 },
        { "oid": good, "size": 1 },
        { "oid": good, "size": -1 },
        { "oid": long, "size": 7 },
    ]);
    for operation in ["upload", "download"] {
        let ask = json!({ "operation": operation, "objects": objects });
        let answer = ada.post_json(BATCH, &ask).await.expect(200).json();
        let answers = answer["objects"].as_array().expect("objects");
        assert_eq!(answers.len(), 4);
        assert_eq!((&answers[0]["oid"], &answers[0]["error"]["code"]), (&json!("abc"), &json!(422)));
        assert_eq!((&answers[2]["oid"], &answers[2]["error"]["code"]), (&json!(good), &json!(422)));
        assert!(answers[3]["oid"].as_str().is_some_and(|oid| oid.len() < 300), "{answer}");
        assert!(answers[0]["error"]["message"].as_str().is_some_and(|text| text.contains("64 hexadecimal")));
        let fine =
            if operation == "upload" { &answers[1]["actions"]["upload"] } else { &answers[1]["error"] };
        assert!(fine.is_object(), "{answer}");
        // What the answer could not name makes the whole question wrong.
        for nameless in [json!({ "size": 1 }), json!(null), json!({ "oid": 5, "size": 1 })] {
            let ask = json!({ "operation": operation, "objects": [{ "oid": good, "size": 1 }, nameless] });
            refused(&ada.post_json(BATCH, &ask).await.expect(422), "an object without a name");
        }
    }
}

#[tokio::test]
async fn what_a_client_says_about_refs_and_headers_does_not_matter() {
    let (_hub, ada) = hub_with_model().await;
    let object = json!({ "oid": sha256(b"x"), "size": 1 });
    for name in
        [json!({ "name": "refs/heads/missing" }), json!({ "name": "" }), json!({}), json!(null), json!("x")]
    {
        for operation in ["upload", "download"] {
            let ask = json!({ "operation": operation, "objects": [object], "ref": name });
            ada.post_json(BATCH, &ask).await.expect(200);
        }
    }
    let ask = json!({ "operation": "upload", "objects": [object] });
    for accept in ["text/html", "*/*", "application/json"] {
        let answer = ada.clone().with_header("accept", accept).post_json(BATCH, &ask).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/vnd.git-lfs+json");
    }
}

#[tokio::test]
async fn a_transfer_is_one_that_was_offered() {
    let (_hub, ada) = hub_with_model().await;
    let object = json!({ "oid": sha256(b"x"), "size": 1 });
    let ask =
        |transfers: Value| json!({ "operation": "upload", "objects": [object], "transfers": transfers });
    for fine in
        [json!(null), json!([]), json!(["basic"]), json!(["tus", "basic"]), json!(["multipart", 5, "basic"])]
    {
        let answer = ada.post_json(BATCH, &ask(fine.clone())).await.expect(200).json();
        assert_eq!(answer["transfer"], "basic", "{fine}");
    }
    for wrong in
        [json!(["tus"]), json!(["ssh", "lfs-standalone-file"]), json!([5]), json!("basic"), json!({})]
    {
        let answer = ada.post_json(BATCH, &ask(wrong.clone())).await.expect(422);
        refused(&answer, &wrong.to_string());
    }
}

#[tokio::test]
async fn errors_are_in_the_form_of_git_lfs() {
    let (hub, ada) = hub_with_model().await;
    let bytes = vec![4; 500];
    let answer = batch(&ada, "ada/m", "upload", &bytes).await.ok().json();
    let put = answer["objects"][0]["actions"]["upload"]["href"].as_str().expect("a URL").to_owned();
    let many =
        json!({ "operation": "upload", "objects": vec![json!({ "oid": sha256(b"x"), "size": 1 }); 1001] });
    let large = format!("{{\"operation\":\"upload\",\"objects\":[],\"x\":\"{}\"}}", "x".repeat(2 << 20));
    for (answer, status) in [
        (ada.put(&put, vec![5; 500]).await, 400),
        (ada.put(&put.replace("sig=", "sig=0"), bytes.clone()).await, 403),
        (ada.get(&put.replace("/put/", "/get/")).await, 403),
        (ada.post_json(BATCH, &many).await, 413),
        (ada.post(BATCH, "application/vnd.git-lfs+json", large).await, 413),
        (ada.post(BATCH, "application/vnd.git-lfs+json", "{").await, 400),
        (ada.get(BATCH).await, 405),
        (hub.as_user("eve").post_json(BATCH, &json!({ "operation": "upload", "objects": [] })).await, 403),
        (ada.post_json("/ada/none.git/info/lfs/objects/batch", &json!({})).await, 404),
        (hub.anonymous().post_json("/ada/none.git/info/lfs/objects/batch", &json!({})).await, 401),
        (ada.get("/ada/m.git/info/lfs/nothing").await, 404),
    ] {
        let answer = answer.expect(status);
        let body = answer.json();
        assert!(body["message"].as_str().is_some_and(|text| !text.is_empty()), "{status} {body}");
        assert_eq!(body["request_id"], answer.header("x-request-id"), "{status} {body}");
    }
}
