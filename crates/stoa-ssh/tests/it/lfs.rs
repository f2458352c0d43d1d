use std::time::Duration;

use serde_json::{Value, json};
use stoa_testkit::Answer;

use crate::client::Server;

/// The pass of git-lfs, as it would show it.
async fn pass(server: &Server, number: u8, command: &str) -> String {
    let ran = server.run(number, &format!("git-lfs-authenticate {command}")).await;
    assert_eq!(ran.status, Some(0), "{}", ran.err);
    let answer: Value = serde_json::from_str(&ran.out).expect("JSON");
    let header = answer["header"]["Authorization"].as_str().expect("a credential");
    header.strip_prefix("Bearer ").expect("a bearer token").to_owned()
}

/// What the batch says to someone with this pass.
async fn batch(server: &Server, token: &str, repo: &str, operation: &str) -> Answer {
    let object = json!({ "oid": "ab".repeat(32), "size": 3 });
    let ask = json!({ "operation": operation, "transfers": ["basic"], "objects": [object] });
    let client = server.hub.with_token(token);
    client.post_json(&format!("/{repo}.git/info/lfs/objects/batch"), &ask).await
}

#[tokio::test]
async fn git_lfs_is_told_where_and_with_what() {
    let server = Server::new().await;
    let ran = server.run(1, "git-lfs-authenticate '/datasets/ada/d.git' upload").await;
    let answer: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(answer["href"], "https://hub.example/datasets/ada/d.git/info/lfs");
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!((ran.status, ran.err.as_str()), (Some(0), ""));
    // Visitors ask without a credential, as everyone may.
    let ran = server.run(9, "git-lfs-authenticate ada/m download").await;
    let answer: Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(answer["header"], json!({}));
}

#[tokio::test]
async fn a_pass_is_good_for_its_repository_and_its_direction() {
    let server = Server::new().await;
    let up = pass(&server, 1, "ada/secret upload").await;
    let down = pass(&server, 1, "ada/secret download").await;
    let answer = batch(&server, &up, "ada/secret", "upload").await.ok();
    assert!(answer.json()["objects"][0]["actions"]["upload"]["href"].is_string());
    batch(&server, &up, "ada/secret", "download").await.expect(200);
    batch(&server, &down, "ada/secret", "download").await.expect(200);
    batch(&server, &down, "ada/secret", "upload").await.expect(403);
    for (token, repo, operation, status) in [
        (&up, "ada/m", "upload", 403),
        (&up, "datasets/ada/d", "upload", 403),
        (&down, "ada/nothing", "download", 404),
    ] {
        batch(&server, token, repo, operation).await.expect(status);
    }
    // It moves files and does nothing else.
    let client = server.hub.with_token(&up);
    client.put_json("/api/models/ada/secret/settings", &json!({ "private": false })).await.expect(403);
    client
        .delete_json("/api/repos/delete", &json!({ "name": "secret", "organization": "ada" }))
        .await
        .expect(403);
    client.create("ada/new").await.expect(403);
}

#[tokio::test]
async fn nobody_gets_a_pass_beyond_their_rights() {
    let server = Server::new().await;
    let ran = server.run(2, "git-lfs-authenticate ada/m upload").await;
    assert_eq!(ran.status, Some(1));
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("", "ERROR: You don't have the rights to write to the model ada/m\n")
    );
    let down = pass(&server, 2, "ada/m download").await;
    batch(&server, &down, "ada/m", "download").await.expect(200);
    batch(&server, &down, "ada/m", "upload").await.expect(403);
}

#[tokio::test]
async fn a_pass_ends_and_cannot_be_changed() {
    let server = Server::new().await;
    let up = pass(&server, 1, "ada/secret upload").await;
    let down = pass(&server, 1, "ada/secret download").await;
    batch(&server, &down.replace("download", "upload"), "ada/secret", "upload").await.expect(401);
    let mut parts: Vec<&str> = up.split('_').collect();
    let later = (parts[7].parse::<i64>().expect("a time") + 1).to_string();
    parts[7] = &later;
    batch(&server, &parts.join("_"), "ada/secret", "upload").await.expect(401);
    for broken in ["stoa_lfs_", "stoa_lfs_upload_1_2", "stoa_lfs_upload_1_1_1_1_1_zz", "stoa_lfs_x_y_z"] {
        batch(&server, broken, "ada/secret", "upload").await.expect(401);
    }
    server.hub.clock.advance(Duration::from_secs(3599));
    batch(&server, &up, "ada/secret", "upload").await.expect(200);
    server.hub.clock.advance(Duration::from_secs(1));
    batch(&server, &up, "ada/secret", "upload").await.expect(401);
}

#[tokio::test]
async fn a_pass_goes_with_its_repository_and_not_with_the_name() {
    let server = Server::new().await;
    let up = pass(&server, 1, "ada/secret upload").await;
    let ada = server.hub.as_user("ada");
    let to = json!({ "fromRepo": "ada/secret", "toRepo": "ada/moved", "type": "model" });
    ada.post_json("/api/repos/move", &to).await.ok();
    ada.create("ada/secret").await.ok();
    batch(&server, &up, "ada/moved", "upload").await.expect(200);
    batch(&server, &up, "ada/secret", "upload").await.expect(403);
    ada.delete_json("/api/repos/delete", &json!({ "name": "moved", "organization": "ada" })).await.ok();
    batch(&server, &up, "ada/moved", "upload").await.expect(401);
}
