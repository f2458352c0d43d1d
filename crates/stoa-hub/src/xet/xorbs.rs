//! Xorbs coming in: verified while they stream, kept only when every chunk is what it claims to be.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use stoa_blob::{ByteStream, Expect, Key};
use stoa_core::{Failure, Reply};
use stoa_db::{Tx, xet};
use stoa_xet::{ChunkTable, Error, MAX_UPLOAD, MerkleHash, XorbInfo, XorbVerifier};

use super::{XetSession, xet_failure};
use crate::{Hub, blob_failure, cpu};

/// Bytes verified in one step off the async threads.
const STEP: usize = 512 * 1024;

impl XetSession {
    /// Whether a xorb is here already; then its sweep is postponed and nobody needs to send it. One that lies in
    /// other people's private repositories alone is as if it were not here: that it is would be telling.
    pub async fn has_xorb(&self, hash: MerkleHash) -> Reply<bool> {
        self.need_write()?;
        if self.shown(hash).await?.is_none() {
            return Ok(false);
        }
        let mut tx = self.hub.write().await?;
        xet::touch(&mut tx, &[hash.0], self.hub.now()).await?;
        let here = xet::may_refer(&mut tx, self.holder.share(), &hash.0).await?;
        tx.commit().await?;
        Ok(here)
    }

    /// The bytes in the store of a xorb that this repository may refer to.
    async fn shown(&self, hash: MerkleHash) -> Reply<Option<u64>> {
        let mut tx = self.hub.read().await?;
        self.need_holder(&mut tx).await?;
        if !xet::may_refer(&mut tx, self.holder.share(), &hash.0).await? {
            return Ok(None);
        }
        drop(tx);
        // A sweep that a power cut ended has deleted the bytes and not the row.
        let size = self.hub.blobs().size(&Key::Xorb(hash.0)).await.map_err(blob_failure)?;
        let known = self.hub.table(hash).await?;
        Ok(known.map(|known| known.chunks.packed_len()).filter(|packed| size == Some(*packed)))
    }

    /// The bytes of a xorb in the store; `None` when it is not here.
    pub async fn xorb_size(&self, hash: MerkleHash) -> Reply<Option<u64>> {
        self.need_write()?;
        self.shown(hash).await
    }

    /// Takes a xorb; whether it is new to the sender. One that lies is refused and leaves nothing.
    pub async fn put_xorb(&self, hash: MerkleHash, mut body: ByteStream) -> Reply<bool> {
        self.need_write()?;
        if self.has_xorb(hash).await? {
            // Compat: older clients ask for no grant; an answer in the middle of what they send breaks the connection,
            // and they try again for minutes.
            while let Some(piece) = body.next().await {
                piece.map_err(|error| Failure::invalid(format!("The body broke off: {error}")))?;
            }
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
        self.register(&info).await?;
        Ok(true)
    }

    async fn register(&self, info: &XorbInfo) -> Reply<()> {
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
        self.need_holder(&mut tx).await?;
        xet::put_xorb(&mut tx, self.holder.share(), &row, &dedup, self.hub.now()).await?;
        self.hub.settle_xorb(&mut tx, &row).await?;
        Ok(tx.commit().await?)
    }
}

impl Hub {
    /// The rows of these xorbs if all are here; their sweep is postponed. Touched and looked up under the writer: a
    /// sweep cannot take one of them in between. The cache of tables has no say, because another process may have
    /// deleted a xorb that it still knows.
    pub(super) async fn hold_xorbs(
        &self,
        tx: &mut Tx,
        hashes: &[xet::Hash],
    ) -> Reply<Option<HashMap<xet::Hash, i64>>> {
        // A sweep that broke off may have left a condemned row without its bytes.
        for (hash, packed) in xet::condemned_among(tx, hashes).await? {
            if self.blobs().size(&Key::Xorb(hash)).await.map_err(blob_failure)? != Some(packed) {
                return Ok(None);
            }
        }
        xet::touch(tx, hashes, self.now()).await?;
        let rows: HashMap<xet::Hash, i64> = xet::xorb_ids(tx, hashes).await?.into_iter().collect();
        Ok(Some(rows).filter(|rows| rows.len() == hashes.len()))
    }

    /// Checks, while the writer is held, that the bytes of a xorb that is about to be noted were not swept meanwhile,
    /// and that its row tells of them: a xorb can be packed in several ways, and a crash may have left either alone.
    pub(crate) async fn settle_xorb(&self, tx: &mut Tx, sent: &xet::Xorb) -> Reply<()> {
        let key = Key::Xorb(sent.hash);
        let size = self.blobs().size(&key).await.map_err(blob_failure)?;
        let noted = xet::xorbs(tx, &[sent.hash]).await?.pop().map(|row| row.packed);
        if size.is_some() && size == noted {
            return Ok(());
        }
        self.0.tables.forget(&MerkleHash(sent.hash));
        if size == Some(sent.packed) {
            return Ok(xet::repack(tx, sent).await?);
        }
        self.blobs().delete(&key).await.map_err(blob_failure)?;
        Err(Failure::unavailable("The xorb was swept just as it came. Send it again"))
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
