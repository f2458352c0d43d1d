//! Git objects between memory, the database and the byte store.

mod copy;
mod export;
mod history;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use stoa_blob::Key;
use stoa_core::{Failure, Oid, Reply, Sha256};
use stoa_db::objects::{self, Object};
use stoa_git::{Commit, EMPTY_TREE, Encoded, ObjectKind, Tree};

use crate::{Hub, blob_failure, cpu, git_failure};

/// Compressed objects up to this many bytes are rows; larger ones go to the byte store.
const ROW: usize = 32 * 1024;
/// How often bytes are stored again that a sweep took before their row was written.
const TRIES: usize = 5;

/// Decoded trees, most used first. They are named by their content, so nothing ever has to be taken out.
pub(crate) struct TreeCache(Cache<(i64, Oid), Arc<Tree>, Weight>);

/// Bytes of decoded trees kept.
const CACHE: u64 = 48 << 20;

#[derive(Clone)]
struct Weight;

impl Weighter<(i64, Oid), Arc<Tree>> for Weight {
    fn weight(&self, _key: &(i64, Oid), tree: &Arc<Tree>) -> u64 {
        128 + tree.entries.iter().map(|entry| 64 + entry.name.len() as u64).sum::<u64>()
    }
}

impl TreeCache {
    pub(crate) fn new() -> Self {
        Self(Cache::with_weighter(8192, CACHE, Weight))
    }
}

impl Hub {
    /// The stored form of an object, its bytes included.
    pub(crate) async fn stored(&self, repo: i64, oid: Oid) -> Reply<(Object, Bytes)> {
        let mut tx = self.read().await?;
        let object = objects::get(&mut tx, repo, oid).await?;
        drop(tx);
        let mut object = object.ok_or_else(|| Failure::internal(format!("git object {oid} is missing")))?;
        if let Some(data) = object.data.take() {
            return Ok((object, Bytes::from(data)));
        }
        let key = Key::GitBlob { repo, oid };
        let size = self.blobs().size(&key).await.map_err(blob_failure)?;
        let size = size.ok_or_else(|| Failure::internal(format!("git blob {oid} is missing")))?;
        let data = self.blobs().read(&key, 0..size, stoa_git::MAX_BODY).await.map_err(blob_failure)?;
        Ok((object, data))
    }

    /// The body of an object.
    pub(crate) async fn body(&self, repo: i64, oid: Oid) -> Reply<Vec<u8>> {
        let (object, data) = self.stored(repo, oid).await?;
        if object.size < 64 * 1024 {
            return stoa_git::inflate(&data, object.size).map_err(git_failure);
        }
        cpu::run(move || stoa_git::inflate(&data, object.size).map_err(git_failure)).await
    }

    /// A tree, from memory when it was read before.
    pub(crate) async fn tree(&self, repo: i64, oid: Oid) -> Reply<Arc<Tree>> {
        if oid == EMPTY_TREE {
            return Ok(Arc::new(Tree { entries: Vec::new() }));
        }
        if let Some(tree) = self.0.trees.0.get(&(repo, oid)) {
            return Ok(tree);
        }
        let body = self.body(repo, oid).await?;
        let tree = Arc::new(Tree::parse(&body).map_err(git_failure)?);
        self.0.trees.0.insert((repo, oid), Arc::clone(&tree));
        Ok(tree)
    }

    /// A commit.
    pub(crate) async fn commit_object(&self, repo: i64, oid: Oid) -> Reply<Commit> {
        let body = self.body(repo, oid).await?;
        Commit::parse(&body).map_err(git_failure)
    }

    /// Stores objects before anything names them; what a crash leaves behind is only garbage.
    pub(crate) async fn keep(&self, repo: i64, made: Vec<Made>) -> Reply<()> {
        let mut rows = Vec::with_capacity(made.len());
        let mut large = HashMap::new();
        for Made { encoded, lfs } in made {
            let Encoded { oid, kind, size, data } = encoded;
            let kind = i64::from(kind.pack_code());
            let row = (data.len() <= ROW).then(|| data.to_vec());
            if row.is_none() {
                large.insert(oid, data);
            }
            rows.push(Object { oid, kind, size, data: row, lfs });
        }
        let source = Source::Memory(large);
        for batch in rows.chunks(objects::BATCH) {
            self.keep_rows(repo, batch, &source).await?;
        }
        Ok(())
    }

