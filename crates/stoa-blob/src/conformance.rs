//! The rules that every backend keeps. A new backend is done when [`run`] passes on it.
//!
//! The suite may run on a store that is in use: it puts random bytes under names of its own and deletes them.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, future, stream};
use sha2::Digest;
use stoa_core::{Oid, Sha256, hex};
use tokio::sync::Notify;

use crate::{Blobs, ByteStream, Error, Expect, Key, Prefix, once};

/// Longer than a batch of the writer and a block of the reader, and no multiple of either.
const LARGE: usize = 1_300_007;

/// Proves every rule on `blobs`, or panics with the one that is broken.
pub async fn run(blobs: Blobs) {
    let suite = Suite::new(blobs);
    suite.round_trip().await;
    suite.ranges_at_the_edges().await;
    suite.wrong_bodies_leave_nothing().await;
    suite.announcements_are_checked_first().await;
    suite.the_second_put_finds_the_first().await;
    suite.a_part_is_replaced().await;
    suite.concurrent_puts_agree().await;
    suite.a_dropped_put_leaves_nothing().await;
    suite.puts_and_deletes_in_one_folder_get_along().await;
    suite.missing_objects().await;
    suite.listing_pages_in_order().await;
    suite.concat_joins_and_checks().await;
    suite.forty_megabytes_stream_through().await;
    assert!(suite.blobs.check().await.expect("check answers").writable);
    suite.clean_up().await;
}

struct Suite {
    blobs: Blobs,
    seed: u64,
}

impl Suite {
    fn new(blobs: Blobs) -> Self {
        let mut seed = [0_u8; 8];
        getrandom::fill(&mut seed).expect("the system has random bytes");
        Self { blobs, seed: u64::from_le_bytes(seed) }
    }

    /// Bytes that no other case and no earlier run has.
    fn bytes(&self, salt: u64, len: usize) -> Bytes {
        let mut state = (self.seed ^ salt.wrapping_mul(0x9e37_79b9_7f4a_7c15)) | 1;
        let mut out = Vec::with_capacity(len + 8);
        while out.len() < len {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            out.extend_from_slice(&state.to_le_bytes());
        }
        out.truncate(len);
        out.into()
    }

    fn repo(&self) -> i64 {
        (self.seed >> 1) as i64
    }

    fn blob(&self, number: u8) -> Key {
        Key::GitBlob { repo: self.repo(), oid: Oid([number; 20]) }
    }

    fn upload(&self) -> String {
        format!("conformance-{}", hex(&self.seed.to_le_bytes()))
    }

    fn part(&self, part: u32) -> Key {
        Key::UploadPart { upload: self.upload(), part }
    }

    async fn get(&self, key: &Key, range: std::ops::Range<u64>) -> Result<Vec<u8>, Error> {
        let stream = self.blobs.get(key, range).await?;
        stream.map_ok(|piece| piece.to_vec()).try_concat().await.map_err(Error::Io)
    }

    async fn assert_absent(&self, key: &Key) {
        assert_eq!(self.blobs.size(key).await.expect("size answers"), None, "{key:?} is visible");
        assert!(matches!(self.blobs.get(key, 0..0).await, Err(Error::NotFound(_))), "{key:?} can be read");
    }

    async fn round_trip(&self) {
        for (salt, len) in [(1, 0), (2, 1), (3, 512 * 1024), (4, 1024 * 1024), (5, LARGE)] {
            let bytes = self.bytes(salt, len);
            let sha256 = sha256(&bytes);
            let key = if len == 0 { self.blob(0) } else { Key::Lfs(sha256) };
            let stored = self.blobs.put(&key, pieces(&bytes), exactly(&bytes)).await.expect("a right body");
            assert_eq!((stored.size, stored.sha256, stored.existed), (len as u64, sha256, false));
            assert_eq!(self.blobs.size(&key).await.expect("size answers"), Some(len as u64));
            assert_eq!(self.get(&key, 0..len as u64).await.expect("it is there"), bytes);
            let read = self.blobs.read(&key, 0..len as u64, len as u64).await.expect("it is there");
            assert_eq!(read, bytes);
            assert!(self.blobs.delete(&key).await.expect("delete answers"));
            assert!(!self.blobs.delete(&key).await.expect("delete answers"), "deleted twice");
            self.assert_absent(&key).await;
        }
    }

