//! Branches, tags, history.

use serde_json::json;

use crate::files::tests::support::*;

#[tokio::test]
async fn gotcha_13_refs_always_have_converts() {
    let (_hub, ada) = hub_with_model().await;
    let sha = head_of(&ada, "ada/m").await;
    let refs = ada.get("/api/models/ada/m/refs").await.ok().json();
    let main = json!({ "name": "main", "ref": "refs/heads/main", "targetCommit": sha });
    assert_eq!(refs, json!({ "branches": [main], "tags": [], "converts": [] }));
    let refs = ada.get("/api/models/ada/m/refs?include_prs=1").await.ok().json();
    assert_eq!(refs["pullRequests"], json!([]));
}

#[tokio::test]
async fn branches_are_made_where_they_should_begin() {
    let (_hub, ada) = hub_with_model().await;
    let first = head_of(&ada, "ada/m").await;
    ada.commit("ada/m", &[("a.txt", b"a")]).await.ok();
    let branch = |name: &str| format!("/api/models/ada/m/branch/{name}");
    ada.post(&branch("from-main"), "", "").await.ok();
    ada.post_json(&branch("feature%2Fx"), &json!({ "startingPoint": first })).await.ok();
    ada.post_json(&branch("feature/y"), &json!({ "startingPoint": &first[..7], "emptyBranch": null }))
        .await
        .ok();
    ada.post_json(&branch("empty"), &json!({ "emptyBranch": true })).await.ok();
    ada.head("/ada/m/resolve/from-main/a.txt").await.expect(200);
    ada.head("/ada/m/resolve/feature%2Fx/a.txt").await.expect(404);
    ada.head("/ada/m/resolve/feature%2Fx/.gitattributes").await.expect(200);
    let refs = ada.get("/api/models/ada/m/refs").await.ok().json();
    assert_eq!(all(&refs["branches"], "name"), ["empty", "feature/x", "feature/y", "from-main", "main"]);

    let again = ada.post_json(&branch("feature%2Fx"), &json!({})).await.expect(409);
    assert_eq!(again.json()["error"], "Reference refs/heads/feature/x already exists");
    ada.post_json(&branch("feature%2Fx"), &json!({ "overwrite": true })).await.ok();
    ada.head("/ada/m/resolve/feature%2Fx/a.txt").await.expect(200);
    let nowhere = ada.post_json(&branch("b"), &json!({ "startingPoint": "nowhere" })).await.expect(404);
    assert_eq!(nowhere.error_code(), "RevisionNotFound");

    // A commit to a branch leaves main alone.
    ada.commit_lines("ada/m", "feature%2Fx", &[header("x"), file("only-here.txt", b"x")]).await.ok();
    ada.head("/ada/m/resolve/feature%2Fx/only-here.txt").await.expect(200);
    ada.head("/ada/m/resolve/main/only-here.txt").await.expect(404);
}

#[tokio::test]
async fn branches_go_but_main_stays() {
    let (_hub, ada) = hub_with_model().await;
    ada.post("/api/models/ada/m/branch/b", "", "").await.ok();
    ada.post_json("/api/models/ada/m/tag/main", &json!({ "tag": "t" })).await.ok();
    let main = ada.delete("/api/models/ada/m/branch/main").await.expect(403);
    assert_eq!(main.json()["error"], "Cannot delete refs/heads/main");
    for missing in ["none", "t"] {
        let answer = ada.delete(&format!("/api/models/ada/m/branch/{missing}")).await.expect(404);
        assert!(answer.error_message().contains("Invalid rev id"), "{}", answer.summary());
    }
    ada.delete("/api/models/ada/m/branch/b").await.ok();
    assert_eq!(ada.delete("/api/models/ada/m/branch/b").await.expect(404).error_code(), "RevisionNotFound");
}

