//! Speaks git: objects, trees, tree edits, packs, large-file pointers, attribute and ignore files.
//!
//! Everything here is computed from bytes that are already in memory. This crate must never know files, sockets,
//! SQL, async or who is asking; whoever calls it loads and stores objects. An object travels as [`Encoded`]: its
//! body as the zlib stream that a pack entry holds, so that sending it is copying.

mod attributes;
mod commit;
mod edit;
mod error;
mod ignore;
mod object;
mod pack;
mod pointer;
mod rule;
mod signature;
mod tag;
mod tree;
mod wildmatch;
mod working;

#[cfg(test)]
mod oracle;

pub use attributes::Attributes;
pub use commit::{Commit, message};
pub use edit::{EditError, Edited, TreeEdit};
pub use error::Error;
pub use ignore::Ignore;
pub use object::{BlobHasher, EMPTY_BLOB, Encoded, MAX_BODY, ObjectKind, encode, hash, inflate};
pub use pack::PackWriter;
pub use pointer::Pointer;
pub use signature::Signature;
pub use tag::Tag;
pub use tree::{EMPTY_TREE, Mode, Tree, TreeEntry};
