//! Large files that come whole (git-lfs, clients without Xet) become chunks while they come: hashed, cut, compared with
//! what is here, packed and stored piece by piece, so that they are never in memory or on disk as a whole.
//!
//! Only so many are packed at a time, because each holds a xorb in memory. What comes beyond is kept whole, and made
//! chunks of by the hub's own work ([`super::ingest`]).

use bytes::Bytes;
use futures_util::StreamExt;
use sha2::{Digest, Sha256 as Hasher};
use stoa_blob::{ByteStream, Error, Expect, Key};
use stoa_core::{Failure, Reply, Sha256, Time};
use stoa_db::{Tx, lfs, similar, xet};
use stoa_xet::{ChunkTable, MerkleHash};
use tokio::task::JoinHandle;

use super::bytes::encode_terms;
use super::packing::{Cutter, Made, Packed, Packing};
use super::sweep;
use crate::files::Large;
use crate::{Hub, blob_failure, cpu};

/// Bytes that are hashed, cut and packed at a time.
const STEP: usize = 4 << 20;
/// Xorbs with a chunk, and xorbs of the file that has one of them, that are looked at.
const ALIKE: i64 = 4;
const NEIGHBOURS: i64 = 256;

impl Hub {
    /// Takes the bytes of a large file, which must be what it is named after, and lets a repository serve it.
    pub(crate) async fn take_large(&self, repo: i64, file: Large, body: ByteStream) -> Reply<()> {
        let hub = self.clone();
        // A request that is given up drops what it waits for; what was stored of the file must be cleared away all the
        // same. The task ends soon, because the body does.
        tokio::spawn(async move { hub.take(repo, file, body).await }).await.map_err(Failure::internal)?
    }

    async fn take(&self, repo: i64, file: Large, body: ByteStream) -> Reply<()> {
        let mut tx = self.read().await?;
        let is_here = lfs::size(&mut tx, file.oid).await?.is_some()
            && self.has_large(&mut tx, file.oid, file.size).await?;
        drop(tx);
        if is_here {
            // The sender proves to have it; there is nothing to store.
            Hashed::default().all(body, file).await?;
            return self.link(repo, file).await;
        }
        let Ok(_permit) = self.0.packers.try_acquire() else {
            let expect = Expect { size: Some(file.size), sha256: Some(file.oid), max: file.size };
            self.blobs().put(&Key::Lfs(file.oid), body, expect).await.map_err(blob_failure)?;
            self.link(repo, file).await?;
            return self.drop_whole(file.oid).await;
        };
        let mut intake = Intake::new(self.clone(), repo);
        let taken = match intake.stream(body, file).await {
            Ok(packed) => self.link_packed(repo, file, &packed).await,
            Err(failure) => Err(failure),
        };
        if taken.is_err() {
            intake.abandon().await;
        }
        taken
    }

    /// Notes a large file that lies in xorbs and lets a repository serve it.
    async fn link_packed(&self, repo: i64, file: Large, packed: &Packed) -> Reply<()> {
        let now = self.now();
        let mut tx = self.write().await?;
        self.check_quota(&mut tx, repo, &[file]).await?;
        let id = self.put_packed(&mut tx, packed, file.size, now).await?;
        xet::put_large(&mut tx, file.oid, file.size, id, now).await?;
        let lay_whole = xet::move_large(&mut tx, file.oid, id).await?;
        lfs::link(&mut tx, repo, file.oid, file.size, now).await?;
        for xorb in xet::xorbs_of(&mut tx, file.oid).await? {
            xet::share_with_holders(&mut tx, file.oid, xorb).await?;
        }
        tx.commit().await?;
        if lay_whole {
            self.blobs().delete(&Key::Lfs(file.oid)).await.map_err(blob_failure)?;
        }
        Ok(())
    }

    /// Notes a file whose xorbs are stored, and lets it be found by its first chunk, for which clients ask. Answers its
    /// row.
    pub(super) async fn put_packed(&self, tx: &mut Tx, packed: &Packed, size: u64, now: Time) -> Reply<i64> {
        let hashes: Vec<xet::Hash> = packed.xorbs.iter().map(|hash| hash.0).collect();
        let Some(rows) = self.hold_xorbs(tx, &hashes).await? else {
            return Err(Failure::unavailable("A part of the file was swept just as it came. Send it again"));
        };
        let ids: Vec<i64> = rows.values().copied().collect();
        let row = xet::File { id: 0, hash: packed.id.0, size, terms: encode_terms(&packed.terms) };
        let file = xet::put_file(tx, &row, &ids, now).await?;
        if let Some(term) = packed.terms.first()
            && let Some(known) = self.table(term.xorb).await?
            && let Some(id) = rows.get(&term.xorb.0)
        {
            xet::find_by(tx, &known.chunks.hash(term.start).0, *id).await?;
        }
        Ok(file)
    }
}

/// A file on its way from a stream into xorbs.
pub(super) struct Intake {
    hub: Hub,
    /// Its xorbs may be looked for where this repository may look.
    repo: i64,
    cutter: Box<Cutter>,
    packing: Box<Packing>,
    hashed: Hashed,
    is_first: bool,
    /// When its xorbs are said to have been touched: long ago, so that a sweep takes them within a day or two if the
    /// file does not come to its end. No client knows of them.
    made: Time,
    stored: Vec<MerkleHash>,
    /// A xorb is stored while the next one is packed.
    storing: Option<JoinHandle<Reply<()>>>,
}

impl Intake {
    pub(super) fn new(hub: Hub, repo: i64) -> Self {
        let made = Time(hub.now().0 - sweep::XORBS + Time::DAY);
        Self {
            hub,
            repo,
            cutter: Box::default(),
            packing: Box::default(),
            hashed: Hashed::default(),
            is_first: true,
            made,
            stored: Vec::new(),
            storing: None,
        }
    }

