//! When the store fails, callers learn it and nothing half-made can be seen.

use std::path::Path;

use bytes::Bytes;
use futures_util::TryStreamExt;
use stoa_blob::{Blobs, Config, Error, Expect, FaultPlan, Key, Prefix, once};
use stoa_core::Oid;

const LEN: usize = 1_200_000;

fn key() -> Key {
    Key::GitBlob { repo: 1, oid: Oid([5; 20]) }
}

fn part(part: u32) -> Key {
    Key::UploadPart { upload: "u".to_owned(), part }
}

fn body() -> Bytes {
    (0..LEN).map(|at| (at % 251) as u8).collect()
}

fn exactly() -> Expect {
    Expect { size: Some(LEN as u64), sha256: None, max: u64::MAX }
}

fn failing_write(number: u64) -> FaultPlan {
    FaultPlan { fail_write: Some(number), ..FaultPlan::default() }
}

fn disk(folder: &Path) -> Blobs {
    Blobs::open(&Config { root: folder.to_owned(), durable: true }).expect("a folder")
}

fn temps(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("tmp")).expect("the folder of drafts").count()
}

/// Two pieces of a body, so that a put has more than one write.
fn pieces() -> stoa_blob::ByteStream {
    let (first, second) = (body().slice(..700_000), body().slice(700_000..));
    Box::pin(futures_util::stream::iter([Ok(first), Ok(second)]))
}

/// Fails each write step of a put in turn and returns how many there were.
async fn fail_every_step(healthy: &Blobs, drafts_left: impl Fn() -> usize) -> u64 {
    for number in 1.. {
        let faulty = healthy.clone().with_faults(failing_write(number));
        let put = faulty.put(&key(), pieces(), exactly()).await;
        assert_eq!(drafts_left(), 0, "after step {number}");
        match put {
            Ok(stored) => {
                assert!(!stored.existed);
                let read = healthy.read(&key(), 0..LEN as u64, LEN as u64).await.expect("it is there");
                assert_eq!(read, body());
                return number - 1;
            }
            Err(error) => assert!(matches!(error, Error::Io(_)), "{error:?}"),
        }
        assert_eq!(healthy.size(&key()).await.expect("size answers"), None, "after step {number}");
        let listed = healthy.list(&Prefix::GitRepo(1), None, 10).await.expect("list answers");
        assert_eq!(listed, [], "after step {number}");
    }
    unreachable!("some put has fewer steps")
}

#[tokio::test]
async fn nothing_becomes_visible_when_any_write_step_fails() {
    // Begin, two pieces, flush, publish.
    assert_eq!(fail_every_step(&Blobs::memory(), || 0).await, 5);
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(fail_every_step(&disk(folder.path()), || temps(folder.path())).await, 5);
}

#[tokio::test]
async fn nothing_becomes_visible_when_a_concat_fails() {
    let folder = tempfile::tempdir().expect("a folder");
    let healthy = disk(folder.path());
    healthy.put_bytes(&part(1), body().slice(..700_000)).await.expect("a right body");
    healthy.put_bytes(&part(2), body().slice(700_000..)).await.expect("a right body");
    let parts = [part(1), part(2)];
    // Reads: two sizes, two objects.
    for number in 1..=4 {
        let plan = FaultPlan { fail_read: Some(number), ..FaultPlan::default() };
        let error = healthy.clone().with_faults(plan).concat(&key(), &parts, exactly()).await;
        assert!(matches!(error, Err(Error::Io(_))), "{error:?}: our own disk is nobody's broken upload");
        assert_eq!(healthy.size(&key()).await.expect("size answers"), None);
        assert_eq!(temps(folder.path()), 0);
    }
    for cut in [0, 1, 499_999, 699_999] {
        let plan = FaultPlan { cut_after: Some(cut), ..FaultPlan::default() };
        let error = healthy.clone().with_faults(plan).concat(&key(), &parts, exactly()).await;
        assert!(matches!(error, Err(Error::Io(_))), "{error:?}");
        assert_eq!(healthy.size(&key()).await.expect("size answers"), None);
        assert_eq!(temps(folder.path()), 0);
    }
    healthy.concat(&key(), &parts, exactly()).await.expect("the right parts");
}

#[tokio::test]
async fn a_full_disk_is_told_apart() {
    let plan = FaultPlan { full: true, ..failing_write(2) };
    let blobs = Blobs::memory().with_faults(plan);
    assert!(matches!(blobs.put(&key(), once(body()), exactly()).await, Err(Error::Full(_))));
}

#[tokio::test]
async fn a_cut_object_never_reads_as_a_whole_one() {
    let healthy = Blobs::memory();
    healthy.put_bytes(&key(), body()).await.expect("a right body");
    for cut in [0, 1, 1000, LEN as u64 - 1] {
        let plan = FaultPlan { cut_after: Some(cut), ..FaultPlan::default() };
        let blobs = healthy.clone().with_faults(plan);
        let stream = blobs.get(&key(), 0..LEN as u64).await.expect("it begins");
        let error = stream.try_fold((), |(), _| async { Ok(()) }).await.expect_err("it is cut");
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
        assert!(matches!(blobs.read(&key(), 0..LEN as u64, LEN as u64).await, Err(Error::Io(_))));
    }
}

#[tokio::test]
async fn a_store_that_cannot_write_says_so() {
    let blobs = Blobs::memory().with_faults(failing_write(1));
    assert!(!blobs.check().await.expect("check answers").writable);
    assert!(blobs.check().await.expect("check answers").writable, "only the first write fails");
}

#[tokio::test]
async fn a_failed_delete_is_an_error_and_not_a_missing_object() {
    let healthy = Blobs::memory();
    healthy.put_bytes(&key(), body()).await.expect("a right body");
    let faulty = healthy.clone().with_faults(failing_write(1));
    assert!(matches!(faulty.delete(&key()).await, Err(Error::Io(_))));
    assert_eq!(healthy.size(&key()).await.expect("size answers"), Some(LEN as u64));
}
