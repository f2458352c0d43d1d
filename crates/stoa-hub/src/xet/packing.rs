//! Making chunks of a file: cutting it, finding the chunks that are here, packing the others into xorbs.

use std::collections::HashMap;

use bytes::Bytes;
use stoa_core::{Failure, Reply};
use stoa_xet::{
    ChunkTable, Chunker, MerkleHash, MerkleTree, Term, XorbBuilder, XorbInfo, XorbVerifier, chunk_hash,
};

use super::damaged;

/// Chunks that lie together in a xorb are referred to only if there are this many: files of scattered pieces are slow
/// to read.
const RUN: usize = 4;
/// Packed bytes at which a xorb is full: half of what clients send, for it lies in memory, and one more while it is
/// stored.
const XORB: usize = 32 << 20;
/// Chunks known at a time; all are forgotten when there are more.
const KNOWN: usize = 400_000;

/// A chunk of a file.
#[derive(Clone)]
pub(super) struct Cut {
    pub(super) hash: MerkleHash,
    bytes: Bytes,
}

impl Cut {
    fn new(bytes: &[u8]) -> Self {
        Self { hash: chunk_hash(bytes), bytes: Bytes::copy_from_slice(bytes) }
    }
}

/// Cuts a file where its content says so.
#[derive(Default)]
pub(super) struct Cutter(Chunker);

impl Cutter {
    /// The chunks that end in these bytes.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> Vec<Cut> {
        let mut cuts = Vec::with_capacity(bytes.len() / stoa_xet::TARGET_CHUNK + 1);
        while let Some(chunk) = self.0.next(&mut bytes) {
            cuts.push(Cut::new(chunk));
        }
        cuts
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self) -> Option<Cut> {
        self.0.finish().map(Cut::new)
    }
}

/// A xorb that was made.
pub(super) struct Made {
    pub(super) info: XorbInfo,
    pub(super) bytes: Bytes,
}

impl Made {
    /// Unpacks the xorb and compares it with its name: what was packed wrongly must not be stored.
    fn prove(self) -> Reply<Self> {
        let mut verifier = XorbVerifier::new();
        verifier.push(&self.bytes).map_err(damaged)?;
        let proven = verifier.finish(self.info.hash).map_err(damaged)?;
        if proven.chunks.as_bytes() != self.info.chunks.as_bytes() {
            return Err(Failure::internal(format!("xorb {} was packed wrongly", self.info.hash)));
        }
        Ok(self)
    }
}

/// A file in terms of xorbs.
pub(super) struct Packed {
    pub(super) id: MerkleHash,
    pub(super) terms: Vec<Term>,
    /// Every xorb of the terms, once.
    pub(super) xorbs: Vec<MerkleHash>,
}

/// A file on its way into xorbs.
#[derive(Default)]
pub(super) struct Packing {
    tree: MerkleTree,
    known: Known,
    builder: XorbBuilder,
    packed: Vec<u8>,
    /// Xorbs made of this file.
    made: Vec<MerkleHash>,
    pieces: Vec<Piece>,
    run: Option<Run>,
    full: Vec<Made>,
}

/// Chunks that follow each other in a xorb and in the file.
#[derive(Clone, Copy)]
struct Piece {
    xorb: Place,
    start: u32,
    end: u32,
    unpacked: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A xorb that was here.
    Here(MerkleHash),
    /// One made of this file, by its number.
    Made(usize),
}

/// Chunks found in a xorb that is here, so far.
struct Run {
    piece: Piece,
    /// The chunks, while there are too few of them to refer to.
    held: Vec<Cut>,
}

impl Packing {
    /// Whether it is worth asking for xorbs with this chunk: clients and the hub note one chunk in a thousand, and the
    /// first of each file.
    pub(super) fn wonders(&self, cut: &Cut, is_first: bool) -> bool {
        (is_first || cut.hash.is_dedup_eligible()) && !self.known.places.contains_key(&cut.hash)
    }

    /// Tells of a xorb that is here and that the file may refer to.
    pub(super) fn learn(&mut self, xorb: MerkleHash, chunks: ChunkTable) {
        self.known.learn(xorb, chunks);
    }

    /// Adds the next chunks. Answers the xorbs that became full; they are to be stored before the file is.
    pub(super) fn push(&mut self, cuts: Vec<Cut>) -> Reply<Vec<Made>> {
        for cut in cuts {
            self.add(cut);
        }
        self.full()
    }

