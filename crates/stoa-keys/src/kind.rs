//! The two kinds of key.

use std::fmt;
use std::str::FromStr;

use stoa_core::Failure;

/// What a key is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// Signing in to git over SSH, and signing commits.
    Ssh,
    /// An OpenPGP key: signing commits.
    Gpg,
}

impl KeyKind {
    /// The word clients use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::Gpg => "gpg",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyKind {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "ssh" => Ok(Self::Ssh),
            "gpg" => Ok(Self::Gpg),
            _ => Err(Failure::invalid(format!(
                "The type of a key must be one of ssh, gpg, not `{}`",
                text.chars().take(40).collect::<String>().escape_debug()
            ))),
        }
    }
}
