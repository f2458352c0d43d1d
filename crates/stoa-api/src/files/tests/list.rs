//! `tree`, `paths-info` and `treesize`.

use serde_json::json;

use super::support::*;

#[tokio::test]
async fn a_tree_lists_files_and_folders_with_what_git_knows() {
    let (_hub, ada) = hub_with_model().await;
    let bytes = vec![1; 300];
    send_large(&ada, "ada/m", &bytes).await;
    let lines = [
        header("x"),
        file("a.txt", b"0123456789"),
        file("dir/sub/b.txt", b"b"),
        large_file("dir/w.bin", &bytes),
    ];
    ada.commit_lines("ada/m", "main", &lines).await.ok();

    let root = ada.get("/api/models/ada/m/tree/main").await.ok();
    assert_eq!(root.header("link"), "");
    let root = root.json();
    assert_eq!(all(&root, "path"), [".gitattributes", "a.txt", "dir"]);
    assert_eq!(
        root[1],
        json!({ "type": "file", "path": "a.txt", "size": 10, "oid": "ad471007bd7f5983d273b9584e5629230150fd54" })
    );
    assert_eq!((root[2]["type"].as_str(), root[2]["size"].as_i64()), (Some("directory"), Some(0)));

    let below = ada.get("/api/models/ada/m/tree/main/dir?recursive=true").await.ok().json();
    assert_eq!(all(&below, "path"), ["dir/sub", "dir/sub/b.txt", "dir/w.bin"]);
    let lfs = &below[2]["lfs"];
    assert_eq!(lfs["oid"], sha256(&bytes));
    assert_eq!((lfs["size"].as_i64(), below[2]["size"].as_i64()), (Some(300), Some(300)));
    assert!(lfs["pointerSize"].as_u64().is_some_and(|size| size > 100));
    assert_ne!(below[2]["oid"], sha256(&bytes), "the oid is the pointer's blob id");
    assert_eq!(below[2]["xetHash"].as_str().map(str::len), Some(64));
    // Compat: clients write folders as one segment or as several.
    for path in ["dir%2Fsub", "dir/sub", "dir/sub/"] {
        let sub = ada.get(&format!("/api/models/ada/m/tree/main/{path}")).await.ok().json();
        assert_eq!(all(&sub, "path"), ["dir/sub/b.txt"], "{path}");
    }
}

#[tokio::test]
async fn datasets_rely_on_entry_not_found_for_folders_that_are_not_there() {
    let (_hub, ada) = hub_with_model().await;
    let sha = head_of(&ada, "ada/m").await;
    for path in ["data", ".gitattributes", "a/../b", "x%00", "%2e%2e"] {
        let answer = ada.get(&format!("/api/models/ada/m/tree/main/{path}")).await;
        if path == "x%00" {
            refused(&answer.expect(400), path);
            continue;
        }
        let answer = answer.expect(404);
        assert_eq!(
            (answer.error_code(), answer.header("x-repo-commit")),
            ("EntryNotFound", sha.as_str()),
            "{path}"
        );
    }
    assert_eq!(ada.get("/api/models/ada/m/tree/v9").await.expect(404).error_code(), "RevisionNotFound");
    assert_eq!(ada.get("/api/models/ada/m/tree/a..b").await.expect(404).error_code(), "RevisionNotFound");
}

#[tokio::test]
async fn gotcha_5_pages_follow_one_another_by_absolute_links() {
    let (_hub, ada) = hub_with_model().await;
    let names: Vec<String> = (0..25).map(|n| format!("d{}/f{n:02}.txt", n % 4)).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
    ada.commit("ada/m", &files).await.ok();
    let whole = ada.get("/api/models/ada/m/tree/main?recursive=true&expand=false").await.ok();
    let whole = whole.json();
    assert_eq!(all(&whole, "path").len(), 25 + 4 + 1);
    for limit in [1, 7, 29, 30] {
        let mut url = format!("/api/models/ada/m/tree/main?recursive=true&limit={limit}&expand=false");
        let mut found = Vec::new();
        while !url.is_empty() {
            let page = ada.get(&url).await.ok();
            let items = page.json();
            found.extend(all(&items, "path").into_iter().map(str::to_owned));
            url = next(&page);
            assert!(
                url.is_empty()
                    || url.starts_with("http://hub.test/api/models/ada/m/tree/main?recursive=true"),
                "{url}"
            );
        }
        assert_eq!(found, all(&whole, "path"), "pages of {limit}");
    }
    refused(&ada.get("/api/models/ada/m/tree/main?cursor=%25%25").await.expect(400), "a cursor of nobody");
}

