//! Speaks git: objects, trees, tree edits, packs, large-file pointers, attribute and ignore files.
//!
//! Everything here is computed from bytes that are already in memory. This crate must never know files, sockets,
//! SQL, async or who is asking; whoever calls it loads and stores objects. An object travels as [`Encoded`]: its
//! body as the zlib stream that a pack entry holds, so that sending it is copying.

mod attributes;
mod commit;
mod compact;
mod edit;
mod error;
mod ignore;
mod object;
mod pack;
mod pktline;
mod pointer;
mod rule;
mod serve;
mod signature;
mod signed;
mod tag;
mod tree;
mod wildmatch;
mod working;

#[cfg(test)]
mod oracle;

pub use attributes::Attributes;
pub use commit::{Commit, message};
pub use compact::{Compact, compact};
pub use edit::{EditError, Edited, NewTree, TreeEdit};
pub use error::Error;
pub use ignore::Ignore;
pub use object::{BlobHasher, Deflater, EMPTY_BLOB, Encoded, MAX_BODY, ObjectKind, encode, hash, inflate};
pub use pack::{
    Base, Bases, Chosen, DeltaIndex, DeltaSettings, DeltaWindow, Form, MAX_DEPTH, PackEnd, PackEntry,
    PackLimits, PackReader, PackSource, PackWriter, Packed, ResolveLimits, Resolved, Resolver, apply_delta,
    delta_sizes, name_hash,
};
pub use pktline::{Band, DELIMITER, END, FLUSH, MAX_PAYLOAD, Packet, PacketReader, band, packet};
pub use pointer::Pointer;
pub use serve::{
    AGENT, Acknowledge, Command, Deepen, FetchRequest, Filter, LsRefs, PushCommand, PushRequest, Refusal,
    Report,
};
pub use signature::Signature;
pub use signed::Signed;
pub use tag::Tag;
pub use tree::{EMPTY_TREE, Mode, Tree, TreeEntry};
