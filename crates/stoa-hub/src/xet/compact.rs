//! Moving what is still used of a mostly unused xorb into a new one, so that the rest can go.
//!
//! A xorb goes only when no file refers to any of it. One of which less than half is used, and that nobody touched for
//! longer than clients remember, is copied without what nobody uses: the packed chunks as they are, in the same order,
//! so that every run of chunks that a file names stays a run. The copy is read back and proven before one transaction
//! lets the files refer to it and condemns the old xorb, which goes a day later like every other.
//!
//! Invariant: whoever refers to a xorb touches it, under the database's writer. So when the transaction finds the old
//! xorb untouched, and the files that refer to it as they were, nobody else can be about to refer to it; and whoever
//! does so later touches it, which saves it.

use std::collections::{BTreeSet, HashMap, HashSet};

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use stoa_blob::Key;
use stoa_core::{Failure, Reply, Time};
use stoa_db::compact::{self, Found, Moved, Place};
use stoa_db::sweep::{self, Due, Tally};
use stoa_db::xet;
use stoa_xet::{ChunkTable, MAX_PACKED, MerkleHash, XorbInfo, XorbVerifier, xorb_hash};

use super::bytes::{encode_terms, terms_of};
use super::reconstruct::HOLDS;
use super::sweep::XORBS;
use super::{Grace, damaged};
use crate::{Hub, blob_failure, cpu};

/// Xorbs weighed at a time; the table of each is in memory.
const WINDOW: i64 = 16;
/// Windows in one step of the hub's own work, which ends with one that had something to move.
const WINDOWS: usize = 16;
/// Files and bytes of terms that one xorb may be moved for: the writer is held meanwhile. One that more depends on is
/// taken to be used.
const FILES: usize = 4_096;
const TERMS: usize = 8 << 20;
/// Fewer unused bytes than this are not worth an object.
const WORTH: u64 = 64 << 10;
/// Files read at a time.
const PAGE: usize = 100;
/// Xorbs looked at at a time, without their tables.
const PLACES: i64 = 1_000;

/// What was moved out of mostly unused xorbs, or would be.
#[derive(Clone, Debug, Default)]
pub struct Compacted {
    /// The xorbs, with their bytes. They go a day later.
    pub xorbs: Tally,
    /// Bytes of the xorbs that hold now what was used of them.
    pub moved: u64,
    /// The new number in the store's address, if clients were made to forget.
    pub epoch: Option<i64>,
}

impl Compacted {
    /// Bytes that the store holds less once the old xorbs are gone.
    pub fn saved(&self) -> u64 {
        self.xorbs.bytes - self.moved
    }

    fn add(&mut self, packed: u64, used: u64) {
        self.xorbs.add(packed);
        self.moved += used;
    }
}

/// What is used of a xorb.
struct Weighed {
    xorb: xet::Xorb,
    hash: MerkleHash,
    table: ChunkTable,
    /// The files that refer to it.
    files: Vec<i64>,
    /// Which of its chunks some file names.
    used: Vec<bool>,
    /// Bytes of the terms of those files.
    terms: usize,
    /// Whether it stays as it is, whatever is used of it.
    stays: bool,
}

impl Hub {
    /// What [`Self::compact`] would do after a sweep. Changes nothing.
    pub async fn compact_forecast(&self, grace: Grace) -> Reply<Compacted> {
        let due = self.due(grace, self.now());
        let (mut after, mut done) = (Place::START, Compacted::default());
        let mut tx = self.read().await?;
        let losing = compact::losing(&mut tx, &due).await?;
        drop(tx);
        loop {
            let mut tx = self.read().await?;
            let mut page = compact::due(&mut tx, due.xorbs, after, PLACES).await?;
            drop(tx);
            let Some((last, _)) = page.last() else { return Ok(done) };
            after = *last;
            page.retain(|(place, is_weighed)| !is_weighed || losing.contains(&place.id()));
            let places: Vec<Place> = page.into_iter().map(|(place, _)| place).collect();
            for window in places.chunks(WINDOW as usize) {
                let mut tx = self.read().await?;
                let found = compact::at(&mut tx, window).await?;
                drop(tx);
                for weighed in self.weigh(found, Some(&due)).await? {
                    // One that nothing is used of goes with the sweep.
                    if weighed.is_loose() && weighed.used_bytes() > 0 {
                        done.add(weighed.xorb.packed, weighed.used_bytes());
                    }
                }
            }
        }
    }

