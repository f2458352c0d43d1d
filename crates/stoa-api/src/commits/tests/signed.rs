//! Commits and tags that people signed, with the programs that they sign with.

use std::time::Duration;

use serde_json::{Value, json};
use stoa_hub::{Flaw, KeyKind, Verification};
use stoa_testkit::{Signer, TestHub};

use crate::testing;

const EMAIL: &str = "ada@example.org";
const SSH: [&str; 3] = ["gpg.format=ssh", "user.signingkey=laptop.pub", "commit.gpgsign=true"];

/// A hub where ada has an address and the repository `ada/m`.
async fn hub() -> TestHub {
    let hub = testing::hub().await;
    hub.hub.set_email("ada", Some(EMAIL)).await.expect("an address");
    hub.as_user("ada").create("ada/m").await.ok();
    hub
}

/// Adds a key; answers its row.
async fn add(hub: &TestHub, user: &str, kind: &str, key: &str) -> Value {
    let ask = json!({ "type": kind, "key": key });
    hub.as_user(user).post_json("/api/settings/keys", &ask).await.expect(200).json()
}

/// What is said about the signatures of the commits, newest first.
async fn said(hub: &TestHub) -> Vec<String> {
    let list = hub.anonymous().get("/api/models/ada/m/commits/main?limit=1000").await.expect(200).json();
    let word = |item: &Value| match &item["verification"] {
        Value::Null => "nothing".to_owned(),
        it if it["status"] == "unverified" => it["reason"].as_str().expect("a reason").to_owned(),
        it => it["status"].as_str().expect("a status").to_owned(),
    };
    list.as_array().expect("a list").iter().map(word).collect()
}

#[tokio::test]
async fn commits_signed_with_ssh_are_verified_by_the_key_and_the_address() {
    let hub = hub().await;
    let signer = Signer::new();
    let line = signer.ssh_key("laptop");
    signer.commit(EMAIL, &[], "unsigned");
    signer.commit("Ada@Example.org", &SSH, "signed");
    signer.commit("bob@example.org", &SSH, "signed as someone else");
    hub.take_commits("ada/m", &signer).await;
    assert_eq!(said(&hub).await, ["unknown_key", "unknown_key", "unsigned"]);
    let key = add(&hub, "ada", "ssh", &line).await;
    assert_eq!(said(&hub).await, ["wrong_email", "verified", "unsigned"]);
    let list = hub.anonymous().get("/api/models/ada/m/commits/main").await.json();
    let expected =
        json!({ "status": "verified", "by": "ada", "keyType": "ssh", "fingerprint": key["fingerprint"] });
    assert_eq!(list[1]["verification"], expected);
    assert_eq!(list[2]["verification"], json!({ "status": "unsigned" }));
    assert!(list[0]["verification"]["message"].as_str().is_some_and(|text| text.contains("address")));
    hub.hub.set_email("ada", None).await.expect("no address");
    assert_eq!(said(&hub).await, ["wrong_email", "wrong_email", "unsigned"]);
    hub.as_user("ada").delete(&format!("/api/settings/keys/{}", key["id"])).await.expect(200);
    assert_eq!(said(&hub).await, ["unknown_key", "unknown_key", "unsigned"]);
}

#[tokio::test]
async fn commits_signed_with_gpg_are_verified_until_the_key_ends_or_is_revoked() {
    let hub = hub().await;
    let signer = Signer::new();
    let armored = signer.gpg_key(&format!("Ada <{EMAIL}>"), "never");
    let key = add(&hub, "ada", "gpg", &armored).await;
    let fingerprint = key["fingerprint"].as_str().expect("a fingerprint");
    let signing = format!("user.signingkey={fingerprint}");
    let settings = [signing.as_str(), "commit.gpgsign=true"];
    signer.commit(EMAIL, &settings, "signed");
    signer.commit("ada@home.example", &settings, "with another address");
    hub.take_commits("ada/m", &signer).await;
    assert_eq!(said(&hub).await, ["wrong_email", "verified"]);
    hub.hub.set_email("ada", Some("ada@home.example")).await.expect("an address");
    assert_eq!(said(&hub).await, ["wrong_email", "wrong_email"], "the key must claim the address, too");
    hub.hub.set_email("ada", Some(EMAIL)).await.expect("an address");
    add(&hub, "ada", "gpg", &signer.gpg_extend(fingerprint, "2026-06-01")).await;
    assert_eq!(said(&hub).await, ["wrong_email", "verified"]);
    hub.clock.advance(Duration::from_hours(24 * 200));
    assert_eq!(said(&hub).await, ["expired_key", "expired_key"]);
    add(&hub, "ada", "gpg", &signer.gpg_revoke(fingerprint)).await;
    assert_eq!(said(&hub).await, ["revoked_key", "revoked_key"]);
}

