//! Sending and fetching.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::files::tests::support::*;

#[tokio::test]
async fn a_large_file_goes_in_with_one_put_and_comes_out_by_range() {
    let (_hub, ada) = hub_with_model().await;
    let bytes: Vec<u8> = (0..100_000_u32).map(|n| n as u8).collect();
    let answer = batch(&ada, "ada/m", "upload", &bytes).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/vnd.git-lfs+json");
    let answer = answer.json();
    assert_eq!((&answer["transfer"], &answer["hash_algo"]), (&json!("basic"), &json!("sha256")));
    let object = &answer["objects"][0];
    assert_eq!((&object["oid"], &object["size"]), (&json!(sha256(&bytes)), &json!(100_000)));
    let href = object["actions"]["upload"]["href"].as_str().expect("a URL").to_owned();
    assert!(href.starts_with("http://hub.test/lfs/put/"), "{href}");
    assert!(object["actions"]["upload"].get("header").is_none(), "clients ignore headers, so there are none");

    // The URL alone is enough: clients send no token with it.
    let stranger = ada.clone().with_header("authorization", "Bearer nonsense");
    stranger.put(&href, bytes.clone()).await.expect(200);
    assert_eq!(object["authenticated"], true, "git-lfs asks a person for a password otherwise");
    let verify = object["actions"]["verify"]["href"].as_str().expect("a URL");
    assert!(verify.starts_with("http://hub.test/lfs/verify/"), "{verify}");
    let question = json!({ "oid": sha256(&bytes), "size": 100_000 });
    assert_eq!(stranger.post_json(verify, &question).await.expect(200).json(), question);
    // The address without a permission in it takes a token.
    let verify = "/ada/m.git/info/lfs/verify";
    ada.post_json(verify, &question).await.ok();
    stranger.post_json(verify, &question).await.expect(401);

    // Gotcha 10: what is here has no `actions` at all.
    let again = batch(&ada, "ada/m", "upload", &bytes).await.ok().json();
    assert_eq!(again["objects"][0], json!({ "oid": sha256(&bytes), "size": 100_000 }));
    // A retry of the PUT is no fault.
    stranger.put(&href, bytes.clone()).await.expect(200);

    let answer = batch(&ada, "ada/m", "download", &bytes).await.ok().json();
    let href = answer["objects"][0]["actions"]["download"]["href"].as_str().expect("a URL").to_owned();
    assert_eq!(stranger.get(&href).await.expect(200).body, bytes);
    let head = stranger.head(&href).await.expect(200);
    assert_eq!(head.header("content-type"), "application/octet-stream", "git-lfs shows texts in its trace");
    assert_eq!(
        (head.header("content-length"), head.header("etag")),
        ("100000", &*format!("\"{}\"", sha256(&bytes)))
    );
    let part =
        stranger.raw(Method::GET, &href, &[("range", "bytes=99990-")], Body::empty()).await.expect(206);
    assert_eq!(part.body, bytes[99_990..]);
    stranger.raw(Method::GET, &href, &[("range", "bytes=100000-")], Body::empty()).await.expect(416);
}

#[tokio::test]
async fn a_large_file_goes_in_by_parts() {
    let hub = small_hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let bytes: Vec<u8> = (0..4_500_u32).map(|n| (n / 7) as u8).collect();
    let answer = batch(&ada, "ada/m", "upload", &bytes).await.ok().json();
    assert_eq!(answer["transfer"], "multipart");
    let upload = &answer["objects"][0]["actions"]["upload"];
    let header = upload["header"].as_object().expect("headers");
    assert_eq!(header["chunk_size"], "1000", "text, as git-lfs insists");
    let parts: Vec<&String> = header.keys().filter(|key| key.bytes().all(|b| b.is_ascii_digit())).collect();
    assert_eq!(parts, ["00001", "00002", "00003", "00004", "00005"]);
    let nobody = hub.anonymous();
    let mut done = Vec::new();
    // Out of order, as clients send them at once.
    for (index, chunk) in bytes.chunks(1000).enumerate().rev() {
        let url = header[&format!("{:05}", index + 1)].as_str().expect("a URL");
        let etag = nobody.put(url, chunk.to_vec()).await.expect(200).header("etag").to_owned();
        assert_eq!(etag, format!("\"{}\"", sha256(chunk)));
        done.push(json!({ "partNumber": index + 1, "etag": etag }));
    }
    let complete = upload["href"].as_str().expect("a URL");
    let ask = json!({ "oid": sha256(&bytes), "parts": done });
    let short = json!({ "oid": sha256(&bytes), "parts": done[1..] });
    refused(&nobody.post_json(complete, &short).await.expect(400), "a part is not listed");
    refused(
        &nobody.post_json(complete, &json!({ "oid": sha256(b""), "parts": done })).await.expect(400),
        "another oid",
    );
    nobody.post_json(complete, &ask).await.expect(200);
    // A client that did not get the answer asks again.
    nobody.post_json(complete, &ask).await.expect(200);
    ada.commit_lines(
        "ada/m",
        "main",
        &[crate::files::tests::support::header("x"), large_file("w.bin", &bytes)],
    )
    .await
    .ok();
    assert_eq!(ada.get("/ada/m/resolve/main/w.bin").await.ok().body, bytes);
}

