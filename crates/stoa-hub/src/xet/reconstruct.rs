//! Plans going out: which bytes of which xorbs make a range of a file, with URLs that allow exactly those bytes.

use std::collections::HashSet;
use std::ops::Range;

use stoa_blob::{ByteStream, Key};
use stoa_core::{Failure, Reply, Time};
use stoa_db::{similar, xet};
use stoa_xet::{ChunkTable, MerkleHash, ShardFooter, ShardWriter};

use super::bytes::plan_of;
use super::{XetSession, damaged, xet_failure};
use crate::{Hub, blob_failure};

/// A run of chunks of one xorb.
#[derive(Clone, Debug)]
pub struct XetTerm {
    /// The xorb.
    pub xorb: MerkleHash,
    /// Its chunks.
    pub chunks: Range<u32>,
    /// Their length unpacked.
    pub unpacked: u64,
}

/// Bytes to fetch of a xorb, with the permission to.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// The xorb.
    pub xorb: MerkleHash,
    /// The chunks in these bytes.
    pub chunks: Range<u32>,
    /// The bytes.
    pub bytes: Range<u64>,
    /// Until when the permission holds, in seconds since the epoch.
    pub expires: i64,
    /// The permission.
    pub signature: String,
}

/// How to put a range of a file together.
#[derive(Clone, Debug)]
pub struct Reconstructed {
    /// Bytes to drop from the beginning.
    pub offset: u64,
    /// What makes the range, in order.
    pub terms: Vec<XetTerm>,
    /// What to fetch.
    pub fetches: Vec<Fetch>,
}

/// How long the URLs of a plan hold, in seconds: clients fetch up to a quarter of an hour ahead.
pub(super) const HOLDS: i64 = 2 * 3600;
/// How long a client may rely on a dedup answer, in seconds. Xorbs stay longer than that.
const DEDUP: u64 = 24 * 3600;
/// Xorbs in one dedup answer.
const ANSWERS: i64 = 4;
/// Xorbs of the same file in a dedup answer; 3 MB tell of 4 GiB.
const NEIGHBOURS: i64 = 64;
/// Terms in the plans of one answer for several files: about 30 MB of JSON.
const TERMS: usize = 100_000;

impl XetSession {
    /// The plan for a range of a file, which the token's repository must be allowed to serve.
    pub async fn reconstruct(&self, file: MerkleHash, range: Option<Range<u64>>) -> Reply<Reconstructed> {
        self.plan(&self.file(file).await?, range).await
    }

    /// The plans for whole files. One that is not here, or that the token's repository may not serve, is left out.
    pub async fn reconstruct_all(&self, files: &[MerkleHash]) -> Reply<Vec<(MerkleHash, Reconstructed)>> {
        let (mut plans, mut seen, mut terms) = (Vec::with_capacity(files.len()), HashSet::new(), 0);
        for file in files {
            if !seen.insert(file) {
                continue;
            }
            let Some(row) = self.find_file(*file).await? else { continue };
            let plan = self.plan(&row, None).await?;
            terms += plan.terms.len();
            if terms > TERMS {
                let what =
                    format!("The plans of these files have more than {TERMS} parts. Ask for fewer files");
                return Err(Failure::too_large(what));
            }
            plans.push((*file, plan));
        }
        Ok(plans)
    }

    async fn plan(&self, row: &xet::File, range: Option<Range<u64>>) -> Reply<Reconstructed> {
        let plan = plan_of(row)?;
        let range = range.unwrap_or(0..row.size);
        let mut selection = plan.select(range).map_err(|error| match error {
            stoa_xet::Error::OutOfRange { size } => out_of_range(size),
            other => xet_failure(other),
        })?;
        while let Some(hash) = selection.needs() {
            let known = self.hub.table(hash).await?;
            let known = known.ok_or_else(|| Failure::internal(format!("xorb {hash} is missing")))?;
            selection.take(&known.chunks).map_err(damaged)?;
        }
        let found = selection.finish();
        let expires = self.hub.now().secs() + HOLDS;
        let mut fetches = Vec::new();
        for fetch in &found.xorbs {
            for range in &fetch.ranges {
                let signature = self.hub.sign_fetch(fetch.xorb, &range.bytes, expires);
                fetches.push(Fetch {
                    xorb: fetch.xorb,
                    chunks: range.chunks.clone(),
                    bytes: range.bytes.clone(),
                    expires,
                    signature,
                });
            }
        }
        let terms = found
            .parts
            .into_iter()
            .map(|part| XetTerm { xorb: part.xorb, chunks: part.chunks, unpacked: part.unpacked })
            .collect();
        Ok(Reconstructed { offset: found.offset_into_first_range, terms, fetches })
    }

