//! Plans lead to the bytes that were asked for, and to no others.

use std::time::Duration;

use super::support::*;

#[tokio::test]
async fn every_range_comes_back() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let one = Packed::new([random(1, 500_000), vec![0; 500_000], b"text ".repeat(50_000)].concat());
    let two = Packed::new(random(2, 600_000));
    cas.send(&one).await.expect(200);
    cas.send(&two).await.expect(200);
    // Terms that repeat, overlap and go back and forth, as clients write them.
    let last = one.table.len();
    let parts = [(&one, 2..5), (&two, 0..3), (&one, 4..last), (&one, 0..1), (&two, 1..4), (&two, 4..5)];
    let (file, content) = (file_of(&parts), content_of(&parts));
    cas.post("/v1/shards", shard(std::slice::from_ref(&file), &[&one, &two])).await.expect(200);
    let size = content.len();
    let reader = Cas::open(&hub, &hub.anonymous(), "models/ada/m", "read").await;
    let edge = one.table.unpacked_range(2..5).end as usize - one.table.unpacked_range(0..2).end as usize;
    for version in [1, 2] {
        for (first, end) in [
            (0, size),
            (0, 1),
            (size - 1, size),
            (100_000, 900_000),
            (edge - 1, edge + 1),
            (edge, edge + 1),
            (size / 2, size),
            // Compat: clients that do not know the size ask for more than there is.
            (0, 1 << 28),
            (size - 10, usize::MAX >> 1),
        ] {
            let range = format!("bytes={first}-{}", end - 1);
            let plan = reader.plan(version, file.id, Some(&range)).await.expect(200);
            assert!(plan.header("cache-control").contains("private"));
            let found = follow(&hub, &plan.json(), end.min(size) - first).await;
            assert!(found == content[first..end.min(size)], "version {version}, {range}");
        }
        let plan = reader.plan(version, file.id, None).await.expect(200).json();
        assert!(follow(&hub, &plan, usize::MAX).await == content, "without a range");
        let open = reader.plan(version, file.id, Some("bytes=7-")).await.expect(200).json();
        assert!(follow(&hub, &open, usize::MAX).await == content[7..]);
        for behind in [size, size + 1, 1 << 40] {
            let range = format!("bytes={behind}-{}", behind + 10);
            refused(&reader.plan(version, file.id, Some(&range)).await.expect(416), &range);
        }
        for wrong in ["bytes=9-5", "bytes=-5", "lines=1-2", "bytes=0-1,5-6", "bytes=99999999999999999999-"] {
            refused(&reader.plan(version, file.id, Some(wrong)).await.expect(400), wrong);
        }
    }
    // Older addresses of the first version, and any number in the store's.
    for path in ["reconstructions", "reconstruction"] {
        let plan = reader.get(&format!("/{path}/{}", file.id)).await.expect(200).json();
        assert!(follow(&hub, &plan, usize::MAX).await == content, "{path}");
    }
    let later = reader.client.get(&format!("/cas/e77/v2/reconstructions/{}", file.id)).await.expect(200);
    assert!(follow(&hub, &later.json(), usize::MAX).await == content);
    let length = reader.head(&format!("/v1/files/{}", file.id)).await.expect(200);
    assert_eq!(length.header("content-length"), size.to_string());
    reader.plan(2, one.hash, None).await.expect(404);
    refused(&reader.get("/v2/reconstructions/nonsense").await.expect(400), "no hash");
}

#[tokio::test]
async fn a_plan_asks_for_no_chunk_that_the_range_does_not_need() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(3, 2_000_000));
    cas.send_file(&packed).await;
    let plan = cas.plan(2, packed.file().id, Some("bytes=1000000-1000000")).await.expect(200).json();
    let pieces = pieces(&plan);
    assert_eq!(pieces.len(), 1);
    assert_eq!(pieces[0].chunks.end - pieces[0].chunks.start, 1, "{plan}");
}

#[tokio::test]
async fn a_url_gives_what_it_was_made_for_and_until_then() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(4, 900_000));
    // The file has the middle of the xorb only.
    let file = file_of(&[(&packed, 2..6)]);
    cas.send(&packed).await.expect(200);
    cas.post("/v1/shards", shard(std::slice::from_ref(&file), &[&packed])).await.expect(200);
    let plan = cas.plan(2, file.id, None).await.expect(200).json();
    let piece = pieces(&plan).pop().expect("a piece");
    let allowed = piece.bytes.clone();
    assert_eq!(allowed, packed.table.packed_range(2..6));
    let whole = fetch(&hub, &piece.url, &bytes_of(&allowed)).await.expect(206);
    assert_eq!(whole.body, packed.bytes[allowed.start as usize..allowed.end as usize]);
    assert!(whole.header("content-range").starts_with(&bytes_of(&allowed).replace('=', " ")));
    let inside = allowed.start + 10..allowed.end - 10;
    let part = fetch(&hub, &piece.url, &bytes_of(&inside)).await.expect(206);
    assert_eq!(part.body, packed.bytes[inside.start as usize..inside.end as usize]);
    assert_eq!(hub.anonymous().get(&piece.url).await.expect(206).body, whole.body, "without a range");

    for wrong in [
        allowed.start - 1..allowed.end,
        0..10,
        0..packed.bytes.len() as u64,
        allowed.start - 10..allowed.start,
        allowed.end..allowed.end + 10,
    ] {
        let range = bytes_of(&wrong);
        refused(&fetch(&hub, &piece.url, &range).await.expect(403), &range);
    }
    let other = Packed::new(random(5, 100_000));
    cas.send(&other).await.expect(200);
    let range = bytes_of(&allowed);
    for url in [
        piece.url.replace(&format!("from={}", allowed.start), "from=0"),
        piece.url.replace(&format!("to={}", allowed.end), &format!("to={}", packed.bytes.len())),
        piece.url.replace("exp=1", "exp=2"),
        piece.url.replace(&packed.hash.to_string(), &other.hash.to_string()),
        piece.url.replace("sig=", "sig=0"),
        piece.url.split("&sig").next().unwrap_or_default().to_owned(),
        piece.url.split('?').next().unwrap_or_default().to_owned(),
        piece.url.replace("from=", "from=-"),
    ] {
        refused(&fetch(&hub, &url, &range).await.expect(403), &url);
    }
    hub.clock.advance(Duration::from_mins(59));
    fetch(&hub, &piece.url, &range).await.expect(206);
    hub.clock.advance(Duration::from_hours(24));
    refused(&fetch(&hub, &piece.url, &range).await.expect(403), "an old URL");
}

#[tokio::test]
async fn what_was_deleted_is_not_planned_any_more() {
    let hub = hub().await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let cas = Cas::open(&hub, &ada, "models/ada/m", "write").await;
    let packed = Packed::new(random(6, 300_000));
    cas.send_file(&packed).await;
    let line = large_file("w.bin", &packed.content);
    ada.commit_lines("ada/m", "main", &[header("x"), line]).await.ok();
    cas.plan(2, packed.file().id, None).await.expect(200);
    let path = format!("/api/models/ada/m/lfs-files/{}", sha256(&packed.content));
    ada.delete(&path).await.ok();
    refused(&cas.plan(2, packed.file().id, None).await.expect(404), "a file deleted for good");
    ada.get("/ada/m/resolve/main/w.bin").await.expect(404);
}
