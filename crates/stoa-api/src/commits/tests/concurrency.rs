//! Many at once.

use serde_json::json;

use crate::files::tests::support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_commits_at_once_all_survive() {
    let (_hub, ada) = hub_with_model().await;
    let commits = (0..100).map(|n| {
        let ada = ada.clone();
        tokio::spawn(async move {
            let path = format!("f{n:03}.txt");
            ada.commit("ada/m", &[(path.as_str(), path.as_bytes())]).await.ok().json()["commitOid"].clone()
        })
    });
    let mut oids = Vec::new();
    for commit in commits.collect::<Vec<_>>() {
        oids.push(commit.await.expect("no panic"));
    }
    oids.sort_by_key(ToString::to_string);
    oids.dedup();
    assert_eq!(oids.len(), 100, "each has a commit of its own");
    let tree = ada.get("/api/models/ada/m/tree/main").await.ok().json();
    assert_eq!(all(&tree, "path").len(), 101);
    let commits = ada.get("/api/models/ada/m/commits/main").await.ok();
    assert_eq!(commits.header("x-total-count"), "101");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_commits_on_one_parent_exactly_one_is_made() {
    let (_hub, ada) = hub_with_model().await;
    let parent = head_of(&ada, "ada/m").await;
    let commits = (0..16).map(|n| {
        let (ada, parent) = (ada.clone(), parent.clone());
        tokio::spawn(async move {
            let head = json!({ "key": "header", "value": { "summary": "x", "parentCommit": parent } });
            let answer = ada.commit_lines("ada/m", "main", &[head, file("a.txt", &[n])]).await;
            answer.status.as_u16()
        })
    });
    let mut made = 0;
    for commit in commits.collect::<Vec<_>>() {
        match commit.await.expect("no panic") {
            200 => made += 1,
            status => assert_eq!(status, 412),
        }
    }
    assert_eq!(made, 1);
    let commits = ada.get("/api/models/ada/m/commits/main").await.ok();
    assert_eq!(commits.header("x-total-count"), "2");
}