    /// Moves what is used out of all xorbs that are mostly unused. Works beside a running server.
    pub async fn compact(&self, grace: Grace) -> Reply<Compacted> {
        let now = self.now();
        let due = self.due(grace, now);
        let (mut after, mut done) = (Place::START, Compacted::default());
        loop {
            let mut tx = self.read().await?;
            let page = compact::unweighed(&mut tx, due.xorbs, after, WINDOW).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(done) };
            after = last.place;
            self.compact_window(page, &due, now, &mut done).await?;
        }
    }

    /// One step of it, behind a place: what the hub does by itself. Where to go on, or `None` at the end.
    pub(crate) async fn compact_some(&self, now: Time, mut after: Place) -> Reply<Option<Place>> {
        let due = self.due(Grace::Usual, now);
        let mut done = Compacted::default();
        for _ in 0..WINDOWS {
            let mut tx = self.read().await?;
            let page = compact::unweighed(&mut tx, due.xorbs, after, WINDOW).await?;
            drop(tx);
            let Some(last) = page.last() else { return Ok(None) };
            after = last.place;
            if self.compact_window(page, &due, now, &mut done).await? {
                break;
            }
        }
        Ok(Some(after))
    }

    /// Whether there was something to move.
    async fn compact_window(
        &self,
        page: Vec<Found>,
        due: &Due,
        now: Time,
        done: &mut Compacted,
    ) -> Reply<bool> {
        let (loose, firm): (Vec<_>, Vec<_>) =
            self.weigh(page, None).await?.into_iter().partition(Weighed::is_loose);
        if !firm.is_empty() {
            let mut tx = self.write().await?;
            for weighed in &firm {
                compact::weighed(&mut tx, weighed.xorb.id, weighed.files.len(), FILES + 1).await?;
            }
            tx.commit().await?;
        }
        let early = due.xorbs.0 > now.0 - XORBS;
        let mut tried = false;
        for weighed in loose.into_iter().filter(|weighed| weighed.used_bytes() > 0) {
            tried = true;
            if early && done.epoch.is_none() {
                // Before the first one: whenever this is interrupted, no client remembers what is gone.
                done.epoch = Some(self.raise_epoch().await?);
            }
            let (hash, packed, files) = (weighed.hash, weighed.xorb.packed, weighed.files.len());
            match self.compact_xorb(weighed, due.xorbs, now).await {
                Ok(Some((new, used))) => {
                    let saved_bytes = packed - used;
                    tracing::info!(xorb = %hash, xorb.new = %new, files, saved_bytes, "what is used of a xorb was moved");
                    done.add(packed, used);
                }
                Ok(None) => {
                    tracing::debug!(xorb = %hash, "somebody touched a xorb that was about to be moved");
                }
                Err(error) => {
                    tracing::warn!(xorb = %hash, ?error, "what is used of a xorb could not be moved; it stays");
                }
            }
        }
        Ok(tried)
    }

    /// What is used of these xorbs; `going` says which files do not count any more.
    async fn weigh(&self, page: Vec<Found>, going: Option<&Due>) -> Reply<Vec<Weighed>> {
        let mut window = Vec::with_capacity(page.len());
        let mut files = BTreeSet::new();
        let mut tx = self.read().await?;
        for Found { xorb, .. } in page {
            let hash = MerkleHash(xorb.hash);
            let table = match ChunkTable::from_bytes(Bytes::from(xorb.chunks.clone())) {
                Ok(table) if table.packed_len() == xorb.packed => table,
                // A scrub names it.
                _ => continue,
            };
            let referring = compact::files_of(&mut tx, xorb.id, FILES as i64 + 1).await?;
            let stays = referring.len() > FILES;
            if !stays {
                files.extend(referring.iter().copied());
            }
            let used = vec![false; table.len() as usize];
            window.push(Weighed { xorb, hash, table, files: referring, used, terms: 0, stays });
        }
        let mut files: Vec<i64> = files.into_iter().collect();
        if let Some(due) = going {
            let gone = sweep::going_among(&mut tx, due, &files).await?;
            let gone: HashSet<i64> = gone.into_iter().collect();
            files.retain(|file| !gone.contains(file));
        }
        drop(tx);
        for some in files.chunks(PAGE) {
            let mut tx = self.read().await?;
            let rows = compact::files(&mut tx, some).await?;
            drop(tx);
            window = cpu::run(move || {
                let places: HashMap<_, _> = (0..).zip(&window).map(|(at, one)| (one.hash, at)).collect();
                for row in rows {
                    note_use(&mut window, &places, &row);
                }
                Ok(window)
            })
            .await?;
        }
        Ok(window)
    }

    /// Moves what is used of a xorb; the new one and its bytes, or `None` when somebody touched the old one meanwhile.
    async fn compact_xorb(
        &self,
        weighed: Weighed,
        before: Time,
        now: Time,
    ) -> Reply<Option<(MerkleHash, u64)>> {
        let bytes = self.used_of(&weighed).await?;
        let hash = weighed.hash_of_used();
        let proven = bytes.clone();
        cpu::run(move || verify(&proven, hash)).await?;
        let key = Key::Xorb(hash.0);
        let put = self.blobs().put_bytes(&key, bytes).await.map_err(blob_failure)?;
        let switched = self.switch(weighed, hash, before, now).await;
        if !put.existed && !matches!(switched, Ok(Some(_))) {
            // Nobody needs it; should this fail, it is a leftover.
            let mut tx = self.write().await?;
            if !sweep::knows_xorb(&mut tx, &hash.0).await? {
                self.blobs().delete(&key).await.map_err(blob_failure)?;
            }
        }
        Ok(switched?.map(|used| (hash, used)))
    }

    /// The packed chunks that are used, one behind the other.
    async fn used_of(&self, weighed: &Weighed) -> Reply<Bytes> {
        let mut bytes = BytesMut::new();
        for run in weighed.runs() {
            let range = weighed.table.packed_range(run);
            let key = Key::Xorb(weighed.hash.0);
            bytes.extend_from_slice(&self.blobs().read(&key, range, MAX_PACKED).await.map_err(blob_failure)?);
        }
        Ok(bytes.freeze())
    }

    /// Reads the new xorb back, then lets every file of the old one refer to it. The bytes of the new one, or `None`
    /// when somebody touched the old one meanwhile.
    async fn switch(
        &self,
        weighed: Weighed,
        hash: MerkleHash,
        before: Time,
        now: Time,
    ) -> Reply<Option<u64>> {
        let chunks = self.read_back(hash).await?.chunks;
        let mut rows = Vec::with_capacity(weighed.files.len());
        for some in weighed.files.chunks(PAGE) {
            let mut tx = self.read().await?;
            rows.extend(compact::files(&mut tx, some).await?);
        }
        let new = xet::Xorb {
            id: 0,
            hash: hash.0,
            packed: chunks.packed_len(),
            unpacked: chunks.unpacked_len(),
            chunks: chunks.as_bytes().to_vec(),
        };
        let (weighed, moved) = cpu::run(move || {
            let moved =
                rows.iter().map(|row| weighed.move_terms(row, hash, &chunks)).collect::<Reply<Vec<_>>>();
            Ok((weighed, moved?))
        })
        .await?;
        let old = &weighed.xorb;
        let mut tx = self.write().await?;
        let mut found_by = compact::found_by(&mut tx, old.id).await?;
        found_by.retain(|chunk| weighed.uses(&MerkleHash(*chunk)));
        xet::put_own_xorb(&mut tx, &new, &found_by, now).await?;
        self.settle_xorb(&mut tx, &new).await?;
        let id = xet::xorb_ids(&mut tx, &[new.hash]).await?.first().map(|(_, id)| *id);
        let id = id.ok_or_else(|| Failure::internal("a xorb vanished as it was stored"))?;
        // Plans that name the old one hold for hours. However hard a sweep is, it does not go before they end.
        let condemned = Time(now.0 + HOLDS * Time::SECOND);
        if !compact::switch(&mut tx, old, id, &moved, before, condemned).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(new.packed))
    }

    /// What is in a stored xorb, from its bytes.
    async fn read_back(&self, hash: MerkleHash) -> Reply<XorbInfo> {
        let key = Key::Xorb(hash.0);
        let size = self.blobs().size(&key).await.map_err(blob_failure)?.unwrap_or(0);
        let mut body = self.blobs().get(&key, 0..size).await.map_err(blob_failure)?;
        let mut verifier = XorbVerifier::new();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(Failure::internal)?;
            verifier = cpu::run(move || verifier.push(&piece).map(|()| verifier).map_err(damaged)).await?;
        }
        verifier.finish(hash).map_err(damaged)
    }
}

