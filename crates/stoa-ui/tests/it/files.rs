//! Folders and files.

use serde_json::json;
use stoa_testkit::{Setup, TestHub};

use super::{hub, hub_with, is_page};

const CARD: &[u8] = b"---\nlicense: mit\n---\n# A card\n\nSee [code](code.py).\n";

/// A hub on which `ada` has the model `ada/m` with some files, and `eve` nothing.
pub(super) async fn with_files(files: &[(&str, &[u8])]) -> TestHub {
    let hub = hub().await;
    hub.user("eve").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.expect(200);
    if !files.is_empty() {
        ada.commit("ada/m", files).await.expect(200);
    }
    hub
}

pub(super) async fn set(hub: &TestHub, settings: serde_json::Value) {
    hub.as_user("ada").put_json("/api/models/ada/m/settings", &settings).await.ok();
}

#[tokio::test]
async fn a_folder_shows_its_entries_with_sizes_and_last_commits_folders_first() {
    let hub = with_files(&[("a.txt", b"one"), ("docs/README.md", CARD), ("docs/b.txt", b"two")]).await;
    let mut browser = hub.browser();
    let answer = browser.get("/ada/m/tree/main").await.expect(200);
    is_page(&answer);
    let text = answer.text();
    let place = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is missing: {text}"));
    assert!(place("/ada/m/tree/main/docs\"") < place("/ada/m/blob/main/a.txt"), "folders first");
    assert!(
        text.contains("title=\"3 bytes\"") && text.contains("4 files") && text.contains("2 commits"),
        "{text}"
    );
    assert!(text.contains(">Test</bdi>"), "the title of the last commit");
    assert!(!text.contains("/ada/m/upload/main"), "visitors cannot write");
    let text = browser.get("/ada/m/tree/main/docs").await.expect(200).text();
    assert!(text.contains("A card</h2>"), "{text}");
    assert!(text.contains("href=\"/ada/m/blob/main/docs/code.py\""), "links of a README begin in its folder");
    for path in ["/models/ada/m/tree/main", "/ada/m/tree/main/", "/ada/m/tree/refs%2Fheads%2Fmain"] {
        browser.get(path).await.expect(200);
    }
}

#[tokio::test]
async fn every_kind_of_repository_has_pages_of_files() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    for repo in ["datasets/ada/d", "spaces/ada/s"] {
        ada.create(repo).await.expect(200);
        ada.commit(repo, &[("a b.txt", b"words")]).await.expect(200);
        let mut browser = hub.browser();
        for page in [
            "tree/main",
            "blob/main/a%20b.txt",
            "commits/main",
            "commits/main/a%20b.txt",
            "compare/main...main",
        ] {
            let answer = browser.get(&format!("/{repo}/{page}")).await.expect(200);
            is_page(&answer);
            assert!(answer.text().contains(&format!("href=\"/{repo}/tree/main\"")), "{page}");
        }
    }
}

