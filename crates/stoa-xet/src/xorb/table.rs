//! What is in a xorb, without its bytes.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;

use super::header::HEADER;
use super::{MAX_CHUNKS, MAX_PACKED};
use crate::{Error, MAX_CHUNK, MerkleHash, MerkleTree};

/// Bytes of one entry.
const ENTRY: usize = 40;

/// The chunks of a xorb: hash, and where each ends in the packed and in the unpacked bytes.
///
/// It is held in the form in which it is stored, 40 bytes for each chunk (the hash, then two little-endian u32), so
/// that loading one is checking it and cloning one is free.
#[derive(Clone, PartialEq, Eq)]
pub struct ChunkTable {
    entries: Bytes,
}

impl ChunkTable {
    /// Reads the stored form. What it accepts can be relied on: one to [`MAX_CHUNKS`] chunks, none empty or too long.
    pub fn from_bytes(entries: Bytes) -> Result<Self, Error> {
        let malformed = |at: usize, why| Error::Malformed { what: "chunk table", at: at as u64, why };
        if entries.is_empty() || !entries.len().is_multiple_of(ENTRY) || entries.len() > MAX_CHUNKS * ENTRY {
            return Err(malformed(0, "it has an impossible length"));
        }
        let table = Self { entries };
        let (mut packed, mut unpacked) = (0, 0);
        for chunk in 0..table.len() {
            let (packed_end, unpacked_end) = table.ends(chunk);
            let fits = packed_end.checked_sub(packed).is_some_and(|len| len as usize > HEADER)
                && unpacked_end
                    .checked_sub(unpacked)
                    .is_some_and(|len| (1..=MAX_CHUNK).contains(&(len as usize)));
            if !fits || u64::from(packed_end) > MAX_PACKED {
                return Err(malformed(chunk as usize * ENTRY, "a chunk has an impossible length"));
            }
            (packed, unpacked) = (packed_end, unpacked_end);
        }
        Ok(table)
    }

    /// The form to store.
    pub fn as_bytes(&self) -> &Bytes {
        &self.entries
    }

    /// How many chunks there are.
    #[expect(clippy::len_without_is_empty, reason = "a xorb is never empty")]
    pub fn len(&self) -> u32 {
        (self.entries.len() / ENTRY) as u32
    }

    /// Length of all chunks with their headers: what is stored of the xorb.
    pub fn packed_len(&self) -> u64 {
        u64::from(self.ends(self.len() - 1).0)
    }

    /// Length of all chunks unpacked.
    pub fn unpacked_len(&self) -> u64 {
        u64::from(self.ends(self.len() - 1).1)
    }

    /// The hash of a chunk. Panics behind the last, as do the functions below: see [`Self::holds`].
    pub fn hash(&self, chunk: u32) -> MerkleHash {
        let at = chunk as usize * ENTRY;
        MerkleHash(self.entries[at..at + 32].try_into().expect("32 bytes"))
    }

    /// Length of a chunk unpacked.
    pub fn chunk_len(&self, chunk: u32) -> u64 {
        let Range { start, end } = self.unpacked_range(chunk..chunk + 1);
        end - start
    }

    /// Hash and unpacked length of these chunks.
    pub fn chunks(&self, range: Range<u32>) -> impl Iterator<Item = (MerkleHash, u64)> {
        range.map(|chunk| (self.hash(chunk), self.chunk_len(chunk)))
    }

    /// Whether these are chunks of the xorb, and at least one.
    pub fn holds(&self, chunks: &Range<u32>) -> bool {
        chunks.start < chunks.end && chunks.end <= self.len()
    }

    /// Where these chunks lie in the packed bytes.
    pub fn packed_range(&self, chunks: Range<u32>) -> Range<u64> {
        let start = chunks.start.checked_sub(1).map_or(0, |before| self.ends(before).0);
        u64::from(start)..u64::from(self.ends(chunks.end - 1).0)
    }

    /// Where these chunks lie in the unpacked bytes.
    pub fn unpacked_range(&self, chunks: Range<u32>) -> Range<u64> {
        let start = chunks.start.checked_sub(1).map_or(0, |before| self.ends(before).1);
        u64::from(start)..u64::from(self.ends(chunks.end - 1).1)
    }

    /// The chunk that holds this unpacked byte.
    pub fn chunk_at(&self, unpacked: u64) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if u64::from(self.ends(middle).1) <= unpacked {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The hash of the xorb, computed from those of its chunks.
    pub fn xorb_hash(&self) -> MerkleHash {
        let mut tree = MerkleTree::new();
        for (hash, len) in self.chunks(0..self.len()) {
            tree.push(hash, len);
        }
        tree.root()
    }

    fn ends(&self, chunk: u32) -> (u32, u32) {
        let at = chunk as usize * ENTRY + 32;
        let number = |at: usize| u32::from_le_bytes(self.entries[at..at + 4].try_into().expect("four bytes"));
        (number(at), number(at + 4))
    }
}

impl fmt::Debug for ChunkTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChunkTable({} chunks, {} bytes)", self.len(), self.unpacked_len())
    }
}