    /// Packs a body to its end and stores its xorbs. Fails unless it is the file that was announced.
    pub(super) async fn stream(&mut self, mut body: ByteStream, file: Large) -> Reply<Packed> {
        loop {
            let (pieces, ended) = gather(&mut body).await?;
            self.hashed.count(&pieces, file)?;
            let (hasher, shared) = (std::mem::take(&mut self.hashed.hasher), pieces.clone());
            let mut cutter = std::mem::take(&mut self.cutter);
            let hash = cpu::run(move || Ok(shared.iter().fold(hasher, Hasher::chain_update)));
            let cut = cpu::run(move || {
                let mut cuts = Vec::new();
                for piece in &pieces {
                    cuts.extend(cutter.push(piece));
                }
                cuts.extend(if ended { cutter.finish() } else { None });
                Ok((cutter, cuts))
            });
            let (hasher, (cutter, cuts)) = tokio::try_join!(hash, cut)?;
            (self.hashed.hasher, self.cutter) = (hasher, cutter);
            for cut in &cuts {
                if self.packing.wonders(cut, std::mem::take(&mut self.is_first)) {
                    self.look_for(cut.hash).await?;
                }
            }
            let mut packing = std::mem::take(&mut self.packing);
            let (packing, full) = cpu::run(move || {
                let full = packing.push(cuts)?;
                Ok((packing, full))
            })
            .await?;
            self.packing = packing;
            self.store(full).await?;
            if ended {
                break;
            }
        }
        std::mem::take(&mut self.hashed).finish(file)?;
        let packing = std::mem::take(&mut self.packing);
        let (packed, full) = cpu::run(move || packing.finish()).await?;
        self.store(full).await?;
        self.settle().await?;
        Ok(packed)
    }

    /// Learns the xorbs in which a chunk is, and those that make a file with them.
    async fn look_for(&mut self, chunk: MerkleHash) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        let mut found = xet::with_chunk(&mut tx, &chunk.0, self.repo, ALIKE).await?;
        if let Some(first) = found.first() {
            let id = first.id;
            found.extend(similar::neighbours(&mut tx, id, self.repo, NEIGHBOURS).await?);
        }
        drop(tx);
        for xorb in found {
            // A sweep that a power cut ended has deleted the bytes and not the row.
            let size = self.hub.blobs().size(&Key::Xorb(xorb.hash)).await.map_err(blob_failure)?;
            if size == Some(xorb.packed) {
                let chunks = ChunkTable::from_bytes(Bytes::from(xorb.chunks)).map_err(super::damaged)?;
                self.packing.learn(MerkleHash(xorb.hash), chunks);
            }
        }
        Ok(())
    }

    async fn store(&mut self, full: Vec<Made>) -> Reply<()> {
        for made in full {
            self.settle().await?;
            self.stored.push(made.info.hash);
            let (hub, touched) = (self.hub.clone(), self.made);
            self.storing = Some(tokio::spawn(async move { hub.store_own_xorb(made, touched).await }));
        }
        Ok(())
    }

    /// Waits for the xorb that is being stored.
    async fn settle(&mut self) -> Reply<()> {
        let Some(task) = self.storing.take() else { return Ok(()) };
        task.await.map_err(Failure::internal)?
    }

    /// Throws away what was stored of a file that did not come to its end. What cannot be thrown away now is swept.
    pub(super) async fn abandon(mut self) {
        if let Err(failure) = self.settle().await {
            tracing::debug!(error = ?failure, "a xorb of an upload that broke off was not stored");
        }
        for hash in self.stored {
            if let Err(failure) = self.hub.forget_own_xorb(hash, self.made).await {
                tracing::warn!(xorb = %hash, error = ?failure, "a part of an upload that broke off is left to the sweep");
            }
        }
    }
}

/// What was hashed of a body.
#[derive(Default)]
struct Hashed {
    hasher: Hasher,
    size: u64,
}

impl Hashed {
    fn count(&mut self, pieces: &[Bytes], file: Large) -> Reply<()> {
        self.size += pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
        if self.size <= file.size {
            return Ok(());
        }
        Err(blob_failure(Error::WrongSize { expected: file.size, got: self.size }))
    }

    fn finish(self, file: Large) -> Reply<()> {
        if self.size != file.size {
            return Err(blob_failure(Error::WrongSize { expected: file.size, got: self.size }));
        }
        let got = Sha256(self.hasher.finalize().into());
        if got != file.oid {
            return Err(blob_failure(Error::WrongHash { expected: file.oid, got }));
        }
        Ok(())
    }

    /// Hashes a body to its end. Fails unless it is the file that was announced.
    async fn all(mut self, mut body: ByteStream, file: Large) -> Reply<()> {
        loop {
            let (pieces, ended) = gather(&mut body).await?;
            self.count(&pieces, file)?;
            let hasher = std::mem::take(&mut self.hasher);
            self.hasher = cpu::run(move || Ok(pieces.iter().fold(hasher, Hasher::chain_update))).await?;
            if ended {
                return self.finish(file);
            }
        }
    }
}

/// The next pieces of a body, [`STEP`] bytes or a little more, and whether it ended with them.
async fn gather(body: &mut ByteStream) -> Reply<(Vec<Bytes>, bool)> {
    let (mut pieces, mut len) = (Vec::new(), 0);
    while len < STEP {
        match body.next().await {
            Some(Ok(piece)) => {
                len += piece.len();
                pieces.push(piece);
            }
            Some(Err(error)) => return Err(blob_failure(Error::Interrupted(error))),
            None => return Ok((pieces, true)),
        }
    }
    Ok((pieces, false))
}
