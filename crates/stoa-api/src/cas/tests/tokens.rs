//! A token opens what its holder may open, for as long as it says.

use std::time::Duration;

use serde_json::json;

use super::support::*;

#[tokio::test]
async fn tokens_are_for_those_who_may() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    create_private(&ada, "ada", "secret").await;
    ada.create("acme/m").await.ok();
    let (bob, carol, nobody) = (hub.as_user("bob"), hub.as_user("carol"), hub.anonymous());
    let ask = |repo: &str, scope: &str| format!("/api/models/{repo}/xet-{scope}-token/main");
    nobody.get(&ask("ada/m", "read")).await.expect(200);
    bob.get(&ask("ada/m", "read")).await.expect(200);
    nobody.get(&ask("ada/m", "write")).await.expect(401);
    bob.get(&ask("ada/m", "write")).await.expect(403);
    ada.get(&ask("ada/m", "write")).await.expect(200);
    carol.get(&ask("acme/m", "read")).await.expect(200);
    carol.get(&ask("acme/m", "write")).await.expect(403);
    for scope in ["read", "write"] {
        nobody.get(&ask("ada/secret", scope)).await.expect(401);
        bob.get(&ask("ada/secret", scope)).await.expect(404);
        ada.get(&ask("ada/absent", scope)).await.expect(404);
        ada.get(&ask("ada/secret", scope)).await.expect(200);
    }
    ada.get("/api/models/ada/m/xet-read-token/absent").await.expect(404);
    // Compat: clients that are to make a pull request name the revision `None`.
    ada.get("/api/models/ada/m/xet-write-token/None").await.expect(200);
    let reader = hub.with_token(&hub.token("ada", stoa_core::TokenRole::Read).await);
    reader.get(&ask("ada/secret", "read")).await.expect(200);
    reader.get(&ask("ada/secret", "write")).await.expect(403);
}

#[tokio::test]
async fn a_token_that_reads_sends_nothing() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let reader = Cas::open(&hub, &ada, "models/ada/m", "read").await;
    let writer = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(1, 300_000));
    refused(&reader.send(&packed).await.expect(403), "a xorb");
    let grant = format!("/v1/xorb-grants/default/{}", packed.hash);
    refused(&reader.post(&grant, "{}").await.expect(403), "a grant");
    writer.send(&packed).await.expect(200);
    let shard = shard(&[packed.file()], &[&packed]);
    refused(&reader.post("/v1/shards", shard.clone()).await.expect(403), "a shard");
    refused(&reader.post("/v2/shards", shard).await.expect(403), "a shard");
    let chunk = format!("/v1/chunks/default/{}", packed.table.hash(0));
    refused(&reader.get(&chunk).await.expect(403), "a question for a chunk");
    writer.plan(2, packed.file().id, None).await.expect(404);
}

#[tokio::test]
async fn a_token_opens_no_other_repository() {
    let hub = hub().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    create_private(&ada, "ada", "secret").await;
    ada.create("ada/other").await.ok();
    bob.create("bob/m").await.ok();
    let packed = Packed::new(random(2, 300_000));
    let file = packed.file().id;
    let secret = Cas::open(&hub, &ada, "models/ada/secret", "write").await;
    secret.send_file(&packed).await;
    secret.plan(2, file, None).await.expect(200);
    for (who, repo) in [(&bob, "models/bob/m"), (&ada, "models/ada/other")] {
        for scope in ["read", "write"] {
            let cas = Cas::open(&hub, who, repo, scope).await;
            refused(&cas.plan(1, file, None).await.expect(404), repo);
            refused(&cas.plan(2, file, Some("bytes=0-99")).await.expect(404), repo);
            cas.head(&format!("/v1/files/{file}")).await.expect(404);
        }
    }
    // Nor do those tell anything that were never tokens of this store.
    for cas in [hub.anonymous(), hub.as_user("ada"), hub.with_token("xet_read_1_99999999999_00")] {
        let path = format!("{}/v2/reconstructions/{file}", secret.base);
        refused(&cas.get(&path).await.expect(401), "no token of the store");
    }
}

#[tokio::test]
async fn a_token_holds_until_its_end_and_a_minute_more() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(3, 100_000));
    cas.send_file(&packed).await;
    let file = packed.file().id;
    let left = cas.expires - hub.hub.now().secs();
    assert!(left >= 3600, "clients refresh when the end comes near: {left} s");
    hub.clock.advance(Duration::from_secs(left.unsigned_abs() + 60));
    cas.plan(2, file, None).await.expect(200);
    cas.send(&packed).await.expect(200);
    hub.clock.advance(Duration::from_mins(4));
    refused(&cas.plan(2, file, None).await.expect(401), "an old token");
    refused(&cas.send(&packed).await.expect(401), "an old token");
}

#[tokio::test]
async fn a_token_that_was_changed_is_none() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let reader = Cas::open(&hub, &ada, "models/ada/m", "read").await;
    let other = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let (head, signature) = reader.token.rsplit_once('_').expect("a signature");
    let (_, other_signature) = other.token.rsplit_once('_').expect("a signature");
    let end = reader.expires.to_string();
    for wrong in [
        reader.token.replace("read", "write"),
        reader.token.replace(&end, &format!("9{end}")),
        reader.token.replace("_read_", "_read_9"),
        format!("{head}_{other_signature}"),
        format!("{head}_{}", signature.to_uppercase().replace('A', "B")),
        format!("{head}_"),
        head.to_owned(),
        format!("{}0", reader.token),
        "xet_".to_owned(),
        String::new(),
    ] {
        let path = format!("{}/v2/reconstructions/{}", reader.base, "0".repeat(64));
        refused(&hub.with_token(&wrong).get(&path).await.expect(401), &wrong);
    }
}

#[tokio::test]
async fn a_token_of_a_repository_that_is_gone_opens_nothing() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(4, 100_000));
    cas.send_file(&packed).await;
    ada.delete_json("/api/repos/delete", &json!({ "type": "model", "organization": "ada", "name": "m" }))
        .await
        .ok();
    let file = packed.file().id;
    refused(&cas.plan(2, file, None).await.expect(404), "a repository that was deleted");
    let again = shard(&[packed.file()], &[&packed]);
    refused(&cas.post("/v1/shards", again.clone()).await.expect(404), "a shard for nobody");
    // The database may number the next repository as the last one; the old token is not for that.
    hub.clock.advance(Duration::from_secs(1));
    let bob = hub.as_user("bob");
    create_private(&bob, "bob", "next").await;
    Cas::open(&hub, &bob, "models/bob/next", "write").await.send_file(&packed).await;
    refused(&cas.plan(2, file, None).await.expect(404), "the next repository");
    refused(&cas.post("/v1/shards", again).await.expect(404), "the next repository");
}