    /// Stores the bytes of those objects that have none in their row, then the rows.
    ///
    /// Invariant: a row is written only after a look, under the database's writer, that its bytes are there. The same
    /// bytes may have lain there since a crash, and a sweep deletes those under the writer, too.
    async fn keep_rows(&self, repo: i64, rows: &[Object], source: &Source) -> Reply<()> {
        let large: Vec<Oid> = rows.iter().filter(|row| row.data.is_none()).map(|row| row.oid).collect();
        for _ in 0..TRIES {
            for oid in &large {
                let bytes = self.bytes_of(source, *oid).await?;
                self.blobs()
                    .put_bytes(&Key::GitBlob { repo, oid: *oid }, bytes)
                    .await
                    .map_err(blob_failure)?;
            }
            let mut tx = self.write().await?;
            if self.are_here(repo, &large).await? {
                objects::put(&mut tx, repo, rows).await?;
                return Ok(tx.commit().await?);
            }
        }
        Err(Failure::unavailable("What was sent was swept just as it came. Send it again"))
    }

    async fn are_here(&self, repo: i64, oids: &[Oid]) -> Reply<bool> {
        for oid in oids {
            let size = self.blobs().size(&Key::GitBlob { repo, oid: *oid }).await.map_err(blob_failure)?;
            if size.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn bytes_of(&self, source: &Source, oid: Oid) -> Reply<Bytes> {
        let missing = || Failure::internal(format!("git blob {oid} is missing"));
        match source {
            Source::Memory(bytes) => bytes.get(&oid).cloned().ok_or_else(missing),
            Source::Repo(repo) => {
                let key = Key::GitBlob { repo: *repo, oid };
                let size = self.blobs().size(&key).await.map_err(blob_failure)?.ok_or_else(missing)?;
                self.blobs().read(&key, 0..size, stoa_git::MAX_BODY).await.map_err(blob_failure)
            }
        }
    }
}

/// Where the bytes of objects come from that are too large for a row.
enum Source {
    Memory(HashMap<Oid, Bytes>),
    /// Another repository.
    Repo(i64),
}

/// An object to be stored, with the large file it stands for if it is a pointer.
pub(crate) struct Made {
    pub(crate) encoded: Encoded,
    pub(crate) lfs: Option<(Sha256, u64)>,
}

impl From<Encoded> for Made {
    fn from(encoded: Encoded) -> Self {
        Self { encoded, lfs: None }
    }
}

/// Encodes an object off the async threads when it is large.
pub(crate) async fn encode(kind: ObjectKind, body: Vec<u8>) -> Reply<Encoded> {
    if body.len() < 16 * 1024 {
        return stoa_git::encode(kind, &body).map_err(encode_failure);
    }
    cpu::run(move || stoa_git::encode(kind, &body).map_err(encode_failure)).await
}

fn encode_failure(error: stoa_git::Error) -> Failure {
    match error {
        stoa_git::Error::Collision => {
            Failure::invalid("The file is part of a known SHA-1 collision attack and was refused")
        }
        other => Failure::internal(other),
    }
}

#[cfg(test)]
mod tests {
    use stoa_blob::Blobs;
    use stoa_core::{ManualClock, Time};
    use stoa_db::Db;

    use super::*;
    use crate::{Limits, Policy};

    #[tokio::test]
    async fn bytes_that_are_swept_before_their_row_is_written_are_stored_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let db = Db::open(&stoa_db::Config::in_folder(folder.path())).await.expect("a database");
        let clock = Arc::new(ManualClock::at(Time(0)));
        let hub = Hub::new(db, Blobs::memory(), clock, Policy::default(), Limits::default());
        let hub = hub.await.expect("a hub");
        let body = (0..100_000_u32).flat_map(u32::to_le_bytes).collect::<Vec<u8>>();
        let encoded = encode(ObjectKind::Blob, body.clone()).await.expect("an object");
        let oid = encoded.oid;
        let key = Key::GitBlob { repo: 7, oid };
        // As a sweep does that saw no row.
        let tx = hub.write().await.expect("the writer");
        let keep = tokio::spawn({
            let hub = hub.clone();
            async move { hub.keep(7, vec![encoded.into()]).await }
        });
        while !hub.blobs().delete(&key).await.expect("an answer") {
            tokio::task::yield_now().await;
        }
        drop(tx);
        keep.await.expect("no panic").expect("an object that is kept");
        assert!(hub.body(7, oid).await.expect("its body") == body);
    }
}
