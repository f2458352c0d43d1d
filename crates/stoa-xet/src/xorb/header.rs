//! The eight bytes before each packed chunk.

use crate::MAX_CHUNK;
use crate::compress::Scheme;

/// Length of a header.
pub const HEADER: usize = 8;
/// Compat: other writers may store a compressed chunk that grew; no client accepts more than this.
const MAX_PAYLOAD: usize = 2 * MAX_CHUNK;

/// What stands before a packed chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    pub scheme: Scheme,
    /// Bytes that follow the header.
    pub packed: usize,
    /// Bytes of the chunk itself.
    pub unpacked: usize,
}

impl Header {
    /// Reads and checks a header, or says what is wrong with it.
    pub fn parse(bytes: [u8; HEADER]) -> Result<Self, &'static str> {
        let [version, _, _, _, scheme, ..] = bytes;
        let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], 0]) as usize;
        let (packed, unpacked) = (number(1), number(5));
        if version != 0 {
            return Err("a chunk is of an unknown version");
        }
        let scheme = Scheme::from_code(scheme).ok_or("a chunk has an unknown compression")?;
        if unpacked == 0 || packed == 0 {
            return Err("a chunk is empty");
        }
        if unpacked > MAX_CHUNK || packed > MAX_PAYLOAD {
            return Err("a chunk is too long");
        }
        if scheme == Scheme::Raw && packed != unpacked {
            return Err("a raw chunk has two different lengths");
        }
        Ok(Self { scheme, packed, unpacked })
    }

    /// The bytes of the header.
    pub fn bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[1..4].copy_from_slice(&self.packed.to_le_bytes()[..3]);
        bytes[4] = self.scheme as u8;
        bytes[5..].copy_from_slice(&self.unpacked.to_le_bytes()[..3]);
        bytes
    }

    /// Length of header and payload.
    pub fn total(&self) -> usize {
        HEADER + self.packed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_round_trips() {
        for scheme in [Scheme::Lz4, Scheme::GroupedLz4] {
            for (packed, unpacked) in [(1, 1), (1, MAX_CHUNK), (MAX_PAYLOAD, 1), (0x01_02_03, 0x00_f0_05)] {
                let header = Header { scheme, packed, unpacked };
                assert_eq!(Header::parse(header.bytes()), Ok(header));
            }
        }
        let raw = Header { scheme: Scheme::Raw, packed: 0x01_02_03, unpacked: 0x01_02_03 };
        assert_eq!(raw.bytes(), [0, 3, 2, 1, 0, 3, 2, 1]);
    }

    #[test]
    fn lying_headers_are_refused() {
        let bad = [
            [1, 1, 0, 0, 0, 1, 0, 0],
            [0, 1, 0, 0, 3, 1, 0, 0],
            [0, 1, 0, 0, 99, 1, 0, 0],
            [0, 0, 0, 0, 0, 0, 0, 0],
            [0, 1, 0, 0, 1, 0, 0, 0],
            [0, 0, 0, 0, 1, 1, 0, 0],
            [0, 1, 0, 0, 1, 1, 0, 2],
            [0, 1, 0, 4, 1, 1, 0, 0],
            [0, 1, 0, 0, 0, 2, 0, 0],
            *b"XETBLOB\x01",
        ];
        for bytes in bad {
            assert!(Header::parse(bytes).is_err(), "{bytes:?}");
        }
    }
}