fn verify(bytes: &[u8], hash: MerkleHash) -> Reply<()> {
    let mut verifier = XorbVerifier::new();
    verifier.push(bytes).map_err(damaged)?;
    verifier.finish(hash).map(drop).map_err(damaged)
}

/// Notes which chunks of the xorbs of a window a file names.
fn note_use(window: &mut [Weighed], places: &HashMap<MerkleHash, usize>, file: &xet::File) {
    let mut met = BTreeSet::new();
    for term in terms_of(file) {
        let Some(at) = places.get(&term.xorb) else { continue };
        let weighed = &mut window[*at];
        if met.insert(*at) {
            weighed.terms += file.terms.len();
        }
        match weighed.used.get_mut(term.start as usize..term.end as usize) {
            Some(chunks) => chunks.fill(true),
            // A scrub names the file.
            None => weighed.stays = true,
        }
    }
}

impl Weighed {
    /// Bytes of the chunks that are used, packed.
    fn used_bytes(&self) -> u64 {
        self.runs().map(|run| self.table.packed_range(run)).map(|range| range.end - range.start).sum()
    }

    /// Whether less than half of it is used, and what would be gained is worth it.
    fn is_loose(&self) -> bool {
        let used = self.used_bytes();
        let unused = self.xorb.packed - used;
        !self.stays && self.terms <= TERMS && used < unused && unused >= WORTH
    }

