//! Whatever is sent to whatever route: a refusal in good form, and nothing changes.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use super::support::*;

/// Names as they may stand in an address. The last field says that such a name may be a good one for a ref or a file.
fn odd_names() -> Vec<String> {
    [
        "..",
        "%2e%2e",
        "..%2F..%2Fetc%2Fpasswd",
        "%2Fetc%2Fpasswd",
        "a%2F..%2Fb",
        "a%2F%2Fb",
        "%00",
        "a%00b",
        "%0A",
        "%FF",
        "%zz",
        "%",
        "a%5Cb",
        "%20",
        "%3F%25%3A%2C",
        "%E6%95%B0%E6%8D%AE",
        ".git",
        ".git%2Fconfig",
        "refs",
        "refs%2Fheads",
        "refs%2Fheads%2F",
        "HEAD",
        "@",
        "@%7Bu%7D",
        "-x",
        "a.lock",
        "~1",
        "main~1",
        "main%5E",
        "0000000",
        "0000000000000000000000000000000000000000",
        "NaN",
        "null",
        "undefined",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(["a".repeat(4096), "%F0%9F%A6%80".repeat(200), "a%2F".repeat(1000)])
    .collect()
}

#[tokio::test]
async fn odd_names_in_addresses_are_refused_in_good_form() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("a.txt", b"a")]).await.ok();
    let before = ada.get("/api/models/ada/m/refs").await.ok().json();
    for name in odd_names() {
        for (method, path) in [
            ("GET", "/ada/m/resolve/{x}/a.txt"),
            ("GET", "/ada/m/resolve/main/{x}"),
            ("HEAD", "/ada/m/resolve/main/{x}"),
            ("GET", "/{x}/m/resolve/main/a.txt"),
            ("GET", "/ada/{x}/resolve/main/a.txt"),
            ("GET", "/ada/m/raw/{x}/a.txt"),
            ("GET", "/ada/m/raw/main/{x}"),
            ("GET", "/api/resolve-cache/{x}/ada/m/main/a.txt"),
            ("GET", "/api/resolve-cache/models/ada/{x}/main/a.txt"),
            ("GET", "/api/resolve-cache/models/ada/m/{x}/a.txt"),
            ("GET", "/api/models/ada/m/tree/{x}"),
            ("GET", "/api/models/ada/m/tree/main/{x}"),
            ("GET", "/api/models/ada/m/treesize/{x}"),
            ("GET", "/api/models/ada/m/treesize/main/{x}"),
            ("GET", "/api/models/ada/m/commits/{x}"),
            ("POST", "/api/models/ada/m/paths-info/{x}"),
            ("POST", "/api/models/ada/m/preupload/{x}"),
            ("POST", "/api/models/ada/m/commit/{x}"),
            ("POST", "/api/models/ada/m/super-squash/{x}"),
            ("DELETE", "/api/models/ada/m/branch/{x}"),
            ("DELETE", "/api/models/ada/m/tag/{x}"),
            ("POST", "/api/models/ada/m/tag/{x}"),
            ("DELETE", "/api/models/ada/m/lfs-files/{x}"),
            ("PUT", "/lfs/put/{x}/{x}"),
            ("PUT", "/lfs/part/{x}/{x}/{x}"),
            ("POST", "/lfs/complete/{x}/{x}"),
            ("GET", "/lfs/get/{x}/{x}"),
            ("POST", "/ada/{x}.git/info/lfs/objects/batch"),
            ("POST", "/{x}/m.git/info/lfs/verify"),
        ] {
            // `HEAD` and `refs` + nothing are good revisions for reading.
            let path = path.replace("{x}", &name);
            let answer = ada.raw(method.parse().expect("a method"), &path, &[], Body::from("{}")).await;
            if answer.status.is_success() {
                assert!(
                    name == "HEAD" || path.contains("paths-info"),
                    "{method} {path} {}",
                    answer.summary()
                );
                continue;
            }
            let about = format!("{method} {}", path.chars().take(100).collect::<String>());
            if method == "HEAD" {
                assert!(answer.status.is_client_error(), "{about}");
            } else {
                refused(&answer, &about);
            }
        }
    }
    assert_eq!(ada.get("/api/models/ada/m/refs").await.ok().json(), before);
}