#[tokio::test]
async fn expanded_entries_tell_the_commit_that_changed_them_last() {
    let (hub, ada) = hub_with_model().await;
    ada.commit_lines("ada/m", "main", &[header("first"), file("a.txt", b"a"), file("b.txt", b"b")])
        .await
        .ok();
    hub.clock.advance(std::time::Duration::from_mins(1));
    ada.commit_lines("ada/m", "main", &[header("second"), file("b.txt", b"B")]).await.ok();
    let sha = head_of(&ada, "ada/m").await;
    let tree = ada.get("/api/models/ada/m/tree/main?expand=true").await.ok().json();
    let by = |path: &str| {
        let item = tree.as_array().into_iter().flatten().find(|item| item["path"] == path);
        item.expect("an entry")["lastCommit"].clone()
    };
    assert_eq!(
        (by("a.txt")["title"].as_str(), by("b.txt")["title"].as_str()),
        (Some("first"), Some("second"))
    );
    assert_eq!(by("b.txt")["id"], sha);
    assert_eq!(by("b.txt")["date"], "2026-01-02T03:05:05.000Z", "gotcha 6: a date that ends in Z");
    let infos = ada
        .post_json("/api/models/ada/m/paths-info/main", &json!({ "paths": ["b.txt"], "expand": true }))
        .await;
    assert_eq!(infos.ok().json()[0]["lastCommit"]["id"], sha);
}

#[tokio::test]
async fn paths_info_takes_forms_and_json_and_leaves_out_what_is_missing() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("dir/a b.txt", b"a"), ("c", b"c")]).await.ok();
    let path = "/api/models/ada/m/paths-info/main";
    let form = ada
        .post_form(path, "paths=dir&paths=dir%2Fa+b.txt&paths=none&paths=..%2Fx&expand=false")
        .await
        .ok()
        .json();
    assert_eq!(all(&form, "path"), ["dir", "dir/a b.txt"]);
    assert_eq!(all(&form, "type"), ["directory", "file"]);
    let ask = json!({ "paths": ["c", "dir/", "", "/", "c/d"], "expand": false });
    let by_json = ada.post_json(path, &ask).await.ok().json();
    assert_eq!(all(&by_json, "path"), ["c", "dir"]);
    assert_eq!(ada.post_form(path, "").await.ok().json(), json!([]));

    let most = vec!["c"; 2001];
    refused(&ada.post_json(path, &json!({ "paths": most })).await.expect(400), "2001 paths");
    let sha = head_of(&ada, "ada/m").await;
    ada.post_form(&format!("/api/models/ada/m/paths-info/{sha}"), "paths=c").await.ok();
    let missing = ada.post_form("/api/models/ada/m/paths-info/nowhere", "paths=c").await.expect(404);
    assert_eq!(missing.error_code(), "RevisionNotFound");
}

#[tokio::test]
async fn treesize_adds_up_what_lies_below() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("dir/a", b"12345"), ("dir/sub/b", b"123"), ("c", b"1")]).await.ok();
    for (path, size) in [("dir", 8), ("dir/sub", 3), ("dir/a", 5)] {
        let answer = ada.get(&format!("/api/models/ada/m/treesize/main/{path}")).await.ok().json();
        assert_eq!(answer, json!({ "path": path, "size": size }));
    }
    let whole = ada.get("/api/models/ada/m/treesize/main").await.ok().json();
    assert!(whole["size"].as_u64().is_some_and(|size| size > 9), "{whole}");
    assert_eq!(
        ada.get("/api/models/ada/m/treesize/main/none").await.expect(404).error_code(),
        "EntryNotFound"
    );
}
