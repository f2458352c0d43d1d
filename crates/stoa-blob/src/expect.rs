//! What a body was announced to be, and what was kept of it.

use stoa_core::Sha256;

/// What the sender said about a body, and the most we are willing to keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expect {
    /// The exact length, where it is known. One byte more ends the upload.
    pub size: Option<u64>,
    /// The exact hash, where it is known.
    pub sha256: Option<Sha256>,
    /// The most bytes that are accepted, known length or not.
    pub max: u64,
}

/// What a put did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stored {
    /// The length of the body that was sent.
    pub size: u64,
    /// The hash of the body that was sent.
    pub sha256: Sha256,
    /// Whether an object stood under that key before.
    pub existed: bool,
}