#[tokio::test]
async fn branch_and_tag_names_follow_the_rules_of_git() {
    let (_hub, ada) = hub_with_model().await;
    for name in [
        "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", ".a", "a.lock", "a@{1}", "/", "a//b", "",
    ] {
        let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        let branch = ada.post_json(&format!("/api/models/ada/m/branch/{encoded}"), &json!({})).await;
        refused(&branch, &format!("branch {name:?}"));
        let tag = ada.post_json("/api/models/ada/m/tag/main", &json!({ "tag": name })).await;
        refused(&tag.expect(400), &format!("tag {name:?}"));
    }
    let oid = "a".repeat(40);
    refused(
        &ada.post_json(&format!("/api/models/ada/m/branch/{oid}"), &json!({})).await.expect(400),
        "an oid",
    );
    let refs = ada.get("/api/models/ada/m/refs").await.ok().json();
    assert_eq!((all(&refs["branches"], "name"), all(&refs["tags"], "name")), (vec!["main"], vec![]));
}

/// Every route that takes JSON.
const JSON: &[(&str, &str)] = &[
    ("POST", "/api/models/ada/m/preupload/main"),
    ("POST", "/api/models/ada/m/commit/main"),
    ("POST", "/api/models/ada/m/tag/main"),
    ("POST", "/api/models/ada/m/lfs-files/batch"),
    ("POST", "/api/models/ada/m/lfs-files/duplicate"),
    ("POST", "/ada/m.git/info/lfs/objects/batch"),
    ("POST", "/ada/m.git/info/lfs/verify"),
];

/// Those whose body may be empty.
const JSON_OR_NOTHING: &[(&str, &str)] =
    &[("POST", "/api/models/ada/m/branch/b"), ("POST", "/api/models/ada/m/super-squash/main")];

#[tokio::test]
async fn bodies_that_are_no_json_or_the_wrong_json_are_refused_in_good_form() {
    let (_hub, ada) = hub_with_model().await;
    let before = head_of(&ada, "ada/m").await;
    let deep = "[".repeat(50_000);
    let bodies: Vec<(&[u8], bool)> = vec![
        (b"", true),
        (b"{", false),
        (b"}", false),
        (b"nothing", false),
        (b"\xff\xfe\x00", false),
        (b"{\"a\": 1} trailing", false),
        (b"{\"a\": NaN}", false),
        (deep.as_bytes(), false),
        (b"[]", true),
        (b"null", false),
        (b"true", false),
        (b"12", false),
        (b"\"text\"", false),
        (b"{}", true),
    ];
    for (body, may_be_empty) in &bodies {
        let routes = JSON.iter().chain(if *may_be_empty { &[] } else { JSON_OR_NOTHING });
        for (method, path) in routes {
            for kind in
                ["application/json", "application/x-ndjson", "application/vnd.git-lfs+json", "", "text/plain"]
            {
                let method: Method = method.parse().expect("a method");
                let answer =
                    ada.raw(method, path, &[("content-type", kind)], Body::from(body.to_vec())).await;
                refused(
                    &answer,
                    &format!("{path} {kind} {}", String::from_utf8_lossy(&body[..body.len().min(20)])),
                );
            }
        }
    }
    assert_eq!(head_of(&ada, "ada/m").await, before);
}

