//! What is used of mostly unused xorbs moves into new ones, and nobody notices.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use stoa_core::Reply;
use stoa_hub::{Compacted, Grace, Hub, Maintenance};
use stoa_testkit::{Client, TestHub};

use super::interrupted::{met, stopped};
use super::support::*;
use super::sweep::{faults, files_below};

const DAY: Duration = Duration::from_hours(24);

async fn setup() -> (TestHub, Client) {
    let hub = TestHub::on_disk().await.router(crate::routes());
    for user in ["ada", "bob"] {
        hub.user(user).await;
    }
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    (hub, ada)
}

async fn writer(hub: &TestHub, who: &Client, repo: &str) -> Cas {
    Cas::open(hub, who, &format!("models/{repo}"), "write").await
}

/// A xorb with some two dozen chunks.
fn xorb(seed: u64) -> Packed {
    let packed = Packed::new(random(seed, 1_500_000));
    assert!(packed.table.len() > 12);
    packed
}

/// Runs of chunks of a xorb, with some between that are nobody's: less than half of it.
fn few(packed: &Packed) -> [Range<u32>; 2] {
    let last = packed.table.len();
    [2..4, last - 2..last]
}

fn parts<'a>(packed: &'a Packed, runs: &[Range<u32>]) -> Vec<(&'a Packed, Range<u32>)> {
    runs.iter().map(|run| (packed, run.clone())).collect()
}

/// Makes a file of runs of chunks of a xorb that is here, and commits it.
async fn commit(hub: &TestHub, who: &Client, repo: &str, path: &str, parts: &[(&Packed, Range<u32>)]) {
    writer(hub, who, repo).await.post("/v1/shards", shard(&[file_of(parts)], &[])).await.expect(200);
    who.commit_lines(repo, "main", &[header("x"), large_file(path, &content_of(parts))]).await.ok();
}

async fn content(who: &Client, repo: &str, path: &str) -> bytes::Bytes {
    who.get(&format!("/{repo}/resolve/main/{path}")).await.expect(200).body
}

/// Sends a xorb of which `ada/m` uses these runs for `path`, and all else went with a repository that is gone. It is so
/// long ago that no client remembers it.
async fn loose(hub: &TestHub, ada: &Client, path: &str, packed: &Packed, runs: &[Range<u32>]) {
    ada.create("ada/gone").await.ok();
    let cas = writer(hub, ada, "ada/gone").await;
    cas.send_file(packed).await;
    writer(hub, ada, "ada/m").await.send(packed).await.expect(200);
    commit(hub, ada, "ada/m", path, &parts(packed, runs)).await;
    ada.delete_json("/api/repos/delete", &json!({ "organization": "ada", "name": "gone" })).await.ok();
    hub.clock.advance(30 * DAY);
}

fn xorbs(hub: &TestHub) -> Vec<PathBuf> {
    files_below(&hub.folder().join("blobs/xorbs"))
}

/// As `stoa gc --compact` does it.
async fn gc(hub: &Hub) -> Reply<Compacted> {
    hub.sweep(Grace::Usual).await?;
    hub.compact(Grace::Usual).await
}

