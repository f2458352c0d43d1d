//! `commit`: its lines, its forms, its refusals.

use serde_json::{Value, json};
use stoa_testkit::Client;

use crate::files::tests::support::*;

async fn text(client: &Client, path: &str) -> String {
    client.get(&format!("/ada/m/resolve/main/{path}")).await.expect(200).text()
}

async fn gone(client: &Client, path: &str) {
    client.get(&format!("/ada/m/resolve/main/{path}")).await.expect(404);
}

#[tokio::test]
async fn gotcha_8_a_commit_answers_with_its_id_and_its_page_on_this_host() {
    let (_hub, ada) = hub_with_model().await;
    for repo in ["ada/m", "datasets/ada/d", "spaces/ada/s"] {
        if repo != "ada/m" {
            ada.create(repo).await.ok();
        }
        let made = ada.commit(repo, &[("a.txt", b"a")]).await.expect(200).json();
        let oid = made["commitOid"].as_str().expect("an id").to_owned();
        assert_eq!(made["commitUrl"], format!("http://hub.test/{repo}/commit/{oid}"));
        assert_eq!((&made["success"], &made["hookOutput"]), (&json!(true), &json!("")));
        let head = ada.head(&format!("/{repo}/resolve/main/a.txt")).await;
        assert_eq!(head.header("x-repo-commit"), oid);
    }
}

#[tokio::test]
async fn every_kind_of_line_does_what_it_says() {
    let (_hub, ada) = hub_with_model().await;
    let bytes = vec![3; 100];
    send_large(&ada, "ada/m", &bytes).await;
    let utf8 =
        json!({ "key": "file", "value": { "path": "b.txt", "content": "h\u{e9}\n\"", "encoding": "utf-8" } });
    let unsaid = json!({ "key": "file", "value": { "path": "c.txt", "content": "plain" } });
    let lines = [
        header("x"),
        file("a.txt", b"a"),
        utf8,
        unsaid,
        file("d/e.txt", b"e"),
        file("d/f.txt", b"f"),
        large_file("w.bin", &bytes),
    ];
    ada.commit_lines("ada/m", "main", &lines).await.ok();
    assert_eq!(text(&ada, "b.txt").await, "hé\n\"");
    assert_eq!(text(&ada, "c.txt").await, "plain");
    assert_eq!(ada.get("/ada/m/resolve/main/w.bin").await.ok().body, bytes);

    // Renames, a copy of a large file without its size, a copy, and three ways to delete.
    let renamed = json!({ "key": "file", "value": { "path": "a2.txt", "content": "a", "oldPath": "a.txt" } });
    let moved = json!({ "key": "lfsFile", "value": { "path": "w2.bin", "algo": "sha256", "oid": sha256(&bytes), "oldPath": "w.bin" } });
    let copied = json!({ "key": "copyFile", "value": { "path": "b3.txt", "srcPath": "b.txt" } });
    let entry = json!({ "key": "deletedEntry", "value": { "path": "c.txt" } });
    let folder = json!({ "key": "deletedFolder", "value": { "path": "d/" } });
    ada.commit_lines("ada/m", "main", &[header("y"), renamed, moved, copied, entry, folder]).await.ok();
    let tree = ada.get("/api/models/ada/m/tree/main?recursive=true").await.ok().json();
    assert_eq!(all(&tree, "path"), [".gitattributes", "a2.txt", "b.txt", "b3.txt", "w2.bin"]);
    assert_eq!(text(&ada, "b3.txt").await, "hé\n\"");
    assert_eq!(ada.get("/ada/m/resolve/main/w2.bin").await.ok().body, bytes);
}

#[tokio::test]
async fn python_deletes_folders_as_files() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("d/a", b"a"), ("d/e/b", b"b"), ("c", b"c")]).await.ok();
    ada.commit_lines("ada/m", "main", &[header("x"), deleted("d")]).await.ok();
    gone(&ada, "d/a").await;
    gone(&ada, "d/e/b").await;
    assert_eq!(text(&ada, "c").await, "c");
}