    /// The size of a file that the token's repository may serve.
    pub async fn file_size(&self, file: MerkleHash) -> Reply<u64> {
        Ok(self.file(file).await?.size)
    }

    /// A file that the token's repository may serve.
    pub(super) async fn file(&self, hash: MerkleHash) -> Reply<xet::File> {
        let missing = || Failure::not_found(format!("There is no file {hash} where this token reads"));
        self.find_file(hash).await?.ok_or_else(missing)
    }

    async fn find_file(&self, hash: MerkleHash) -> Reply<Option<xet::File>> {
        let mut tx = self.hub.read().await?;
        self.need_holder(&mut tx).await?;
        let Some(row) = xet::file_by_hash(&mut tx, &hash.0).await? else { return Ok(None) };
        Ok(if self.holder.may_read(&mut tx, row.id).await? { Some(row) } else { None })
    }

    /// A shard with xorbs that hold a chunk, and with those that make a file with the first of them: clients ask about
    /// one chunk in a thousand, and about the first of each file, so most xorbs would never be found by their own.
    /// Readable only by who knows the chunks; `None` when there is none to show.
    pub async fn find_chunk(&self, chunk: MerkleHash) -> Reply<Option<Vec<u8>>> {
        self.need_write()?;
        let mut tx = self.hub.read().await?;
        self.need_holder(&mut tx).await?;
        let mut found = xet::with_chunk(&mut tx, &chunk.0, self.holder.share(), ANSWERS).await?;
        let Some(first) = found.first().map(|xorb| xorb.id) else { return Ok(None) };
        let near = similar::neighbours(&mut tx, first, self.holder.share(), NEIGHBOURS).await?;
        drop(tx);
        for xorb in near {
            if found.iter().all(|known| known.id != xorb.id) {
                found.push(xorb);
            }
        }
        let now = self.hub.now();
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|e| Failure::internal(e.to_string()))?;
        let mut writer = ShardWriter::keyed(key);
        for xorb in &mut found {
            let chunks = ChunkTable::from_bytes(std::mem::take(&mut xorb.chunks).into()).map_err(damaged)?;
            writer.xorb(MerkleHash(xorb.hash), &chunks);
        }
        // The answer is a promise: what it names stays until it expires.
        let hashes: Vec<xet::Hash> = found.iter().map(|xorb| xorb.hash).collect();
        let mut tx = self.hub.write().await?;
        xet::touch(&mut tx, &hashes, now).await?;
        tx.commit().await?;
        let created = now.secs().unsigned_abs();
        Ok(Some(writer.finish(ShardFooter { created, expires: created + DEDUP })))
    }
}

impl Hub {
    fn sign_fetch(&self, xorb: MerkleHash, bytes: &Range<u64>, expires: i64) -> String {
        let (start, end) = (bytes.start.to_string(), bytes.end.to_string());
        self.0.key.sign(&["xet-fetch", &xorb.to_string(), &start, &end, &expires.to_string()])
    }

    /// The bytes of a xorb that a plan allowed. `asked` may be a part of `allowed`.
    pub async fn xet_fetch(
        &self,
        xorb: MerkleHash,
        allowed: Range<u64>,
        expires: i64,
        signature: &str,
        asked: Range<u64>,
    ) -> Reply<ByteStream> {
        let (start, end) = (allowed.start.to_string(), allowed.end.to_string());
        let parts = ["xet-fetch", &xorb.to_string(), &start, &end, &expires.to_string()];
        if !self.0.key.verify(&parts, signature) {
            return Err(Failure::forbidden("The signature of this URL is wrong"));
        }
        if Time::from_secs(expires) <= self.now() {
            return Err(Failure::forbidden("This URL has expired. Ask for a new plan"));
        }
        if asked.start < allowed.start || asked.end > allowed.end || asked.is_empty() {
            return Err(Failure::forbidden("This URL does not allow these bytes"));
        }
        self.blobs().get(&Key::Xorb(xorb.0), asked).await.map_err(|error| match error {
            stoa_blob::Error::NotFound(_) => Failure::not_found("This xorb is gone"),
            other => blob_failure(other),
        })
    }
}

pub(super) fn out_of_range(size: u64) -> Failure {
    let mut failure = Failure::invalid(format!("The file has {size} bytes; the range begins behind its end"));
    failure.kind = stoa_core::Kind::OutOfRange;
    failure
}
