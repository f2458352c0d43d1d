//! The one error of this crate.

use std::fmt;

use stoa_core::Oid;

/// Why bytes are not what git wants, or why a call came at the wrong moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The object breaks git's format: whoever made it must make it again.
    Malformed {
        /// What was being read: `tree`, `commit`, `tag`.
        what: &'static str,
        /// The byte at which reading stopped making sense.
        at: usize,
        /// What is wrong there.
        why: &'static str,
    },
    /// A name is not UTF-8: rename the file.
    NotUtf8 {
        /// What was being read.
        what: &'static str,
        /// The byte at which the name begins.
        at: usize,
    },
    /// A stored zlib stream is broken: fetch or upload the object again.
    Damaged {
        /// The byte of the compressed data at which reading stopped.
        at: u64,
        /// What is wrong there.
        why: &'static str,
    },
    /// There are more or fewer bytes than announced: send the right size.
    WrongSize {
        /// The announced size in bytes.
        expected: u64,
        /// The size found; at least this much when reading stopped early.
        found: u64,
    },
    /// The object is above a limit: store it as a large file instead.
    TooLarge {
        /// The size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes were built to share their SHA-1 with others: refuse them and look at who sent them.
    Collision,
    /// A tree edit was finished before this tree was provided: load it and call `provide`.
    NotLoaded(Oid),
    /// A pack was written in the wrong order: write what the text says first. A bug of the caller.
    OutOfOrder(&'static str),
    /// A pack holds the same object twice: write it once.
    Repeated(Oid),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { what, at, why } => write!(f, "Invalid {what}: {why} at byte {at}"),
            Self::NotUtf8 { what, at } => {
                write!(f, "A name in this {what} is not UTF-8 at byte {at}; rename the file")
            }
            Self::Damaged { at, why } => {
                write!(f, "Damaged object data: {why} at byte {at}; upload it again")
            }
            Self::WrongSize { expected, found } => {
                write!(f, "Expected {expected} bytes, found {found}")
            }
            Self::TooLarge { size, limit } => {
                write!(f, "Object of {size} bytes is above the limit of {limit}; use a large file instead")
            }
            Self::Collision => f.write_str("These bytes are a SHA-1 collision attack and are not stored"),
            Self::NotLoaded(oid) => write!(f, "Tree {oid} was not provided before the edit was finished"),
            Self::OutOfOrder(why) => write!(f, "Pack written out of order: {why}"),
            Self::Repeated(oid) => write!(f, "Object {oid} is in the pack twice"),
        }
    }
}

impl std::error::Error for Error {}