#[tokio::test]
async fn additions_win_over_deletions_whatever_the_order_of_the_lines() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("a.txt", b"old"), ("d/old.txt", b"old")]).await.ok();
    let folder = json!({ "key": "deletedFolder", "value": { "path": "d" } });
    let lines = [header("x"), file("a.txt", b"new"), deleted("a.txt"), folder, file("d/new.txt", b"new")];
    ada.commit_lines("ada/m", "main", &lines).await.ok();
    assert_eq!(
        (text(&ada, "a.txt").await, text(&ada, "d/new.txt").await),
        ("new".to_owned(), "new".to_owned())
    );
    gone(&ada, "d/old.txt").await;
    // The last of two lines for one path counts.
    ada.commit_lines("ada/m", "main", &[header("x"), file("a.txt", b"1"), file("a.txt", b"2")]).await.ok();
    assert_eq!(text(&ada, "a.txt").await, "2");
}

#[tokio::test]
async fn deleting_what_is_not_there_is_entry_not_found() {
    let (_hub, ada) = hub_with_model().await;
    let answer = ada.commit_lines("ada/m", "main", &[header("x"), deleted("none.txt")]).await.expect(404);
    assert_eq!(answer.error_code(), "EntryNotFound");
    assert!(
        answer.error_message().starts_with("A file with this name doesn't exist"),
        "{}",
        answer.error_message()
    );
}

#[tokio::test]
async fn a_retried_commit_is_made_again_and_never_fails() {
    let (_hub, ada) = hub_with_model().await;
    let lines = [header("x"), file("a.txt", b"a")];
    for _ in 0..3 {
        ada.commit_lines("ada/m", "main", &lines).await.ok();
    }
    ada.commit_lines("ada/m", "main", &[header("nothing changes")]).await.ok();
    assert_eq!(text(&ada, "a.txt").await, "a");
}

#[tokio::test]
async fn the_author_is_the_user_and_the_message_is_kept() {
    let (_hub, ada) = hub_with_model().await;
    let head =
        json!({ "key": "header", "value": { "summary": "Sum <b>", "description": "one\n\ntwo & three" } });
    ada.commit_lines("ada/m", "main", &[head, file("a", b"a")]).await.ok();
    let commits = ada.get("/api/models/ada/m/commits/main?expand[]=formatted").await.ok();
    assert_eq!(commits.header("x-total-count"), "2");
    let first = &commits.json()[0];
    assert_eq!(first["authors"], json!([{ "user": "ada" }]));
    assert_eq!(
        (first["title"].as_str(), first["message"].as_str()),
        (Some("Sum <b>"), Some("one\n\ntwo & three"))
    );
    assert_eq!(first["formatted"], json!({ "title": "Sum &lt;b&gt;", "message": "one\n\ntwo &amp; three" }));
    assert_eq!(first["date"], "2026-01-02T03:04:05.000Z");
    assert_eq!(commits.json()[1]["title"], "initial commit");
}

#[tokio::test]
async fn a_commit_on_an_outdated_parent_is_stale() {
    let (_hub, ada) = hub_with_model().await;
    let old = head_of(&ada, "ada/m").await;
    let on = |parent: &str| json!({ "key": "header", "value": { "summary": "x", "parentCommit": parent } });
    ada.commit_lines("ada/m", "main", &[on(&old), file("a", b"1")]).await.ok();
    let answer = ada.commit_lines("ada/m", "main", &[on(&old), file("a", b"2")]).await.expect(412);
    let sentence = "The branch was updated since you opened this page. Please refresh and try again.";
    assert_eq!(answer.json()["error"], sentence);
    assert_eq!(text(&ada, "a").await, "1");
    let new = head_of(&ada, "ada/m").await;
    ada.commit_lines("ada/m", "main", &[on(&new[..7]), file("a", b"3")]).await.ok();
    let unset =
        json!({ "key": "header", "value": { "summary": "x", "description": null, "parentCommit": null } });
    ada.commit_lines("ada/m", "main", &[unset, file("a", b"4")]).await.ok();
    for bad in ["abcd", "zzzzzzz", &"a".repeat(41)] {
        refused(&ada.commit_lines("ada/m", "main", &[on(bad)]).await.expect(400), bad);
    }
}

