//! `preupload`: what goes into git and what is large.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::files::tests::support::*;

fn ask(files: &[(&str, &[u8], u64)]) -> Value {
    let files: Vec<Value> = files
        .iter()
        .map(|(path, sample, size)| json!({ "path": path, "sample": STANDARD.encode(sample), "size": size }))
        .collect();
    json!({ "files": files })
}

#[tokio::test]
async fn gotcha_12_every_file_is_answered_with_its_mode_and_whether_to_ignore_it() {
    let (_hub, ada) = hub_with_model().await;
    let files: &[(&str, &[u8], u64)] = &[
        ("config.json", b"{}", 2),
        ("nine.txt", b"text", 9 << 20),
        ("twelve.txt", b"text", 12 << 20),
        ("binary", b"\x00\x01", 2048),
        ("w.bin", b"x", 1),
        ("data/train-00000-of-00001.parquet", b"PAR1", 1000),
        ("zero.bin", b"", 0),
        ("odd ?%:,\u{e9}.txt", b"x", 1),
    ];
    let answer = ada.post_json("/api/models/ada/m/preupload/main", &ask(files)).await.ok().json();
    assert_eq!(answer["commitOid"], head_of(&ada, "ada/m").await);
    let got = answer["files"].as_array().expect("a list");
    let modes: Vec<_> = got.iter().map(|file| file["uploadMode"].as_str().unwrap_or_default()).collect();
    assert_eq!(modes, ["regular", "regular", "lfs", "lfs", "lfs", "lfs", "regular", "regular"]);
    for (file, (path, ..)) in got.iter().zip(files) {
        assert_eq!((&file["path"], &file["shouldIgnore"]), (&json!(path), &json!(false)));
        assert!(file.get("oid").is_none(), "nothing is there yet");
    }
}

#[tokio::test]
async fn gotcha_12_the_present_oid_lets_clients_skip_what_would_not_change() {
    let (_hub, ada) = hub_with_model().await;
    let bytes = vec![1; 500];
    send_large(&ada, "ada/m", &bytes).await;
    ada.commit_lines(
        "ada/m",
        "main",
        &[header("x"), file("a.txt", b"0123456789"), large_file("w.bin", &bytes)],
    )
    .await
    .ok();
    let files: &[(&str, &[u8], u64)] = &[("a.txt", b"x", 1), ("w.bin", b"x", 1)];
    let answer = ada.post_json("/api/models/ada/m/preupload/main", &ask(files)).await.ok().json();
    assert_eq!(answer["files"][0]["oid"], "ad471007bd7f5983d273b9584e5629230150fd54");
    assert_eq!(answer["files"][1]["oid"], sha256(&bytes));
}

#[tokio::test]
async fn rules_come_with_the_request_or_from_the_repository() {
    let (_hub, ada) = hub_with_model().await;
    let files: &[(&str, &[u8], u64)] = &[("a.log", b"x", 1), ("b.txt", b"x", 1), ("c.xyz", b"x", 1)];
    let mut body = ask(files);
    body["gitIgnore"] = json!("*.log\n");
    body["gitAttributes"] = json!("*.xyz filter=lfs diff=lfs merge=lfs -text\n");
    let check = |answer: Value| {
        let files = answer["files"].as_array().cloned().unwrap_or_default();
        let ignored: Vec<_> = files.iter().map(|file| file["shouldIgnore"] == true).collect();
        let large: Vec<_> = files.iter().map(|file| file["uploadMode"] == "lfs").collect();
        assert_eq!((ignored, large), (vec![true, false, false], vec![false, false, true]));
    };
    check(ada.post_json("/api/models/ada/m/preupload/main", &body).await.ok().json());
    let rules: &[(&str, &[u8])] =
        &[(".gitignore", b"*.log\n"), (".gitattributes", b"*.xyz filter=lfs diff=lfs merge=lfs -text\n")];
    ada.commit("ada/m", rules).await.ok();
    check(ada.post_json("/api/models/ada/m/preupload/main", &ask(files)).await.ok().json());
}

#[tokio::test]
async fn what_cannot_be_uploaded_is_refused_before_it_is_sent() {
    let (hub, ada) = hub_with_model().await;
    let path = "/api/models/ada/m/preupload/main";
    for name in ["", "..", "a/../b", "/a", ".git/config", "a\\b", "a\u{0}b", &"x".repeat(4096)] {
        refused(&ada.post_json(path, &ask(&[(name, b"x", 1)])).await.expect(400), name);
    }
    refused(
        &ada.post_json(path, &json!({ "files": [{ "path": "a", "sample": "***", "size": 1 }] }))
            .await
            .expect(400),
        "base64",
    );
    let huge = ask(&[("w.bin", b"x", 1 << 50)]);
    refused(&ada.post_json(path, &huge).await.expect(413), "a petabyte");
    let names: Vec<String> = (0..1001).map(|n| format!("f{n}")).collect();
    let many: Vec<(&str, &[u8], u64)> = names.iter().map(|name| (name.as_str(), &b"x"[..], 1)).collect();
    refused(&ada.post_json(path, &ask(&many)).await.expect(400), "1001 files");
    ada.post_json(path, &ask(&many[..1000])).await.ok();
    let missing = ada.post_json("/api/models/ada/m/preupload/nowhere", &ask(&[])).await.expect(404);
    assert_eq!(missing.error_code(), "RevisionNotFound");
    refused(&ada.post_json(&format!("{path}?create_pr=1"), &ask(&[])).await.expect(501), "create_pr");
    refused(&hub.as_user("eve").post_json(path, &ask(&[])).await.expect(403), "eve");
}
