//! What tests share: random numbers that are the same in every run, data of several kinds, and a store of xorbs.

use std::collections::HashMap;
use std::ops::Range;

use crate::{
    ChunkTable, MerkleHash, ShardFile, Term, XorbBuilder, chunk_hash, file_id, read_chunks, verification_hash,
};

/// A small generator (`SplitMix64`); the golden vectors of the chunker are made with it.
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Incompressible bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 8);
        while bytes.len() < len {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(len);
        bytes
    }

    /// Words of a small vocabulary.
    pub fn text(&mut self, len: usize) -> Vec<u8> {
        let mut text = Vec::with_capacity(len + 16);
        while text.len() < len {
            let word = self.below(300);
            text.extend_from_slice(format!("word{word} ").as_bytes());
        }
        text.truncate(len);
        text
    }

    /// Little-endian floats of similar size, as in model weights.
    pub fn floats(&mut self, len: usize) -> Vec<u8> {
        let mut floats = Vec::with_capacity(len + 4);
        while floats.len() < len {
            let sum: f32 = (0..4).map(|_| self.below(2000) as f32 / 1000.0 - 1.0).sum();
            floats.extend_from_slice(&(sum * 0.02).to_le_bytes());
        }
        floats.truncate(len);
        floats
    }

    /// `bytes` in pieces of random size.
    pub fn pieces<'a>(&mut self, bytes: &'a [u8], longest: usize) -> Vec<&'a [u8]> {
        let (mut rest, mut pieces) = (bytes, Vec::new());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + self.below(longest)).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}

/// Xorbs in memory.
#[derive(Default)]
pub struct Store {
    /// Table and packed bytes of each.
    pub xorbs: HashMap<MerkleHash, (ChunkTable, Vec<u8>)>,
}

impl Store {
    /// Adds a xorb of so many chunks of random length and kind.
    pub fn add(&mut self, random: &mut Random, chunks: usize) -> MerkleHash {
        let (mut builder, mut packed) = (XorbBuilder::new(), Vec::new());
        for _ in 0..chunks {
            let len = 1 + random.below(3000);
            let chunk = if random.below(2) == 0 { random.bytes(len) } else { random.text(len) };
            builder.push(chunk_hash(&chunk), &chunk, &mut packed);
        }
        let info = builder.finish();
        self.xorbs.insert(info.hash, (info.chunks, packed));
        info.hash
    }

    /// The table of a xorb.
    pub fn table(&self, xorb: MerkleHash) -> Option<ChunkTable> {
        self.xorbs.get(&xorb).map(|(table, _)| table.clone())
    }

    /// A term that is right.
    pub fn term(&self, xorb: MerkleHash, chunks: Range<u32>) -> Term {
        let Range { start, end } = self.xorbs[&xorb].0.unpacked_range(chunks.clone());
        Term { xorb, start: chunks.start, end: chunks.end, unpacked: (end - start) as u32 }
    }

    /// Terms of random length in random xorbs; they repeat and overlap.
    pub fn terms(&self, random: &mut Random, count: usize) -> Vec<Term> {
        let mut xorbs: Vec<_> = self.xorbs.keys().copied().collect();
        xorbs.sort_unstable();
        let mut term = || {
            let xorb = xorbs[random.below(xorbs.len())];
            let chunks = self.xorbs[&xorb].0.len();
            let start = random.below(chunks as usize) as u32;
            let end = start + 1 + random.below((chunks - start) as usize) as u32;
            self.term(xorb, start..end)
        };
        (0..count).map(|_| term()).collect()
    }

    /// The file with these terms, as an honest client describes it.
    pub fn file(&self, terms: Vec<Term>) -> ShardFile {
        let (mut chunks, mut verification) = (Vec::new(), Vec::new());
        for term in &terms {
            let own: Vec<_> = self.xorbs[&term.xorb].0.chunks(term.start..term.end).collect();
            verification.push(verification_hash(own.iter().map(|chunk| chunk.0)));
            chunks.extend(own);
        }
        ShardFile::new(file_id(&chunks), terms, verification, None)
    }

    /// These chunks of a xorb, unpacked.
    pub fn unpack(&self, xorb: MerkleHash, chunks: Range<u32>) -> Vec<u8> {
        let (table, packed) = &self.xorbs[&xorb];
        let place = table.packed_range(chunks.clone());
        read_chunks(table, chunks, &packed[place.start as usize..place.end as usize]).expect("good")
    }

    /// The content of a file with these terms.
    pub fn content(&self, terms: &[Term]) -> Vec<u8> {
        terms.iter().flat_map(|term| self.unpack(term.xorb, term.start..term.end)).collect()
    }
}
