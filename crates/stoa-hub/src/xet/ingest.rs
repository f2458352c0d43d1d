//! Large files that lie whole (more came at a time than are packed, or they came in parts, or before there were chunks)
//! become chunks, in the background, and are then stored once like all others.

use futures_util::StreamExt;
use sha2::{Digest, Sha256 as Hasher};
use stoa_blob::Key;
use stoa_core::{Failure, Reply, Sha256, Time};
use stoa_db::{lfs, similar, xet};
use stoa_xet::MerkleHash;

use super::bytes::encode_terms;
use super::intake::Intake;
use super::packing::{Made, Packed};
use crate::files::Large;
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
        let mut tx = self.read().await?;
        // It is compared with what a repository that has it may know of; what none has is left to the sweep.
        let Some(holder) = lfs::holders(&mut tx, oid, 1).await?.first().copied() else { return Ok(()) };
        drop(tx);
        let body = self.blobs().get(&key, 0..size).await.map_err(blob_failure)?;
        let mut intake = Intake::new(self.clone(), holder);
        let moved = match intake.stream(body, Large { oid, size }).await {
            Ok(packed) => self.move_whole(oid, size, &packed).await,
            Err(failure) => Err(failure),
        };
        if moved.is_err() {
            intake.abandon().await;
        }
        if moved? {
            // Readers that began with the whole copy keep their open file.
            self.blobs().delete(&key).await.map_err(blob_failure)?;
        }
        Ok(())
    }

    /// Lets a large file that lies whole be held by xorbs that are stored; whether it still lay whole.
    async fn move_whole(&self, oid: Sha256, size: u64, packed: &Packed) -> Reply<bool> {
        let row = xet::File { id: 0, hash: packed.id.0, size, terms: encode_terms(&packed.terms) };
        self.prove(&row, oid).await?;
        let mut tx = self.write().await?;
        let file = self.put_packed(&mut tx, packed, size, self.now()).await?;
        let moved = xet::move_large(&mut tx, oid, file).await?;
        for xorb in xet::xorbs_of(&mut tx, oid).await? {
            xet::share_with_holders(&mut tx, oid, xorb).await?;
        }
        tx.commit().await?;
        Ok(moved)
    }

    /// Stores a xorb that the hub made and notes it as touched at `touched`, unless it was touched since.
    pub(super) async fn store_own_xorb(&self, made: Made, touched: Time) -> Reply<()> {
        let Made { info, bytes } = made;
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
        xet::put_own_xorb(&mut tx, &row, &dedup, touched).await?;
        self.settle_xorb(&mut tx, &row).await?;
        Ok(tx.commit().await?)
    }

    /// Takes back a xorb that the hub made, unless somebody needs it.
    pub(super) async fn forget_own_xorb(&self, hash: MerkleHash, made: Time) -> Reply<()> {
        // The bytes go while the writer is held, so that nobody can refer to them in between.
        let mut tx = self.write().await?;
        if similar::forget_unused(&mut tx, &hash.0, made).await? {
            self.0.tables.forget(&hash);
            self.blobs().delete(&Key::Xorb(hash.0)).await.map_err(blob_failure)?;
        }
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
