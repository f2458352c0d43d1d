//! Xorbs are what they say, or not here.

use std::path::Path;

use axum::body::Body;
use axum::http::Method;
use serde_json::json;
use stoa_testkit::TestHub;

use super::support::*;

/// Every file of the byte store.
fn stored(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                found.push(entry.path().display().to_string());
            }
        }
    }
    found
}

#[tokio::test]
async fn a_xorb_is_sent_once() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new([random(1, 200_000), vec![0; 400_000], b"text ".repeat(40_000)].concat());
    assert!(packed.bytes.len() < packed.content.len(), "some of it is compressed");
    let grant = format!("/v1/xorb-grants/default/{}", packed.hash);
    refused(&cas.post(&grant, "{}").await.expect(404), "no grant, but not here either");
    cas.head(&packed.path()).await.expect(404);
    assert_eq!(cas.send(&packed).await.expect(200).json(), json!({ "was_inserted": true }));
    assert_eq!(cas.send(&packed).await.expect(200).json(), json!({ "was_inserted": false }));
    assert_eq!(cas.post(&grant, "{}").await.expect(200).text(), "");
    let size = cas.head(&packed.path()).await.expect(200);
    assert_eq!(size.header("content-length"), packed.table.packed_len().to_string());
    // Older clients know no version, and the prefix is whatever they like.
    for path in [format!("/xorbs/default-merkledb/{}", packed.hash), format!("/xorb/x/{}", packed.hash)] {
        assert_eq!(cas.post(&path, packed.bytes.clone()).await.expect(200).json()["was_inserted"], false);
    }
    refused(&cas.post("/v1/xorbs/default/nonsense", packed.bytes.clone()).await.expect(400), "no hash");
}

#[tokio::test]
async fn a_xorb_that_lies_leaves_nothing() {
    let hub = TestHub::on_disk().await.router(crate::routes());
    hub.user("ada").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(2, 900_000));
    let good = packed.bytes.clone();
    let first = packed.table.packed_range(0..1).end as usize;
    let header = |scheme: u8, packed: u32, unpacked: u32| {
        let (packed, unpacked) = (packed.to_le_bytes(), unpacked.to_le_bytes());
        [0, packed[0], packed[1], packed[2], scheme, unpacked[0], unpacked[1], unpacked[2]]
    };
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let last = packed.table.packed_range(packed.table.len() - 1..packed.table.len()).start as usize;
    for (what, bytes) in [
        ("nothing", vec![]),
        ("garbage", random(3, 100_000)),
        ("zeros", vec![0; 100_000]),
        ("a flipped bit", flipped(first / 2)),
        ("a flipped bit in the last chunk", flipped(good.len() - 1)),
        ("another version", flipped(0)),
        ("another scheme", flipped(4)),
        ("cut in a chunk", good[..good.len() - 1].to_vec()),
        ("cut in a header", good[..last + 3].to_vec()),
        ("a chunk too few", good[..last].to_vec()),
        ("a chunk too many", [good.as_slice(), &good[..first]].concat()),
        ("a byte too many", [good.as_slice(), &[0]].concat()),
        ("garbage for a footer", [good.as_slice(), b"XETBLOB\x01", &random(4, 5000)].concat()),
        ("a bomb by its header", [&header(1, 1000, 0xff_ffff)[..], &random(5, 1000)].concat()),
        ("a chunk that is too long", [&header(0, 131_073, 131_073)[..], &random(6, 131_073)].concat()),
        ("an empty chunk", header(0, 0, 0).to_vec()),
        ("nine gigabytes of zeros", [&header(0, 0xff_ffff, 131_072)[..], &[0; 1000]].concat()),
    ] {
        refused(&cas.post(&packed.path(), bytes).await.expect(400), what);
        cas.head(&packed.path()).await.expect(404);
    }
    let broken: Vec<std::io::Result<bytes::Bytes>> =
        vec![Ok(good[..200_000].to_vec().into()), Err(std::io::Error::other("gone"))];
    let broken = Body::from_stream(futures_util::stream::iter(broken));
    let path = format!("{}{}", cas.base, packed.path());
    refused(&cas.client.raw(Method::POST, &path, &[], broken).await.expect(400), "a broken connection");
    let other = format!("/v1/xorbs/default/{}", packed.table.hash(0));
    refused(&cas.post(&other, good.clone()).await.expect(400), "another name");
    assert_eq!(stored(&hub.folder().join("blobs")), [""; 0], "nothing is left of any");
    assert_eq!(cas.send(&packed).await.expect(200).json()["was_inserted"], true);
    assert_eq!(stored(&hub.folder().join("blobs")).len(), 1);
}

#[tokio::test]
async fn a_bomb_is_not_inflated() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    // A good chunk of zeros, whose header then claims that it is one byte long.
    let zeros = Packed::new(vec![0; 131_072]);
    assert!(zeros.bytes.len() < 2000, "{}", zeros.bytes.len());
    let mut bomb = zeros.bytes.clone();
    bomb[5..8].copy_from_slice(&[1, 0, 0]);
    refused(&cas.post(&zeros.path(), bomb).await.expect(400), "more than it says");
    let mut thin = zeros.bytes.clone();
    thin[5..8].copy_from_slice(&[0xff, 0xff, 0x01]);
    refused(&cas.post(&zeros.path(), thin).await.expect(400), "less than it says");
    cas.send(&zeros).await.expect(200);
}

#[tokio::test]
async fn nobody_learns_of_a_xorb_that_they_did_not_send() {
    let hub = hub().await;
    let (ada, bob) = (hub.as_user("ada"), hub.as_user("bob"));
    create_private(&ada, "ada", "secret").await;
    bob.create("bob/m").await.ok();
    let packed = Packed::new(random(7, 300_000));
    Cas::open(&hub, &ada, "models/ada/secret", "write").await.send_file(&packed).await;
    let cas = Cas::open(&hub, &bob, "models/bob/m", "write").await;
    let grant = format!("/v1/xorb-grants/default/{}", packed.hash);
    refused(&cas.post(&grant, "{}").await.expect(404), "not his");
    cas.head(&packed.path()).await.expect(404);
    // What he sends is looked at, although it is here.
    refused(&cas.post(&packed.path(), random(8, 1000)).await.expect(400), "not what it says");
    assert_eq!(cas.send(&packed).await.expect(200).json(), json!({ "was_inserted": true }));
    cas.post(&grant, "{}").await.expect(200);
    cas.post("/v1/shards", shard(&[packed.file()], &[&packed])).await.expect(200);
    let plan = cas.plan(2, packed.file().id, None).await.expect(200).json();
    assert_eq!(follow(&hub, &plan, usize::MAX).await, packed.content);
}