    /// Runs of chunks that are used.
    fn runs(&self) -> impl Iterator<Item = std::ops::Range<u32>> {
        let mut at = 0;
        self.used.chunk_by(|one, other| one == other).filter_map(move |run| {
            let start = at;
            at += run.len() as u32;
            run[0].then_some(start..at)
        })
    }

    fn hash_of_used(&self) -> MerkleHash {
        let chunks: Vec<_> = self.runs().flat_map(|run| self.table.chunks(run)).collect();
        xorb_hash(&chunks)
    }

    fn uses(&self, chunk: &MerkleHash) -> bool {
        self.runs().flatten().any(|at| self.table.hash(at) == *chunk)
    }

    /// The terms of a file with the new xorb in the place of the old one. Every run of chunks is compared with what it
    /// was: the file, which is named by its chunks, stays the same.
    fn move_terms(&self, file: &xet::File, new: MerkleHash, chunks: &ChunkTable) -> Reply<Moved> {
        let wrong = |why| Failure::internal(format!("{why} in the terms of {}", MerkleHash(file.hash)));
        let mut terms = terms_of(file);
        if encode_terms(&terms) != file.terms {
            return Err(wrong("something is damaged"));
        }
        for term in terms.iter_mut().filter(|term| term.xorb == self.hash) {
            let old = term.start..term.end;
            if !self.table.holds(&old) {
                return Err(wrong("a xorb is said to have more chunks than it has"));
            }
            let before = self.used[..term.start as usize].iter().filter(|used| **used).count() as u32;
            let place = before..before + (term.end - term.start);
            if !chunks.holds(&place) || !chunks.chunks(place.clone()).eq(self.table.chunks(old)) {
                return Err(wrong("a new xorb has other chunks than those"));
            }
            (term.xorb, term.start, term.end) = (new, place.start, place.end);
        }
        Ok(Moved { file: file.id, from: file.terms.clone(), to: encode_terms(&terms) })
    }
}
