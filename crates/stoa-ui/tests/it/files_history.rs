//! History, commits and comparisons.

use serde_json::{Value, json};
use stoa_testkit::{Client, Signer, to_base64};

use super::files::with_files;
use super::is_page;

/// The ids of the commits of `main`, newest first.
async fn ids(ada: &Client) -> Vec<String> {
    let commits = ada.get("/api/models/ada/m/commits/main").await.expect(200).json();
    let commits = commits.as_array().expect("a list").iter();
    commits.map(|commit| commit["id"].as_str().expect("an id").to_owned()).collect()
}

/// Commits lines with a message of their own.
async fn commit(ada: &Client, summary: &str, description: &str, lines: &[Value]) {
    let header = json!({ "key": "header", "value": { "summary": summary, "description": description } });
    let lines: Vec<Value> = std::iter::once(header).chain(lines.iter().cloned()).collect();
    ada.commit_lines("ada/m", "main", &lines).await.expect(200);
}

fn file(path: &str, bytes: &[u8]) -> Value {
    json!({ "key": "file", "value": { "path": path, "content": to_base64(bytes), "encoding": "base64" } })
}

#[tokio::test]
async fn history_is_told_by_day_and_by_path() {
    let hub = with_files(&[("a.txt", b"one")]).await;
    let ada = hub.as_user("ada");
    hub.clock.advance(std::time::Duration::from_hours(48));
    commit(&ada, "Change b alone", "For a reason.", &[file("b.txt", b"two")]).await;
    let mut browser = hub.browser();
    let answer = browser.get("/ada/m/commits/main").await.expect(200);
    is_page(&answer);
    let text = answer.text();
    assert!(text.contains("<h3>January 4, 2026</h3>") && text.contains("<h3>January 2, 2026</h3>"), "{text}");
    assert!(text.contains("Change b alone") && text.contains("For a reason.") && text.contains("3 commits"));
    let text = browser.get("/ada/m/commits/main/a.txt").await.expect(200).text();
    assert!(text.contains(">Test</bdi>") && !text.contains("Change b alone"), "{text}");
}

#[tokio::test]
async fn a_long_history_is_shown_in_pages() {
    let hub = with_files(&[]).await;
    let ada = hub.as_user("ada");
    for at in 0..52 {
        commit(&ada, &format!("Number {at}."), "", &[file("a.txt", at.to_string().as_bytes())]).await;
    }
    let mut browser = hub.browser();
    for (path, last) in [("/ada/m/commits/main", "Number 2."), ("/ada/m/commits/main/a.txt", "Number 2.")] {
        let text = browser.get(path).await.expect(200).text();
        assert!(
            text.contains(">Number 51.<")
                && text.contains(&format!(">{last}<"))
                && !text.contains(">Number 1.<")
        );
        let next = text.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
        let text = browser.get(&next.expect("a next page").replace("&amp;", "&")).await.expect(200).text();
        assert!(text.contains(">Number 0.<") && !text.contains(">Number 51.<"), "{path}");
    }
    browser.get("/ada/m/commits/main?p=99999999999999999999").await.expect(400);
    let far = browser.get("/ada/m/commits/main?p=1000").await.expect(200).text();
    assert!(!far.contains("rel=\"next\""));
}

#[tokio::test]
async fn a_commit_shows_what_it_changed_word_by_word() {
    let hub = with_files(&[
        ("a.txt", b"1\nold word\n3\n"),
        ("gone.txt", b"bye\n"),
        ("name.txt", b"the same text here\n"),
    ])
    .await;
    let ada = hub.as_user("ada");
    let lines = [
        file("a.txt", b"1\nnew word\n3\n"),
        file("dir/other.txt", b"the same text here\n"),
        file("b.dat", b"a\0b"),
        json!({ "key": "deletedFile", "value": { "path": "gone.txt" } }),
        json!({ "key": "deletedFile", "value": { "path": "name.txt" } }),
    ];
    commit(&ada, "Many things", "Body & more.", &lines).await;
    let id = ids(&ada).await.remove(0);
    let answer = hub.browser().get(&format!("/ada/m/commit/{id}")).await.expect(200);
    is_page(&answer);
    let text = answer.text();
    for shown in [
        "Many things",
        "Body &#38; more.",
        "4 files changed",
        "<mark>old</mark>",
        "<mark>new</mark>",
        "<td class=\"sign\">+</td>",
        "<bdi>name.txt</bdi> → <bdi>dir/other.txt</bdi>",
        "No text, or too long to compare:",
        &id,
    ] {
        assert!(text.contains(shown) || text.contains(&shown.replace("&#38;", "&amp;")), "{shown}: {text}");
    }
    // The first commit has no parent, and what it brought is new.
    let first = ids(&ada).await.pop().expect("a first commit");
    hub.browser().get(&format!("/ada/m/commit/{first}")).await.expect(200);
    hub.browser().get(&format!("/ada/m/commit/{}", &id[..8])).await.expect(200);
}

