//! Shards: which chunks of which xorbs make a file, and which chunks a xorb has.
//!
//! A shard is a row of records of 48 bytes: a header; files, each with its terms; a bookend; xorbs, each with its
//! chunks; a bookend. Lookup tables and a footer may follow, which only readers with a local copy use.

mod read;
mod write;

use stoa_core::Sha256;

use crate::{Error, MerkleHash};

pub use read::ShardReader;
pub use write::{ShardFooter, ShardWriter};

/// Clients write no larger shard.
pub const MAX_SHARD: u64 = 64 << 20;

/// Length of every part of a shard before its footer.
const RECORD: usize = 48;
/// How a shard begins.
const TAG: [u8; 32] =
    *b"HFRepoMetaData\0\x55\x69\x67\x45\x6a\x7b\x81\x57\x83\xa5\xbd\xd9\x5c\xcd\xd1\x4a\xa9";
const VERSION: u64 = 2;
/// Stands for the hash where a section ends.
const BOOKEND: MerkleHash = MerkleHash([0xff; 32]);

/// In the flags of a file: its terms are followed by a verification hash each.
const VERIFIED: u32 = 1 << 31;
/// In the flags of a file: a SHA-256 follows.
const HAS_SHA256: u32 = 1 << 30;
/// In the flags of a chunk: clients may ask for it.
const DEDUP: u32 = 1 << 31;

/// What a shard may hold at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardLimits {
    /// Bytes, with whatever follows the second bookend.
    pub bytes: u64,
    /// Chunks that the terms of all files refer to. Checking a file visits each of them, and a term of 48 bytes can
    /// refer to 8192.
    pub chunks: u64,
}

impl ShardLimits {
    /// For shards that clients send: four tebibytes of files in chunks of the usual size.
    pub const UPLOAD: Self = Self { bytes: MAX_SHARD, chunks: 1 << 26 };
}

/// A part of a file: a run of chunks of one xorb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term {
    /// The xorb.
    pub xorb: MerkleHash,
    /// The first chunk.
    pub start: u32,
    /// The chunk behind the last.
    pub end: u32,
    /// Length of these chunks unpacked.
    pub unpacked: u32,
}

/// What a shard says about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardFile {
    /// The id it claims.
    pub id: MerkleHash,
    /// Flags as sent.
    pub flags: u32,
    /// Its parts in order.
    pub terms: Vec<Term>,
    /// A verification hash for each term, or none at all.
    pub verification: Vec<MerkleHash>,
    /// The SHA-256 it claims.
    pub sha256: Option<Sha256>,
}

impl ShardFile {
    /// A file with these terms; flags follow from what is there.
    pub fn new(
        id: MerkleHash,
        terms: Vec<Term>,
        verification: Vec<MerkleHash>,
        sha256: Option<Sha256>,
    ) -> Self {
        let flags = flags(terms.len(), verification.len(), sha256.is_some());
        Self { id, flags, terms, verification, sha256 }
    }

    /// The size it claims, in bytes.
    pub fn size(&self) -> u64 {
        self.terms.iter().map(|term| u64::from(term.unpacked)).sum()
    }
}

/// The flags of a file with so many terms and proofs. Each term of an empty file has its proof: clients say so too, and
/// refuse a shard of which some files have proofs and others not.
fn flags(terms: usize, proofs: usize, sha256: bool) -> u32 {
    let verified = if proofs == terms { VERIFIED } else { 0 };
    verified | if sha256 { HAS_SHA256 } else { 0 }
}

/// What a shard says about a xorb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardXorb {
    /// Its name.
    pub hash: MerkleHash,
    /// Flags as sent.
    pub flags: u32,
    /// Its chunks in order.
    pub chunks: Vec<ShardChunk>,
}

/// What a shard says about a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardChunk {
    /// Its hash, or a keyed one.
    pub hash: MerkleHash,
    /// Its length in bytes.
    pub len: u32,
    /// Whether the sender wants it to be found by others.
    pub dedup: bool,
}

/// One entry of a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShardEntry {
    /// From the first section.
    File(ShardFile),
    /// From the second section.
    Xorb(ShardXorb),
}

/// A whole shard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shard {
    /// The first section.
    pub files: Vec<ShardFile>,
    /// The second section.
    pub xorbs: Vec<ShardXorb>,
}

impl Shard {
    /// Reads a shard that is in memory; [`ShardReader`] reads one that is not.
    pub fn parse(bytes: &[u8], limits: ShardLimits) -> Result<Self, Error> {
        let mut reader = ShardReader::new(limits);
        let mut shard = Self::default();
        for entry in reader.push(bytes)? {
            match entry {
                ShardEntry::File(file) => shard.files.push(file),
                ShardEntry::Xorb(xorb) => shard.xorbs.push(xorb),
            }
        }
        reader.finish()?;
        Ok(shard)
    }
}
