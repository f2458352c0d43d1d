//! `resolve`, `resolve-cache` and `raw`.

use axum::body::Body;
use axum::http::Method;
use stoa_testkit::{Answer, Client};

use super::support::*;

/// The ten bytes of `a.txt`.
const TEN: &[u8] = b"0123456789";

async fn with_files() -> (stoa_testkit::TestHub, Client) {
    let (hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("a.txt", TEN), ("empty", b""), ("dir/b.json", b"{}")]).await.ok();
    (hub, ada)
}

async fn ranged(client: &Client, path: &str, range: &str) -> Answer {
    client.raw(Method::GET, path, &[("range", range)], Body::empty()).await
}

#[tokio::test]
async fn gotcha_3_head_has_all_that_clients_read_and_no_body() {
    let (_hub, ada) = with_files().await;
    let sha = head_of(&ada, "ada/m").await;
    let head = ada.head("/ada/m/resolve/main/a.txt").await.expect(200);
    assert_eq!(head.header("x-repo-commit"), sha);
    assert_eq!(head.header("content-length"), "10");
    assert_eq!(head.header("accept-ranges"), "bytes");
    assert_eq!(head.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(head.header("content-disposition"), "inline; filename*=UTF-8''a.txt; filename=\"a.txt\";");
    assert!(head.body.is_empty());
    let get = ada.get("/ada/m/resolve/main/a.txt").await.expect(200);
    assert_eq!(&get.body[..], TEN);
    assert_eq!(get.header("etag"), head.header("etag"));
    assert_eq!(get.header("x-repo-commit"), sha);

    let missing = ada.head("/ada/m/resolve/main/nothing").await.expect(404);
    assert_eq!(missing.error_code(), "EntryNotFound");
    assert!(!missing.error_message().is_empty());
}

#[tokio::test]
async fn gotcha_14_the_tag_is_the_blob_id_or_the_sha256_of_a_large_file() {
    let (_hub, ada) = with_files().await;
    // `git hash-object` of the same ten bytes.
    let head = ada.head("/ada/m/resolve/main/a.txt").await.expect(200);
    assert_eq!(head.header("etag"), "\"ad471007bd7f5983d273b9584e5629230150fd54\"");
    assert_eq!(head.header("x-linked-etag"), "");

    let bytes = vec![7; 5000];
    send_large(&ada, "ada/m", &bytes).await;
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("w.safetensors", &bytes)]).await.ok();
    let head = ada.head("/ada/m/resolve/main/w.safetensors").await.expect(200);
    let tag = format!("\"{}\"", sha256(&bytes));
    assert_eq!((head.header("etag"), head.header("x-linked-etag")), (&*tag, &*tag));
    assert_eq!((head.header("content-length"), head.header("x-linked-size")), ("5000", "5000"));
    assert_eq!(head.header("location"), "", "nothing to follow");
    assert_eq!(&ada.get("/ada/m/resolve/main/w.safetensors").await.expect(200).body[..], &bytes[..]);
    let part = ranged(&ada, "/ada/m/resolve/main/w.safetensors", "bytes=4990-").await.expect(206);
    assert_eq!((part.body.len(), part.header("content-range")), (10, "bytes 4990-4999/5000"));

    let raw = ada.get("/ada/m/raw/main/w.safetensors").await.expect(200);
    assert_eq!(
        raw.text(),
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 5000\n", sha256(&bytes))
    );
    assert_eq!(raw.header("content-length"), raw.body.len().to_string());
    let head = ada.head("/ada/m/raw/main/w.safetensors").await.expect(200);
    assert_eq!(head.header("content-length"), raw.header("content-length"));
    assert_eq!(head.header("etag"), raw.header("etag"));
}

