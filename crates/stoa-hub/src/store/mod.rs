//! Git objects between memory, the database and the byte store.

mod copy;
mod export;
mod history;

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
        for Made { encoded, lfs } in made {
            let data = if encoded.data.len() <= ROW {
                Some(encoded.data.to_vec())
            } else {
                let key = Key::GitBlob { repo, oid: encoded.oid };
                self.blobs().put_bytes(&key, encoded.data).await.map_err(blob_failure)?;
                None
            };
            let kind = i64::from(encoded.kind.pack_code());
            rows.push(Object { oid: encoded.oid, kind, size: encoded.size, data, lfs });
        }
        for batch in rows.chunks(objects::BATCH) {
            let mut tx = self.write().await?;
            objects::put(&mut tx, repo, batch).await?;
            tx.commit().await?;
        }
        Ok(())
    }
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
