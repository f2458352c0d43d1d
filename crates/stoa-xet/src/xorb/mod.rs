//! Xorbs: many chunks in one object, each with a small header.
//!
//! A server keeps the packed chunks as they came and, beside them, a [`ChunkTable`]. An old footer is checked and
//! dropped, because nobody ever asks for it.

mod build;
mod footer;
mod header;
mod read;
mod table;
mod verify;

pub use build::XorbBuilder;
pub use read::{ChunkReader, read_chunks};
pub use table::ChunkTable;
pub use verify::{XorbInfo, XorbVerifier};

use header::HEADER;

/// No xorb has more chunks.
pub const MAX_CHUNKS: usize = 8192;
/// A builder stops before a xorb holds more unpacked bytes.
pub const XORB_TARGET: u64 = 64 << 20;
/// No xorb has more packed bytes: what a builder stops at, stored raw, with the header of each chunk.
pub const MAX_PACKED: u64 = XORB_TARGET + (HEADER * MAX_CHUNKS) as u64;
/// No upload of a xorb has more bytes: the largest with the largest footer.
pub const MAX_UPLOAD: u64 = MAX_PACKED + footer::len(MAX_CHUNKS) as u64;
