//! Large files as chunks: tokens, xorbs and shards coming in, plans and bytes going out.

mod bytes;
mod compact;
mod dirty;
mod ingest;
mod intake;
mod leftovers;
mod packing;
mod reconstruct;
mod scrub;
mod shards;
mod space;
mod sweep;
mod tables;
mod token;
mod xorbs;

pub use compact::Compacted;
pub use reconstruct::{Fetch, Reconstructed, XetTerm};
pub use scrub::Scrubbed;
pub use shards::ShardStep;
pub use space::Space;
pub use sweep::{Grace, Swept, Tally};
pub(crate) use tables::TableCache;
pub(crate) use token::Holder;
pub use token::{XetSession, XetToken};

use stoa_core::Failure;
use stoa_xet::Error;

/// What a client sent is not what Xet wants, as the client should see it.
pub(crate) fn xet_failure(error: Error) -> Failure {
    match error {
        Error::TooLarge { .. } => Failure::too_large(error.to_string()),
        other => Failure::invalid(other.to_string()),
    }
}

/// Something that was verified when it came in is no longer what it was.
pub(crate) fn damaged(error: Error) -> Failure {
    Failure::internal(error)
}
