//! The bytes of a large file, wherever they lie: put together from chunks, or whole from before Xet.

use std::collections::VecDeque;
use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use stoa_blob::{ByteStream, Key};
use stoa_core::{Failure, Reply, Sha256};
use stoa_db::xet;
use stoa_xet::{ChunkReader, MerkleHash, Part, Plan, Term};

use super::{damaged, xet_failure};
use crate::{Hub, blob_failure};

/// Bytes of a term as stored: hash, first chunk, end chunk, length.
const TERM: usize = 44;

/// The stored form of the terms of a file.
pub(crate) fn encode_terms(terms: &[Term]) -> Vec<u8> {
    let mut out = Vec::with_capacity(terms.len() * TERM);
    for term in terms {
        out.extend_from_slice(&term.xorb.0);
        out.extend_from_slice(&term.start.to_le_bytes());
        out.extend_from_slice(&term.end.to_le_bytes());
        out.extend_from_slice(&term.unpacked.to_le_bytes());
    }
    out
}

/// The terms of a stored file.
pub(crate) fn terms_of(file: &xet::File) -> Vec<Term> {
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, u32::from_le_bytes);
    let terms = file.terms.chunks_exact(TERM).filter_map(|term| {
        Some(Term {
            xorb: MerkleHash::from_slice(&term[..32])?,
            start: number(&term[32..36]),
            end: number(&term[36..40]),
            unpacked: number(&term[40..44]),
        })
    });
    terms.collect()
}

/// The plan of a stored file.
pub(crate) fn plan_of(file: &xet::File) -> Reply<Plan> {
    let plan = Plan::new(terms_of(file));
    if plan.size() != file.size {
        return Err(Failure::internal(format!("the terms of file {} are damaged", file.id)));
    }
    Ok(plan)
}

impl Hub {
    /// The bytes of a large file from `range.start` up to but not including `range.end`.
    pub(crate) async fn large(&self, oid: Sha256, range: Range<u64>) -> Reply<ByteStream> {
        let mut tx = self.read().await?;
        let file = xet::file_of(&mut tx, oid).await?;
        drop(tx);
        match file {
            Some(file) => self.joined(&file, range).await,
            None => self.blobs().get(&Key::Lfs(oid), range).await.map_err(blob_failure),
        }
    }

    /// Some bytes of a large file, at most `max`.
    pub(crate) async fn large_bytes(&self, oid: Sha256, range: Range<u64>, max: u64) -> Reply<Bytes> {
        if range.end.saturating_sub(range.start) > max {
            return Err(Failure::too_large(format!("At most {max} bytes are read at once")));
        }
        let mut stream = self.large(oid, range).await?;
        let mut out = BytesMut::new();
        while let Some(piece) = stream.next().await {
            out.extend_from_slice(&piece.map_err(Failure::internal)?);
        }
        Ok(out.freeze())
    }

    /// Whether the bytes of a large file are here.
    pub(crate) async fn has_large(&self, tx: &mut stoa_db::Tx, oid: Sha256, size: u64) -> Reply<bool> {
        if let Some(file) = xet::file_of(tx, oid).await? {
            return Ok(file.size == size);
        }
        Ok(self.blobs().size(&Key::Lfs(oid)).await.map_err(blob_failure)? == Some(size))
    }

    /// The bytes of a file of chunks.
    pub(crate) async fn joined(&self, file: &xet::File, range: Range<u64>) -> Reply<ByteStream> {
        let range = range.start..range.end.min(file.size);
        if range.is_empty() {
            return Ok(stoa_blob::once(Bytes::new()));
        }
        let plan = plan_of(file)?;
        let mut selection = plan.select(range).map_err(xet_failure)?;
        while let Some(hash) = selection.needs() {
            let known = self.table(hash).await?;
            let known = known.ok_or_else(|| Failure::internal(format!("xorb {hash} is missing")))?;
            selection.take(&known.chunks).map_err(damaged)?;
        }
        let found = selection.finish();
        let join = Join {
            hub: self.clone(),
            parts: found.parts.into(),
            open: None,
            skip: found.offset_into_first_range,
            left: found.len,
        };
        Ok(Box::pin(stream::try_unfold(join, |mut join| async move {
            let piece = join.next().await.map_err(std::io::Error::other)?;
            Ok(piece.map(|piece| (piece, join)))
        })))
    }
}

/// A file under way to a reader.
struct Join {
    hub: Hub,
    parts: VecDeque<Part>,
    open: Option<(ByteStream, ChunkReader, Bytes)>,
    skip: u64,
    left: u64,
}

impl Join {
    async fn next(&mut self) -> Reply<Option<Bytes>> {
        while self.left > 0 {
            let Some((stream, reader, block)) = &mut self.open else {
                let Some(part) = self.parts.pop_front() else {
                    return Err(Failure::internal("a file ended before its size"));
                };
                let key = Key::Xorb(part.xorb.0);
                let stream = self.hub.blobs().get(&key, part.bytes).await.map_err(blob_failure)?;
                self.open = Some((stream, ChunkReader::new(), Bytes::new()));
                continue;
            };
            if let Some(mut chunk) = reader.next(block).map_err(damaged)? {
                let skip = self.skip.min(chunk.len() as u64);
                self.skip -= skip;
                let mut chunk = chunk.split_off(skip as usize);
                chunk.truncate(self.left.min(chunk.len() as u64) as usize);
                self.left -= chunk.len() as u64;
                if !chunk.is_empty() {
                    return Ok(Some(chunk));
                }
                continue;
            }
            if let Some(piece) = stream.next().await {
                *block = piece.map_err(Failure::internal)?;
            } else {
                reader.finish().map_err(damaged)?;
                self.open = None;
            }
        }
        Ok(None)
    }
}
