//! Git objects between memory, the database and the byte store.

mod compact;
mod copy;
mod export;
mod history;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use stoa_blob::Key;
use stoa_core::{Failure, Oid, Reply, Sha256};
use stoa_db::Tx;
use stoa_db::objects::{self, Base, Object};
use stoa_git::{Commit, EMPTY_TREE, Encoded, NewTree, ObjectKind, Tree};

use crate::{Hub, blob_failure, cpu, git_failure};

pub(crate) use compact::Version;

/// Compressed objects up to this many bytes are rows; larger ones go to the byte store.
pub(crate) const ROW: usize = 32 * 1024;
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
    /// The body of an object.
    pub(crate) async fn body(&self, repo: i64, oid: Oid) -> Reply<Vec<u8>> {
        self.known_body(repo, oid)
            .await?
            .ok_or_else(|| Failure::internal(format!("git object {oid} is missing")))
    }

    /// The body of an object; `None` when there is no such object.
    pub(crate) async fn known_body(&self, repo: i64, oid: Oid) -> Reply<Option<Vec<u8>>> {
        let mut tx = self.read().await?;
        let chain = objects::chain(&mut tx, repo, oid).await?;
        drop(tx);
        if chain.is_empty() {
            return Ok(None);
        }
        self.unfold(repo, chain).await.map(Some)
    }

    /// The body of the first of some objects, each of which is a delta against the next; the last is whole.
    async fn unfold(&self, repo: i64, mut chain: Vec<Object>) -> Reply<Vec<u8>> {
        let whole = chain.pop().ok_or_else(|| Failure::internal("an empty chain of deltas"))?;
        if let Some(base) = whole.base {
            return Err(Failure::internal(format!(
                "git object {} is missing, a base of {}",
                base.oid, whole.oid
            )));
        }
        let data = self.zlib_of(repo, &whole).await?;
        let mut work = move || {
            let mut body = stoa_git::inflate(&data, whole.size)?;
            while let Some(delta) = chain.pop() {
                let size = delta.base.map_or(0, |base| base.instructions);
                let instructions = stoa_git::inflate(&delta.data.unwrap_or_default(), size)?;
                body = stoa_git::apply_delta(&body, &instructions, delta.size)?;
            }
            Ok(body)
        };
        if whole.size < 64 * 1024 {
            return work().map_err(git_failure);
        }
        cpu::run(move || work().map_err(git_failure)).await
    }

    /// The zlib stream of an object as it is stored, from its row or the byte store.
    pub(crate) async fn zlib_of(&self, repo: i64, object: &Object) -> Reply<Bytes> {
        if let Some(data) = &object.data {
            return Ok(Bytes::copy_from_slice(data));
        }
        let oid = object.oid;
        let key = Key::GitBlob { repo, oid };
        let size = self.blobs().size(&key).await.map_err(blob_failure)?;
        let size = size.ok_or_else(|| Failure::internal(format!("git blob {oid} is missing")))?;
        self.blobs().read(&key, 0..size, stoa_git::MAX_BODY).await.map_err(blob_failure)
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
        for Made { encoded, lfs, base } in made {
            let Encoded { oid, kind, size, data } = encoded;
            let kind = i64::from(kind.pack_code());
            let row = (data.len() <= ROW).then(|| data.to_vec());
            if row.is_none() {
                large.insert(oid, data);
            }
            rows.push(Object { oid, kind, size, data: row, lfs, base, push: None });
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
                let held = held(&mut tx, repo, rows).await?;
                tx.commit().await?;
                return if held.is_empty() { Ok(()) } else { self.keep_whole(repo, held).await };
            }
        }
        Err(Failure::unavailable("What was sent was swept just as it came. Send it again"))
    }

    /// Stores deltas as whole objects: a push under way brought the same ones, in a form that may go with it.
    async fn keep_whole(&self, repo: i64, deltas: Vec<Object>) -> Reply<()> {
        let mut made = Vec::with_capacity(deltas.len());
        for delta in deltas {
            let (kind, lfs) = (kind_of(&delta)?, delta.lfs);
            let base = delta.base.ok_or_else(|| Failure::internal("a delta without a base"))?;
            let mut tx = self.read().await?;
            let mut chain = objects::chain(&mut tx, repo, base.oid).await?;
            drop(tx);
            chain.insert(0, delta);
            let encoded = encode(kind, self.unfold(repo, chain).await?).await?;
            made.push(Made { encoded, lfs, base: None });
        }
        // Whole ones are never held.
        Box::pin(self.keep(repo, made)).await
    }

    pub(crate) async fn are_here(&self, repo: i64, oids: &[Oid]) -> Reply<bool> {
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
            Source::Repo(_, bytes) if bytes.contains_key(&oid) => {
                bytes.get(&oid).cloned().ok_or_else(missing)
            }
            Source::Repo(repo, _) => {
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
    /// Another repository, and what is a delta there and becomes whole.
    Repo(i64, HashMap<Oid, Bytes>),
}

/// The kind that a row names.
pub(crate) fn kind_of(object: &Object) -> Reply<ObjectKind> {
    let kind = u8::try_from(object.kind).ok().and_then(ObjectKind::from_pack_code);
    kind.ok_or_else(|| Failure::internal(format!("git object {} has an unknown kind", object.oid)))
}

/// Those deltas that still belong to a push under way after they were stored.
async fn held(tx: &mut Tx, repo: i64, rows: &[Object]) -> Reply<Vec<Object>> {
    let deltas: Vec<&Object> = rows.iter().filter(|row| row.base.is_some() && row.push.is_none()).collect();
    if deltas.is_empty() {
        return Ok(Vec::new());
    }
    let oids: Vec<Oid> = deltas.iter().map(|row| row.oid).collect();
    let live: HashSet<Oid> = objects::live(tx, repo, &oids).await?.into_iter().map(|(oid, _)| oid).collect();
    Ok(deltas.into_iter().filter(|row| !live.contains(&row.oid)).cloned().collect())
}

/// An object to be stored, with the large file it stands for if it is a pointer.
pub(crate) struct Made {
    /// With the stream of its instructions if it is a delta.
    pub(crate) encoded: Encoded,
    pub(crate) lfs: Option<(Sha256, u64)>,
    /// What it is a delta against; that must be there.
    pub(crate) base: Option<Base>,
}

impl From<Encoded> for Made {
    fn from(encoded: Encoded) -> Self {
        Self { encoded, lfs: None, base: None }
    }
}

/// New trees as whole objects.
pub(crate) fn whole_trees(trees: &[NewTree]) -> Reply<Vec<Made>> {
    trees.iter().map(|tree| tree.encode().map(Made::from).map_err(git_failure)).collect()
}

/// The id of a blob, worked out off the async threads when it is large; a body that is an attack is refused.
pub(crate) async fn blob_id(body: Vec<u8>) -> Reply<(Oid, Vec<u8>)> {
    let quick = body.len() < 64 * 1024;
    let work = move || {
        let oid = stoa_git::hash(ObjectKind::Blob, &body).map_err(encode_failure)?;
        Ok((oid, body))
    };
    if quick { work() } else { cpu::run(work).await }
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
mod delta_tests;

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
