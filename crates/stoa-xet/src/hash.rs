//! The hash of Xet and what is hashed with it. Each use has its own key, so that no hash can pass for another.

use std::fmt;
use std::str::FromStr;

use stoa_core::{HashParseError, Sha256};

const CHUNK_KEY: [u8; 32] = *b"\x66\x97\xf5\x77\x5b\x95\x50\xde\x31\x35\xcb\xac\xa5\x97\x18\x1c\
\x9d\xe4\x21\x10\x9b\xeb\x2b\x58\xb4\xd0\xb0\x4b\x93\xad\xf2\x29";
pub(crate) const NODE_KEY: [u8; 32] = *b"\x01\x7e\xc5\xc7\xa5\x47\x29\x96\xfd\x94\x66\x66\xb4\x8a\x02\xe6\
\x5d\xdd\x53\x6f\x37\xc7\x6d\xd2\xf8\x63\x52\xe6\x4a\x53\x71\x3f";
const VERIFICATION_KEY: [u8; 32] = *b"\x7f\x18\x57\xd6\xce\x56\xed\x66\x12\x7f\xf9\x13\xe7\xa5\xc3\xf3\
\xa4\xcd\x26\xd5\xb5\xdb\x49\xe6\x41\x24\x98\x7f\x28\xfb\x94\xc3";

/// The name of a chunk, a xorb, a file or a range of chunks.
///
/// Compat: its text is not its bytes in order. Every eight of them are printed as one little-endian number, so each
/// group of eight comes last byte first. Shards and xorb footers hold the bytes in order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct MerkleHash(pub [u8; 32]);

impl MerkleHash {
    /// Length in bytes; the text form has twice as many digits.
    pub const LEN: usize = 32;
    /// The id of the empty file.
    pub const ZERO: Self = Self([0; 32]);

    /// Reads raw bytes; `None` when there are not 32 of them.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The text form, without a string around it.
    pub fn text(&self) -> [u8; 64] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(swap_words(self.0)) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text
    }

    /// Whether clients ask a server about a chunk of this hash, wherever in a file it stands.
    pub fn is_dedup_eligible(&self) -> bool {
        self.last_word().is_multiple_of(1024)
    }

    /// The SHA-256 that a shard holds in the form of this type: the two have the same text.
    pub fn to_sha256(self) -> Sha256 {
        Sha256(swap_words(self.0))
    }

    /// The form in which a shard holds a SHA-256.
    pub fn from_sha256(sha256: Sha256) -> Self {
        Self(swap_words(sha256.0))
    }

    /// What decides about cuts: a number as random as the hash.
    pub(crate) fn last_word(&self) -> u64 {
        u64::from_le_bytes(*self.0.last_chunk().expect("longer than a word"))
    }
}

impl fmt::Display for MerkleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).expect("digits are ASCII"))
    }
}

impl fmt::Debug for MerkleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MerkleHash {
    type Err = HashParseError;

    fn from_str(text: &str) -> Result<Self, HashParseError> {
        let sha256: Sha256 = text.parse()?;
        Ok(Self::from_sha256(sha256))
    }
}

/// The hash of a chunk's bytes.
pub fn chunk_hash(chunk: &[u8]) -> MerkleHash {
    MerkleHash(blake3::keyed_hash(&CHUNK_KEY, chunk).into())
}

/// A chunk hash as dedup answers give it out: only who knows the chunk can recognize it.
pub fn keyed(key: &[u8; 32], hash: MerkleHash) -> MerkleHash {
    MerkleHash(blake3::keyed_hash(key, &hash.0).into())
}

/// The hash of a range of chunks: whoever writes it into a shard has seen the hash of each.
pub fn verification_hash(chunks: impl IntoIterator<Item = MerkleHash>) -> MerkleHash {
    // Gathering beats hashing 32 bytes at a time: blake3 is fast from a few kilobytes on.
    let mut gathered = Vec::with_capacity(GATHER);
    let mut hasher = blake3::Hasher::new_keyed(&VERIFICATION_KEY);
    for hash in chunks {
        gathered.extend_from_slice(&hash.0);
        if gathered.len() == GATHER {
            hasher.update(&gathered);
            gathered.clear();
        }
    }
    hasher.update(&gathered);
    MerkleHash(hasher.finalize().into())
}

const GATHER: usize = 16 * 1024;

/// Reverses each group of eight bytes.
fn swap_words(mut bytes: [u8; 32]) -> [u8; 32] {
    for word in bytes.chunks_exact_mut(8) {
        word.reverse();
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_hashes_of_a_small_chunk() {
        let check = |hash: MerkleHash, text: &str| assert_eq!(hash.to_string(), text);
        let hello = chunk_hash(b"Hello World!");
        check(chunk_hash(b""), "e0f2cf784e7e5f10c34f84af150e9a5ff9664216debad915364d741049870f67");
        check(hello, "d8d408e608fb9ca213b9909a65d86d725f2de4d8d540324be8a363e7a6e228cb");
        check(verification_hash([hello]), "89cb63458e98cb4c75be6b50a5a7b7234b82f05d5348e6925fb71aaf5dc3862b");
        let key = std::array::from_fn(|i| i as u8);
        check(keyed(&key, hello), "213944381648fd3a12bf8dfc98576416734cf1afdb7ddced216b33a217c15167");
    }

    #[test]
    fn text_reverses_each_group_of_eight_bytes() {
        let hash = MerkleHash(std::array::from_fn(|i| i as u8));
        let text = "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918";
        assert_eq!(hash.to_string(), text);
        assert_eq!(text.parse(), Ok(hash));
        assert_eq!(text.to_uppercase().parse(), Ok(hash));
        assert_eq!(MerkleHash::from_slice(hash.as_bytes()), Some(hash));
        assert_eq!(MerkleHash::from_slice(&hash.0[1..]), None);
    }

    #[test]
    fn what_is_not_a_hash_is_refused() {
        for text in ["", "07", &"0".repeat(63), &"0".repeat(65), &"g".repeat(64), &"é".repeat(32)] {
            assert!(text.parse::<MerkleHash>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_sha256_keeps_its_text() {
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let sha256: Sha256 = text.parse().expect("sixty-four digits");
        let stored = MerkleHash::from_sha256(sha256);
        assert_eq!(stored.to_string(), text);
        assert_eq!(stored.to_sha256(), sha256);
    }

    #[test]
    fn one_hash_in_1024_is_worth_a_question() {
        let with_last = |last: u64| {
            let mut bytes = [7; 32];
            bytes[24..].copy_from_slice(&last.to_le_bytes());
            MerkleHash(bytes)
        };
        assert!(with_last(0).is_dedup_eligible());
        assert!(with_last(5 << 10).is_dedup_eligible());
        assert!(!with_last(1).is_dedup_eligible());
        assert!(!with_last(512).is_dedup_eligible());
    }

    #[test]
    fn many_hashes_are_hashed_as_one_text() {
        let chunks: Vec<_> = (0..2000_u32).map(|i| chunk_hash(&i.to_le_bytes())).collect();
        let flat: Vec<u8> = chunks.iter().flat_map(|hash| hash.0).collect();
        let whole = blake3::keyed_hash(&VERIFICATION_KEY, &flat);
        assert_eq!(verification_hash(chunks), MerkleHash(whole.into()));
    }
}