#[tokio::test]
async fn git_lfs_sends_all_files_of_a_batch_the_same_way() {
    let hub = small_hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let object = |bytes: &[u8]| json!({ "oid": sha256(bytes), "size": bytes.len() });
    let ask = |transfers: Value, objects: Value| {
        let ask = json!({ "operation": "upload", "transfers": transfers, "objects": objects });
        let ada = ada.clone();
        async move { ada.post_json("/ada/m.git/info/lfs/objects/batch", &ask).await.ok().json() }
    };
    let in_parts = |answer: &Value| -> Vec<bool> {
        let objects = answer["objects"].as_array().expect("objects");
        objects.iter().map(|one| one["actions"]["upload"]["header"]["chunk_size"].is_string()).collect()
    };
    let (small, large) = (object(&[1; 100]), object(&[2; 4500]));
    let mixed = json!([small, large]);
    let git_lfs = json!(["lfs-standalone-file", "basic", "ssh", "multipart"]);
    // The agent of huggingface_hub gets all of them and knows nothing but parts.
    let answer = ask(git_lfs.clone(), mixed.clone()).await;
    assert_eq!((answer["transfer"].as_str(), in_parts(&answer)), (Some("multipart"), vec![true, true]));
    let header = answer["objects"][0]["actions"]["upload"]["header"].as_object().expect("headers");
    assert_eq!(header.keys().collect::<Vec<_>>(), ["00001", "chunk_size"]);
    let answer = ask(git_lfs.clone(), json!([small])).await;
    assert_eq!((answer["transfer"].as_str(), in_parts(&answer)), (Some("basic"), vec![false]));
    // huggingface_hub itself looks at each.
    let answer = ask(json!(["basic", "multipart"]), mixed.clone()).await;
    assert_eq!((answer["transfer"].as_str(), in_parts(&answer)), (Some("multipart"), vec![false, true]));
    // git-lfs without the agent.
    let answer = ask(json!(["lfs-standalone-file", "basic", "ssh"]), mixed.clone()).await;
    assert_eq!((answer["transfer"].as_str(), in_parts(&answer)), (Some("basic"), vec![false, false]));
    // What is here already decides nothing.
    send_large(&ada, "ada/m", &[3; 2900]).await;
    let known = json!([small, object(&[3; 2900])]);
    let answer = ask(git_lfs, known).await;
    assert_eq!((answer["transfer"].as_str(), in_parts(&answer)), (Some("basic"), vec![false, false]));
}

#[tokio::test]
async fn parts_that_are_missing_or_wrong_leave_nothing() {
    let hub = small_hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let bytes: Vec<u8> = vec![1; 4_500];
    let answer = batch(&ada, "ada/m", "upload", &bytes).await.ok().json();
    let upload = answer["objects"][0]["actions"]["upload"].clone();
    let url = |n: usize| upload["header"][format!("{n:05}")].as_str().unwrap_or_default().to_owned();
    let complete = upload["href"].as_str().expect("a URL");
    let parts: Vec<Value> = (1..=5).map(|n| json!({ "partNumber": n, "etag": "x" })).collect();
    let ask = json!({ "oid": sha256(&bytes), "parts": parts });
    refused(&ada.post_json(complete, &ask).await.expect(400), "no part was sent");
    refused(&ada.put(&url(1), vec![1; 999]).await.expect(400), "a part too short");
    let long = ada.put(&url(1), vec![1; 1001]).await;
    assert!(long.status == 400 || long.status == 413, "{}", long.summary());
    refused(&long, "a part too long");
    for n in 1..=5 {
        let size = if n == 5 { 500 } else { 1000 };
        ada.put(&url(n), vec![2; size]).await.ok();
    }
    refused(&ada.post_json(complete, &ask).await.expect(400), "parts of another file");
    refused(
        &ada.commit_lines("ada/m", "main", &[header("x"), large_file("w", &bytes)]).await.expect(400),
        "nothing is here",
    );
    // The right parts in place of the wrong ones.
    for n in 1..=5 {
        let size = if n == 5 { 500 } else { 1000 };
        ada.put(&url(n), vec![1; size]).await.ok();
    }
    ada.post_json(complete, &ask).await.ok();
    // A URL of one part is good for that part alone.
    let other = url(1).replace("/1?", "/2?");
    refused(&ada.put(&other, vec![1; 1000]).await.expect(403), "another part");
}

