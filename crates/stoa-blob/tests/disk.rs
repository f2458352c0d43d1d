//! What only a disk can get wrong: leftovers, damage, folders, and threads that wait.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, TryStreamExt, future, stream};
use stoa_blob::{Blobs, ByteStream, Config, Error, Expect, Key, Prefix};
use stoa_core::{Oid, Sha256};

const ANY: Expect = Expect { size: None, sha256: None, max: u64::MAX };

struct Disk {
    folder: tempfile::TempDir,
    blobs: Blobs,
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let blobs = open(folder.path());
        Self { folder, blobs }
    }

    fn file(&self, key: &Key) -> PathBuf {
        self.folder.path().join(key.path())
    }

    fn temps(&self) -> usize {
        fs::read_dir(self.folder.path().join("tmp")).expect("the folder of drafts").count()
    }

    /// Waits until no draft is left; a draft that stays fails the test.
    async fn drafts_are_gone(&self) {
        let gone = async {
            while self.temps() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), gone).await.expect("every draft is removed");
    }
}

fn open(root: &Path) -> Blobs {
    Blobs::open(&Config { root: root.to_owned(), durable: true }).expect("a folder")
}

fn blob(number: u8) -> Key {
    Key::GitBlob { repo: 1, oid: Oid([number; 20]) }
}

fn part(upload: &str) -> Key {
    Key::UploadPart { upload: upload.to_owned(), part: 1 }
}

fn zeros(len: usize) -> Bytes {
    vec![0; len].into()
}

/// A sender that stops in the middle of its body and neither goes on nor away.
fn stalled(len: usize) -> ByteStream {
    Box::pin(stream::iter([Ok(zeros(len))]).chain(stream::pending()))
}

#[tokio::test]
async fn objects_outlive_the_process() {
    let disk = Disk::new();
    disk.blobs.put_bytes(&blob(1), zeros(10)).await.expect("a right body");
    let again = open(disk.folder.path());
    assert_eq!(again.size(&blob(1)).await.expect("size answers"), Some(10));
    assert_eq!(disk.temps(), 0);
}

#[tokio::test]
async fn failed_puts_leave_no_draft() {
    let disk = Disk::new();
    let wrong = Key::Lfs(Sha256([1; 32]));
    for len in [0, 10, 2_000_000] {
        assert!(matches!(disk.blobs.put_bytes(&wrong, zeros(len)).await, Err(Error::WrongHash { .. })));
        assert_eq!(disk.temps(), 0);
        let reset = stream::iter([Ok(zeros(len)), Err(io::ErrorKind::ConnectionReset.into())]);
        let put = disk.blobs.put(&blob(1), Box::pin(reset), ANY).await;
        assert!(matches!(put, Err(Error::Interrupted(_))));
        assert_eq!(disk.temps(), 0);
    }
}

#[tokio::test]
async fn a_dropped_put_removes_its_draft() {
    let disk = Disk::new();
    let key = blob(1);
    let mut put = Box::pin(disk.blobs.put(&key, stalled(2_000_000), ANY));
    // Until the first batch is being written and the put waits for a second one.
    while disk.temps() == 0 {
        assert!((&mut put).now_or_never().is_none());
        tokio::task::yield_now().await;
    }
    drop(put);
    disk.drafts_are_gone().await;
    assert_eq!(disk.blobs.size(&key).await.expect("size answers"), None);
}

#[test]
fn stalled_clients_hold_no_threads() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let disk = Disk::new();
        disk.blobs.put_bytes(&blob(9), zeros(3_000_000)).await.expect("a right body");
        let keys: Vec<Key> = (0..8).map(blob).collect();
        let mut uploads: Vec<_> =
            keys.iter().map(|key| Box::pin(disk.blobs.put(key, stalled(1_000_000), ANY))).collect();
        while disk.temps() < uploads.len() {
            for upload in &mut uploads {
                assert!(upload.now_or_never().is_none());
            }
            tokio::task::yield_now().await;
        }
        let mut downloads = Vec::new();
        for _ in 0..8 {
            let mut download = disk.blobs.get(&blob(9), 0..3_000_000).await.expect("it is there");
            download.try_next().await.expect("it begins").expect("it begins");
            downloads.push(download);
        }
        let key = blob(10);
        let other = disk.blobs.put_bytes(&key, zeros(2_000_000));
        let other = tokio::time::timeout(Duration::from_secs(20), other).await;
        other.expect("there is a thread").expect("a right body");
        drop(uploads);
        disk.drafts_are_gone().await;
        let rest = future::try_join_all(downloads.into_iter().map(TryStreamExt::try_collect::<Vec<Bytes>>));
        for rest in rest.await.expect("stalled readers can go on") {
            assert_eq!(rest.iter().map(Bytes::len).sum::<usize>(), 3_000_000 - 512 * 1024);
        }
    });
}

