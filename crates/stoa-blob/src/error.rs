//! What can go wrong with bytes, told apart by what the caller should do about it.

use std::fmt;
use std::io;

use stoa_core::Sha256;

/// Why bytes were not kept or not returned.
#[derive(Debug)]
pub enum Error {
    /// There is no object under this path.
    NotFound(String),
    /// The body is longer or shorter than announced; `got` counts what had arrived when that became certain.
    WrongSize {
        /// The announced length.
        expected: u64,
        /// What arrived.
        got: u64,
    },
    /// The body is not the one that was announced.
    WrongHash {
        /// The announced hash.
        expected: Sha256,
        /// The hash of what arrived.
        got: Sha256,
    },
    /// More bytes than are accepted here.
    TooLarge {
        /// The most that is accepted.
        max: u64,
    },
    /// The sender's body broke off: the other side's fault, and worth another try.
    Interrupted(io::Error),
    /// The disk or the quota is full.
    Full(io::Error),
    /// The store itself failed.
    Io(io::Error),
    /// The key cannot name an object; the text says which and why.
    InvalidKey(String),
}

impl Error {
    /// An error of the store, with a full disk told apart from a broken one.
    pub(crate) fn from_io(error: io::Error) -> Self {
        // An error that passed through a stream of ours (see `Blobs::concat`) comes out as what it went in as.
        let error = match error.downcast::<Self>() {
            Ok(ours) => return ours,
            Err(error) => error,
        };
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full(error),
            _ => Self::Io(error),
        }
    }

    /// An error of the store about the object at `path`.
    pub(crate) fn at(error: io::Error, path: String) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound(path),
            _ => Self::from_io(error),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(path) => write!(f, "No object is kept under `{path}`"),
            Self::WrongSize { expected, got } if got > expected => {
                write!(f, "The body goes on after the {expected} bytes that were announced")
            }
            Self::WrongSize { expected, got } => {
                write!(f, "The body ended after {got} of {expected} bytes; send it again")
            }
            Self::WrongHash { expected, got } => {
                write!(f, "The body has SHA-256 {got}, but {expected} was announced; send it again")
            }
            Self::TooLarge { max } => write!(f, "At most {max} bytes are accepted here"),
            Self::Interrupted(error) => write!(f, "The body broke off ({error}); send it again"),
            Self::Full(error) => write!(f, "The object store is full ({error}); free or add space"),
            Self::Io(error) => write!(f, "The object store failed: {error}"),
            Self::InvalidKey(why) => write!(f, "No object can be kept under {why}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Interrupted(error) | Self::Full(error) | Self::Io(error) => Some(error),
            _ => None,
        }
    }
}