#[tokio::test]
async fn a_commit_that_was_changed_after_it_was_signed_is_not_verified() {
    let hub = hub().await;
    let signer = Signer::new();
    add(&hub, "ada", "ssh", &signer.ssh_key("laptop")).await;
    signer.commit(EMAIL, &SSH, "pay 1");
    let body = signer.git(&["cat-file", "commit", "HEAD"]);
    std::fs::write(signer.folder().join("changed"), body.replace("pay 1", "pay 9")).expect("a file");
    let changed = signer.git(&["hash-object", "-t", "commit", "-w", "changed"]);
    signer.git(&["update-ref", "HEAD", changed.trim()]);
    hub.take_commits("ada/m", &signer).await;
    assert_eq!(said(&hub).await, ["wrong_signature"]);
    let unreadable = body.replace("BEGIN SSH SIGNATURE", "BEGIN SIGNED MESSAGE");
    let said = hub.hub.verify_object(unreadable.as_bytes()).await;
    assert_eq!(said, Ok(Some(Verification::Unverified(Flaw::Unreadable))));
}

#[tokio::test]
async fn signed_tags_are_verified_by_their_tagger() {
    let hub = hub().await;
    let signer = Signer::new();
    let line = signer.ssh_key("laptop");
    let ssh = add(&hub, "ada", "ssh", &line).await["fingerprint"].clone();
    let gpg = add(&hub, "ada", "gpg", &signer.gpg_key(EMAIL, "never")).await["fingerprint"].clone();
    signer.commit(EMAIL, &[], "one");
    let email = format!("user.email={EMAIL}");
    for (kind, fingerprint, format, key) in [
        (KeyKind::Ssh, ssh, "gpg.format=ssh", "user.signingkey=laptop.pub"),
        (KeyKind::Gpg, gpg, "gpg.format=openpgp", "user.signingkey=ada@example.org"),
    ] {
        let settings = ["-c", "user.name=Ada", "-c", &email, "-c", format, "-c", key];
        signer.git(&[&settings[..], &["tag", "-s", "-m", "first", kind.as_str()]].concat());
        let body = signer.git(&["cat-file", "tag", kind.as_str()]);
        let fingerprint = fingerprint.as_str().expect("a fingerprint").to_owned();
        let expected = Verification::Verified { by: "ada".to_owned(), kind, fingerprint };
        assert_eq!(hub.hub.verify_object(body.as_bytes()).await, Ok(Some(expected)));
        let moved = hub.hub.verify_object(body.replace("first", "later").as_bytes()).await;
        assert_eq!(moved, Ok(Some(Verification::Unverified(Flaw::Wrong))));
        let unsigned = body.split("-----BEGIN").next().expect("a beginning");
        assert_eq!(hub.hub.verify_object(unsigned.as_bytes()).await, Ok(Some(Verification::Unsigned)));
    }
}

#[tokio::test]
async fn of_a_page_a_hundred_signatures_are_checked() {
    let hub = hub().await;
    let signer = Signer::new();
    add(&hub, "ada", "ssh", &signer.ssh_key("laptop")).await;
    for number in 0..102 {
        signer.commit(EMAIL, &SSH, &number.to_string());
    }
    hub.take_commits("ada/m", &signer).await;
    let said = said(&hub).await;
    assert_eq!(said.iter().filter(|word| *word == "verified").count(), 100);
    assert_eq!(said[100..], ["nothing", "nothing"]);
}

#[tokio::test]
async fn commits_of_the_hub_itself_are_unsigned() {
    let hub = hub().await;
    testing::commit(&hub, "ada/m", &[("a", "1")]).await;
    assert!(said(&hub).await.iter().all(|word| word == "unsigned"));
}
