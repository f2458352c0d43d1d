//! Large files that came whole (git-lfs, clients without Xet) become chunks, in the background, and are then stored
//! once like all others.

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256 as Hasher};
use stoa_blob::Key;
use stoa_core::{Failure, Reply, Sha256};
use stoa_db::xet;
use stoa_xet::{Chunker, MerkleHash, MerkleTree, Term, XorbBuilder, XorbInfo, chunk_hash};

use super::bytes::encode_terms;
use crate::{Hub, blob_failure, cpu};

/// Files turned into chunks in one round of the hub's own work.
const FILES: i64 = 8;

impl Hub {
    /// Turns a few of the files that lie whole into chunks, behind one of them; where to go on, or `None` at the end.
    /// A file that cannot be turned stays whole and holds up no other.
    pub(crate) async fn ingest_some(&self, after: Option<Sha256>) -> Reply<Option<Sha256>> {
        let mut tx = self.read().await?;
        let files = xet::whole(&mut tx, after, FILES).await?;
        drop(tx);
        let more = files.len() as i64 == FILES;
        let last = files.last().map(|(oid, _)| *oid).filter(|_| more);
        for (oid, size) in files {
            if let Err(error) = self.ingest(oid, size).await {
                tracing::warn!(file.sha256 = %oid, ?error, "a large file could not be turned into chunks");
            }
        }
        Ok(last)
    }

