//! Makes xorbs from chunks.

use super::header::{HEADER, Header};
use super::table::TableBuilder;
use super::{MAX_CHUNKS, XORB_TARGET, XorbInfo};
use crate::compress::Packer;
use crate::{MAX_CHUNK, MerkleHash, chunk_hash};

/// Packs chunks behind one another until the xorb is full. It keeps no chunk, so the caller may write the packed bytes
/// away as they come.
#[derive(Default)]
pub struct XorbBuilder {
    packer: Packer,
    table: TableBuilder,
}

impl XorbBuilder {
    /// A xorb without chunks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is no chunk yet; then there is nothing to finish.
    pub fn is_empty(&self) -> bool {
        self.table.len() == 0
    }

    /// Whether a chunk of this length still has a place.
    pub fn fits(&self, chunk: usize) -> bool {
        self.table.len() < MAX_CHUNKS && self.table.unpacked + chunk as u64 <= XORB_TARGET
    }

    /// Packs the next chunk, appends it to `out` and returns its place in the xorb. Panics unless it is of a chunk's
    /// length and [`Self::fits`]. Invariant kept by the caller: `hash` is that of `chunk`.
    pub fn push(&mut self, hash: MerkleHash, chunk: &[u8], out: &mut Vec<u8>) -> u32 {
        assert!((1..=MAX_CHUNK).contains(&chunk.len()), "a chunk has a length of {}", chunk.len());
        assert!(self.fits(chunk.len()), "the xorb is full");
        debug_assert_eq!(hash, chunk_hash(chunk), "a chunk comes with its own hash");
        let start = out.len();
        out.extend_from_slice(&[0; HEADER]);
        let scheme = self.packer.pack(chunk, out);
        let header = Header { scheme, packed: out.len() - start - HEADER, unpacked: chunk.len() };
        out[start..start + HEADER].copy_from_slice(&header.bytes());
        let place = self.table.len() as u32;
        self.table.push(hash, header.total(), chunk.len());
        place
    }

    /// The name of the xorb and what is in it. Panics when [`Self::is_empty`].
    pub fn finish(self) -> XorbInfo {
        assert!(!self.is_empty(), "a xorb has at least one chunk");
        let (hash, chunks) = self.table.finish();
        XorbInfo { hash, chunks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;
    use crate::{MAX_PACKED, XorbVerifier, read_chunks, xorb_hash};

    #[test]
    fn what_is_packed_is_accepted_and_read_again() {
        let mut random = Random(51);
        let (mut builder, mut packed, mut plain) = (XorbBuilder::new(), Vec::new(), Vec::new());
        for i in 0..60 {
            let len = 1 + random.below(MAX_CHUNK);
            let chunk = match i % 4 {
                0 => random.bytes(len),
                1 => random.text(len),
                2 => random.floats(len),
                _ => vec![i; len],
            };
            assert_eq!(builder.push(chunk_hash(&chunk), &chunk, &mut packed), u32::from(i));
            plain.push(chunk);
        }
        let info = builder.finish();
        let list: Vec<_> = plain.iter().map(|chunk| (chunk_hash(chunk), chunk.len() as u64)).collect();
        assert_eq!(info.hash, xorb_hash(&list));
        assert_eq!(info.chunks.packed_len(), packed.len() as u64);
        let mut verifier = XorbVerifier::new();
        verifier.push(&packed).expect("good");
        assert_eq!(verifier.finish(info.hash), Ok(info.clone()));
        for (start, end) in [(0, 60), (0, 1), (59, 60), (7, 33)] {
            let place = info.chunks.packed_range(start..end);
            let bytes = &packed[place.start as usize..place.end as usize];
            let expected = plain[start as usize..end as usize].concat();
            assert!(read_chunks(&info.chunks, start..end, bytes) == Ok(expected));
        }
    }

    #[test]
    fn a_full_xorb_takes_no_more_by_number_or_by_size() {
        let (mut builder, mut packed) = (XorbBuilder::new(), Vec::new());
        let hash = chunk_hash(b"x");
        for _ in 0..MAX_CHUNKS {
            assert!(builder.fits(MAX_CHUNK));
            builder.push(hash, b"x", &mut packed);
        }
        assert!(!builder.fits(1));
        assert_eq!(builder.finish().chunks.len() as usize, MAX_CHUNKS);

        let mut builder = XorbBuilder::new();
        let chunk = Random(52).bytes(MAX_CHUNK);
        let (hash, mut written) = (chunk_hash(&chunk), 0);
        while builder.fits(chunk.len()) {
            packed.clear();
            builder.push(hash, &chunk, &mut packed);
            written += packed.len() as u64;
        }
        assert_eq!(written, XORB_TARGET + 512 * 8);
        assert!(written <= MAX_PACKED);
        assert_eq!(builder.finish().chunks.unpacked_len(), XORB_TARGET);
    }
}