#[tokio::test]
async fn what_is_used_moves_and_the_rest_goes_after_a_day() {
    let (hub, ada) = setup().await;
    let packed = xorb(1);
    let used = parts(&packed, &few(&packed));
    loose(&hub, &ada, "w.bin", &packed, &few(&packed)).await;
    // A second file that says the same chunks in another order, some of them twice.
    let other = [used[1].clone(), used[0].clone(), used[1].clone()];
    ada.create("ada/other").await.ok();
    commit(&hub, &ada, "ada/other", "o.bin", &other).await;
    hub.clock.advance(30 * DAY);
    let beside = hub.beside().await;

    let live: u64 =
        few(&packed).map(|run| packed.table.packed_range(run)).iter().map(|r| r.end - r.start).sum();
    let forecast = beside.compact_forecast(Grace::Usual).await.expect("a forecast");
    assert_eq!(
        (forecast.xorbs.count, forecast.xorbs.bytes, forecast.moved),
        (1, packed.table.packed_len(), live)
    );
    assert_eq!((xorbs(&hub).len(), forecast.epoch), (1, None));
    let (_, before) = hub.hub.space(true, 9).await.expect("figures");
    // A reader who asked before.
    let cas = writer(&hub, &ada, "ada/m").await;
    let old_plan = cas.plan(2, file_of(&used).id, None).await.expect(200).json();

    let done = gc(&beside).await.expect("a compaction");
    assert_eq!((done.xorbs, done.moved, done.epoch), (forecast.xorbs, forecast.moved, None));
    assert_eq!(xorbs(&hub).len(), 2, "the old one is still there");
    assert!(follow(&hub, &old_plan, usize::MAX).await == content_of(&used), "who reads notices nothing");
    let plan = cas.plan(2, file_of(&used).id, None).await.expect(200).json();
    assert!(pieces(&plan).iter().all(|piece| piece.xorb != packed.hash.to_string()));
    assert!(follow(&hub, &plan, usize::MAX).await == content_of(&used));
    assert!(content(&ada, "ada/m", "w.bin").await == content_of(&used));
    assert!(content(&ada, "ada/other", "o.bin").await == content_of(&other));
    assert_eq!(faults(&beside, true).await, [""; 0]);
    assert_eq!(gc(&beside).await.expect("nothing to do").xorbs.count, 0);

    hub.clock.advance(DAY + Duration::from_hours(3));
    let swept = beside.sweep(Grace::Usual).await.expect("a sweep");
    assert_eq!((swept.xorbs.count, swept.xorbs.bytes), (1, packed.table.packed_len()));
    let (_, after) = hub.hub.space(true, 9).await.expect("figures");
    assert_eq!((xorbs(&hub).len(), before.stored - after.stored), (1, done.saved()));
    let cas = writer(&hub, &ada, "ada/m").await;
    let plan = cas.plan(2, file_of(&used).id, None).await.expect(200).json();
    assert!(follow(&hub, &plan, usize::MAX).await == content_of(&used));
    assert!(content(&ada, "ada/m", "w.bin").await == content_of(&used));
    assert!(content(&ada, "ada/other", "o.bin").await == content_of(&other));
    assert_eq!(faults(&beside, true).await, [""; 0]);
}

#[tokio::test]
async fn the_new_xorb_is_shown_to_whom_the_old_one_was() {
    let (hub, ada) = setup().await;
    let bob = hub.as_user("bob");
    bob.create("bob/m").await.ok();
    let (open, secret) = (xorb(2), xorb(3));
    for (packed, path) in [(&open, "open"), (&secret, "secret")] {
        let repo = if path == "open" { "ada/m" } else { "ada/secret" };
        if repo == "ada/secret" {
            create_private(&ada, "ada", "secret").await;
        }
        let cas = writer(&hub, &ada, repo).await;
        cas.send(packed).await.expect(200);
        commit(&hub, &ada, repo, path, &parts(packed, &few(packed))).await;
    }
    hub.clock.advance(30 * DAY);
    assert_eq!(gc(&hub.hub).await.expect("a compaction").xorbs.count, 2);
    for (packed, repo, status) in [(&open, "ada/m", 200), (&secret, "ada/secret", 404)] {
        let first = packed.table.hash(few(packed)[0].start);
        let ask = format!("/v1/chunks/default/{first}");
        writer(&hub, &ada, repo).await.get(&ask).await.expect(200);
        writer(&hub, &bob, "bob/m").await.get(&ask).await.expect(status);
        // Nobody is told of the old one any more, nor of chunks that went with it.
        let gone = packed.table.hash(0);
        writer(&hub, &ada, repo).await.get(&format!("/v1/chunks/default/{gone}")).await.expect(404);
    }
}

