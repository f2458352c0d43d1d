//! Why a signature proves nothing.

use std::fmt;

/// What is wrong with a signature, or with the key that made it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Flaw {
    /// It cannot be read, or is of a kind that is not supported.
    Unreadable,
    /// It does not fit what was signed, or was made for another purpose.
    Wrong,
    /// It was made with a hash or a key that is no longer trusted.
    Weak,
    /// Its key is on no account.
    UnknownKey,
    /// Its key was revoked.
    RevokedKey,
    /// Its key has ended.
    ExpiredKey,
    /// It has an end, which has passed, or is older than its key.
    OutOfTime,
    /// The signer's address is not one of the account's, or not one of the key's.
    WrongEmail,
}

impl Flaw {
    /// The word for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Wrong => "wrong_signature",
            Self::Weak => "weak",
            Self::UnknownKey => "unknown_key",
            Self::RevokedKey => "revoked_key",
            Self::ExpiredKey => "expired_key",
            Self::OutOfTime => "out_of_time",
            Self::WrongEmail => "wrong_email",
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "The signature cannot be read, or is of a kind that this hub does not know",
            Self::Wrong => "The signature does not fit the content",
            Self::Weak => "The signature was made with a hash or a key that is no longer trusted",
            Self::UnknownKey => "The key that made the signature is on no account of this hub",
            Self::RevokedKey => "The key that made the signature was revoked",
            Self::ExpiredKey => {
                "The key that made the signature has expired. Whoever owns it can extend it and add it again"
            }
            Self::OutOfTime => "The signature has expired, or is older than its key",
            Self::WrongEmail => {
                "The committer's address is not an address of the account (and key) that made the signature"
            }
        })
    }
}

impl std::error::Error for Flaw {}