    /// Ends the file. Its last xorbs are to be stored before it.
    pub(super) fn finish(mut self) -> Reply<(Packed, Vec<Made>)> {
        if let Some(run) = self.run.take() {
            // A file that is here as a whole is referred to, however short.
            if run.held.is_empty() || self.pieces.is_empty() {
                self.note(run.piece);
            } else {
                self.pack_all(run.held);
            }
        }
        self.close();
        let full = self.full()?;
        let mut xorbs = Vec::new();
        let mut terms = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces {
            let xorb = match piece.xorb {
                Place::Here(hash) => hash,
                Place::Made(at) => self.made[at],
            };
            let unpacked = u32::try_from(piece.unpacked).map_err(Failure::internal)?;
            terms.push(Term { xorb, start: piece.start, end: piece.end, unpacked });
            xorbs.push(xorb);
        }
        xorbs.sort_unstable();
        xorbs.dedup();
        Ok((Packed { id: self.tree.file_id(), terms, xorbs }, full))
    }

    fn full(&mut self) -> Reply<Vec<Made>> {
        std::mem::take(&mut self.full).into_iter().map(Made::prove).collect()
    }

    fn add(&mut self, cut: Cut) {
        let len = cut.bytes.len() as u64;
        self.tree.push(cut.hash, len);
        if let Some(run) = &mut self.run {
            if self.known.is_at(run.piece.xorb, run.piece.end, &cut.hash) {
                run.piece.end += 1;
                run.piece.unpacked += len;
                if (run.piece.end - run.piece.start) as usize >= RUN {
                    run.held.clear();
                } else {
                    run.held.push(cut);
                }
                return;
            }
            if let Some(run) = self.run.take() {
                if run.held.is_empty() { self.note(run.piece) } else { self.pack_all(run.held) }
            }
        }
        match self.known.places.get(&cut.hash) {
            Some((xorb, at)) => {
                let piece = Piece { xorb: Place::Here(*xorb), start: *at, end: at + 1, unpacked: len };
                self.run = Some(Run { piece, held: vec![cut] });
            }
            None => self.pack(&cut),
        }
    }

    fn pack_all(&mut self, cuts: Vec<Cut>) {
        for cut in cuts {
            self.pack(&cut);
        }
    }

    fn pack(&mut self, cut: &Cut) {
        if !self.builder.fits(cut.bytes.len()) || self.packed.len() >= XORB {
            self.close();
        }
        let at = self.builder.push(cut.hash, &cut.bytes, &mut self.packed);
        let unpacked = cut.bytes.len() as u64;
        self.note(Piece { xorb: Place::Made(self.made.len()), start: at, end: at + 1, unpacked });
    }

    /// Adds chunks to the file, to the last piece if they continue it.
    fn note(&mut self, piece: Piece) {
        match self.pieces.last_mut() {
            Some(last)
                if last.xorb == piece.xorb
                    && last.end == piece.start
                    && u32::try_from(last.unpacked + piece.unpacked).is_ok() =>
            {
                last.end = piece.end;
                last.unpacked += piece.unpacked;
            }
            _ => self.pieces.push(piece),
        }
    }

    /// Ends the xorb under way.
    fn close(&mut self) {
        let builder = std::mem::take(&mut self.builder);
        if builder.is_empty() {
            return;
        }
        let info = builder.finish();
        self.made.push(info.hash);
        // What the file repeats need not be packed again.
        self.known.learn(info.hash, info.chunks.clone());
        self.full.push(Made { info, bytes: Bytes::from(std::mem::take(&mut self.packed)) });
    }
}

/// Chunks of xorbs that are here.
#[derive(Default)]
struct Known {
    /// In which xorb a chunk is, and where.
    places: HashMap<MerkleHash, (MerkleHash, u32)>,
    tables: HashMap<MerkleHash, ChunkTable>,
}

impl Known {
    fn learn(&mut self, xorb: MerkleHash, chunks: ChunkTable) {
        if self.tables.contains_key(&xorb) {
            return;
        }
        if self.places.len() > KNOWN {
            self.places.clear();
            self.tables.clear();
        }
        for (at, (hash, _)) in (0..).zip(chunks.chunks(0..chunks.len())) {
            self.places.entry(hash).or_insert((xorb, at));
        }
        self.tables.insert(xorb, chunks);
    }

    fn is_at(&self, xorb: Place, at: u32, hash: &MerkleHash) -> bool {
        let Place::Here(xorb) = xorb else { return false };
        self.tables.get(&xorb).is_some_and(|table| at < table.len() && table.hash(at) == *hash)
    }
}

#[cfg(test)]
mod tests {
    use stoa_xet::{MAX_CHUNK, read_chunks};

    use super::*;