#[tokio::test]
async fn gotcha_15_every_answer_about_a_commit_names_it() {
    let (_hub, ada) = with_files().await;
    let sha = head_of(&ada, "ada/m").await;
    for (path, range, status) in [
        ("/ada/m/resolve/main/a.txt", "", 200),
        ("/ada/m/resolve/main/a.txt", "bytes=0-1", 206),
        ("/ada/m/resolve/main/a.txt", "bytes=99-", 416),
        ("/ada/m/resolve/main/nothing", "", 404),
        ("/ada/m/resolve/main/dir", "", 404),
        ("/ada/m/resolve/main/a.txt/below", "", 404),
        ("/ada/m/resolve/main/", "", 404),
        ("/ada/m/resolve/main", "", 404),
        ("/ada/m/resolve/main/..%2Fx", "", 404),
        ("/ada/m/raw/main/nothing", "", 404),
    ] {
        let answer = ranged(&ada, path, range).await.expect(status);
        assert_eq!(answer.header("x-repo-commit"), sha, "{path} {range}");
        if status == 404 {
            assert_eq!(answer.error_code(), "EntryNotFound", "{path}");
        }
    }
    let missing = ada.get("/ada/m/resolve/nowhere/a.txt").await.expect(404);
    assert_eq!((missing.error_code(), missing.header("x-repo-commit")), ("RevisionNotFound", ""));
}

#[tokio::test]
async fn gotcha_16_no_content_encoding_whatever_the_client_accepts() {
    let (_hub, ada) = with_files().await;
    let accept = [("accept-encoding", "gzip, deflate, br")];
    let answer = ada.raw(Method::GET, "/ada/m/resolve/main/a.txt", &accept, Body::empty()).await.expect(200);
    assert_eq!((answer.header("content-encoding"), &answer.body[..]), ("", TEN));
}

#[tokio::test]
async fn ranges_give_the_bytes_they_name() {
    let (_hub, ada) = with_files().await;
    let path = "/ada/m/resolve/main/a.txt";
    for (range, status, body, content_range) in [
        ("bytes=0-0", 206, "0", "bytes 0-0/10"),
        ("bytes=2-4", 206, "234", "bytes 2-4/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"),
        ("bytes=0-999", 206, "0123456789", "bytes 0-9/10"),
        ("bytes=0-1,4-5", 200, "0123456789", ""),
        ("chapters=1-2", 200, "0123456789", ""),
        ("bytes=4-2", 200, "0123456789", ""),
    ] {
        let answer = ranged(&ada, path, range).await.expect(status);
        assert_eq!(
            (answer.text().as_str(), answer.header("content-range")),
            (body, content_range),
            "{range}"
        );
        assert_eq!(answer.header("content-length"), body.len().to_string(), "{range}");
    }
    for range in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
        let answer = ranged(&ada, path, range).await.expect(416);
        assert_eq!(answer.header("content-range"), "bytes */10", "{range}");
        refused(&answer, range);
    }
    let head = ada.raw(Method::HEAD, path, &[("range", "bytes=0-0")], Body::empty()).await.expect(200);
    assert_eq!(head.header("content-length"), "10", "HEAD tells the size of the whole");
}

#[tokio::test]
async fn javascript_learns_size_and_tag_from_the_first_byte() {
    let (_hub, ada) = with_files().await;
    let asked = [("range", "bytes=0-0"), ("accept", "application/vnd.xet-fileinfo+json, */*")];
    let answer = ada.raw(Method::GET, "/ada/m/resolve/main/a.txt", &asked, Body::empty()).await.expect(206);
    assert_eq!(answer.header("content-range"), "bytes 0-0/10");
    assert!(!answer.header("etag").is_empty() && !answer.header("content-type").contains("xet"));
    let empty = ada.raw(Method::GET, "/ada/m/resolve/main/empty", &asked, Body::empty()).await.expect(200);
    assert_eq!((empty.header("content-range"), empty.header("content-length")), ("bytes */0", "0"));
}

#[tokio::test]
async fn empty_files_are_files() {
    let (_hub, ada) = with_files().await;
    for answer in [ada.head("/ada/m/resolve/main/empty").await, ada.get("/ada/m/resolve/main/empty").await] {
        let answer = answer.expect(200);
        assert_eq!(answer.header("content-length"), "0");
        assert_eq!(answer.header("etag"), "\"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\"");
        assert!(answer.body.is_empty());
    }
}

