//! The commands of an operator beside a running server: `gc`, `fsck`, `space`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use stoa_hub::{Grace, Hub, Scrubbed};
use stoa_testkit::{Client, Setup, TestHub};

use super::support::*;

async fn setup() -> (TestHub, Client) {
    let hub = TestHub::on_disk().await.router(crate::routes());
    hub.user("ada").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    (hub, ada)
}

/// The same, but what comes whole lies whole.
async fn setup_whole() -> (TestHub, Client) {
    let mut setup = Setup { on_disk: true, ..Setup::default() };
    setup.limits.packers = 0;
    let hub = TestHub::with(setup).await.router(crate::routes());
    hub.user("ada").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    (hub, ada)
}

async fn writer(hub: &TestHub, ada: &Client) -> Cas {
    Cas::open(hub, ada, "models/ada/m", "write").await
}

async fn commit(hub: &TestHub, ada: &Client, packed: &Packed) {
    writer(hub, ada).await.send_file(packed).await;
    let line = large_file("w.bin", &packed.content);
    ada.commit_lines("ada/m", "main", &[header("x"), line]).await.ok();
}

/// What a scrub finds wrong.
pub(super) async fn faults(hub: &Hub, deep: bool) -> Vec<String> {
    let mut faults = Vec::new();
    let mut tell = |said| {
        if let Scrubbed::Fault(sentence) = said {
            faults.push(sentence);
        }
    };
    hub.scrub(deep, &mut tell).await.expect("a scrub");
    faults
}

pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files_below(&path)),
            path => found.push(path),
        }
    }
    found
}

#[tokio::test]
async fn what_a_forecast_says_goes_and_nothing_else() {
    let (hub, ada) = setup().await;
    let (kept, gone, unused) =
        (Packed::new(random(1, 300_000)), Packed::new(random(2, 300_000)), Packed::new(random(3, 300_000)));
    commit(&hub, &ada, &kept).await;
    writer(&hub, &ada).await.send(&unused).await.expect(200);
    ada.create("ada/gone").await.ok();
    Cas::open(&hub, &ada, "models/ada/gone", "write").await.send_file(&gone).await;
    ada.delete_json("/api/repos/delete", &json!({ "organization": "ada", "name": "gone" })).await.ok();
    hub.clock.advance(Duration::from_secs(1));
    let beside = hub.beside().await;
    let usual = beside.sweep_forecast(Grace::Usual).await.expect("a forecast");
    assert_eq!(
        (usual.large.count, usual.files.count, usual.condemned.count, usual.xorbs.count),
        (0, 0, 0, 0)
    );
    let forecast = beside.sweep_forecast(Grace::None).await.expect("a forecast");
    let size = (gone.table.packed_len() + unused.table.packed_len(), gone.content.len() as u64);
    assert_eq!((forecast.large.count, forecast.large.bytes), (1, size.1));
    assert_eq!((forecast.files.count, forecast.xorbs.count, forecast.freed()), (1, 2, size.0));
    assert!(writer(&hub, &ada).await.base.ends_with("/cas/e1"), "nothing changed");
    let early = writer(&hub, &ada).await;
    early.head(&unused.path()).await.expect(200);

    let swept = beside.sweep(Grace::None).await.expect("a sweep");
    assert_eq!((swept.large, swept.files, swept.xorbs), (forecast.large, forecast.files, forecast.xorbs));
    assert_eq!((swept.freed(), swept.epoch), (forecast.freed(), Some(2)));
    assert_eq!(ada.get("/ada/m/resolve/main/w.bin").await.expect(200).body, kept.content);
    assert_eq!(faults(&beside, true).await, [""; 0]);
    let again = beside.sweep(Grace::None).await.expect("a sweep");
    assert_eq!((again.xorbs.count, again.epoch), (0, None), "nobody has to forget twice");
}

#[tokio::test]
async fn a_server_that_remembers_a_swept_xorb_takes_it_again() {
    let (hub, ada) = setup().await;
    let packed = Packed::new(random(4, 300_000));
    let other = Packed::new(random(5, 300_000));
    let cas = writer(&hub, &ada).await;
    cas.send(&packed).await.expect(200);
    // The table is in the memory of the server now.
    cas.head(&packed.path()).await.expect(200);
    hub.clock.advance(Duration::from_secs(1));
    let beside = hub.beside().await;
    assert_eq!(beside.sweep(Grace::None).await.expect("a sweep").xorbs.count, 1);
    cas.head(&packed.path()).await.expect(404);
    refused(&cas.post("/v1/shards", shard(&[packed.file()], &[])).await.expect(400), "it is gone");
    assert!(writer(&hub, &ada).await.base.ends_with("/cas/e2"), "clients forget");
    // The tokens of before still work, and another xorb takes the row that the swept one had.
    cas.send(&other).await.expect(200);
    cas.send_file(&packed).await;
    ada.commit_lines("ada/m", "main", &[header("x"), large_file("w.bin", &packed.content)]).await.ok();
    hub.clock.advance(Duration::from_secs(1));
    assert_eq!(beside.sweep(Grace::None).await.expect("a sweep").xorbs.count, 1, "the other one");
    assert_eq!(ada.get("/ada/m/resolve/main/w.bin").await.expect(200).body, packed.content);
    assert_eq!(faults(&beside, true).await, [""; 0]);
}

