//! Git objects in the byte store that no row knows.

use std::time::{Duration, UNIX_EPOCH};

use stoa_hub::{Grace, Tally};
use stoa_testkit::{Client, TestHub};

use super::interrupted::met;
use super::support::*;
use super::sweep::{faults, files_below};
use crate::files::tests::support::file;

async fn setup() -> (TestHub, Client) {
    let hub = TestHub::on_disk().await.router(crate::routes());
    hub.user("ada").await;
    let ada = hub.as_user("ada");
    ada.create("ada/m").await.ok();
    // The files carry the machine's time, which lies years before this: all of them are old.
    hub.clock.advance(Duration::from_hours(24 * 365 * 40));
    (hub, ada)
}

/// Text that does not fit into a row.
fn text(seed: u64) -> String {
    stoa_core::hex(&random(seed, 60_000))
}

fn kept(hub: &TestHub) -> usize {
    files_below(&hub.folder().join("blobs/git")).len()
}

#[tokio::test]
async fn git_objects_without_a_row_go_and_others_stay() {
    let (hub, ada) = setup().await;
    ada.commit_lines("ada/m", "main", &[header("x"), file("words.txt", text(1).as_bytes())]).await.ok();
    let left = ["git/1/ab/", "git/77/ab/"]
        .map(|folder| hub.folder().join("blobs").join(folder).join("ab".repeat(20)));
    for path in &left {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, b"left").expect("a file");
    }
    let beside = hub.beside().await;
    let forecast = beside.sweep_forecast(Grace::Usual).await.expect("a forecast");
    assert_eq!(forecast.leftovers, Tally { count: 2, bytes: 8 });
    assert_eq!(kept(&hub), 3);
    assert_eq!(beside.sweep(Grace::Usual).await.expect("a sweep").leftovers, forecast.leftovers);
    assert!(left.iter().all(|path| !path.exists()));
    assert!(ada.get("/ada/m/resolve/main/words.txt").await.expect(200).body == text(1));
    assert_eq!(faults(&beside, true).await, [""; 0]);
}

#[tokio::test]
async fn young_git_objects_are_left_to_the_commit_under_way() {
    let hub = TestHub::on_disk().await.router(crate::routes());
    let left = hub.folder().join("blobs/git/1/ab").join("ab".repeat(20));
    std::fs::create_dir_all(left.parent().expect("a folder")).expect("a folder");
    for (hours, count) in [(23, 0), (25, 1)] {
        let file = std::fs::File::create(&left).expect("a file");
        let made = hub.hub.now().secs().unsigned_abs() - hours * 3600;
        file.set_modified(UNIX_EPOCH + Duration::from_secs(made)).expect("a time");
        assert_eq!(hub.hub.sweep(Grace::None).await.expect("a sweep").leftovers.count, count, "{hours}");
        assert_eq!(left.exists(), count == 0);
    }
}

/// Leaves the bytes of a file in `ada/m` as a crash would before their row is written.
async fn leave(hub: &TestHub, ada: &Client, text: &str) {
    let ask = serde_json::json!({ "type": "model", "organization": "ada", "name": "gone" });
    ada.create("ada/gone").await.ok();
    let before = files_below(&hub.folder().join("blobs/git"));
    ada.commit_lines("ada/gone", "main", &[header("x"), file("x.txt", text.as_bytes())]).await.ok();
    let new = files_below(&hub.folder().join("blobs/git")).into_iter().find(|path| !before.contains(path));
    let new = new.expect("its bytes");
    let (oid, folder) = (new.file_name().expect("a name"), new.parent().expect("a folder"));
    let folder = hub.folder().join("blobs/git/1").join(folder.file_name().expect("a name"));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(&new, folder.join(oid)).expect("a copy");
    ada.delete_json("/api/repos/delete", &ask).await.ok();
}

#[tokio::test]
async fn a_sweep_takes_nothing_from_a_commit_at_any_moment() {
    let (hub, ada) = setup().await;
    let beside = hub.beside().await;
    for polls in (0..40).step_by(4) {
        // The bytes lie there since a crash, and come again while they are swept.
        let text = text(100 + polls as u64);
        leave(&hub, &ada, &text).await;
        let lines = [header("x"), file("words.txt", text.as_bytes())];
        let commit = ada.commit_lines("ada/m", "main", &lines);
        let (answer, swept) = met(commit, polls, beside.sweep(Grace::Usual)).await;
        answer.ok();
        swept.expect("a sweep");
        assert!(ada.get("/ada/m/resolve/main/words.txt").await.expect(200).body == text, "met at {polls}");
    }
    assert_eq!(faults(&beside, true).await, [""; 0]);
    assert_eq!(kept(&hub), 10);
}

#[tokio::test]
async fn deleting_a_repository_takes_its_git_objects_and_no_others() {
    let (hub, ada) = setup().await;
    ada.create("ada/gone").await.ok();
    for repo in ["ada/m", "ada/gone"] {
        ada.commit_lines(repo, "main", &[header("x"), file("words.txt", text(2).as_bytes())]).await.ok();
    }
    assert_eq!(kept(&hub), 2);
    let ask = serde_json::json!({ "type": "model", "organization": "ada", "name": "gone" });
    ada.delete_json("/api/repos/delete", &ask).await.ok();
    assert_eq!(kept(&hub), 1);
    assert!(ada.get("/ada/m/resolve/main/words.txt").await.expect(200).body == text(2));
}
