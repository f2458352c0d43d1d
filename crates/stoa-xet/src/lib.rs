//! Speaks Xet: chunks, hashes, xorbs, shards, reconstruction plans.
//!
//! A file is cut into *chunks* where its content says so ([`Chunker`]); chunks are named by their hash
//! ([`chunk_hash`]) and packed into *xorbs* ([`XorbBuilder`], [`XorbVerifier`]); a *shard* says which chunks of which
//! xorbs make a file ([`ShardReader`], [`ShardWriter`], [`FileCheck`]); a [`Plan`] says which bytes of which xorbs
//! hold a part of it, and a [`DirtyWalk`] what must be sent again when some of its bytes change.
//!
//! Everything here is computed from bytes that the caller has in memory, and nearly all of them come from strangers:
//! no length is believed before it is checked, and nothing grows with a number that was only announced. This crate
//! must never know files, sockets, SQL, async, JSON or who is asking.

mod chunk;
mod compress;
mod dirty;
mod error;
mod hash;
mod lz4;
mod merkle;
mod plan;
mod shard;
mod subtree;
mod verify;
mod xorb;

#[cfg(test)]
mod testing;

pub use chunk::{Chunker, MAX_CHUNK, MIN_CHUNK, TARGET_CHUNK};
pub use dirty::{DirtyWalk, DirtyWindows};
pub use error::Error;
pub use hash::{MerkleHash, chunk_hash, keyed, verification_hash};
pub use merkle::{MerkleTree, file_id, xorb_hash};
pub use plan::{FetchRange, Part, Plan, Reconstruction, Selection, XorbFetch};
pub use shard::{
    MAX_SHARD, Shard, ShardChunk, ShardEntry, ShardFile, ShardFooter, ShardLimits, ShardReader, ShardWriter,
    ShardXorb, Term,
};
pub use subtree::{Subtree, SubtreeBuilder};
pub use verify::{CheckedFile, FileCheck, check_file, check_xorb};
pub use xorb::{
    ChunkReader, ChunkTable, MAX_CHUNKS, MAX_PACKED, MAX_UPLOAD, XORB_TARGET, XorbBuilder, XorbInfo,
    XorbVerifier, read_chunks,
};