    /// Bytes without a pattern, the same for the same seed.
    fn noise(seed: u64, len: usize) -> Vec<u8> {
        let mut state = seed;
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(
                &(state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9).to_be_bytes(),
            );
        }
        bytes.truncate(len);
        bytes
    }

    /// The xorbs that are stored.
    type Store = HashMap<MerkleHash, Made>;

    fn pack(bytes: &[u8], known: &Store, step: usize) -> (Packed, Vec<Made>) {
        let (mut cutter, mut packing, mut made) = (Cutter::default(), Packing::default(), Vec::new());
        for xorb in known.values() {
            packing.learn(xorb.info.hash, xorb.info.chunks.clone());
        }
        for piece in bytes.chunks(step) {
            made.extend(packing.push(cutter.push(piece)).expect("packed"));
        }
        made.extend(packing.push(cutter.finish().into_iter().collect()).expect("packed"));
        let (packed, last) = packing.finish().expect("packed");
        made.extend(last);
        (packed, made)
    }

    fn keep(store: &mut Store, made: Vec<Made>) -> u64 {
        let size = made.iter().map(|xorb| xorb.bytes.len() as u64).sum();
        store.extend(made.into_iter().map(|xorb| (xorb.info.hash, xorb)));
        size
    }

    fn read(packed: &Packed, store: &Store) -> Vec<u8> {
        let mut out = Vec::new();
        for term in &packed.terms {
            let xorb = &store[&term.xorb];
            let range = xorb.info.chunks.packed_range(term.start..term.end);
            let part = &xorb.bytes[range.start as usize..range.end as usize];
            let bytes = read_chunks(&xorb.info.chunks, term.start..term.end, part).expect("chunks");
            assert_eq!(bytes.len(), term.unpacked as usize);
            out.extend(bytes);
        }
        out
    }

    #[test]
    fn a_file_comes_back_and_is_packed_once() {
        let mut store = Store::new();
        let bytes = noise(1, 9 << 20);
        let (first, made) = pack(&bytes, &store, 70_000);
        assert!(keep(&mut store, made) >= 9 << 20);
        assert_eq!(read(&first, &store), bytes);
        let (again, made) = pack(&bytes, &store, 4 << 20);
        assert_eq!((again.id, made.len(), &again.xorbs), (first.id, 0, &first.xorbs));
        assert_eq!(read(&again, &store), bytes);
    }

    #[test]
    fn what_changed_is_packed_alone() {
        let mut store = Store::new();
        let mut bytes = noise(2, 12 << 20);
        let (_, made) = pack(&bytes, &store, 1 << 20);
        keep(&mut store, made);
        bytes.splice(5_000_000..5_000_100, noise(3, 200));
        bytes.extend(noise(4, 300_000));
        let (packed, made) = pack(&bytes, &store, 1 << 20);
        let new = keep(&mut store, made);
        assert!((300_000..900_000).contains(&new), "{new}");
        assert_eq!(read(&packed, &store), bytes);
        assert_eq!(packed.xorbs.len(), 2);
    }

    #[test]
    fn scattered_pieces_are_packed_again() {
        let mut store = Store::new();
        let pieces: Vec<Vec<u8>> = (10..40).map(|seed| noise(seed, MAX_CHUNK)).collect();
        let (_, made) = pack(&pieces.concat(), &store, 1 << 20);
        keep(&mut store, made);
        let backwards: Vec<u8> = pieces.iter().rev().flatten().copied().collect();
        let (packed, made) = pack(&backwards, &store, 1 << 20);
        keep(&mut store, made);
        assert_eq!(read(&packed, &store), backwards);
        assert!(packed.terms.len() < 10, "{}", packed.terms.len());
    }

    #[test]
    fn what_a_file_repeats_and_the_smallest_files_come_back() {
        for (len, repeat) in [(1, 1), (1, 200_000), (100_000, 3), (65_536, 40), (3 << 20, 30)] {
            let mut store = Store::new();
            let bytes = noise(len as u64, len).repeat(repeat);
            let (packed, made) = pack(&bytes, &store, 1 << 20);
            keep(&mut store, made);
            assert_eq!(read(&packed, &store), bytes);
            let (_, made) = pack(&bytes, &store, 1 << 20);
            // Short runs where one repetition ends are packed again.
            assert!(keep(&mut store, made) <= 200_000 + (len * repeat / 50) as u64, "{len} {repeat}");
        }
        let mut store = Store::new();
        let (_, made) = pack(&noise(5, 3 << 20).repeat(30), &store, 1 << 20);
        // The first xorb takes 32 MiB; what repeats it afterwards is not stored.
        assert!(keep(&mut store, made) < 36 << 20);
    }
}