#[tokio::test]
async fn values_of_the_wrong_type_are_refused_in_good_form() {
    let (_hub, ada) = hub_with_model().await;
    let good: Vec<(&str, Value)> = vec![
        (
            "/api/models/ada/m/preupload/main",
            json!({ "files": [{ "path": "a", "sample": "YQ==", "size": 1 }] }),
        ),
        (
            "/api/models/ada/m/commit/main",
            json!({ "summary": "x", "files": [{ "path": "a", "content": "YQ==", "encoding": "base64" }] }),
        ),
        ("/api/models/ada/m/tag/main", json!({ "tag": "t" })),
        (
            "/api/models/ada/m/lfs-files/batch",
            json!({ "deletions": { "sha": ["x"], "rewriteHistory": false } }),
        ),
        (
            "/api/models/ada/m/lfs-files/duplicate",
            json!({ "target": { "type": "model", "name": "ada/m" }, "files": [{ "sha256": "x" }] }),
        ),
        (
            "/ada/m.git/info/lfs/objects/batch",
            json!({ "operation": "upload", "hash_algo": "sha256", "objects": [{ "oid": "x", "size": 1 }] }),
        ),
        ("/ada/m.git/info/lfs/verify", json!({ "oid": "x", "size": 1 })),
    ];
    let wrong = [
        json!(null),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!([]),
        json!([[]]),
        json!({}),
        json!({ "a": 1 }),
        json!("\u{0}"),
        json!(true),
    ];
    for (path, value) in &good {
        let mut pointers = Vec::new();
        collect(value, String::new(), &mut pointers);
        for pointer in &pointers {
            for replacement in &wrong {
                let mut body = value.clone();
                *body.pointer_mut(pointer).expect("it was just found") = replacement.clone();
                let answer = ada.post_json(path, &body).await;
                let about = format!("{path} {pointer} = {replacement}: {}", answer.summary());
                // Some values mean nothing rather than something wrong; what must not happen is a failure of ours.
                assert!(!answer.status.is_server_error(), "{about}");
                if !answer.status.is_success() {
                    refused(&answer, &about);
                }
            }
        }
    }
}

/// Pointers to every value inside.
fn collect(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| collect(value, format!("{at}/{key}"), found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| collect(value, format!("{at}/{index}"), found));
        }
        _ => {}
    }
    if !at.is_empty() {
        found.push(at);
    }
}

#[tokio::test]
async fn odd_queries_are_refused_or_ignored() {
    let (_hub, ada) = hub_with_model().await;
    for path in [
        "/api/models/ada/m/tree/main",
        "/api/models/ada/m/commits/main",
        "/api/models/ada/m/refs",
        "/api/models/ada/m/lfs-files",
        "/ada/m/resolve/main/.gitattributes",
        "/ada/m/raw/main/.gitattributes",
        "/lfs/get/1/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ] {
        for query in [
            "limit=0",
            "limit=-1",
            "limit=x",
            "limit=99999999999999999999",
            "cursor=x",
            "cursor=%00",
            "cursor=%ff",
            "cursor=MQ",
            "cursor=LTE",
            "p=-1",
            "p=x",
            "p=18446744073709551615",
            "p=9223372036854775807",
            "recursive=maybe",
            "expand=maybe",
            "include_prs=2",
            "download=maybe",
            "size=-1&exp=0&sig=0",
            "size=0&exp=99999999999999&sig=00",
            "size=0&exp=x&sig=",
            "=",
            "&&&",
            "%",
            "a=%zz",
        ] {
            let answer = ada.get(&format!("{path}?{query}")).await;
            let about = format!("{path}?{query} {}", answer.summary());
            assert!(!answer.status.is_server_error(), "{about}");
            if !answer.status.is_success() {
                refused(&answer, &about);
            }
        }
    }
}

#[tokio::test]
async fn methods_that_a_route_does_not_take_are_refused_in_good_form() {
    let (_hub, ada) = hub_with_model().await;
    for (method, path) in [
        ("POST", "/ada/m/resolve/main/a"),
        ("DELETE", "/ada/m/resolve/main/a"),
        ("PUT", "/api/models/ada/m/tree/main"),
        ("GET", "/api/models/ada/m/commit/main"),
        ("GET", "/api/models/ada/m/branch/main"),
        ("PATCH", "/api/models/ada/m/refs"),
        ("GET", "/ada/m.git/info/lfs/objects/batch"),
        ("POST", "/lfs/get/1/a"),
        ("GET", "/lfs/put/1/a"),
    ] {
        let answer = ada.raw(method.parse().expect("a method"), path, &[], Body::empty()).await;
        refused(&answer.expect(405), path);
    }
}