    /// Throws the whole copy of a large file away when there are chunks of it: somebody who may not know of those has
    /// sent all of it.
    pub(crate) async fn drop_whole(&self, oid: Sha256) -> Reply<()> {
        let mut tx = self.write().await?;
        if xet::file_of(&mut tx, oid).await?.is_some() {
            self.blobs().delete(&Key::Lfs(oid)).await.map_err(blob_failure)?;
            for xorb in xet::xorbs_of(&mut tx, oid).await? {
                xet::share_with_holders(&mut tx, oid, xorb).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// Turns one file that lies whole into chunks. Its bytes are read back and hashed before the whole copy goes.
    pub(crate) async fn ingest(&self, oid: Sha256, size: u64) -> Reply<()> {
        let key = Key::Lfs(oid);
        if size == 0 || self.blobs().size(&key).await.map_err(blob_failure)? != Some(size) {
            return Ok(());
        }
        let mut body = self.blobs().get(&key, 0..size).await.map_err(blob_failure)?;
        let mut packing = Box::new(Packing::new());
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(Failure::internal)?;
            packing = cpu::run(move || {
                packing.push(&piece);
                Ok(packing)
            })
            .await?;
            for (info, bytes) in std::mem::take(&mut packing.full) {
                self.keep_xorb(&info, bytes).await?;
            }
        }
        let Packed { full, id, terms, xorbs } = cpu::run(move || Ok(packing.finish())).await?;
        for (info, bytes) in full {
            self.keep_xorb(&info, bytes).await?;
        }
        let first = terms.first().map(|term| term.xorb);
        let row = xet::File { id: 0, hash: id.0, size, terms: encode_terms(&terms) };
        self.prove(&row, oid).await?;
        let now = self.now();
        let mut tx = self.write().await?;
        let raw: Vec<xet::Hash> = xorbs.iter().map(|hash| hash.0).collect();
        xet::touch(&mut tx, &raw, now).await?;
        let ids: Vec<i64> = xet::xorbs(&mut tx, &raw).await?.iter().map(|xorb| xorb.id).collect();
        if ids.len() != raw.len() {
            return Err(Failure::internal("a xorb vanished while a file was turned into chunks"));
        }
        let file = xet::put_file(&mut tx, &row, &ids, now).await?;
        for xorb in &ids {
            xet::share_with_holders(&mut tx, oid, *xorb).await?;
        }
        // Clients ask for the first chunk of each file.
        if let Some(xorb) = first
            && let Some(known) = self.table(xorb).await?
            && let Some((_, id)) = xet::xorb_ids(&mut tx, &[xorb.0]).await?.first()
        {
            xet::find_by(&mut tx, &known.chunks.hash(0).0, *id).await?;
        }
        let moved = xet::move_large(&mut tx, oid, file).await?;
        tx.commit().await?;
        if moved {
            // Readers that began with the whole copy keep their open file.
            self.blobs().delete(&key).await.map_err(blob_failure)?;
        }
        Ok(())
    }

    async fn keep_xorb(&self, info: &XorbInfo, bytes: Bytes) -> Reply<()> {
        self.blobs().put_bytes(&Key::Xorb(info.hash.0), bytes).await.map_err(blob_failure)?;
        let chunks = &info.chunks;
        let dedup: Vec<xet::Hash> = chunks
            .chunks(0..chunks.len())
            .map(|(hash, _)| hash)
            .filter(MerkleHash::is_dedup_eligible)
            .map(|hash| hash.0)
            .collect();
        let row = xet::Xorb {
            id: 0,
            hash: info.hash.0,
            packed: chunks.packed_len(),
            unpacked: chunks.unpacked_len(),
            chunks: chunks.as_bytes().to_vec(),
        };
        let mut tx = self.write().await?;
        xet::put_own_xorb(&mut tx, &row, &dedup, self.now()).await?;
        self.settle_xorb(&mut tx, &row).await?;
        Ok(tx.commit().await?)
    }

    /// Reads a file of chunks back and compares its SHA-256.
    async fn prove(&self, row: &xet::File, oid: Sha256) -> Reply<()> {
        let mut stream = self.joined(row, 0..row.size).await?;
        let mut hasher = Hasher::new();
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(Failure::internal)?;
            hasher = cpu::run(move || {
                hasher.update(&piece);
                Ok(hasher)
            })
            .await?;
        }
        if Sha256(hasher.finalize().into()) == oid {
            return Ok(());
        }
        Err(Failure::internal(format!("{oid} would not have come back from its chunks; it stays whole")))
    }
}

/// A file on its way into xorbs.
struct Packing {
    chunker: Chunker,
    builder: XorbBuilder,
    packed: Vec<u8>,
    tree: MerkleTree,
    /// Chunks and bytes in the xorb under way.
    run: (u32, u64),
    full: Vec<(XorbInfo, Bytes)>,
    terms: Vec<Term>,
    xorbs: Vec<MerkleHash>,
}

/// A file in xorbs, of which the last are not stored yet.
struct Packed {
    full: Vec<(XorbInfo, Bytes)>,
    id: MerkleHash,
    terms: Vec<Term>,
    xorbs: Vec<MerkleHash>,
}

impl Packing {
    fn new() -> Self {
        Self {
            chunker: Chunker::new(),
            builder: XorbBuilder::new(),
            packed: Vec::new(),
            tree: MerkleTree::new(),
            run: (0, 0),
            full: Vec::new(),
            terms: Vec::new(),
            xorbs: Vec::new(),
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        let mut bytes = bytes;
        let mut chunker = std::mem::take(&mut self.chunker);
        while let Some(chunk) = chunker.next(&mut bytes) {
            self.add(chunk);
        }
        self.chunker = chunker;
    }

    fn add(&mut self, chunk: &[u8]) {
        if !self.builder.fits(chunk.len()) {
            self.close();
        }
        let hash = chunk_hash(chunk);
        self.tree.push(hash, chunk.len() as u64);
        self.builder.push(hash, chunk, &mut self.packed);
        self.run.0 += 1;
        self.run.1 += chunk.len() as u64;
    }

    /// Ends the xorb under way.
    fn close(&mut self) {
        let builder = std::mem::take(&mut self.builder);
        if builder.is_empty() {
            return;
        }
        let info = builder.finish();
        let (chunks, bytes) = std::mem::take(&mut self.run);
        self.terms.push(Term { xorb: info.hash, start: 0, end: chunks, unpacked: bytes as u32 });
        if !self.xorbs.contains(&info.hash) {
            self.xorbs.push(info.hash);
        }
        self.full.push((info, Bytes::from(std::mem::take(&mut self.packed))));
    }

    fn finish(mut self) -> Packed {
        let mut chunker = std::mem::take(&mut self.chunker);
        if let Some(last) = chunker.finish() {
            self.add(last);
        }
        self.close();
        Packed { full: self.full, id: self.tree.file_id(), terms: self.terms, xorbs: self.xorbs }
    }
}
