//! What lies whole becomes chunks.

use axum::body::Body;
use axum::http::Method;
use stoa_hub::Maintenance;
use stoa_testkit::{Setup, TestHub};

use super::support::*;

/// Bytes of the whole copies in the byte store.
pub(super) fn whole(hub: &TestHub) -> u64 {
    fn below(folder: &std::path::Path) -> u64 {
        std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| match entry.metadata() {
                Ok(data) if data.is_dir() => below(&entry.path()),
                Ok(data) => data.len(),
                Err(_) => 0,
            })
            .sum()
    }
    below(&hub.folder().join("blobs").join("lfs"))
}

/// A hub that keeps what comes whole until its own work has made chunks of it.
async fn on_disk() -> TestHub {
    let mut setup = Setup { on_disk: true, ..Setup::default() };
    setup.limits.packers = 0;
    let hub = TestHub::with(setup).await.router(crate::routes());
    for user in ["ada", "bob"] {
        hub.user(user).await;
    }
    hub
}

#[tokio::test]
async fn a_large_file_becomes_chunks_and_comes_back_the_same() {
    let hub = on_disk().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let content = [random(1, 700_000), vec![0; 600_000], b"text ".repeat(100_000)].concat();
    send_large(&ada, "ada/m", &content).await;
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("w.bin", &content)]).await.ok();
    let before = ada.get("/ada/m/resolve/main/w.bin").await.expect(200);
    assert_eq!(before.header("x-xet-hash"), "");
    assert_eq!(whole(&hub), content.len() as u64);
    Maintenance::new(hub.hub.clone()).step().await.expect("a round");
    assert_eq!(whole(&hub), 0, "the bytes are there once");

    let after = ada.get("/ada/m/resolve/main/w.bin").await.expect(200);
    assert!(after.body == content);
    assert_eq!(after.header("etag"), before.header("etag"));
    let expected = Packed::new(content.clone()).file().id;
    assert_eq!(after.header("x-xet-hash"), expected.to_string());
    let size = content.len();
    for (first, end) in [(0, 1), (size - 1, size), (650_000, 1_350_000), (131_071, 131_073)] {
        let range = format!("bytes={first}-{}", end - 1);
        let asked = [("range", range.as_str())];
        let part = ada.raw(Method::GET, "/ada/m/resolve/main/w.bin", &asked, Body::empty()).await.expect(206);
        assert!(part.body == content[first..end], "{range}");
        assert_eq!(part.header("content-range"), format!("bytes {first}-{}/{size}", end - 1));
    }
    let asked = [("range", "bytes=9999999-")];
    ada.raw(Method::GET, "/ada/m/resolve/main/w.bin", &asked, Body::empty()).await.expect(416);
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let plan = cas.plan(2, expected, None).await.expect(200).json();
    assert!(follow(&hub, &plan, usize::MAX).await == content);
    // What came whole is found by those who send chunks.
    let first = Packed::new(content.clone()).table.hash(0);
    cas.get(&format!("/v1/chunks/default/{first}")).await.expect(200);
}

#[tokio::test]
async fn a_file_that_is_chunks_is_not_kept_whole_beside() {
    let hub = on_disk().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    create_private(&ada, "ada", "secret").await;
    bob.create("bob/m").await.ok();
    let packed = Packed::new(random(2, 300_000));
    Cas::open(&hub, &ada, "models/ada/secret", "write").await.send_file(&packed).await;
    // Bob knows nothing of it and sends all of it.
    let answer = batch(&bob, "bob/m", "upload", &packed.content).await.ok().json();
    assert!(answer["objects"][0]["actions"]["upload"].is_object(), "{answer}");
    send_large(&bob, "bob/m", &packed.content).await;
    bob.commit_lines("bob/m", "main", &[header("x"), large_file("w.bin", &packed.content)]).await.ok();
    let got = bob.get("/bob/m/resolve/main/w.bin").await.expect(200);
    assert!(got.body == packed.content);
    Maintenance::new(hub.hub.clone()).step().await.expect("a round");
    assert_eq!(whole(&hub), 0, "the bytes are there once");
}

#[tokio::test]
async fn one_file_that_is_damaged_does_not_hold_up_the_others() {
    let hub = on_disk().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let contents: Vec<Vec<u8>> = (0..20).map(|seed| random(100 + seed, 50_000)).collect();
    for content in &contents {
        send_large(&ada, "ada/m", content).await;
    }
    let mut names: Vec<String> = contents.iter().map(|content| sha256(content)).collect();
    names.sort();
    let path = |name: &str| hub.folder().join("blobs/lfs").join(&name[..2]).join(&name[2..4]).join(name);
    // The disk ate some, and one it changed.
    for name in &names[..9] {
        std::fs::remove_file(path(name)).expect("a file");
    }
    std::fs::write(path(&names[9]), vec![7; 50_000]).expect("a file");
    let mut work = Maintenance::new(hub.hub.clone());
    for _ in 0..4 {
        work.step().await.expect("a round, whatever is damaged");
    }
    assert_eq!(whole(&hub), 50_000, "all are chunks but the damaged one, which stays to be looked at");
}
