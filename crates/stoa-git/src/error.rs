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
    /// A client does not follow the protocol: the text says what was expected.
    Protocol(std::borrow::Cow<'static, str>),
    /// A pack holds the same object twice: write it once.
    Repeated(Oid),
    /// The other side does not speak git's packet lines: use a current git.
    PacketLine(&'static str),
    /// A pack that came in is broken: push again.
    DamagedPack {
        /// Where in the pack the object begins that makes no sense, or what else does; in bytes.
        at: u64,
        /// What is wrong there.
        why: &'static str,
    },
    /// A pack that came in is not what its last bytes say: push again.
    WrongChecksum {
        /// What the pack says.
        expected: Oid,
        /// What its bytes give.
        found: Oid,
    },
    /// The pack is above a limit of the hub: push less at once, or use large files.
    AboveLimit {
        /// What there is too much of, with its unit.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The instructions of a delta make no sense: push again.
    BadDelta(&'static str),
    /// A delta is based on an object that neither the pack nor the repository has: fetch, then push again.
    MissingBase(Oid),
    /// The bytes of a pack could not be read back from where they were kept; says why.
    Unreadable(String),
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
            Self::Protocol(why) => write!(f, "Not what git says: {why}"),
            Self::Repeated(oid) => write!(f, "Object {oid} is in the pack twice"),
            Self::PacketLine(why) => write!(f, "Invalid packet line: {why}"),
            Self::DamagedPack { at, why } => write!(f, "Damaged pack: {why} at byte {at}; push again"),
            Self::WrongChecksum { expected, found } => {
                write!(f, "Damaged pack: its checksum is {found} and should be {expected}; push again")
            }
            Self::AboveLimit { what, limit } => {
                write!(f, "The pack is above the limit of {limit} {what}; push less at once")
            }
            Self::BadDelta(why) => write!(f, "Damaged pack: {why} in a delta; push again"),
            Self::MissingBase(oid) => {
                write!(
                    f,
                    "The pack has a delta on {oid}, which this repository does not have; fetch and push again"
                )
            }
            Self::Unreadable(why) => write!(f, "The pack could not be read back: {why}"),
        }
    }
}

impl std::error::Error for Error {}