#[tokio::test]
async fn the_older_form_is_one_json_object() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("old.txt", b"old"), ("d/x", b"x")]).await.ok();
    let bytes = vec![9; 64];
    send_large(&ada, "ada/m", &bytes).await;
    let body = json!({
        "summary": "All at once",
        "description": "",
        "files": [{ "path": "a.txt", "content": "YQ==", "encoding": "base64" }],
        "lfsFiles": [{ "path": "w.bin", "algo": "sha256", "oid": sha256(&bytes), "size": 64 }],
        "deletedFiles": [{ "path": "old.txt" }],
        "deletedFolders": [{ "path": "d" }],
    });
    // Also over several lines, as programs print it.
    let printed = serde_json::to_string_pretty(&body).expect("JSON");
    ada.post("/api/models/ada/m/commit/main", "application/json; charset=utf-8", printed).await.ok();
    let tree = ada.get("/api/models/ada/m/tree/main?recursive=true").await.ok().json();
    assert_eq!(all(&tree, "path"), [".gitattributes", "a.txt", "w.bin"]);
    // Lines that call themselves JSON are read as lines.
    let lines = format!("{}\n{}\n", header("x"), file("b.txt", b"b"));
    ada.post("/api/models/ada/m/commit/main", "application/json", lines).await.ok();
    assert_eq!(text(&ada, "b.txt").await, "b");
}

#[tokio::test]
async fn bad_lines_are_refused_by_number_and_nothing_is_committed() {
    let (_hub, ada) = hub_with_model().await;
    let before = head_of(&ada, "ada/m").await;
    let path_of = |path: &str| json!({ "key": "file", "value": { "path": path, "content": "" } }).to_string();
    let long = "x".repeat(4096);
    let mut bad: Vec<String> = vec![
        "{\"key\": \"file\"".to_owned(),
        "[1]".to_owned(),
        "null".to_owned(),
        json!({ "key": "explode", "value": {} }).to_string(),
        json!({ "key": 5, "value": {} }).to_string(),
        json!({ "key": "file" }).to_string(),
        json!({ "key": "file", "value": [] }).to_string(),
        json!({ "key": "file", "value": { "path": "a" } }).to_string(),
        json!({ "key": "file", "value": { "content": "" } }).to_string(),
        json!({ "key": "file", "value": { "path": 1, "content": "" } }).to_string(),
        json!({ "key": "file", "value": { "path": "a", "content": "!!!", "encoding": "base64" } })
            .to_string(),
        json!({ "key": "file", "value": { "path": "a", "content": "", "encoding": "rot13" } }).to_string(),
        json!({ "key": "file", "value": { "path": "a", "content": "", "oldPath": "../x" } }).to_string(),
        "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"path\":\"b\",\"content\":\"\"}}".to_owned(),
        json!({ "key": "lfsFile", "value": { "path": "a", "algo": "md5", "oid": sha256(b"") } }).to_string(),
        json!({ "key": "lfsFile", "value": { "path": "a", "oid": "abc" } }).to_string(),
        json!({ "key": "lfsFile", "value": { "path": "a", "oid": sha256(b""), "size": -1 } }).to_string(),
        json!({ "key": "lfsFile", "value": { "path": "a", "oid": sha256(b""), "size": "1" } }).to_string(),
        json!({ "key": "deletedFolder", "value": { "path": "/" } }).to_string(),
        json!({ "key": "copyFile", "value": { "path": "a", "srcPath": "..", "srcRevision": "main" } })
            .to_string(),
        header("a second header").to_string(),
    ];
    for path in [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "..\\x",
        "a\0b",
        "a\nb",
        ".git",
        ".GIT/hooks/x",
        "x/.git",
        &long,
    ] {
        bad.push(path_of(path));
    }
    for line in bad {
        let about: String = line.chars().take(120).collect();
        let body = format!("{}\n\n{}\n{}\n", header("x"), file("good.txt", b"good"), line);
        let answer =
            ada.post("/api/models/ada/m/commit/main", "application/x-ndjson", body).await.expect(400);
        refused(&answer, &about);
        assert!(
            answer.json()["error"].as_str().is_some_and(|text| text.starts_with("Line 4: ")),
            "{}",
            answer.text()
        );
    }
    assert_eq!(head_of(&ada, "ada/m").await, before);
    gone(&ada, "good.txt").await;
}