#[tokio::test]
async fn a_change_that_is_too_long_for_the_page_is_shown_when_asked_for() {
    let hub = with_files(&[("a.txt", b"x\n")]).await;
    let ada = hub.as_user("ada");
    let long = "line\n".repeat(4_000);
    commit(&ada, "Long", "", &[file("long file.txt", long.as_bytes()), file("a.txt", b"y\n")]).await;
    let id = ids(&ada).await.remove(0);
    let mut browser = hub.browser();
    let text = browser.get(&format!("/ada/m/commit/{id}")).await.expect(200).text();
    let alone = format!("/ada/m/commit/{id}?file=long%20file.txt");
    assert!(text.contains(&format!("href=\"{alone}\"")) && !text.contains(">line</code>"), "{text}");
    let text = browser.get(&alone).await.expect(200).text();
    assert!(text.matches(">line</code>").count() == 4_000 && !text.contains("id=\"file-a"), "only that file");
    assert!(text.contains("Show all files"));
}

#[tokio::test]
async fn many_changed_files_are_shown_in_pages() {
    let hub = with_files(&[]).await;
    let ada = hub.as_user("ada");
    let lines: Vec<Value> = (0..130).map(|at| file(&format!("{at:03}.txt"), b"x\n")).collect();
    commit(&ada, "Many", "", &lines).await;
    let id = ids(&ada).await.remove(0);
    let mut browser = hub.browser();
    let text = browser.get(&format!("/ada/m/commit/{id}")).await.expect(200).text();
    assert!(
        text.contains("130 files changed")
            && text.contains("<bdi>099.txt</bdi>")
            && !text.contains("<bdi>100.txt</bdi>")
    );
    let text = browser.get(&format!("/ada/m/commit/{id}?p=1")).await.expect(200).text();
    assert!(text.contains("<bdi>129.txt</bdi>") && !text.contains("<bdi>099.txt</bdi>"));
    browser.get(&format!("/ada/m/commit/{id}?p=999999999")).await.expect(200);
}

#[tokio::test]
async fn revisions_are_compared_from_where_they_parted() {
    let hub = with_files(&[("a.txt", b"one\n")]).await;
    let ada = hub.as_user("ada");
    ada.post_json("/api/models/ada/m/branch/try%2Fit", &json!({})).await.expect(200);
    commit(&ada, "On main", "", &[file("main.txt", b"main\n")]).await;
    let lines = [
        json!({ "key": "header", "value": { "summary": "On the branch" } }),
        file("branch.txt", b"branch\n"),
    ];
    ada.commit_lines("ada/m", "try%2Fit", &lines).await.expect(200);
    let mut browser = hub.browser();
    let text = browser.get("/ada/m/compare").await.expect(200).text();
    assert!(text.contains("<option value=\"try/it\">") && text.contains("value=\"main\""), "{text}");
    let answer = browser.get("/ada/m/compare?base=main&head=try%2Fit").await.expect(303);
    assert_eq!(answer.header("location"), "/ada/m/compare/main...try%2Fit");
    let answer = browser.follow(&answer).await.expect(200);
    is_page(&answer);
    let text = answer.text();
    assert!(
        text.contains("On the branch")
            && text.contains("<bdi>branch.txt</bdi>")
            && text.contains("1 file changed")
    );
    assert!(!text.contains("<bdi>main.txt</bdi>"), "what main got since is not a change of the branch");
    browser.get("/ada/m/compare?base=ma%20in&head=x").await.expect(404);
}

#[tokio::test]
async fn signed_commits_have_a_badge_that_says_who_signed() {
    let hub = with_files(&[]).await;
    let signer = Signer::new();
    let key = signer.ssh_key("key");
    signer.git(&["config", "user.name", "ada"]);
    signer.git(&["config", "user.email", "ada@example.org"]);
    signer.git(&["config", "gpg.format", "ssh"]);
    signer.git(&["config", "user.signingkey", &signer.folder().join("key").display().to_string()]);
    signer.git(&["commit", "--quiet", "--allow-empty", "-S", "-m", "Signed"]);
    hub.take_commits("ada/m", &signer).await;
    let text = hub.browser().get("/ada/m/commits/main").await.expect(200).text();
    assert!(text.contains("Unverified") && text.contains("is on no account of this hub"), "{text} {key}");
}
