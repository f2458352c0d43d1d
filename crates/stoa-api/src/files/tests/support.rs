//! What the tests of files, commits and large files share.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::Digest;
use stoa_http::HttpConfig;
use stoa_testkit::{Answer, Client, Setup, TestHub};

/// A hub with all routes and the users `ada` and `eve`.
pub(crate) async fn hub() -> TestHub {
    hub_with(Setup::default()).await
}

/// The same, set up differently.
pub(crate) async fn hub_with(setup: Setup) -> TestHub {
    let hub = TestHub::with(setup).await.router(crate::routes());
    hub.user("ada").await;
    hub.user("eve").await;
    hub
}

/// A hub with small limits, so that tests reach them.
pub(crate) async fn small_hub() -> TestHub {
    let mut setup = Setup::default();
    setup.limits.regular_file = 64 << 10;
    setup.limits.commit_bytes = 4 << 20;
    setup.limits.large_file = 1 << 20;
    setup.limits.multipart_above = 3_000;
    setup.limits.part_size = 1_000;
    setup.limits.commit_changes = 50;
    setup.http = HttpConfig { body_limit: 64 << 10, ..HttpConfig::default() };
    hub_with(setup).await
}

/// A hub on which `ada` has the public model `ada/m`.
pub(crate) async fn hub_with_model() -> (TestHub, Client) {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    (hub, ada)
}

/// Makes a private model.
pub(crate) async fn create_private(client: &Client, owner: &str, name: &str) {
    let ask = json!({ "type": "model", "organization": owner, "name": name, "visibility": "private" });
    client.post_json("/api/repos/create", &ask).await.ok();
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    stoa_core::hex(&sha2::Sha256::digest(bytes))
}

/// The line that stands first.
pub(crate) fn header(summary: &str) -> Value {
    json!({ "key": "header", "value": { "summary": summary, "description": "" } })
}

/// The line for a file with its content.
pub(crate) fn file(path: &str, bytes: &[u8]) -> Value {
    json!({ "key": "file", "value": { "path": path, "content": STANDARD.encode(bytes), "encoding": "base64" } })
}

/// The line for a file whose bytes were sent before.
pub(crate) fn large_file(path: &str, bytes: &[u8]) -> Value {
    let value = json!({ "path": path, "algo": "sha256", "oid": sha256(bytes), "size": bytes.len() });
    json!({ "key": "lfsFile", "value": value })
}

/// The line that deletes.
pub(crate) fn deleted(path: &str) -> Value {
    json!({ "key": "deletedFile", "value": { "path": path } })
}

/// Asks the batch of a repository (`ada/m`, `datasets/ada/d`) about these bytes.
pub(crate) async fn batch(client: &Client, repo: &str, operation: &str, bytes: &[u8]) -> Answer {
    let ask = json!({
        "operation": operation,
        "transfers": ["basic", "multipart"],
        "objects": [{ "oid": sha256(bytes), "size": bytes.len() }],
        "hash_algo": "sha256",
    });
    let path = format!("/{repo}.git/info/lfs/objects/batch");
    client.post(&path, "application/vnd.git-lfs+json", ask.to_string()).await
}

/// Sends a large file the basic way.
pub(crate) async fn send_large(client: &Client, repo: &str, bytes: &[u8]) {
    let answer = batch(client, repo, "upload", bytes).await.ok().json();
    let object = &answer["objects"][0];
    assert!(object.get("error").is_none(), "{object}");
    if let Some(href) = object["actions"]["upload"]["href"].as_str() {
        client.put(href, bytes.to_vec()).await.ok();
    }
}

/// Names from a JSON array of objects.
pub(crate) fn all<'a>(value: &'a Value, field: &str) -> Vec<&'a str> {
    value.as_array().into_iter().flatten().filter_map(|item| item[field].as_str()).collect()
}

/// Where the next page is, or the empty text.
pub(crate) fn next(answer: &Answer) -> String {
    let link = answer.header("link");
    link.split_once('>').map(|(url, _)| url.trim_start_matches('<').to_owned()).unwrap_or_default()
}

/// Checks the form of a refusal: a status of the 400s, a JSON object with a sentence, and nothing about our insides.
#[track_caller]
pub(crate) fn refused(answer: &Answer, about: &str) {
    let status = answer.status.as_u16();
    assert!((400..500).contains(&status) || status == 501, "{about}: {} {}", answer.summary(), answer.text());
    let body = answer.json();
    let message = body["error"].as_str().or_else(|| body["message"].as_str()).unwrap_or_default();
    assert!(!message.is_empty(), "{about}: {body}");
    assert!(message.len() < 4000, "{about}: the message has {} bytes", message.len());
    assert!(!message.contains("panicked") && !message.contains(".rs:"), "{about}: {message}");
}

/// The head of `main`.
pub(crate) async fn head_of(client: &Client, repo: &str) -> String {
    let refs = client.get(&format!("/api/models/{repo}/refs")).await.ok().json();
    let main = refs["branches"].as_array().into_iter().flatten().find(|branch| branch["name"] == "main");
    main.and_then(|main| main["targetCommit"].as_str()).expect("a main branch").to_owned()
}
