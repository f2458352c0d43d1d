//! Hashes as they are written on the wire: lowercase hexadecimal.

use std::fmt;
use std::str::FromStr;

/// A string that was meant to be a hash is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashParseError;

impl fmt::Display for HashParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a hash in hexadecimal digits")
    }
}

impl std::error::Error for HashParseError {}

macro_rules! hash_type {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// Length in bytes; the text form has twice as many digits.
            pub const LEN: usize = $len;

            /// Reads raw bytes; `None` when the length is not [`Self::LEN`].
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// The raw bytes.
            pub fn as_bytes(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = HashParseError;

            fn from_str(text: &str) -> Result<Self, HashParseError> {
                let text = text.as_bytes();
                if text.len() != $len * 2 {
                    return Err(HashParseError);
                }
                let mut out = [0_u8; $len];
                for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
                    *byte = digit(pair[0])? << 4 | digit(pair[1])?;
                }
                Ok(Self(out))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hash_type!(
    /// The SHA-1 id of a git object (commit, tree, blob or annotated tag).
    Oid, 20
);
hash_type!(
    /// The SHA-256 of a file's bytes: the id of a large file in git-lfs and on the Hub.
    Sha256, 32
);

/// `bytes` in lowercase hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

fn digit(byte: u8) -> Result<u8, HashParseError> {
    match byte {
        b'0'..=b'9' => Ok(byte - b'0'),
        b'a'..=b'f' => Ok(byte - b'a' + 10),
        b'A'..=b'F' => Ok(byte - b'A' + 10),
        _ => Err(HashParseError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_bytes_agree() {
        let text = "0123456789abcdef0123456789abcdef01234567";
        let oid: Oid = text.parse().expect("forty digits");
        assert_eq!(oid.to_string(), text);
        assert_eq!(Oid::from_slice(oid.as_bytes()), Some(oid));
    }

    #[test]
    fn wrong_length_and_wrong_digit_are_refused() {
        assert_eq!("abc".parse::<Oid>(), Err(HashParseError));
        assert_eq!("g".repeat(40).parse::<Oid>(), Err(HashParseError));
        assert_eq!("é".repeat(20).parse::<Oid>(), Err(HashParseError));
    }
}