#[tokio::test]
async fn leftovers_of_crashes_go_after_a_day() {
    let (hub, ada) = setup().await;
    let kept = Packed::new(random(6, 300_000));
    commit(&hub, &ada, &kept).await;
    let name = "ab".repeat(32);
    let left = [
        hub.folder().join(format!("blobs/xorbs/ab/ab/{name}")),
        hub.folder().join(format!("blobs/lfs/ab/ab/{name}")),
        hub.folder().join("blobs/parts/gone/00001"),
    ];
    for path in &left {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, b"left").expect("a file");
    }
    // The files carry the machine's time, which lies years before this.
    hub.clock.advance(Duration::from_hours(24 * 365 * 40));
    let beside = hub.beside().await;
    let forecast = beside.sweep_forecast(Grace::Usual).await.expect("a forecast");
    assert_eq!((forecast.leftovers.count, forecast.leftovers.bytes), (3, 12));
    assert!(left.iter().all(|path| path.exists()));
    assert_eq!(beside.sweep(Grace::Usual).await.expect("a sweep").leftovers, forecast.leftovers);
    assert!(left.iter().all(|path| !path.exists()));
    assert_eq!(ada.get("/ada/m/resolve/main/w.bin").await.expect(200).body, kept.content);
}

#[tokio::test]
async fn a_scrub_names_what_is_missing_or_damaged() {
    let (hub, ada) = setup_whole().await;
    let (chunked, whole) = (Packed::new(random(7, 300_000)), random(8, 100_000));
    commit(&hub, &ada, &chunked).await;
    send_large(&ada, "ada/m", &whole).await;
    let lines = [header("x"), large_file("whole.bin", &whole), {
        use crate::files::tests::support::file;
        // Larger than what goes into a row, and regular.
        file("words.txt", stoa_core::hex(&random(9, 100_000)).as_bytes())
    }];
    ada.commit_lines("ada/m", "main", &lines).await.ok();
    let beside = hub.beside().await;
    assert_eq!(faults(&beside, true).await, [""; 0]);
    for (folder, says, deep) in [
        ("xorbs", "The xorb ", true),
        ("lfs", "The large file ", true),
        ("git", "ada/m: the git object ", true),
        ("xorbs", "The xorb ", false),
        ("lfs", "The large file ", false),
        ("git", "ada/m: the git object ", false),
    ] {
        let paths = files_below(&hub.folder().join("blobs").join(folder));
        let [path] = paths.as_slice() else { panic!("{folder}: {paths:?}") };
        let good = std::fs::read(path).expect("a file");
        if deep {
            let mut bad = good.clone();
            bad[good.len() / 2] ^= 1;
            std::fs::write(path, bad).expect("a file");
            assert_eq!(faults(&beside, false).await, [""; 0], "{folder}: a look does not see it");
        } else {
            std::fs::remove_file(path).expect("a file");
        }
        let found = faults(&beside, deep).await;
        assert!(found.len() == 1 && found[0].starts_with(says), "{folder}: {found:?}");
        std::fs::write(path, good).expect("a file");
    }
    assert_eq!(faults(&beside, true).await, [""; 0]);
}

#[tokio::test]
async fn equal_files_of_two_repositories_are_stored_once() {
    let (hub, ada) = setup().await;
    ada.create("datasets/ada/d").await.ok();
    let packed = Packed::new(random(10, 300_000));
    let size = packed.content.len() as u64;
    commit(&hub, &ada, &packed).await;
    Cas::open(&hub, &ada, "datasets/ada/d", "write").await.send_file(&packed).await;
    let (repos, total) = hub.hub.space(true, 50).await.expect("figures");
    let mut names: Vec<&str> = repos.iter().map(|space| space.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["ada/m", "datasets/ada/d"]);
    assert!(repos.iter().all(|space| (space.files, space.logical, space.distinct) == (1, size, size)));
    let stored = packed.table.packed_len();
    assert_eq!((total.files, total.logical, total.distinct, total.stored), (2, 2 * size, size, stored));
    let (owners, _) = hub.hub.space(false, 50).await.expect("figures");
    assert_eq!(owners.len(), 1);
    assert_eq!((owners[0].name.as_str(), owners[0].logical, owners[0].distinct), ("ada", 2 * size, size));
    assert_eq!(owners[0].saved(), 2 * size - stored);
}

#[tokio::test]
async fn a_shard_that_does_not_fit_the_quota_links_nothing() {
    let mut setup = Setup::default();
    setup.limits.owner_storage = 500_000;
    let hub = TestHub::with(setup).await.router(crate::routes());
    hub.user("ada").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    let (one, two) = (Packed::new(random(11, 300_000)), Packed::new(random(12, 300_000)));
    let cas = writer(&hub, &ada).await;
    cas.send_file(&one).await;
    cas.send_file(&one).await;
    cas.send(&two).await.expect(200);
    let answer = cas.post("/v1/shards", shard(&[two.file()], &[&two])).await.expect(403);
    refused(&answer, "the quota");
    assert!(
        answer
            .text()
            .contains("quota of `ada` is 500000 bytes, of which 300000 are used; this needs 300000 more")
    );
    cas.plan(2, two.file().id, None).await.expect(404);
}
