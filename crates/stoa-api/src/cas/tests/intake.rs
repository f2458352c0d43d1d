//! Large files that come whole become chunks while they come.

use axum::body::Body;
use axum::http::Method;
use stoa_testkit::{Client, TestHub};

use super::support::*;
use super::sweep::files_below;
use super::whole::whole;

async fn setup() -> (TestHub, Client, Client) {
    let hub = TestHub::on_disk().await.router(crate::routes());
    for user in ["ada", "bob"] {
        hub.user(user).await;
    }
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    ada.create("ada/m").await.ok();
    bob.create("bob/m").await.ok();
    (hub, ada, bob)
}

/// Bytes and number of the xorbs in the byte store.
fn xorbs(hub: &TestHub) -> (u64, usize) {
    let files = files_below(&hub.folder().join("blobs/xorbs"));
    (files.iter().map(|path| path.metadata().expect("a file").len()).sum(), files.len())
}

async fn commit(client: &Client, repo: &str, content: &[u8]) {
    client.commit_lines(repo, "main", &[header("x"), large_file("w.bin", content)]).await.ok();
}

/// Where a client may send a large file.
async fn href(client: &Client, repo: &str, content: &[u8]) -> String {
    let answer = batch(client, repo, "upload", content).await.ok().json();
    answer["objects"][0]["actions"]["upload"]["href"].as_str().expect("an address").to_owned()
}

#[tokio::test]
async fn what_comes_whole_is_chunks_at_once() {
    let (hub, ada, _) = setup().await;
    for (name, content) in [
        ("large", [random(1, 9_700_000), vec![0; 600_000], b"text ".repeat(100_000)].concat()),
        ("small", random(2, 1)),
    ] {
        send_large(&ada, "ada/m", &content).await;
        commit(&ada, "ada/m", &content).await;
        let got = ada.get("/ada/m/resolve/main/w.bin").await.expect(200);
        assert!(got.body == content, "{name}");
        let expected = Packed::new(content.clone()).file().id;
        assert_eq!(got.header("x-xet-hash"), expected.to_string(), "{name}");
        assert_eq!(whole(&hub), 0, "{name}: the bytes are there once");
        let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
        let plan = cas.plan(2, expected, None).await.expect(200).json();
        assert!(follow(&hub, &plan, usize::MAX).await == content, "{name}");
        let asked = [("accept", "application/vnd.xet-fileinfo+json, */*"), ("range", "bytes=0-0")];
        let info = ada.raw(Method::GET, "/ada/m/resolve/main/w.bin", &asked, Body::empty()).await.expect(200);
        assert_eq!(info.header("content-type"), "application/vnd.xet-fileinfo+json");
        assert_eq!(info.header("x-linked-size"), content.len().to_string());
        assert!(info.header("link").contains("xet-reconstruction-info"), "{name}");
        assert_eq!(info.json()["hash"], expected.to_string());
        // It is found by those who send chunks.
        let first = Packed::new(content.clone()).table.hash(0);
        cas.get(&format!("/v1/chunks/default/{first}")).await.expect(200);
    }
}

#[tokio::test]
async fn what_is_not_what_it_is_named_after_leaves_nothing() {
    let (hub, ada, _) = setup().await;
    let content = random(3, 3_000_000);
    let href = href(&ada, "ada/m", &content).await;
    let mut changed = content.clone();
    changed[2_999_999] ^= 1;
    for (name, body) in [
        ("changed", &changed[..]),
        ("short", &content[..2_900_000]),
        ("long", &[&content[..], b"x"].concat()),
    ] {
        let stream = Body::from_stream(futures_util::stream::iter(
            body.chunks(100_000).map(|piece| Ok::<_, std::io::Error>(piece.to_vec())).collect::<Vec<_>>(),
        ));
        let answer = ada.raw(Method::PUT, &href, &[], stream).await;
        refused(&answer, name);
        assert_eq!((xorbs(&hub).1, whole(&hub)), (0, 0), "{name}");
    }
    let broken = Body::from_stream(futures_util::stream::iter([
        Ok(content[..2_000_000].to_vec()),
        Err(std::io::Error::other("the cable")),
    ]));
    refused(&ada.raw(Method::PUT, &href, &[], broken).await, "broken");
    assert_eq!((xorbs(&hub).1, whole(&hub)), (0, 0));
    // The same address still takes the file itself.
    ada.put(&href, content.clone()).await.ok();
    commit(&ada, "ada/m", &content).await;
    assert!(ada.get("/ada/m/resolve/main/w.bin").await.expect(200).body == content);
}

#[tokio::test]
async fn what_resembles_a_file_shares_its_chunks_where_its_sender_may_know_of_it() {
    let (hub, ada, bob) = setup().await;
    let base = random(4, 8_000_000);
    send_large(&ada, "ada/m", &base).await;
    let (first, _) = xorbs(&hub);
    let mut tuned = base.clone();
    tuned[4_000_000..4_000_200].copy_from_slice(&random(5, 200));
    send_large(&bob, "bob/m", &tuned).await;
    let (second, _) = xorbs(&hub);
    assert!(second - first < 500_000, "{} more", second - first);
    commit(&bob, "bob/m", &tuned).await;
    assert!(bob.get("/bob/m/resolve/main/w.bin").await.expect(200).body == tuned);

    // What lies in another's private repository is neither used nor shown.
    create_private(&ada, "ada", "secret").await;
    let secret = random(6, 4_000_000);
    send_large(&ada, "ada/secret", &secret).await;
    let (before, _) = xorbs(&hub);
    let mut alike = secret.clone();
    alike.extend(random(7, 1_000_000));
    send_large(&bob, "bob/m", &alike).await;
    let (after, _) = xorbs(&hub);
    assert!(after - before > 4_900_000, "{} more", after - before);
    // Its owner may.
    let mut mine = secret.clone();
    mine.extend(random(8, 1_000_000));
    send_large(&ada, "ada/secret", &mine).await;
    assert!(xorbs(&hub).0 - after < 1_500_000, "{} more", xorbs(&hub).0 - after);
}

#[tokio::test]
async fn who_sends_what_is_here_must_send_all_of_it() {
    let (hub, ada, bob) = setup().await;
    create_private(&ada, "ada", "secret").await;
    let content = random(9, 700_000);
    send_large(&ada, "ada/secret", &content).await;
    let before = xorbs(&hub);
    let href = href(&bob, "bob/m", &content).await;
    refused(&bob.put(&href, vec![1; 700_000]).await, "only its size is known");
    let line = large_file("w.bin", &content);
    refused(&bob.commit_lines("bob/m", "main", &[header("x"), line]).await, "not sent");
    bob.put(&href, content.clone()).await.ok();
    commit(&bob, "bob/m", &content).await;
    assert!(bob.get("/bob/m/resolve/main/w.bin").await.expect(200).body == content);
    assert_eq!((xorbs(&hub), whole(&hub)), (before, 0));
}

#[tokio::test]
async fn many_at_once_all_arrive() {
    let (hub, ada, _) = setup().await;
    let contents: Vec<Vec<u8>> = (0..12).map(|seed| random(20 + seed, 400_000)).collect();
    futures_util::future::join_all(contents.iter().map(|content| send_large(&ada, "ada/m", content))).await;
    let mut work = stoa_hub::Maintenance::new(hub.hub.clone());
    work.step().await.expect("a round");
    assert_eq!(whole(&hub), 0, "what came beyond the packers is chunks too");
    for content in &contents {
        commit(&ada, "ada/m", content).await;
        assert!(ada.get("/ada/m/resolve/main/w.bin").await.expect(200).body == *content);
    }
}