#[tokio::test]
async fn commits_that_cannot_begin_are_refused() {
    let (_hub, ada) = hub_with_model().await;
    let post = |body: String| ada.post("/api/models/ada/m/commit/main", "application/x-ndjson", body);
    for (body, status) in [
        (String::new(), 400),
        ("\n\n".to_owned(), 400),
        (file("a", b"a").to_string(), 400),
        (json!({ "key": "header", "value": { "summary": "" } }).to_string(), 400),
        (json!({ "key": "header", "value": {} }).to_string(), 400),
        (json!({ "key": "header", "value": { "summary": "x".repeat(5000) } }).to_string(), 413),
    ] {
        refused(&post(body.clone()).await.expect(status), &body);
    }
    let head = header("x").to_string();
    for revision in ["nowhere", "refs%2Ftags%2Fv1", "refs%2Fpr%2F1", &head_of(&ada, "ada/m").await] {
        let path = format!("/api/models/ada/m/commit/{revision}");
        let answer = ada.post(&path, "application/x-ndjson", head.clone()).await.expect(404);
        assert_eq!(answer.error_code(), "RevisionNotFound", "{revision}");
    }
    let pull = ada
        .post("/api/models/ada/m/commit/main?create_pr=1", "application/x-ndjson", head.clone())
        .await
        .expect(501);
    assert!(pull.error_message().contains("Pull requests"), "{}", pull.summary());
    ada.post("/api/models/ada/m/commit/main?hot_reload=1&create_pr=false", "application/x-ndjson", head)
        .await
        .ok();
}

#[tokio::test]
async fn a_file_and_a_folder_cannot_share_a_name() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("a", b"a"), ("d/x", b"x")]).await.ok();
    for path in ["a/b", "d"] {
        refused(&ada.commit("ada/m", &[(path, b"1")]).await.expect(400), path);
    }
    // Unless what is in the way goes in the same commit.
    ada.commit_lines(
        "ada/m",
        "main",
        &[header("x"), deleted("a"), file("a/b", b"ab"), deleted("d"), file("d", b"d")],
    )
    .await
    .ok();
    assert_eq!((text(&ada, "a/b").await, text(&ada, "d").await), ("ab".to_owned(), "d".to_owned()));
}

#[tokio::test]
async fn a_large_file_must_have_arrived_and_be_as_large_as_it_says() {
    let (_hub, ada) = hub_with_model().await;
    let before = head_of(&ada, "ada/m").await;
    let bytes = vec![1; 1000];
    let answer =
        ada.commit_lines("ada/m", "main", &[header("x"), large_file("w.bin", &bytes)]).await.expect(400);
    assert!(
        answer.json()["error"]
            .as_str()
            .is_some_and(|text| text.contains("w.bin") && text.contains("not been uploaded"))
    );
    send_large(&ada, "ada/m", &bytes).await;
    let mut lying = large_file("w.bin", &bytes);
    lying["value"]["size"] = Value::from(999);
    refused(&ada.commit_lines("ada/m", "main", &[header("x"), lying]).await.expect(400), "a wrong size");
    assert_eq!(head_of(&ada, "ada/m").await, before);
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("w.bin", &bytes)]).await.ok();
}

#[tokio::test]
async fn rust_sends_large_files_with_the_commit_and_they_become_large() {
    let (_hub, ada) = hub_with_model().await;
    let bytes = vec![5; 2000];
    ada.commit("ada/m", &[("w.safetensors", &bytes), ("notes.txt", b"text"), ("empty.bin", b"")]).await.ok();
    let tree = ada.get("/api/models/ada/m/tree/main").await.ok().json();
    let by = |path: &str| {
        tree.as_array().into_iter().flatten().find(|item| item["path"] == path).expect("an entry")
    };
    assert_eq!(by("w.safetensors")["lfs"]["oid"], sha256(&bytes));
    assert!(by("notes.txt").get("lfs").is_none() && by("empty.bin").get("lfs").is_none());
    assert_eq!(ada.get("/ada/m/resolve/main/w.safetensors").await.ok().body, bytes);
    assert!(
        ada.get("/ada/m/raw/main/w.safetensors").await.ok().text().starts_with("version https://git-lfs")
    );
}

#[tokio::test]
async fn a_card_with_wrong_metadata_is_refused_with_the_reason() {
    let (_hub, ada) = hub_with_model().await;
    let card = b"---\nmodel-index: foo\n---\n";
    let answer = ada.commit("ada/m", &[("README.md", card)]).await.expect(400);
    assert!(
        answer.json()["error"].as_str().is_some_and(|text| text.contains("model-index")),
        "{}",
        answer.text()
    );
}