    async fn ranges_at_the_edges(&self) {
        let (bytes, key, len) = (self.bytes(10, LARGE), self.blob(1), LARGE as u64);
        self.blobs.put_bytes(&key, bytes.clone()).await.expect("a right body");
        let block = 512 * 1024;
        let ranges = [
            (0, 0),
            (0, 1),
            (len - 1, len),
            (len, len),
            (1, len),
            (0, block),
            (block, 2 * block),
            (block - 1, block + 1),
            (1, 2 * block),
            (7, 7),
        ];
        for (start, end) in ranges {
            let expected = &bytes[start as usize..end as usize];
            assert_eq!(self.get(&key, start..end).await.expect("inside"), expected, "{start}..{end}");
            let read = self.blobs.read(&key, start..end, len).await.expect("inside");
            assert_eq!(read, expected, "{start}..{end}");
        }
        for (start, end) in [(0, len + 1), (len, len + 1), (len + 5, len + 9), (0, u64::MAX), (2, 1)] {
            assert!(self.get(&key, start..end).await.is_err(), "{start}..{end} of {len}");
        }
        assert!(matches!(self.blobs.read(&key, 0..len, len - 1).await, Err(Error::TooLarge { .. })));
    }

    async fn wrong_bodies_leave_nothing(&self) {
        for (salt, len) in [(20, 10_usize), (21, LARGE)] {
            let bytes = self.bytes(salt, len);
            let size = len as u64;
            let key = Key::Lfs(sha256(&bytes));
            let right = Expect { size: None, sha256: None, max: u64::MAX };
            let put = async |stream, expect| {
                let error = self.blobs.put(&key, stream, expect).await.expect_err("a wrong body");
                self.assert_absent(&key).await;
                error
            };

            let mut other = bytes.to_vec();
            other[len - 1] ^= 1;
            let other = Bytes::from(other);
            // The name alone is a promise: nobody has to repeat the hash.
            assert!(matches!(put(pieces(&other), right).await, Error::WrongHash { .. }));
            assert!(matches!(put(pieces(&other), exactly(&bytes)).await, Error::WrongHash { .. }));

            let short = Expect { size: Some(size + 1), ..right };
            assert!(matches!(put(pieces(&bytes), short).await, Error::WrongSize { got, .. } if got == size));
            let long = Expect { size: Some(size - 1), ..right };
            assert!(matches!(put(pieces(&bytes), long).await, Error::WrongSize { .. }));
            let small = Expect { max: size - 1, ..right };
            assert!(matches!(put(pieces(&bytes), small).await, Error::TooLarge { .. }));

            let broken = Err(io::Error::new(io::ErrorKind::ConnectionReset, "the client went away"));
            let cut = pieces(&bytes.slice(..len / 2)).chain(stream::iter([broken]));
            assert!(matches!(put(Box::pin(cut), right).await, Error::Interrupted(_)));
            assert!(matches!(put(Box::pin(stream::empty()), right).await, Error::WrongHash { .. }));
        }
    }

