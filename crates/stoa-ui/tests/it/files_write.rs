//! Writing, removing and sending files with a browser.

use serde_json::json;
use stoa_testkit::{Browser, TestHub};

use super::files::{set, with_files};
use super::is_page;

/// The value of a field of the form that was shown.
fn field(text: &str, name: &str) -> String {
    let rest = text.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("the field");
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn open(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await.expect(200);
    is_page(&answer);
    field(&answer.text(), "base")
}

async fn content(hub: &TestHub, path: &str) -> String {
    hub.as_user("ada").get(&format!("/ada/m/resolve/main/{path}")).await.expect(200).text()
}

#[tokio::test]
async fn a_file_is_edited_and_committed() {
    let hub = with_files(&[("a.txt", b"one\ntwo\n"), ("dos.txt", b"one\r\ntwo\r\n")]).await;
    let mut ada = hub.browser_of("ada").await;
    let base = open(&mut ada, "/ada/m/edit/main/a.txt").await;
    assert!(ada.get("/ada/m/edit/main/a.txt").await.text().contains("wrap=\"off\">\none\ntwo\n</textarea>"));
    // Browsers send lines with the end that forms prescribe.
    let fields = [
        ("path", "a.txt"),
        ("text", "one\r\n2\r\n"),
        ("base", &base),
        ("summary", "Say 2"),
        ("do", "commit"),
    ];
    let answer = ada.submit("/ada/m/edit/main/a.txt", &fields).await.expect(303);
    assert_eq!(answer.header("location"), "/ada/m/blob/main/a.txt");
    assert!(ada.follow(&answer).await.text().contains("Committed."));
    assert_eq!(content(&hub, "a.txt").await, "one\n2\n");
    let commits = hub.as_user("ada").get("/api/models/ada/m/commits/main").await.json();
    assert_eq!(commits[0]["title"], "Say 2");

    let base = open(&mut ada, "/ada/m/edit/main/dos.txt").await;
    let fields = [("path", "dos.txt"), ("text", "one\r\n2\r\n"), ("base", &base)];
    ada.submit("/ada/m/edit/main/dos.txt", &fields).await.expect(303);
    assert_eq!(content(&hub, "dos.txt").await, "one\r\n2\r\n", "a file keeps the ends of its lines");
    let same = [("path", "dos.txt"), ("text", "one\r\n2\r\n"), ("base", "main")];
    let answer = ada.submit("/ada/m/edit/main/dos.txt", &same).await.expect(400);
    assert!(answer.text().contains("Nothing was changed"));
}

#[tokio::test]
async fn a_file_is_renamed_while_it_is_edited() {
    let hub = with_files(&[("a.txt", b"one\n"), ("b.txt", b"other\n")]).await;
    let mut ada = hub.browser_of("ada").await;
    let base = open(&mut ada, "/ada/m/edit/main/a.txt").await;
    let taken = [("path", "b.txt"), ("text", "one\n"), ("base", &base)];
    let answer = ada.submit("/ada/m/edit/main/a.txt", &taken).await.expect(409);
    assert!(answer.text().contains("There is something at b.txt already"), "{}", answer.text());
    let fields = [("path", "dir/c.txt"), ("text", "one\n"), ("base", &base)];
    ada.submit("/ada/m/edit/main/a.txt", &fields).await.expect(303);
    assert_eq!(content(&hub, "dir/c.txt").await, "one\n");
    hub.as_user("ada").get("/ada/m/resolve/main/a.txt").await.expect(404);
    assert_eq!(content(&hub, "b.txt").await, "other\n");
}

#[tokio::test]
async fn who_was_slower_is_told_and_keeps_the_text() {
    let hub = with_files(&[("a.txt", b"one\n"), ("b.txt", b"b\n")]).await;
    let mut ada = hub.browser_of("ada").await;
    let base = open(&mut ada, "/ada/m/edit/main/a.txt").await;
    hub.as_user("ada").commit("ada/m", &[("b.txt", b"changed\n")]).await.expect(200);
    let fields = [("path", "a.txt"), ("text", "mine\n"), ("base", &base)];
    ada.submit("/ada/m/edit/main/a.txt", &fields).await.expect(303); // another file does not matter
    let base = open(&mut ada, "/ada/m/edit/main/a.txt").await;
    hub.as_user("ada").commit("ada/m", &[("a.txt", b"theirs\n")]).await.expect(200);
    let fields = [("path", "a.txt"), ("text", "my long <text>\n"), ("base", &base)];
    let answer = ada.submit("/ada/m/edit/main/a.txt", &fields).await.expect(412);
    is_page(&answer);
    let text = answer.text();
    assert!(
        text.contains("Somebody else changed this file") && text.contains("my long &lt;text&gt;")
            || text.contains("my long &#60;text&#62;"),
        "{text}"
    );
    assert!(text.contains(&format!("/ada/m/compare/{base}...")), "{text}");
    assert_eq!(content(&hub, "a.txt").await, "theirs\n");
    // Sent again, knowing it, it replaces what the other wrote.
    let base = field(&text, "base");
    let fields = [("path", "a.txt"), ("text", "my long <text>\n"), ("base", &base)];
    ada.submit("/ada/m/edit/main/a.txt", &fields).await.expect(303);
    assert_eq!(content(&hub, "a.txt").await, "my long <text>\n");
}

#[tokio::test]
async fn a_file_is_made_and_a_card_begins_with_a_template() {
    let hub = with_files(&[("there.txt", b"x")]).await;
    let mut ada = hub.browser_of("ada").await;
    let text = ada.get("/ada/m/new/main?path=docs").await.expect(200).text();
    assert!(text.contains("value=\"docs/\""), "{text}");
    let text = ada.get("/ada/m/new/main?path=README.md&template=1").await.expect(200).text();
    assert!(text.contains("license: apache-2.0") && text.contains("# m"), "{text}");
    let base = open(&mut ada, "/ada/m/new/main").await;
    for (path, status) in
        [("there.txt", 409), ("../x", 400), (".git/config", 400), ("", 400), ("there.txt/x", 400)]
    {
        let fields = [("path", path), ("text", "kept words"), ("base", &base)];
        let answer = ada.submit("/ada/m/new/main", &fields).await.expect(status);
        assert!(answer.text().contains("kept words"), "{path}");
    }
    let bad_card = [("path", "README.md"), ("text", "---\nlicense: [\n---\n"), ("base", &base)];
    let answer = ada.submit("/ada/m/new/main", &bad_card).await.expect(400);
    assert!(answer.text().contains("Invalid metadata in README.md"), "{}", answer.text());
    let fields = [("path", " docs/new file.md "), ("text", "# Hi\n"), ("base", &base)];
    let answer = ada.submit("/ada/m/new/main", &fields).await.expect(303);
    assert_eq!(answer.header("location"), "/ada/m/blob/main/docs/new%20file.md");
    assert_eq!(content(&hub, "docs/new%20file.md").await, "# Hi\n");
}

#[tokio::test]
async fn a_preview_commits_nothing() {
    let hub = with_files(&[("a.md", b"# One\n")]).await;
    let mut ada = hub.browser_of("ada").await;
    let base = open(&mut ada, "/ada/m/edit/main/a.md").await;
    let fields = [
        ("path", "a.md"),
        ("text", "# Two\n<script>alert(1)</script>\n"),
        ("base", &base),
        ("do", "preview"),
    ];
    let answer = ada.submit("/ada/m/edit/main/a.md", &fields).await.expect(200);
    is_page(&answer);
    assert!(answer.text().contains("Two</h2>"), "{}", answer.text());
    assert_eq!(content(&hub, "a.md").await, "# One\n");
    let code = [("path", "a.py"), ("text", "import os\n"), ("base", &base), ("do", "preview")];
    let answer = ada.submit("/ada/m/edit/main/a.md", &code).await.expect(200);
    assert!(answer.text().contains("class=\"hl-k\">import"), "{}", answer.text());
}

#[tokio::test]
async fn a_file_and_a_folder_are_removed_after_a_question() {
    let hub =
        with_files(&[("a.txt", b"one\n"), ("d/b.txt", b"x"), ("d/e/c.txt", b"y"), ("z.txt", b"z")]).await;
    let mut ada = hub.browser_of("ada").await;
    let base = open(&mut ada, "/ada/m/delete/main/a.txt").await;
    let answer = ada.submit("/ada/m/delete/main/a.txt", &[("base", &base)]).await.expect(303);
    assert_eq!(answer.header("location"), "/ada/m/tree/main");
    hub.as_user("ada").get("/ada/m/resolve/main/a.txt").await.expect(404);
    let base = open(&mut ada, "/ada/m/delete/main/d").await;
    hub.as_user("ada").commit("ada/m", &[("d/new.txt", b"new")]).await.expect(200);
    let answer = ada.submit("/ada/m/delete/main/d", &[("base", &base)]).await.expect(412);
    let base = field(&answer.text(), "base");
    ada.submit("/ada/m/delete/main/d", &[("base", &base)]).await.expect(303);
    ada.get("/ada/m/tree/main/d").await.expect(404);
    assert_eq!(content(&hub, "z.txt").await, "z");
    ada.get("/ada/m/delete/main/nope").await.expect(404);
}

#[tokio::test]
async fn only_writers_get_forms_and_only_with_their_proof() {
    let hub = with_files(&[("a.txt", b"one\n")]).await;
    let base = open(&mut hub.browser_of("ada").await, "/ada/m/edit/main/a.txt").await;
    let fields = [("path", "a.txt"), ("text", "stolen\n"), ("base", base.as_str())];
    for path in ["upload/main", "new/main", "edit/main/a.txt", "delete/main/a.txt"] {
        let path = format!("/ada/m/{path}");
        let mut ada = hub.browser_of("ada").await;
        is_page(&ada.get(&path).await.expect(200));
        if !path.contains("upload") {
            ada.submit_as_is(&path, &fields).await.expect(403); // from another site
            let mut eve = hub.browser_of("eve").await;
            eve.get("/preferences").await.expect(200);
            eve.submit(&path, &fields).await.expect(403);
        }
        hub.browser_of("eve").await.get(&path).await.expect(403);
        hub.browser().get(&path).await.expect(401);
    }
    assert_eq!(content(&hub, "a.txt").await, "one\n");
}

#[tokio::test]
async fn what_is_no_text_or_no_branch_cannot_be_edited() {
    let long = "x".repeat((1 << 20) + 1);
    let hub = with_files(&[("b.dat", b"a\0b"), ("long.txt", long.as_bytes()), ("a.txt", b"x")]).await;
    let api = hub.as_user("ada");
    api.post_json("/api/models/ada/m/tag/main", &json!({ "tag": "v1" })).await.expect(200);
    let mut ada = hub.browser_of("ada").await;
    for (path, status) in [
        ("edit/main/b.dat", 400),
        ("edit/main/long.txt", 413),
        ("edit/v1/a.txt", 400),
        ("new/v1", 400),
        ("upload/v1", 400),
        ("delete/v1/a.txt", 400),
        ("edit/main/nope.txt", 404),
        ("edit/nope/a.txt", 404),
    ] {
        is_page(&ada.get(&format!("/ada/m/{path}")).await.expect(status));
    }
    let base = open(&mut ada, "/ada/m/new/main").await;
    let fields = [("path", "big.txt"), ("text", long.as_str()), ("base", &base)];
    ada.submit("/ada/m/new/main", &fields).await.expect(413);
    let fits = "x".repeat(1 << 20);
    let fields = [("path", "big.txt"), ("text", fits.as_str()), ("base", &base)];
    ada.submit("/ada/m/new/main", &fields).await.expect(303);
}

#[tokio::test]
async fn a_lock_of_somebody_else_is_told_in_the_form() {
    let hub = with_files(&[("a.txt", b"one\n")]).await;
    hub.admin("bob").await;
    let lock = json!({ "path": "a.txt" });
    hub.as_user("bob").post_json("/ada/m.git/info/lfs/locks", &lock).await.ok();
    let mut ada = hub.browser_of("ada").await;
    let base = open(&mut ada, "/ada/m/edit/main/a.txt").await;
    let fields = [("path", "a.txt"), ("text", "two\n"), ("base", &base)];
    let answer = ada.submit("/ada/m/edit/main/a.txt", &fields).await;
    assert!(answer.status.is_client_error() && answer.text().contains("locked"), "{}", answer.text());
    assert!(answer.text().contains("two\n"), "the text is kept");
}

#[tokio::test]
async fn the_page_that_sends_files_tells_its_script_where_to() {
    let hub = with_files(&[]).await;
    let text = hub.browser_of("ada").await.get("/ada/m/upload/main?path=a%20b%2F").await.expect(200).text();
    assert!(
        text.contains("data-api=\"/api/models/ada/m\"")
            && text.contains("data-lfs=\"/ada/m.git/info/lfs/objects/batch\"")
    );
    assert!(
        text.contains("value=\"a b\"")
            && text.contains("<noscript>")
            && text.contains("hf upload ada/m ./folder .")
    );
    let words = text.split("data-words=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("words");
    let words: serde_json::Value =
        serde_json::from_str(&words.replace("&#34;", "\"").replace("&quot;", "\"")).expect("JSON");
    assert_eq!(words["finished"], "Done. Files: {one}, commits: {two}.");
    set(&hub, json!({ "private": true })).await;
}

#[tokio::test]
async fn a_script_sends_files_with_the_cookie_and_the_proof_of_its_page() {
    let hub = with_files(&[]).await;
    let mut ada = hub.browser_of("ada").await;
    let text = ada.get("/ada/m/upload/main").await.expect(200).text();
    let proof = text.split("data-proof=\"").nth(1).map(|rest| rest[..128].to_owned()).expect("a proof");
    let cookie = format!("stoa_session={}", ada.cookie("stoa_session").expect("a session"));
    let script = hub.anonymous().with_header("cookie", &cookie);
    let proven = script.clone().with_header("x-csrf-token", &proof);
    let plan = json!({ "files": [{ "path": "a.txt", "size": 1, "sample": "YQ==" }] });
    let batch = json!({ "operation": "upload", "transfers": ["basic", "multipart"], "hash_algo": "sha256",
        "objects": [{ "oid": "a".repeat(64), "size": 5 }] });
    for (path, ask) in
        [("/api/models/ada/m/preupload/main", &plan), ("/ada/m.git/info/lfs/objects/batch", &batch)]
    {
        script.post_json(path, ask).await.expect(403);
        proven.post_json(path, ask).await.expect(200);
    }
    proven.commit("ada/m", &[("a.txt", b"a")]).await.expect(200);
}
