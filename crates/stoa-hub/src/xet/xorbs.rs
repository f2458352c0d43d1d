//! Xorbs coming in: verified while they stream, kept only when every chunk is what it claims to be.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use stoa_blob::{ByteStream, Expect, Key};
use stoa_core::{Failure, Reply};
use stoa_db::xet;
use stoa_xet::{ChunkTable, Error, MAX_UPLOAD, MerkleHash, XorbInfo, XorbVerifier};

use super::{XetSession, xet_failure};
use crate::{blob_failure, cpu};

/// Bytes verified in one step off the async threads.
const STEP: usize = 512 * 1024;

impl XetSession {
    /// Whether a xorb is here already; then its sweep is postponed and nobody needs to send it.
    pub async fn has_xorb(&self, hash: MerkleHash) -> Reply<bool> {
        self.need_write()?;
        if self.hub.table(hash).await?.is_none() {
            return Ok(false);
        }
        let mut tx = self.hub.write().await?;
        xet::touch(&mut tx, &[hash.0], self.hub.now()).await?;
        let here = !xet::xorbs(&mut tx, &[hash.0]).await?.is_empty();
        tx.commit().await?;
        Ok(here)
    }

    /// The bytes of a xorb in the store; `None` when it is not here.
    pub async fn xorb_size(&self, hash: MerkleHash) -> Reply<Option<u64>> {
        self.need_write()?;
        Ok(self.hub.table(hash).await?.map(|known| known.chunks.packed_len()))
    }

    /// Takes a xorb; whether it is new. One that lies is refused and leaves nothing.
    pub async fn put_xorb(&self, hash: MerkleHash, body: ByteStream) -> Reply<bool> {
        self.need_write()?;
        if self.has_xorb(hash).await? {
            return Ok(false);
        }
        let outcome = Outcome::default();
        let verified = verify(body, hash, outcome.clone());
        let expect = Expect { size: None, sha256: None, max: MAX_UPLOAD };
        let put = self.hub.blobs().put(&Key::Xorb(hash.0), verified, expect).await;
        let info = match outcome.take() {
            Some(Err(error)) => return Err(xet_failure(error)),
            other => {
                put.map_err(blob_failure)?;
                other.and_then(Result::ok)
            }
        };
        let info = info.ok_or_else(|| Failure::internal("a xorb ended without a verdict"))?;
        self.register(&info).await
    }

    pub(crate) async fn register(&self, info: &XorbInfo) -> Reply<bool> {
        let chunks = &info.chunks;
        let row = xet::Xorb {
            id: 0,
            hash: info.hash.0,
            packed: chunks.packed_len(),
            unpacked: chunks.unpacked_len(),
            chunks: chunks.as_bytes().to_vec(),
        };
        let dedup = eligible(chunks);
        let mut tx = self.hub.write().await?;
        let new = xet::put_xorb(&mut tx, self.repo, &row, &dedup, self.hub.now()).await?;
        tx.commit().await?;
        Ok(new)
    }
}

/// The chunks by which others may find a xorb: about one in a thousand.
fn eligible(chunks: &ChunkTable) -> Vec<xet::Hash> {
    chunks
        .chunks(0..chunks.len())
        .map(|(hash, _)| hash)
        .filter(MerkleHash::is_dedup_eligible)
        .map(|h| h.0)
        .collect()
}

/// The verdict on a xorb, set where its stream ends.
#[derive(Clone, Default)]
struct Outcome(Arc<Mutex<Option<Result<XorbInfo, Error>>>>);

impl Outcome {
    fn set(&self, verdict: Result<XorbInfo, Error>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
    }

    fn take(&self) -> Option<Result<XorbInfo, Error>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

struct Under {
    body: ByteStream,
    verifier: XorbVerifier,
    /// Bytes that came and are not known to be good chunks yet.
    held: VecDeque<Bytes>,
    sent: u64,
    hash: MerkleHash,
    outcome: Outcome,
}

/// Passes the chunks of a xorb on as they prove good; a footer is dropped. The stream fails where the xorb does.
fn verify(body: ByteStream, hash: MerkleHash, outcome: Outcome) -> ByteStream {
    let under = Under { body, verifier: XorbVerifier::new(), held: VecDeque::new(), sent: 0, hash, outcome };
    Box::pin(stream::try_unfold(Some(under), |under| async move {
        let Some(mut under) = under else { return Ok(None) };
        loop {
            let (pieces, ended) = gather(&mut under.body).await?;
            under.held.extend(pieces.iter().cloned());
            let mut verifier = std::mem::take(&mut under.verifier);
            let step = move || {
                for piece in &pieces {
                    if let Err(error) = verifier.push(piece) {
                        return Ok((verifier, Some(error)));
                    }
                }
                Ok((verifier, None))
            };
            let (verifier, error) = cpu::run(step).await.map_err(std::io::Error::other)?;
            if let Some(error) = error {
                under.outcome.set(Err(error.clone()));
                return Err(std::io::Error::other(error.to_string()));
            }
            let good = take_front(&mut under.held, verifier.kept() - under.sent);
            under.sent += good.len() as u64;
            if ended {
                match verifier.finish(under.hash) {
                    Ok(info) => under.outcome.set(Ok(info)),
                    Err(error) => {
                        under.outcome.set(Err(error.clone()));
                        return Err(std::io::Error::other(error.to_string()));
                    }
                }
                return Ok(Some((good, None)));
            }
            under.verifier = verifier;
            if !good.is_empty() {
                return Ok(Some((good, Some(under))));
            }
        }
    }))
}

/// The next pieces of a body, [`STEP`] bytes or a little more, and whether it ended with them.
async fn gather(body: &mut ByteStream) -> std::io::Result<(Vec<Bytes>, bool)> {
    let (mut pieces, mut len) = (Vec::new(), 0);
    while len < STEP {
        match body.next().await {
            Some(piece) => {
                let piece = piece?;
                len += piece.len();
                pieces.push(piece);
            }
            None => return Ok((pieces, true)),
        }
    }
    Ok((pieces, false))
}

/// Takes `len` bytes off the front.
fn take_front(held: &mut VecDeque<Bytes>, len: u64) -> Bytes {
    let mut left = len as usize;
    let mut taken = Vec::new();
    while left > 0 {
        let Some(mut piece) = held.pop_front() else { break };
        if piece.len() > left {
            let rest = piece.split_off(left);
            held.push_front(rest);
        }
        left -= piece.len();
        taken.push(piece);
    }
    match taken.len() {
        0 => Bytes::new(),
        1 => taken.swap_remove(0),
        _ => taken.concat().into(),
    }
}