    async fn announcements_are_checked_first(&self) {
        // The second piece never comes, so these answers must not wait for it.
        let endless = |bytes: &Bytes| -> ByteStream {
            Box::pin(stream::iter([Ok(bytes.clone())]).chain(stream::pending()))
        };
        let (bytes, key) = (self.bytes(30, 100), self.blob(2));
        let too_long = Expect { size: Some(99), sha256: None, max: 1000 };
        let error = self.blobs.put(&key, endless(&bytes), too_long).await.expect_err("one byte too many");
        assert!(matches!(error, Error::WrongSize { expected: 99, got: 100 }));
        let too_large = Expect { size: None, sha256: None, max: 99 };
        let error = self.blobs.put(&key, endless(&bytes), too_large).await.expect_err("one byte too many");
        assert!(matches!(error, Error::TooLarge { max: 99 }));
        let announced = Expect { size: Some(1001), sha256: None, max: 1000 };
        let error = self.blobs.put(&key, endless(&bytes), announced).await.expect_err("announced too large");
        assert!(matches!(error, Error::TooLarge { max: 1000 }));
        let key = Key::Lfs(sha256(b"one"));
        let other = Expect { size: None, sha256: Some(sha256(b"two")), max: 1000 };
        let error = self.blobs.put(&key, endless(&bytes), other).await.expect_err("two hashes");
        assert!(matches!(error, Error::InvalidKey(_)));
    }

    async fn the_second_put_finds_the_first(&self) {
        let bytes = self.bytes(40, 5000);
        let key = Key::Lfs(sha256(&bytes));
        let first = self.blobs.put_bytes(&key, bytes.clone()).await.expect("a right body");
        let second = self.blobs.put_bytes(&key, bytes.clone()).await.expect("a right body");
        assert_eq!((first.existed, second.existed), (false, true));
        assert_eq!((first.size, first.sha256), (second.size, second.sha256));

        let wrong = self.blobs.put_bytes(&key, self.bytes(41, 5000)).await;
        assert!(matches!(wrong, Err(Error::WrongHash { .. })), "proof is asked of everybody");
        assert_eq!(self.get(&key, 0..5000).await.expect("it is there"), bytes);
        self.blobs.delete(&key).await.expect("delete answers");

        let key = self.blob(3);
        self.blobs.put_bytes(&key, bytes.clone()).await.expect("a right body");
        let other = self.blobs.put_bytes(&key, self.bytes(42, 10)).await.expect("another encoding");
        assert!(other.existed);
        assert_eq!(self.get(&key, 0..5000).await.expect("it is there"), bytes, "the first one stays");
    }

    async fn a_part_is_replaced(&self) {
        let key = self.part(9);
        let first = self.blobs.put_bytes(&key, self.bytes(50, 100)).await.expect("a right body");
        let again = self.bytes(51, 200);
        let second = self.blobs.put_bytes(&key, again.clone()).await.expect("a right body");
        assert_eq!((first.existed, second.existed), (false, true));
        assert_eq!(self.blobs.size(&key).await.expect("size answers"), Some(200));
        assert_eq!(self.get(&key, 0..200).await.expect("it is there"), again);
    }

    async fn concurrent_puts_agree(&self) {
        let bytes = self.bytes(60, LARGE);
        let key = Key::Lfs(sha256(&bytes));
        let puts = (0..8).map(|_| self.blobs.put(&key, pieces(&bytes), exactly(&bytes)));
        let stored = future::join_all(puts).await;
        let new = stored.iter().filter(|stored| !stored.as_ref().expect("a right body").existed).count();
        assert_eq!(new, 1, "one of the puts made the object");
        assert_eq!(self.get(&key, 0..LARGE as u64).await.expect("it is there"), bytes);
        self.blobs.delete(&key).await.expect("delete answers");
    }

    async fn a_dropped_put_leaves_nothing(&self) {
        for len in [10, LARGE] {
            let bytes = self.bytes(70, len);
            let key = Key::Lfs(sha256(&bytes));
            let asked_for_more = Arc::new(Notify::new());
            let signal = asked_for_more.clone();
            let stall = stream::once(async move {
                signal.notify_one();
                future::pending().await
            });
            let body = Box::pin(pieces(&bytes).chain(stall));
            tokio::select! {
                stored = self.blobs.put(&key, body, exactly(&bytes)) => panic!("ended early: {stored:?}"),
                () = asked_for_more.notified() => {}
            }
            self.assert_absent(&key).await;
            let stored = self.blobs.put(&key, pieces(&bytes), exactly(&bytes)).await.expect("another try");
            assert!(!stored.existed);
            self.blobs.delete(&key).await.expect("delete answers");
        }
    }