#[tokio::test]
async fn a_client_that_has_the_file_is_not_sent_it_again() {
    let (_hub, ada) = with_files().await;
    let path = "/ada/m/resolve/main/a.txt";
    let tag = ada.head(path).await.header("etag").to_owned();
    let answer = ada.raw(Method::GET, path, &[("if-none-match", &tag)], Body::empty()).await.expect(304);
    assert!(answer.body.is_empty());
    assert_eq!(answer.header("etag"), tag);
    ada.raw(Method::GET, path, &[("if-none-match", "\"other\"")], Body::empty()).await.expect(200);
    let current = [("range", "bytes=0-1"), ("if-range", tag.as_str())];
    ada.raw(Method::GET, path, &current, Body::empty()).await.expect(206);
    let outdated = [("range", "bytes=0-1"), ("if-range", "\"other\"")];
    ada.raw(Method::GET, path, &outdated, Body::empty()).await.expect(200);
}

#[tokio::test]
async fn names_with_odd_characters_work() {
    let (_hub, ada) = hub_with_model().await;
    let names = [
        "50%.txt",
        "a?b.txt",
        "a:b,c;d.txt",
        "a b.txt",
        "é/数据 [1].json",
        "a#b",
        "a+b&c=d",
        "\"q\".txt",
        "..a",
        "%2e",
    ];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, name.as_bytes())).collect();
    ada.commit("ada/m", &files).await.ok();
    for name in names {
        let encoded: String = name.split('/').map(encode).collect::<Vec<_>>().join("/");
        let answer = ada.get(&format!("/ada/m/resolve/main/{encoded}")).await.expect(200);
        assert_eq!(answer.text(), name);
        let one_segment = encode(name);
        ada.head(&format!("/ada/m/resolve/main/{one_segment}")).await.expect(200);
    }
    let disposition = ada.head("/ada/m/resolve/main/%22q%22.txt").await;
    assert_eq!(
        disposition.header("content-disposition"),
        "inline; filename*=UTF-8''%22q%22.txt; filename=\"_q_.txt\";"
    );
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test]
async fn nothing_in_a_repository_runs_as_this_site() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("x.html", b"<script>"), ("x.js", b"x"), ("x.svg", b"<svg/>"), ("x.xml", b"<x/>")])
        .await
        .ok();
    for (name, kind) in [
        ("x.html", "text/plain; charset=utf-8"),
        ("x.js", "text/plain; charset=utf-8"),
        ("x.xml", "text/plain; charset=utf-8"),
        ("x.svg", "image/svg+xml"),
    ] {
        for route in ["resolve", "raw"] {
            let answer = ada.get(&format!("/ada/m/{route}/main/{name}")).await.expect(200);
            assert_eq!(answer.header("content-type"), kind, "{name}");
            assert!(answer.header("content-security-policy").contains("sandbox"), "{name}");
            assert!(!answer.header("content-security-policy").contains("allow-scripts"), "{name}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
        }
    }
    let saved = ada.get("/ada/m/resolve/main/x.html?download=true").await.expect(200);
    assert!(saved.header("content-disposition").starts_with("attachment; "));
    let saved = ada.get("/ada/m/resolve/main/x.html?download=1").await.expect(200);
    assert!(saved.header("content-disposition").starts_with("attachment; "));
}

#[tokio::test]
async fn every_kind_and_every_spelling_of_an_address_serves_the_file() {
    let (_hub, ada) = with_files().await;
    for repo in ["datasets/ada/d", "spaces/ada/s"] {
        ada.create(repo).await.ok();
        ada.commit(repo, &[("a.txt", TEN)]).await.ok();
        assert_eq!(&ada.get(&format!("/{repo}/resolve/main/a.txt")).await.expect(200).body[..], TEN);
        assert_eq!(&ada.get(&format!("/{repo}/raw/main/a.txt")).await.expect(200).body[..], TEN);
        assert_eq!(
            &ada.get(&format!("/api/resolve-cache/{repo}/main/a.txt")).await.expect(200).body[..],
            TEN
        );
    }
    let sha = head_of(&ada, "ada/m").await;
    for path in [
        "/models/ada/m/resolve/main/a.txt".to_owned(),
        format!("/ada/m/resolve/{sha}/a.txt"),
        format!("/ada/m/resolve/{}/a.txt", &sha[..8]),
        "/ada/m/resolve/refs%2Fheads%2Fmain/a.txt".to_owned(),
        "/ada/m/resolve/HEAD/a.txt".to_owned(),
        format!("/api/resolve-cache/models/ada/m/{sha}/a.txt"),
    ] {
        assert_eq!(&ada.get(&path).await.expect(200).body[..], TEN, "{path}");
    }
    assert_eq!(ada.get("/api/resolve-cache/nothing/ada/m/main/a.txt").await.error_code(), "RepoNotFound");
}

