//! What those who own a repository do with its large files.

use serde_json::json;

use crate::files::tests::support::*;

#[tokio::test]
async fn owners_list_their_large_files_in_pages() {
    let (hub, ada) = hub_with_model().await;
    let mut lines = vec![header("x")];
    for n in 0..5_u8 {
        send_large(&ada, "ada/m", &[n; 10]).await;
        lines.push(large_file(&format!("w{n}.bin"), &[n; 10]));
        hub.clock.advance(std::time::Duration::from_secs(1));
    }
    ada.commit_lines("ada/m", "main", &lines).await.ok();
    let mut url = "/api/models/ada/m/lfs-files?limit=2".to_owned();
    let mut names = Vec::new();
    while !url.is_empty() {
        let page = ada.get(&url).await.ok();
        names.extend(all(&page.json(), "filename").into_iter().map(str::to_owned));
        url = next(&page);
    }
    assert_eq!(names, ["w4.bin", "w3.bin", "w2.bin", "w1.bin", "w0.bin"]);
    let first = ada.get("/api/models/ada/m/lfs-files").await.ok().json()[4].clone();
    assert_eq!(
        first,
        json!({ "fileOid": sha256(&[0; 10]), "oid": sha256(&[0; 10]), "filename": "w0.bin", "size": 10, "ref": null,
                "pushedAt": "2026-01-02T03:04:05.000Z" })
    );
    hub.as_user("eve").get("/api/models/ada/m/lfs-files").await.expect(403);
}

#[tokio::test]
async fn deleted_for_good_means_gone_from_every_commit() {
    let (hub, ada) = hub_with_model().await;
    let (keep, drop, last) = (vec![1; 10], vec![2; 10], vec![3; 10]);
    for bytes in [&keep, &drop, &last] {
        send_large(&ada, "ada/m", bytes).await;
    }
    let lines = [
        header("x"),
        large_file("keep.bin", &keep),
        large_file("drop.bin", &drop),
        large_file("last.bin", &last),
    ];
    ada.commit_lines("ada/m", "main", &lines).await.ok();
    let before = head_of(&ada, "ada/m").await;
    let url = batch(&ada, "ada/m", "download", &drop).await.ok().json()["objects"][0]["actions"]["download"]
        ["href"]
        .clone();
    let url = url.as_str().expect("a URL").to_owned();
    hub.as_user("eve").delete(&format!("/api/models/ada/m/lfs-files/{}", sha256(&drop))).await.expect(403);

    ada.delete(&format!("/api/models/ada/m/lfs-files/{}?rewriteHistory=true", sha256(&drop))).await.ok();
    assert_ne!(head_of(&ada, "ada/m").await, before);
    let tree = ada.get("/api/models/ada/m/tree/main").await.ok().json();
    assert_eq!(all(&tree, "path"), [".gitattributes", "keep.bin", "last.bin"]);
    ada.get(&url).await.expect(404);

    let ask = json!({ "deletions": { "sha": [sha256(&last)], "rewriteHistory": false } });
    let before = head_of(&ada, "ada/m").await;
    ada.post_json("/api/models/ada/m/lfs-files/batch", &ask).await.ok();
    assert_eq!(head_of(&ada, "ada/m").await, before, "history stays");
    assert_eq!(ada.get("/ada/m/resolve/main/last.bin").await.expect(404).error_code(), "EntryNotFound");
    ada.get("/ada/m/resolve/main/keep.bin").await.ok();
    let ask = json!({ "deletions": { "sha": ["../../etc"], "rewriteHistory": false } });
    refused(&ada.post_json("/api/models/ada/m/lfs-files/batch", &ask).await.expect(400), "no id");
}

#[tokio::test]
async fn large_files_are_copied_between_repositories_by_reference() {
    let (hub, ada) = hub_with_model().await;
    ada.create("datasets/ada/d").await.ok();
    let bytes = vec![9; 2000];
    send_large(&ada, "ada/m", &bytes).await;
    let ask = |target: &str| {
        json!({
            "target": { "type": "dataset", "name": target },
            "files": [{ "xetHash": null, "sha256": sha256(&bytes), "filename": "w.bin" },
                      { "sha256": sha256(b"none"), "filename": "n.bin" }],
        })
    };
    let path = "/api/models/ada/m/lfs-files/duplicate";
    let answer = ada.post_json(path, &ask("ada/d")).await.ok().json();
    assert_eq!(all(&answer["failed"], "sha256"), [sha256(b"none")]);
    ada.commit_lines("datasets/ada/d", "main", &[header("x"), large_file("w.bin", &bytes)]).await.ok();
    hub.as_user("eve").post_json(path, &ask("ada/d")).await.expect(403);
    assert_eq!(ada.post_json(path, &ask("ada/none")).await.expect(404).error_code(), "RepoNotFound");
    refused(&ada.post_json(path, &ask("no slash")).await.expect(400), "a target that is no id");
    // A target that was renamed is found under its old name.
    let rename = json!({ "fromRepo": "ada/d", "toRepo": "ada/d2", "type": "dataset" });
    ada.post_json("/api/repos/move", &rename).await.ok();
    ada.post_json(path, &ask("ada/d")).await.ok();
}