    async fn puts_and_deletes_in_one_folder_get_along(&self) {
        // The same first byte puts these next to each other, so each delete may empty the folder of a put.
        let puts_and_deletes = (0..8_u8).map(|number| async move {
            let mut oid = [0x77; 20];
            oid[19] = number;
            let key = Key::GitBlob { repo: self.repo(), oid: Oid(oid) };
            for round in 0..20 {
                let bytes = self.bytes(80 + round, 100);
                let stored = self.blobs.put_bytes(&key, bytes.clone()).await.expect("a right body");
                assert!(!stored.existed);
                assert_eq!(self.get(&key, 0..100).await.expect("it is there"), bytes);
                assert!(self.blobs.delete(&key).await.expect("delete answers"));
            }
        });
        future::join_all(puts_and_deletes).await;
    }

    async fn missing_objects(&self) {
        let key = self.blob(0xee);
        self.assert_absent(&key).await;
        assert!(matches!(self.blobs.get(&key, 0..1).await, Err(Error::NotFound(path)) if path == key.path()));
        assert!(matches!(self.blobs.read(&key, 0..1, 1).await, Err(Error::NotFound(_))));
        assert!(!self.blobs.delete(&key).await.expect("delete answers"));
        let nothing = Prefix::Upload("nothing".to_owned());
        assert_eq!(self.blobs.list(&nothing, None, 10).await.expect("list answers"), []);
        assert_eq!(self.blobs.delete_prefix(&nothing).await.expect("delete answers"), 0);
        let bad = Key::UploadPart { upload: "../x".to_owned(), part: 1 };
        assert!(matches!(self.blobs.size(&bad).await, Err(Error::InvalidKey(_))));
        assert!(matches!(self.blobs.put_bytes(&bad, Bytes::new()).await, Err(Error::InvalidKey(_))));
    }