#[tokio::test]
async fn tags_name_commits_with_or_without_a_message() {
    let (_hub, ada) = hub_with_model().await;
    let sha = head_of(&ada, "ada/m").await;
    ada.post_json("/api/models/ada/m/tag/main", &json!({ "tag": "v1" })).await.ok();
    let by_oid = format!("/api/models/ada/m/tag/{}", &sha[..8]);
    ada.post_json(&by_oid, &json!({ "tag": "v2", "message": "second" })).await.ok();
    // A tag and a branch may share a name.
    ada.post_json("/api/models/ada/m/tag/v1", &json!({ "tag": "main", "message": "" })).await.ok();
    let refs = ada.get("/api/models/ada/m/refs").await.ok().json();
    assert_eq!(all(&refs["tags"], "name"), ["main", "v1", "v2"]);
    assert_eq!(all(&refs["tags"], "targetCommit"), [&sha, &sha, &sha], "of an annotated tag too");
    ada.head("/ada/m/resolve/v2/.gitattributes").await.expect(200);

    refused(
        &ada.post_json("/api/models/ada/m/tag/main", &json!({ "tag": "v1" })).await.expect(409),
        "v1 again",
    );
    // The revision is looked at before the name.
    let nowhere =
        ada.post_json("/api/models/ada/m/tag/nowhere", &json!({ "tag": "bad name" })).await.expect(404);
    assert_eq!(nowhere.error_code(), "RevisionNotFound");
    ada.delete("/api/models/ada/m/tag/v1").await.ok();
    for missing in ["v1", "none"] {
        let answer = ada.delete(&format!("/api/models/ada/m/tag/{missing}")).await.expect(404);
        assert_eq!(answer.error_code(), "RevisionNotFound");
    }
    ada.delete("/api/models/ada/m/tag/main").await.ok();
    ada.head("/ada/m/resolve/main/.gitattributes").await.expect(200);
}

#[tokio::test]
async fn history_comes_in_pages_newest_first() {
    let (_hub, ada) = hub_with_model().await;
    for n in 0..6 {
        ada.commit_lines("ada/m", "main", &[header(&format!("c{n}")), file("a", &[n])]).await.ok();
    }
    let mut url = "/api/models/ada/m/commits/main?limit=3".to_owned();
    let mut titles = Vec::new();
    while !url.is_empty() {
        let page = ada.get(&url).await.ok();
        assert_eq!(page.header("x-total-count"), "7");
        titles.extend(all(&page.json(), "title").into_iter().map(str::to_owned));
        url = next(&page);
    }
    assert_eq!(titles, ["c5", "c4", "c3", "c2", "c1", "c0", "initial commit"]);
    // Compat: `countCommits` of JavaScript; revisions with slashes as they are.
    let one = ada.get("/api/models/ada/m/commits/refs/heads/main?limit=1").await.ok();
    assert_eq!((one.header("x-total-count"), all(&one.json(), "title").len()), ("7", 1));
    assert_eq!(ada.get("/api/models/ada/m/commits/main?p=99").await.ok().json(), json!([]));
    assert_eq!(
        ada.get("/api/models/ada/m/commits/nowhere").await.expect(404).error_code(),
        "RevisionNotFound"
    );
}

#[tokio::test]
async fn a_squashed_branch_keeps_its_files_and_loses_its_past() {
    let (_hub, ada) = hub_with_model().await;
    ada.commit("ada/m", &[("a.txt", b"a")]).await.ok();
    let before = head_of(&ada, "ada/m").await;
    ada.post_json("/api/models/ada/m/super-squash/main", &json!({ "message": "All of it" })).await.ok();
    let commits = ada.get("/api/models/ada/m/commits/main").await.ok();
    assert_eq!(commits.header("x-total-count"), "1");
    assert_eq!(all(&commits.json(), "title"), ["All of it"]);
    assert_ne!(head_of(&ada, "ada/m").await, before);
    ada.head("/ada/m/resolve/main/a.txt").await.expect(200);
    ada.post("/api/models/ada/m/super-squash/main", "", "").await.ok();
    let missing = ada.post_json("/api/models/ada/m/super-squash/nowhere", &json!({})).await.expect(404);
    assert_eq!(missing.error_code(), "RevisionNotFound");
}

#[tokio::test]
async fn what_is_absent_says_so() {
    let (_hub, ada) = hub_with_model().await;
    for tail in ["compare/main..main", "notebook/main/a.ipynb", "scan", "jwt"] {
        let answer = ada.get(&format!("/api/models/ada/m/{tail}")).await.expect(501);
        assert_eq!(answer.error_code(), "NotImplemented", "{tail}");
    }
}