#[tokio::test]
async fn gotcha_2_and_20_what_is_not_there_says_so_in_the_header() {
    let (hub, ada) = with_files().await;
    for client in [&ada, &hub.anonymous()] {
        for path in [
            "/ada/none/resolve/main/a.txt",
            "/gpt2/resolve/main/a.txt",
            "/datasets/squad/resolve/main/a.txt",
            "/api/models/gpt2/tree/main",
            "/api/models/ada/none/tree/main",
            "/api/resolve-cache/models/ada/none/main/a.txt",
        ] {
            let answer = client.get(path).await;
            assert_eq!(answer.error_code(), "RepoNotFound", "{path}");
            assert_eq!(client.head(path).await.error_code(), "RepoNotFound", "{path}");
        }
    }
}

#[tokio::test]
async fn gotcha_18_a_moved_repository_is_found_under_its_old_name() {
    let (_hub, ada) = with_files().await;
    let ask = serde_json::json!({ "fromRepo": "ada/m", "toRepo": "ada/new", "type": "model" });
    ada.post_json("/api/repos/move", &ask).await.ok();
    for (path, to) in [
        ("/ada/m/resolve/main/a.txt?download=true", "/ada/new/resolve/main/a.txt?download=true"),
        ("/api/models/ada/m/tree/main?recursive=true", "/api/models/ada/new/tree/main?recursive=true"),
        ("/ada/m/raw/main/a.txt", "/ada/new/raw/main/a.txt"),
    ] {
        let answer = ada.get(path).await.expect(307);
        assert_eq!(answer.header("location"), to);
        ada.get(to).await.expect(200);
    }
    // Names differ by more than case.
    ada.get("/ADA/New/resolve/main/a.txt").await.expect(200);
}

#[tokio::test]
async fn behind_a_gate_the_list_can_be_seen_and_the_files_cannot() {
    let (hub, ada) = with_files().await;
    ada.put_json("/api/models/ada/m/settings", &serde_json::json!({ "gated": "manual" })).await.ok();
    for (client, status) in [(hub.anonymous(), 401), (hub.as_user("eve"), 403)] {
        for path in ["/ada/m/resolve/main/a.txt", "/ada/m/resolve/main/none", "/ada/m/raw/main/a.txt"] {
            for answer in [client.get(path).await, client.head(path).await] {
                assert_eq!(answer.status, status, "{path}");
                assert_eq!(answer.error_code(), "GatedRepo", "{path}");
                assert!(answer.error_message().starts_with("Access to model ada/m is restricted"), "{path}");
            }
        }
        client.get("/api/models/ada/m/tree/main").await.expect(200);
    }
    ada.get("/ada/m/resolve/main/a.txt").await.expect(200);
}

#[tokio::test]
async fn asking_for_the_file_that_a_library_reads_first_counts_as_a_download() {
    let (hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("config.json", b"{}"), ("a.txt", b"a")]).await.ok();
    for path in ["config.json", "config.json", "a.txt", "none", ".gitattributes"] {
        ada.head(&format!("/ada/m/resolve/main/{path}")).await;
    }
    ada.get("/ada/m/resolve/main/config.json").await.ok();
    hub.hub.flush_downloads().await.expect("written");
    let info = ada.get("/api/models/ada/m?expand=downloadsAllTime").await.ok().json();
    assert_eq!(info["downloadsAllTime"], 3);
}