#[tokio::test]
async fn a_folder_of_many_entries_is_shown_in_pages() {
    let hub = with_files(&[]).await;
    let names: Vec<String> = (0..1_005).map(|at| format!("many/{at:04}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    hub.as_user("ada").commit("ada/m", &files).await.expect(200);
    let mut browser = hub.browser();
    let text = browser.get("/ada/m/tree/main/many").await.expect(200).text();
    assert!(text.contains("<bdi>0999.txt") && !text.contains("<bdi>1000.txt"));
    let next = text
        .split("rel=\"next\" href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a next page");
    let text = browser.get(next).await.expect(200).text();
    assert!(
        text.contains("<bdi>1000.txt") && text.contains("<bdi>1004.txt") && !text.contains("<bdi>0999.txt"),
        "{next}"
    );
}

#[tokio::test]
async fn an_empty_repository_says_how_to_begin() {
    let hub = with_files(&[]).await;
    let text = hub.browser().get("/ada/m/tree/main").await.expect(200).text();
    assert!(text.contains("No files yet") && !text.contains("/ada/m/upload/main"));
    let text = hub.browser_of("ada").await.get("/ada/m/tree/main").await.expect(200).text();
    assert!(text.contains("No files yet") && text.contains("href=\"/ada/m/upload/main\""));
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let hub = with_files(&[("a.txt", b"one")]).await;
    let mut browser = hub.browser();
    for path in [
        "/ada/m/tree/nope",
        "/ada/m/tree/main/nope",
        "/ada/m/tree/main/a.txt",
        "/ada/m/blob/main/nope.txt",
        "/ada/m/blob/nope/a.txt",
        "/ada/m/commits/nope",
        "/ada/m/commits/main/nope.txt",
        "/ada/m/commit/0123456789012345678901234567890123456789",
        "/ada/m/compare/main...nope",
        "/ada/m/compare/main",
        "/ada/nope/tree/main",
        "/ada/m/blob/main/..%2f..%2fetc",
    ] {
        let answer = browser.get(path).await;
        assert!(matches!(answer.status.as_u16(), 404 | 401 | 400), "{path}: {}", answer.status);
        is_page(&answer);
    }
    assert_eq!(browser.get("/ada/m/blob/main/").await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_private_repository_is_seen_by_its_owner_alone() {
    let hub = with_files(&[("a.txt", b"secret words")]).await;
    set(&hub, json!({ "private": true })).await;
    let commit = hub.as_user("ada").get("/api/models/ada/m/commits/main").await.json()[0]["id"].clone();
    let commit = format!("commit/{}", commit.as_str().expect("an id"));
    for page in [
        "tree/main",
        "blob/main/a.txt",
        "commits/main",
        "commits/main/a.txt",
        "compare",
        "compare/main...main",
        &commit,
    ] {
        let path = format!("/ada/m/{page}");
        hub.browser_of("ada").await.get(&path).await.expect(200);
        hub.browser_of("eve").await.get(&path).await.expect(404);
        let nobody = hub.browser().get(&path).await.expect(401);
        assert!(!nobody.text().contains("secret"), "{page}");
    }
    for page in ["upload/main", "new/main", "edit/main/a.txt", "delete/main/a.txt"] {
        let path = format!("/ada/m/{page}");
        hub.browser_of("ada").await.get(&path).await.expect(200);
        hub.browser_of("eve").await.get(&path).await.expect(404);
        hub.browser().get(&path).await.expect(401);
    }
}

#[tokio::test]
async fn behind_a_gate_names_are_seen_and_contents_are_not() {
    let hub = with_files(&[("a.txt", b"hidden words"), ("docs/README.md", b"hidden words")]).await;
    set(&hub, json!({ "gated": "manual" })).await;
    let commit = hub.as_user("ada").get("/api/models/ada/m/commits/main").await.json()[0]["id"].clone();
    for path in [
        "/ada/m/tree/main/docs".to_owned(),
        "/ada/m/blob/main/a.txt".to_owned(),
        "/ada/m/blob/main/a.txt?code=true".to_owned(),
        format!("/ada/m/commit/{}", commit.as_str().expect("an id")),
    ] {
        assert!(
            hub.browser_of("ada").await.get(&path).await.expect(200).text().contains("hidden words"),
            "{path}"
        );
        for mut stranger in [hub.browser_of("eve").await, hub.browser()] {
            let answer = stranger.get(&path).await;
            is_page(&answer);
            assert!(!answer.text().contains("hidden words"), "{path}");
        }
    }
    let answer = hub.browser().get("/ada/m/blob/main/a.txt").await.expect(403);
    assert!(answer.text().contains("This file is behind a gate"), "{}", answer.text());
}

#[tokio::test]
async fn code_is_shown_in_numbered_lines_that_can_be_linked_to() {
    let hub = with_files(&[("code.py", b"import os\n\nprint(\"<b>\")\n")]).await;
    let answer = hub.browser().get("/ada/m/blob/main/code.py").await.expect(200);
    is_page(&answer);
    let text = answer.text();
    assert!(text.contains("<div class=\"line\" id=\"L3\"><a href=\"#L3\">3</a>"), "{text}");
    assert!(text.contains("class=\"hl-k\">import") && text.contains("3 lines") && text.contains("Python"));
    assert!(!text.contains("<b>"), "{text}");
    for link in [
        "/ada/m/raw/main/code.py",
        "/ada/m/resolve/main/code.py?download=true",
        "/ada/m/commits/main/code.py",
    ] {
        assert!(text.contains(&format!("href=\"{link}\"")), "{link}");
    }
    assert!(!text.contains("/edit/main/") && !text.contains("/delete/main/"));
    let text = hub.browser_of("ada").await.get("/ada/m/blob/main/code.py").await.text();
    assert!(text.contains("/ada/m/edit/main/code.py") && text.contains("/ada/m/delete/main/code.py"));
}

#[tokio::test]
async fn files_are_shown_as_what_they_are_and_as_their_source() {
    let notebook = br##"{"nbformat":4,"cells":[{"cell_type":"markdown","source":["# Hello notebook"]}]}"##;
    let hub = with_files(&[
        ("card.md", CARD),
        ("nb.ipynb", notebook),
        ("t.csv", b"name,n\nann,1\nbob,2\n"),
        ("t.jsonl", b"{\"name\": \"ann\"}\n"),
        ("t.json", b"[{\"name\": \"ann\"}]"),
        ("config.json", b"{\"a\": 1}"),
        ("pic.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"),
        ("pic.png", b"\x89PNG"),
        ("s.mp3", b"x"),
        ("v.mp4", b"x"),
        ("w.safetensors", b"x"),
        ("t.parquet", b"x"),
        ("blob.bin", b"a\0b"),
        ("empty.txt", b""),
    ])
    .await;
    let mut browser = hub.browser();
    for (path, shown) in [
        ("card.md", "A card</h2>"),
        ("card.md?code=true", "id=\"L5\""),
        ("card.md?plain=1", "id=\"L5\""),
        ("nb.ipynb", "Hello notebook</h2>"),
        ("nb.ipynb?code=true", "id=\"L1\""),
        ("t.csv", "<th scope=\"col\"><bdi>name</bdi></th>"),
        ("t.csv?code=true", "id=\"L2\""),
        ("t.jsonl", "<td><bdi>ann</bdi></td>"),
        ("t.json", "<td><bdi>ann</bdi></td>"),
        ("config.json", "id=\"L1\""),
        ("pic.svg", "<img src=\"/ada/m/resolve/main/pic.svg\""),
        ("pic.svg?code=true", "id=\"L1\""),
        ("pic.png", "<img src=\"/ada/m/resolve/main/pic.png\""),
        ("s.mp3", "<audio controls preload=\"metadata\" src=\"/ada/m/resolve/main/s.mp3\""),
        ("v.mp4", "<video controls preload=\"metadata\" src=\"/ada/m/resolve/main/v.mp4\""),
        ("w.safetensors", "href=\"/ada/m?show_file_info=w.safetensors\""),
        ("t.parquet", "cannot show its rows yet"),
        ("blob.bin", "cannot be shown here"),
        ("empty.txt", "This file is empty"),
    ] {
        let answer = browser.get(&format!("/ada/m/blob/main/{path}")).await.expect(200);
        is_page(&answer);
        assert!(answer.text().contains(shown), "{path}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_long_text_is_cut_and_the_page_says_so() {
    let long = "a line of text\n".repeat(40_000);
    let rows = format!("a,b\n{}", "1,2\n".repeat(150));
    let hub = with_files(&[("long.txt", long.as_bytes()), ("rows.csv", rows.as_bytes())]).await;
    let text = hub.browser().get("/ada/m/blob/main/long.txt").await.expect(200).text();
    assert!(
        text.contains("The file is long")
            && text.contains("id=\"L20000\"")
            && !text.contains("id=\"L20001\"")
    );
    let text = hub.browser().get("/ada/m/blob/main/rows.csv").await.expect(200).text();
    assert!(text.contains("These are the first 100 rows"), "{text}");
    assert_eq!(text.matches("<th scope=\"row\"").count(), 100);
}

#[tokio::test]
async fn a_large_file_tells_its_hash_and_how_it_is_stored() {
    let mut setup = Setup::default();
    setup.limits.regular_file = 1 << 10;
    let hub = hub_with(setup).await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.expect(200);
    let bytes = vec![7_u8; 2_000];
    let ask = json!({ "operation": "upload", "transfers": ["basic"], "hash_algo": "sha256",
        "objects": [{ "oid": sha256(&bytes), "size": bytes.len() }] });
    let answer = ada.post_json("/ada/m.git/info/lfs/objects/batch", &ask).await.expect(200).json();
    let href = answer["objects"][0]["actions"]["upload"]["href"].as_str().expect("a URL");
    ada.put(href, bytes.clone()).await.expect(200);
    let lines = [
        json!({ "key": "header", "value": { "summary": "Large" } }),
        json!({ "key": "lfsFile", "value": { "path": "w.bin", "algo": "sha256", "oid": sha256(&bytes), "size": 2_000 } }),
    ];
    ada.commit_lines("ada/m", "main", &lines).await.expect(200);
    let text = hub.browser_of("ada").await.get("/ada/m/blob/main/w.bin").await.expect(200).text();
    assert!(text.contains(&sha256(&bytes)), "{text}");
    assert!(text.contains("Stored as") && !text.contains("/ada/m/edit/main/w.bin"), "{text}");
    let text = hub.browser().get("/ada/m/tree/main").await.text();
    assert!(text.contains("A large file: git holds a pointer to it"), "{text}");
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    stoa_core::hex(&sha2::Sha256::digest(bytes))
}

#[tokio::test]
async fn revisions_are_chosen_from_a_menu_without_a_script() {
    let hub = with_files(&[("a.txt", b"one")]).await;
    let ada = hub.as_user("ada");
    ada.post_json("/api/models/ada/m/branch/try%2Fit", &json!({})).await.expect(200);
    ada.post_json("/api/models/ada/m/tag/main", &json!({ "tag": "v1" })).await.expect(200);
    let mut browser = hub.browser_of("ada").await;
    let text = browser.get("/ada/m/blob/main/a.txt").await.expect(200).text();
    for link in ["/ada/m/blob/try%2Fit/a.txt", "/ada/m/blob/v1/a.txt"] {
        assert!(text.contains(&format!("href=\"{link}\"")), "{link}: {text}");
        browser.get(link).await.expect(200);
    }
    assert!(browser.get("/ada/m/tree/try%2Fit").await.text().contains("/ada/m/upload/try%2Fit"));
    assert!(!browser.get("/ada/m/tree/v1").await.text().contains("/ada/m/upload/"), "tags stay as they are");
}