#[tokio::test]
async fn what_is_mostly_used_or_was_touched_stays_as_it_is() {
    let (hub, ada) = setup().await;
    let (most, fresh) = (xorb(4), xorb(5));
    let nearly_all = 1..most.table.len() - 2;
    let nearly_all = std::slice::from_ref(&nearly_all);
    loose(&hub, &ada, "most", &most, nearly_all).await;
    writer(&hub, &ada, "ada/m").await.send(&fresh).await.expect(200);
    commit(&hub, &ada, "ada/m", "fresh", &parts(&fresh, &few(&fresh))).await;
    assert_eq!(gc(&hub.hub).await.expect("a compaction").xorbs.count, 0);
    // When most of it is gone it is weighed again.
    let keep = parts(&most, &few(&most));
    commit(&hub, &ada, "ada/m", "few", &keep).await;
    let sha = sha256(&content_of(&parts(&most, nearly_all)));
    let ask = json!({ "deletions": { "sha": [sha] } });
    ada.post_json("/api/models/ada/m/lfs-files/batch", &ask).await.ok();
    hub.clock.advance(21 * DAY);
    assert_eq!(gc(&hub.hub).await.expect("a compaction").xorbs.count, 0, "clients may remember both");
    hub.clock.advance(2 * DAY);
    let forecast = hub.hub.compact_forecast(Grace::Usual).await.expect("a forecast");
    let done = gc(&hub.hub).await.expect("a compaction");
    assert_eq!((done.xorbs.count, done.xorbs, done.moved), (2, forecast.xorbs, forecast.moved));
    assert!(content(&ada, "ada/m", "few").await == content_of(&keep));
    assert!(content(&ada, "ada/m", "fresh").await == content_of(&parts(&fresh, &few(&fresh))));
    assert_eq!(faults(&hub.hub, true).await, [""; 0]);
}

#[tokio::test]
async fn who_cannot_wait_makes_clients_forget_and_breaks_no_plan() {
    let (hub, ada) = setup().await;
    let packed = xorb(6);
    let used = parts(&packed, &few(&packed));
    let cas = writer(&hub, &ada, "ada/m").await;
    cas.send(&packed).await.expect(200);
    commit(&hub, &ada, "ada/m", "w.bin", &used).await;
    let plan = cas.plan(2, file_of(&used).id, None).await.expect(200).json();
    hub.clock.advance(Duration::from_secs(1));
    assert_eq!(hub.hub.compact(Grace::Usual).await.expect("nothing").epoch, None);
    let done = hub.hub.compact(Grace::None).await.expect("a compaction");
    assert_eq!((done.xorbs.count, done.epoch), (1, Some(2)));
    assert!(writer(&hub, &ada, "ada/m").await.base.ends_with("/cas/e2"));
    for (minutes, count) in [(115, 0), (10, 1)] {
        assert!(follow(&hub, &plan, usize::MAX).await == content_of(&used));
        hub.clock.advance(Duration::from_mins(minutes));
        assert_eq!(hub.hub.sweep(Grace::None).await.expect("a sweep").xorbs.count, count);
    }
    assert!(content(&ada, "ada/m", "w.bin").await == content_of(&used));
    assert_eq!(faults(&hub.hub, true).await, [""; 0]);
}

#[tokio::test]
async fn the_hub_does_it_by_itself() {
    let (hub, ada) = setup().await;
    let packed = xorb(7);
    loose(&hub, &ada, "w.bin", &packed, &few(&packed)).await;
    let mut work = Maintenance::new(hub.hub.clone());
    for _ in 0..3 {
        work.step().await.expect("a round");
        hub.clock.advance(DAY + Duration::from_hours(3));
    }
    work.step().await.expect("a round");
    assert_eq!(xorbs(&hub).len(), 1);
    assert!(xorbs(&hub)[0].metadata().expect("a file").len() < packed.table.packed_len() / 2);
    assert!(content(&ada, "ada/m", "w.bin").await == content_of(&parts(&packed, &few(&packed))));
}

