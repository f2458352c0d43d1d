//! The one error of this crate.

use std::fmt;

use crate::MerkleHash;

/// Why bytes are not what Xet wants, or a question has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// The bytes break a format: whoever made them must make them again.
    Malformed {
        /// What was being read: `xorb`, `shard`, `chunk table`.
        what: &'static str,
        /// The byte at which the part that makes no sense begins.
        at: u64,
        /// What is wrong there.
        why: &'static str,
    },
    /// The bytes stop in the middle: send all of them.
    Truncated {
        /// What was being read.
        what: &'static str,
        /// How many bytes there are.
        at: u64,
    },
    /// There is more than a limit allows: send it in smaller parts.
    TooLarge {
        /// What is too large, with its unit: `bytes of a xorb`.
        what: &'static str,
        /// The limit, in that unit.
        limit: u64,
    },
    /// The content has another hash than its name says: it was damaged on the way, or misnamed.
    WrongHash {
        /// What was hashed: `xorb`, `file`.
        what: &'static str,
        /// The hash it should have.
        expected: MerkleHash,
        /// The hash it has.
        found: MerkleHash,
    },
    /// A term of a file says something about a xorb that is not so: write the shard again.
    WrongTerm {
        /// The file, by the id it claims.
        file: MerkleHash,
        /// Which of its terms, counted from 0.
        term: usize,
        /// What is not so.
        why: &'static str,
    },
    /// A shard lists other chunks than the xorb has: write the shard again.
    WrongXorb {
        /// The xorb.
        xorb: MerkleHash,
        /// What is not so.
        why: &'static str,
    },
    /// The chunk table of this xorb was not supplied: it is unknown here, or must be loaded first.
    NoTable(MerkleHash),
    /// The range begins behind the end: ask for less.
    OutOfRange {
        /// The size of the file in bytes.
        size: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed { what, at, why } => write!(f, "Invalid {what}: {why} at byte {at}"),
            Self::Truncated { what, at } => {
                write!(f, "The {what} stops in the middle, after {at} bytes; send all of it")
            }
            Self::TooLarge { what, limit } => write!(f, "More than {limit} {what}; send it in smaller parts"),
            Self::WrongHash { what, expected, found } => {
                write!(f, "The {what} has the hash {found}, not {expected}")
            }
            Self::WrongTerm { file, term, why } => write!(f, "Term {term} of file {file} is wrong: {why}"),
            Self::WrongXorb { xorb, why } => write!(f, "The shard is wrong about xorb {xorb}: {why}"),
            Self::NoTable(xorb) => write!(f, "Xorb {xorb} is not known; upload it before what refers to it"),
            Self::OutOfRange { size } => {
                write!(f, "The range begins behind the end of the file, {size} bytes")
            }
        }
    }
}

impl std::error::Error for Error {}