#[tokio::test]
async fn a_file_that_shrinks_while_it_is_read_is_an_error() {
    let disk = Disk::new();
    disk.blobs.put_bytes(&blob(1), zeros(3_000_000)).await.expect("a right body");
    let mut stream = disk.blobs.get(&blob(1), 0..3_000_000).await.expect("it is there");
    stream.try_next().await.expect("it begins").expect("it begins");
    let file = File::options().write(true).open(disk.file(&blob(1))).expect("the file");
    file.set_len(2_999_999).expect("it is cut");
    let error = stream.try_fold((), |(), _| async { Ok(()) }).await.expect_err("it is cut");
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn sending_a_damaged_large_file_again_heals_it() {
    let disk = Disk::new();
    let bytes = zeros(1000);
    // The SHA-256 of a thousand zeros.
    let stored = disk.blobs.put_bytes(&blob(1), bytes.clone()).await.expect("a right body");
    let key = Key::Lfs(stored.sha256);
    disk.blobs.put_bytes(&key, bytes.clone()).await.expect("a right body");
    File::options().write(true).open(disk.file(&key)).expect("the file").set_len(0).expect("it is cut");
    let stored = disk.blobs.put_bytes(&key, bytes.clone()).await.expect("a right body");
    assert!(stored.existed);
    assert_eq!(disk.blobs.read(&key, 0..1000, 1000).await.expect("it is whole"), bytes);
    assert_eq!(disk.temps(), 0);
}

#[tokio::test]
async fn putting_what_exists_makes_it_young_again() {
    let disk = Disk::new();
    disk.blobs.put_bytes(&blob(1), zeros(1000)).await.expect("a right body");
    let file = File::options().write(true).open(disk.file(&blob(1))).expect("the file");
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1000)).expect("it is old");
    let modified = async || {
        let page = disk.blobs.list(&Prefix::GitRepo(1), None, 1).await.expect("list answers");
        page.first().expect("it is there").modified
    };
    assert_eq!(modified().await, 1000);
    assert!(disk.blobs.put_bytes(&blob(1), zeros(1000)).await.expect("a right body").existed);
    assert!(modified().await > 1_700_000_000);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_fails_the_put_and_leaves_no_draft() {
    let disk = Disk::new();
    fs::write(disk.folder.path().join("git"), "in the way").expect("a file");
    assert!(matches!(disk.blobs.put_bytes(&blob(1), zeros(10)).await, Err(Error::Io(_))));
    assert_eq!(disk.temps(), 0);
    // The name of the object itself is taken by a folder.
    let key = part("taken");
    fs::create_dir_all(disk.file(&key).join("below")).expect("a folder");
    assert!(matches!(disk.blobs.put_bytes(&key, zeros(10)).await, Err(Error::Io(_))));
    assert_eq!(disk.temps(), 0);
}

#[tokio::test]
async fn a_store_without_its_folder_is_not_writable() {
    let disk = Disk::new();
    assert!(disk.blobs.check().await.expect("check answers").writable);
    assert_eq!(disk.temps(), 0);
    fs::remove_dir(disk.folder.path().join("tmp")).expect("it is empty");
    assert!(!disk.blobs.check().await.expect("check answers").writable);
    assert!(matches!(disk.blobs.put_bytes(&blob(1), zeros(10)).await, Err(Error::Io(_))));
}

#[tokio::test]
async fn the_sweep_takes_old_drafts_only() {
    let disk = Disk::new();
    let (old, young) = (disk.folder.path().join("tmp/old"), disk.folder.path().join("tmp/young"));
    fs::write(&young, "young").expect("a file");
    let file = File::create(&old).expect("a file");
    file.set_modified(UNIX_EPOCH + Duration::from_secs(1000)).expect("it is old");
    assert_eq!(disk.blobs.sweep_temp(3600).await.expect("the sweep works"), 1);
    assert!(!old.exists() && young.exists());
    assert_eq!(disk.blobs.sweep_temp(0).await.expect("the sweep works"), 1);
    assert_eq!(disk.blobs.sweep_temp(u64::MAX).await.expect("the sweep works"), 0);
}

#[tokio::test]
async fn a_put_whose_draft_was_swept_fails() {
    let disk = Disk::new();
    let root = disk.folder.path().join("tmp");
    let sweep = stream::once(async move {
        // The first batch is in a draft, or about to be: the second one comes only when it is.
        while fs::read_dir(&root).expect("the folder of drafts").count() == 0 {
            tokio::task::yield_now().await;
        }
        for entry in fs::read_dir(&root).expect("the folder of drafts") {
            fs::remove_file(entry.expect("an entry").path()).expect("it is removed");
        }
        Ok(zeros(10))
    });
    let body = Box::pin(stream::iter([Ok(zeros(600_000))]).chain(sweep));
    assert!(matches!(disk.blobs.put(&blob(1), body, ANY).await, Err(Error::Io(_))));
    assert_eq!(disk.blobs.size(&blob(1)).await.expect("size answers"), None);
}

#[tokio::test]
async fn empty_folders_go_with_their_last_object() {
    let disk = Disk::new();
    disk.blobs.put_bytes(&blob(1), zeros(1)).await.expect("a right body");
    disk.blobs.put_bytes(&blob(2), zeros(1)).await.expect("a right body");
    assert!(disk.blobs.delete(&blob(1)).await.expect("delete answers"));
    assert!(disk.folder.path().join("git/1").is_dir());
    assert_eq!(disk.blobs.delete_prefix(&Prefix::GitRepo(1)).await.expect("delete answers"), 1);
    assert!(!disk.folder.path().join("git/1").exists());
    assert!(disk.folder.path().join("git").is_dir());
}

#[tokio::test]
async fn folders_sort_as_their_paths_do_and_strangers_are_not_listed() {
    let disk = Disk::new();
    // `-` sorts before `/` and `_` after it.
    for upload in ["a", "a-b", "a_b"] {
        disk.blobs.put_bytes(&part(upload), zeros(1)).await.expect("a right body");
    }
    fs::write(disk.folder.path().join("parts/.DS_Store"), "").expect("a file");
    std::os::unix::fs::symlink("/", disk.folder.path().join("parts/link")).expect("a link");
    let mut found = Vec::new();
    while let page = disk.blobs.list(&Prefix::Parts, found.last().cloned(), 1).await.expect("list answers")
        && let Some(listed) = page.into_iter().next()
    {
        found.push(listed.path);
    }
    assert_eq!(found, ["parts/a-b/00001", "parts/a/00001", "parts/a_b/00001"]);
}