#[tokio::test]
async fn stopped_at_any_moment_it_loses_nothing_and_goes_on() {
    let (hub, ada) = setup().await;
    let packed = xorb(8);
    let used = parts(&packed, &few(&packed));
    loose(&hub, &ada, "w.bin", &packed, &few(&packed)).await;
    hub.hub.sweep(Grace::Usual).await.expect("a sweep");
    let mut polls = 1;
    loop {
        let beside = hub.beside().await;
        let done = stopped(beside.compact(Grace::Usual), polls).await;
        assert_eq!(faults(&beside, true).await, [""; 0], "stopped at {polls}");
        assert!(content(&ada, "ada/m", "w.bin").await == content_of(&used), "stopped at {polls}");
        if done.is_some() {
            break;
        }
        polls += 1;
    }
    // How often it waits depends on the machine, but it does.
    assert!(polls > 5, "{polls}");
    hub.clock.advance(2 * DAY);
    hub.hub.sweep(Grace::Usual).await.expect("a sweep");
    assert_eq!(xorbs(&hub).len(), 1);
    assert!(content(&ada, "ada/m", "w.bin").await == content_of(&used));
}

#[tokio::test]
async fn a_shard_that_refers_to_the_old_xorb_at_any_moment_finds_it() {
    let (hub, ada) = setup().await;
    let beside = hub.beside().await;
    for polls in (0..75).step_by(5) {
        let packed = xorb(1000 + polls as u64);
        let used = parts(&packed, &few(&packed));
        let path = format!("{polls}.bin");
        loose(&hub, &ada, &path, &packed, &few(&packed)).await;
        beside.sweep(Grace::Usual).await.expect("a sweep");
        // Somebody who remembers it all too well: what is moved, and what is not.
        let late = [(&packed, 0..3)];
        let cas = writer(&hub, &ada, "ada/m").await;
        let shard = cas.post("/v1/shards", shard(&[file_of(&late)], &[]));
        let (done, answer) = met(beside.compact(Grace::Usual), polls, shard).await;
        done.expect("a compaction");
        answer.expect(200);
        let late_path = format!("{polls}-late.bin");
        let lines = [header("x"), large_file(&late_path, &content_of(&late))];
        ada.commit_lines("ada/m", "main", &lines).await.ok();
        for _ in 0..2 {
            assert!(content(&ada, "ada/m", &path).await == content_of(&used), "met at {polls}");
            assert!(content(&ada, "ada/m", &late_path).await == content_of(&late), "met at {polls}");
            hub.clock.advance(2 * DAY);
            beside.sweep(Grace::Usual).await.expect("a sweep");
        }
    }
    assert_eq!(faults(&beside, true).await, [""; 0]);
}

#[tokio::test]
async fn a_xorb_that_is_damaged_stays_as_it_is_and_holds_up_no_other() {
    let (hub, ada) = setup().await;
    let (good, bad) = (xorb(9), xorb(10));
    loose(&hub, &ada, "bad", &bad, &few(&bad)).await;
    loose(&hub, &ada, "good", &good, &few(&good)).await;
    let name = stoa_core::hex(bad.hash.as_bytes());
    let path = hub.folder().join(format!("blobs/xorbs/{}/{}/{name}", &name[..2], &name[2..4]));
    let mut bytes = std::fs::read(&path).expect("a file");
    let at = bad.table.packed_range(2..3).start as usize + 100;
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).expect("a file");
    let done = gc(&hub.hub).await.expect("a compaction");
    assert_eq!(done.xorbs.count, 1);
    assert!(content(&ada, "ada/m", "good").await == content_of(&parts(&good, &few(&good))));
    let found = faults(&hub.hub, true).await;
    assert!(found.len() == 1 && found[0].contains(&bad.hash.to_string()), "{found:?}");
    bytes[at] ^= 1;
    std::fs::write(&path, &bytes).expect("a file");
    assert_eq!(gc(&hub.hub).await.expect("a compaction").xorbs.count, 1);
    assert!(content(&ada, "ada/m", "bad").await == content_of(&parts(&bad, &few(&bad))));
    assert_eq!(faults(&hub.hub, true).await, [""; 0]);
}
