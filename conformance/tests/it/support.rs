//! What the comparisons share: cases that can be repeated, content of several kinds, xorbs and files made of it.

use std::collections::BTreeMap;
use std::ops::Range;

use sha2::{Digest as _, Sha256 as Hasher};
use stoa_core::Sha256;
use stoa_xet::{
    ChunkTable, MerkleHash, ShardFile, Term, XorbBuilder, chunk_hash, file_id, verification_hash,
};

/// Their hash.
pub type Theirs = xet_core_structures::merklehash::MerkleHash;

/// Our hash as theirs.
pub fn theirs(hash: MerkleHash) -> Theirs {
    Theirs::from(hash.0)
}

/// Their hash as ours.
pub fn ours(hash: Theirs) -> MerkleHash {
    MerkleHash(hash.into())
}

/// Cases of a comparison of weight 1, unless `STOA_CONFORMANCE_CASES` says otherwise.
const CASES: usize = 100;

/// Runs a comparison on many cases; `weight` is how many it runs of every hundred. A case that fails says how to
/// repeat it alone.
pub fn each_case(name: &'static str, weight: usize, mut case: impl FnMut(&mut Random)) {
    let setting = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let count = setting("STOA_CONFORMANCE_CASES").map_or(CASES, |count| count as usize) * weight / 100;
    let seed = setting("STOA_CONFORMANCE_SEED").unwrap_or(1);
    let numbers = match setting("STOA_CONFORMANCE_CASE") {
        Some(only) => only..only + 1,
        None => 0..count.max(1) as u64,
    };
    for number in numbers {
        let told = Told { name, seed, number };
        let mut random = Random(seed);
        for part in name.bytes().map(u64::from).chain([number]) {
            random.0 = random.next() ^ part;
        }
        case(&mut random);
        std::mem::forget(told);
    }
}

/// Says which case failed.
struct Told {
    name: &'static str,
    seed: u64,
    number: u64,
}

impl Drop for Told {
    fn drop(&mut self) {
        let Self { name, seed, number } = self;
        eprintln!("failed: STOA_CONFORMANCE_SEED={seed} STOA_CONFORMANCE_CASE={number} … {name}");
    }
}

/// How often each of several outcomes came, to be printed at the end.
#[derive(Default)]
pub struct Tally(BTreeMap<String, usize>);

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// How often this came.
    pub fn of(&self, what: &str) -> usize {
        self.0.get(what).copied().unwrap_or(0)
    }

    /// Prints all counts.
    pub fn print(&self, title: &str) {
        println!("{title}:");
        for (what, count) in &self.0 {
            println!("{count:8}  {what}");
        }
    }
}

/// A small generator (`SplitMix64`).
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

    /// One case in so many.
    pub fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
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

    /// A hash of nothing in particular.
    pub fn hash(&mut self) -> MerkleHash {
        MerkleHash(self.bytes(32).try_into().expect("32 bytes"))
    }

    /// Bytes of one of several kinds.
    pub fn content(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(len + 64);
        match self.below(7) {
            0 | 1 => return self.bytes(len),
            2 => bytes.resize(len, self.next() as u8),
            3 => {
                while bytes.len() < len {
                    let word = self.below(300);
                    bytes.extend_from_slice(format!("word{word} ").as_bytes());
                }
            }
            4 => {
                while bytes.len() < len {
                    let sum: f32 = (0..4).map(|_| self.below(2000) as f32 / 1000.0 - 1.0).sum();
                    bytes.extend_from_slice(&(sum * 0.02).to_le_bytes());
                }
            }
            5 => {
                let period_len = 1 + self.below(5000);
                let period = self.bytes(period_len);
                while bytes.len() < len {
                    bytes.extend_from_slice(&period);
                }
            }
            _ => {
                while bytes.len() < len {
                    let run = 1 + self.below(20_000);
                    match self.below(2) {
                        0 => bytes.extend(self.bytes(run)),
                        _ => bytes.resize(bytes.len() + run, 0),
                    }
                }
            }
        }
        bytes.truncate(len);
        bytes
    }

    /// `bytes` in pieces of random size.
    pub fn pieces<'a>(&mut self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        let longest = *self.pick(&[1_usize, 7, 100, 5000, 70_000, 300_000, 10_000_000]);
        // Millions of single bytes would only be slow.
        let longest = longest.max(bytes.len() / 20_000);
        let (mut rest, mut pieces) = (bytes, Vec::new());
        while !rest.is_empty() {
            let (piece, after) = rest.split_at((1 + self.below(longest)).min(rest.len()));
            pieces.push(piece);
            rest = after;
        }
        pieces
    }
}