/// A table that is being made.
#[derive(Default)]
pub struct TableBuilder {
    entries: Vec<u8>,
    pub packed: u64,
    pub unpacked: u64,
    tree: MerkleTree,
}

impl TableBuilder {
    /// How many chunks there are.
    pub fn len(&self) -> usize {
        self.entries.len() / ENTRY
    }

    /// Adds a chunk. Invariant kept by the caller: the limits of a xorb, so that the ends fit into 32 bits.
    pub fn push(&mut self, hash: MerkleHash, packed: usize, unpacked: usize) {
        self.packed += packed as u64;
        self.unpacked += unpacked as u64;
        self.entries.extend_from_slice(hash.as_bytes());
        self.entries.extend_from_slice(&(self.packed as u32).to_le_bytes());
        self.entries.extend_from_slice(&(self.unpacked as u32).to_le_bytes());
        self.tree.push(hash, unpacked as u64);
    }

    /// The table and the hash of the xorb. Invariant kept by the caller: there is a chunk.
    pub fn finish(self) -> (MerkleHash, ChunkTable) {
        (self.tree.root(), ChunkTable { entries: self.entries.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk_hash;
    use crate::testing::Random;

    fn sample(random: &mut Random, count: usize) -> (MerkleHash, ChunkTable, Vec<(u64, u64)>) {
        let (mut builder, mut ends) = (TableBuilder::default(), Vec::new());
        for i in 0..count {
            let (packed, unpacked) = (9 + random.below(8000), 1 + random.below(MAX_CHUNK));
            builder.push(chunk_hash(&i.to_le_bytes()), packed, unpacked);
            ends.push((builder.packed, builder.unpacked));
        }
        let (hash, table) = builder.finish();
        (hash, table, ends)
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let mut random = Random(41);
        for count in [1, 2, 1000, MAX_CHUNKS] {
            let (hash, table, ends) = sample(&mut random, count);
            assert_eq!(table.as_bytes().len(), 40 * count);
            let read = ChunkTable::from_bytes(table.as_bytes().clone()).expect("valid");
            assert_eq!(read, table);
            assert_eq!(read.len() as usize, count);
            assert_eq!(read.xorb_hash(), hash);
            assert_eq!((read.packed_len(), read.unpacked_len()), ends[count - 1]);
            assert_eq!(read.hash(0), chunk_hash(&0_usize.to_le_bytes()));
        }
    }

    #[test]
    fn ranges_and_places_agree_with_the_ends() {
        let mut random = Random(42);
        let (_, table, ends) = sample(&mut random, 50);
        let before = |i: usize| if i == 0 { (0, 0) } else { ends[i - 1] };
        for start in 0..50 {
            for end in start + 1..=50 {
                let range = start as u32..end as u32;
                assert!(table.holds(&range));
                assert_eq!(table.packed_range(range.clone()), before(start).0..ends[end - 1].0);
                assert_eq!(table.unpacked_range(range), before(start).1..ends[end - 1].1);
            }
            assert_eq!(table.chunk_at(before(start).1), start as u32);
            assert_eq!(table.chunk_at(ends[start].1 - 1), start as u32);
        }
        assert_eq!(table.chunk_at(table.unpacked_len()), 50);
        #[expect(clippy::reversed_empty_ranges, reason = "that is what strangers send")]
        for range in [0..0, 5..5, 6..5, 50..51, 0..51, 0..u32::MAX, u32::MAX..0] {
            assert!(!table.holds(&range));
        }
    }

    #[test]
    fn an_impossible_table_is_refused() {
        let mut random = Random(43);
        let (_, table, _) = sample(&mut random, 3);
        let good = table.as_bytes().to_vec();
        let refused = |bytes: &[u8]| ChunkTable::from_bytes(Bytes::copy_from_slice(bytes)).is_err();
        assert!(!refused(&good));
        for len in [0, 1, 39, 41, 119] {
            assert!(refused(&good[..len]), "{len}");
        }
        for (at, value) in
            [(32, 8_u32), (36, 0), (36, MAX_CHUNK as u32 + 1), (72, 0), (76, 0), (112, u32::MAX)]
        {
            let mut bad = good.clone();
            bad[at..at + 4].copy_from_slice(&value.to_le_bytes());
            assert!(refused(&bad), "{at}");
        }
        assert!(refused(&good.repeat(2)));
        let mut many = TableBuilder::default();
        (0..=MAX_CHUNKS).for_each(|_| many.push(MerkleHash::ZERO, 9, 1));
        assert!(refused(many.finish().1.as_bytes()));
    }
}