#[tokio::test]
async fn wrong_bytes_leave_nothing() {
    let (_hub, ada) = hub_with_model().await;
    let bytes = vec![4; 5000];
    let answer = batch(&ada, "ada/m", "upload", &bytes).await.ok().json();
    let href = answer["objects"][0]["actions"]["upload"]["href"].as_str().expect("a URL").to_owned();
    let wrong = vec![5; 5000];
    refused(&ada.put(&href, wrong.clone()).await.expect(400), "wrong bytes");
    refused(&ada.put(&href, bytes[..4999].to_vec()).await.expect(400), "too few");
    let whole = [("content-length", "5000")];
    refused(
        &ada.raw(Method::PUT, &href, &whole, Body::from(bytes[..10].to_vec())).await.expect(400),
        "cut off",
    );
    let long = Body::from(vec![4; 5001]);
    let answer = ada.raw(Method::PUT, &href, &[], long).await;
    refused(&answer, "too many");
    let broken: Vec<std::io::Result<bytes::Bytes>> =
        vec![Ok(bytes[..2000].to_vec().into()), Err(std::io::Error::other("gone"))];
    let broken = Body::from_stream(futures_util::stream::iter(broken));
    let answer = ada.raw(Method::PUT, &href, &[], broken).await.expect(400);
    assert!(answer.error_message().contains("broke off"), "{}", answer.summary());
    for bytes in [&bytes, &wrong] {
        let answer = batch(&ada, "ada/m", "download", bytes).await.ok().json();
        assert_eq!(answer["objects"][0]["error"]["code"], 404);
        refused(
            &ada.commit_lines("ada/m", "main", &[header("x"), large_file("w", bytes)]).await.expect(400),
            "not here",
        );
    }
    ada.put(&href, bytes.clone()).await.ok();
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("w", &bytes)]).await.ok();
}

#[tokio::test]
async fn duplicates_and_both_spellings_of_the_address_and_the_hash_are_answered() {
    let (_hub, ada) = hub_with_model().await;
    ada.create("datasets/ada/d").await.ok();
    let object = json!({ "oid": sha256(b"x"), "size": 1 });
    let ask = json!({
        "operation": "upload", "hash_algo": "sha_256", "transfers": ["basic", "multipart", "xet"],
        "objects": [object, object, { "oid": sha256(b"y"), "size": 1 }, object], "ref": { "name": "refs/heads/main" },
    });
    for path in [
        "/ada/m.git/info/lfs/objects/batch",
        "/ada/m/info/lfs/objects/batch",
        "/models/ada/m.git/info/lfs/objects/batch",
        "/datasets/ada/d.git/info/lfs/objects/batch",
    ] {
        let answer = ada.post_json(path, &ask).await.ok().json();
        assert_eq!(answer["transfer"], "xet");
        let (x, y) = (sha256(b"x"), sha256(b"y"));
        assert_eq!(all(&answer["objects"], "oid"), [&x, &x, &y, &x], "{path}");
        assert_eq!(answer["objects"][0], answer["objects"][3]);
    }
}

#[tokio::test]
async fn signed_urls_hold_for_what_they_were_made_for_and_until_then() {
    let (hub, ada) = hub_with_model().await;
    let bytes = vec![6; 100];
    let answer = batch(&ada, "ada/m", "upload", &bytes).await.ok().json();
    let put = answer["objects"][0]["actions"]["upload"]["href"].as_str().expect("a URL").to_owned();
    let get_url =
        |answer: Value| answer["objects"][0]["actions"]["download"]["href"].as_str().map(str::to_owned);
    for wrong in [
        put.replace("/lfs/put/", "/lfs/get/"),
        put.replace("size=100", "size=101"),
        put.replace("exp=1", "exp=2"),
        put.replace(&sha256(&bytes), &sha256(b"")),
        put.replace("/lfs/put/", "/lfs/put/9"),
        put.replace("sig=", "sig=00"),
        put.split("&sig").next().unwrap_or_default().to_owned(),
        put.split('?').next().unwrap_or_default().to_owned(),
    ] {
        let method = if wrong.contains("/get/") { Method::GET } else { Method::PUT };
        let answer = ada.raw(method, &wrong, &[], Body::from(bytes.clone())).await;
        assert!(answer.status == 403 || answer.status == 400, "{wrong} {}", answer.summary());
        refused(&answer, &wrong);
    }
    let verify = answer["objects"][0]["actions"]["verify"]["href"].as_str().expect("a URL").to_owned();
    let question = json!({ "oid": sha256(&bytes), "size": 100 });
    refused(&ada.post_json(&verify, &question).await.expect(404), "nothing was sent");
    ada.put(&put, bytes.clone()).await.ok();
    ada.post_json(&verify, &question).await.ok();
    for (wrong, status) in [(json!({ "oid": sha256(&bytes), "size": 99 }), 400), (json!({}), 422)] {
        refused(&ada.post_json(&verify, &wrong).await.expect(status), "another file");
    }
    refused(&ada.post_json(&verify.replace("sig=", "sig=0"), &question).await.expect(403), "a signature");
    refused(&ada.put(&verify.replace("/verify/", "/put/"), bytes.clone()).await.expect(403), "another right");
    let get = get_url(batch(&ada, "ada/m", "download", &bytes).await.ok().json()).expect("a URL");
    ada.get(&get).await.ok();
    hub.clock.advance(std::time::Duration::from_hours(7));
    refused(&ada.get(&get).await.expect(403), "an old URL");
    refused(&ada.put(&put, bytes.clone()).await.expect(403), "an old URL");
}