/// A xorb that stoa packed.
pub struct Packed {
    /// Its chunks unpacked, one behind the other.
    pub content: Vec<u8>,
    /// Its name.
    pub hash: MerkleHash,
    /// Its chunks.
    pub table: ChunkTable,
    /// What is sent.
    pub bytes: Vec<u8>,
}

impl Packed {
    /// Packs these chunks.
    pub fn new<C: AsRef<[u8]>>(chunks: &[C]) -> Self {
        let (mut builder, mut bytes, mut content) = (XorbBuilder::new(), Vec::new(), Vec::new());
        for chunk in chunks {
            let chunk = chunk.as_ref();
            builder.push(chunk_hash(chunk), chunk, &mut bytes);
            content.extend_from_slice(chunk);
        }
        let info = builder.finish();
        Self { content, hash: info.hash, table: info.chunks, bytes }
    }

    /// So many short chunks.
    pub fn small(random: &mut Random, count: usize) -> Self {
        let chunks: Vec<_> = (0..count)
            .map(|_| {
                let len = 1 + random.below(2000);
                random.content(len)
            })
            .collect();
        Self::new(&chunks)
    }

    /// A term that is right.
    pub fn term(&self, chunks: Range<u32>) -> Term {
        let place = self.table.unpacked_range(chunks.clone());
        let unpacked = (place.end - place.start) as u32;
        Term { xorb: self.hash, start: chunks.start, end: chunks.end, unpacked }
    }

    /// A random run of its chunks.
    pub fn run(&self, random: &mut Random) -> Range<u32> {
        let start = random.below(self.table.len() as usize) as u32;
        start..start + 1 + random.below((self.table.len() - start) as usize) as u32
    }
}

/// Runs of chunks that make a file.
pub type Parts<'a> = Vec<(&'a Packed, Range<u32>)>;

/// So many random runs; they repeat and overlap.
pub fn random_parts<'a>(random: &mut Random, xorbs: &'a [Packed], count: usize) -> Parts<'a> {
    let mut part = || {
        let xorb = &xorbs[random.below(xorbs.len())];
        (xorb, xorb.run(random))
    };
    (0..count).map(|_| part()).collect()
}

/// The content of a file.
pub fn content_of(parts: &[(&Packed, Range<u32>)]) -> Vec<u8> {
    let piece = |(packed, chunks): &(&Packed, Range<u32>)| {
        let place = packed.table.unpacked_range(chunks.clone());
        packed.content[place.start as usize..place.end as usize].to_vec()
    };
    parts.iter().flat_map(piece).collect()
}

/// A file as an honest client describes it.
pub fn file_of(parts: &[(&Packed, Range<u32>)]) -> ShardFile {
    let (mut chunks, mut proofs, mut terms) = (Vec::new(), Vec::new(), Vec::new());
    for (packed, range) in parts {
        let own: Vec<_> = packed.table.chunks(range.clone()).collect();
        proofs.push(verification_hash(own.iter().map(|chunk| chunk.0)));
        terms.push(packed.term(range.clone()));
        chunks.extend(own);
    }
    ShardFile::new(file_id(&chunks), terms, proofs, Some(sha256(&content_of(parts))))
}

/// The SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(Hasher::digest(bytes).into())
}