    async fn listing_pages_in_order(&self) {
        let repo = self.repo() / 2;
        let prefix = Prefix::GitRepo(repo);
        let keys = (0..25_u8).map(|number| {
            let mut oid = [number / 3; 20];
            oid[19] = number.wrapping_mul(77);
            Key::GitBlob { repo, oid: Oid(oid) }
        });
        let mut expected = Vec::new();
        for (size, key) in keys.enumerate() {
            self.blobs.put_bytes(&key, self.bytes(90, size)).await.expect("a right body");
            expected.push((key.path(), size as u64));
        }
        expected.sort_unstable();
        for limit in [1, 4, 25, 100] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = self.blobs.list(&prefix, after, limit).await.expect("list answers");
                assert!(page.len() <= limit);
                let Some(last) = page.last() else { break };
                after = Some(last.path.clone());
                assert!(page.iter().all(|listed| Key::parse(&listed.path).is_some() && listed.modified > 0));
                found.extend(page.into_iter().map(|listed| (listed.path, listed.size)));
            }
            assert_eq!(found, expected, "in pages of {limit}");
        }
        assert_eq!(self.blobs.list(&prefix, None, 0).await.expect("list answers"), []);
        // A mark that is no object's path works as well: it need not exist any more.
        let half = format!("git/{repo}/04");
        let tail = self.blobs.list(&prefix, Some(half.clone()), 100).await.expect("list answers");
        assert_eq!(tail.len(), expected.iter().filter(|(path, _)| *path > half).count());
        assert_eq!(self.blobs.delete_prefix(&prefix).await.expect("delete answers"), 25);
        assert_eq!(self.blobs.list(&prefix, None, 100).await.expect("list answers"), []);
    }

    async fn concat_joins_and_checks(&self) {
        let bytes = self.bytes(100, LARGE);
        let key = Key::Lfs(sha256(&bytes));
        let cuts = [0, 600_000, 600_000, 600_001, LARGE];
        let mut parts = Vec::new();
        for (number, cut) in (1..).zip(cuts.windows(2)) {
            let part = self.part(number);
            self.blobs.put_bytes(&part, bytes.slice(cut[0]..cut[1])).await.expect("a right body");
            parts.push(part);
        }
        let swapped = [parts[3].clone(), parts[1].clone(), parts[2].clone(), parts[0].clone()];
        let expect = exactly(&bytes);
        let error = self.blobs.concat(&key, &swapped, expect).await.expect_err("a wrong order");
        assert!(matches!(error, Error::WrongHash { .. }));
        let error = self.blobs.concat(&key, &parts[1..], expect).await.expect_err("a part too few");
        assert!(matches!(error, Error::WrongSize { .. }));
        let missing = [parts[0].clone(), self.part(77)];
        let error = self.blobs.concat(&key, &missing, expect).await.expect_err("a missing part");
        assert!(matches!(error, Error::NotFound(path) if path == self.part(77).path()));
        let small = Expect { size: None, sha256: None, max: 10 };
        let error = self.blobs.concat(&key, &parts, small).await.expect_err("too large");
        assert!(matches!(error, Error::TooLarge { max: 10 }));
        self.assert_absent(&key).await;

        let stored = self.blobs.concat(&key, &parts, expect).await.expect("the right parts");
        assert_eq!((stored.size, stored.existed), (LARGE as u64, false));
        assert_eq!(self.get(&key, 0..LARGE as u64).await.expect("it is there"), bytes);
        self.blobs.delete(&key).await.expect("delete answers");
        assert_eq!(self.blobs.delete_prefix(&Prefix::Upload(self.upload())).await.expect("it answers"), 5);
    }

    async fn forty_megabytes_stream_through(&self) {
        const PIECE: usize = 64 * 1024;
        const PIECES: u64 = 640;
        let mut hash = sha2::Sha256::new();
        for number in 0..PIECES {
            hash.update(self.bytes(1000 + number, PIECE));
        }
        let sha256 = Sha256(hash.finalize().into());
        let size = PIECES * PIECE as u64;
        let seed = Self { blobs: self.blobs.clone(), seed: self.seed };
        let body = stream::iter(0..PIECES).map(move |number| Ok(seed.bytes(1000 + number, PIECE)));
        let expect = Expect { size: Some(size), sha256: Some(sha256), max: size };
        let key = Key::Lfs(sha256);
        let stored = self.blobs.put(&key, Box::pin(body), expect).await.expect("a right body");
        assert_eq!(stored.size, size);
        let mut hash = sha2::Sha256::new();
        let mut stream = self.blobs.get(&key, 0..size).await.expect("it is there");
        while let Some(piece) = stream.try_next().await.expect("it is whole") {
            hash.update(&piece);
        }
        assert_eq!(Sha256(hash.finalize().into()), sha256);
        self.blobs.delete(&key).await.expect("delete answers");
    }

    async fn clean_up(&self) {
        self.blobs.delete_prefix(&Prefix::GitRepo(self.repo())).await.expect("delete answers");
        self.blobs.delete_prefix(&Prefix::Upload(self.upload())).await.expect("delete answers");
    }
}

fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

fn exactly(bytes: &Bytes) -> Expect {
    let size = bytes.len() as u64;
    Expect { size: Some(size), sha256: Some(sha256(bytes)), max: size }
}

/// A body in the small and uneven pieces that a network makes.
fn pieces(bytes: &Bytes) -> ByteStream {
    const PIECE: usize = 10_007;
    if bytes.len() <= PIECE {
        return once(bytes.clone());
    }
    let bytes = bytes.clone();
    let starts = (0..bytes.len()).step_by(PIECE);
    Box::pin(stream::iter(starts.map(move |at| Ok(bytes.slice(at..bytes.len().min(at + PIECE))))))
}
