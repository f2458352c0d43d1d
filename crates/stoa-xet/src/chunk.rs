//! Where to cut a file: content-defined chunking with a gear hash.

/// A chunk is not shorter than this, unless the file ends.
pub const MIN_CHUNK: usize = 8 << 10;
/// What chunks of random data tend to, above the shortest.
pub const TARGET_CHUNK: usize = 64 << 10;
/// No chunk is longer.
pub const MAX_CHUNK: usize = 128 << 10;

/// A cut is where these bits of the gear hash are zero: one place in [`TARGET_CHUNK`].
const MASK: u64 = 0xffff_0000_0000_0000;
/// The gear hash depends on so many bytes at most, one for each of its bits.
const WINDOW: usize = 64;

/// Cuts a stream into chunks. Its memory is one chunk, whatever the stream.
///
/// ```text
/// while let Some(chunk) = chunker.next(&mut bytes) { … }    for each piece of the stream
/// if let Some(last) = chunker.finish() { … }
/// ```
pub struct Chunker {
    gear: gearhash::Hasher<'static>,
    /// The bytes of the chunk that is not complete.
    open: Vec<u8>,
    /// Whether `open` is a chunk that was handed out already.
    handed: bool,
}

impl Default for Chunker {
    fn default() -> Self {
        Self::new()
    }
}

impl Chunker {
    /// At the start of a stream.
    pub fn new() -> Self {
        Self { gear: gearhash::Hasher::default(), open: Vec::new(), handed: false }
    }

    /// Takes bytes from the front up to the end of the chunk and returns the chunk, without copying where it lies in
    /// `bytes` as a whole. `None`: all bytes were taken and the chunk goes on.
    pub fn next<'c, 'b: 'c>(&'c mut self, bytes: &mut &'b [u8]) -> Option<&'c [u8]> {
        self.forget();
        let Some(cut) = self.cut(bytes) else {
            self.open.extend_from_slice(bytes);
            *bytes = &[];
            return None;
        };
        let (head, rest) = bytes.split_at(cut);
        *bytes = rest;
        if self.open.is_empty() {
            return Some(head);
        }
        self.open.extend_from_slice(head);
        self.handed = true;
        Some(&self.open)
    }

    /// The last chunk, which may be short; `None` when the stream ended with a cut. Afterwards a new stream may begin.
    pub fn finish(&mut self) -> Option<&[u8]> {
        self.forget();
        self.gear.set_hash(0);
        self.handed = true;
        if self.open.is_empty() { None } else { Some(&self.open) }
    }

    fn forget(&mut self) {
        if self.handed {
            self.open.clear();
            self.handed = false;
        }
    }

    /// How many of `bytes` belong to the chunk that ends in them.
    fn cut(&mut self, bytes: &[u8]) -> Option<usize> {
        let before = self.open.len();
        let end = bytes.len().min(MAX_CHUNK - before);
        // What is further back than the window has no influence on the first place where a cut may be.
        let mut at = (MIN_CHUNK - WINDOW - 1).saturating_sub(before).min(end);
        while let Some(taken) = self.gear.next_match(&bytes[at..end], MASK) {
            at += taken;
            if before + at >= MIN_CHUNK {
                self.gear.set_hash(0);
                return Some(at);
            }
        }
        if before + end < MAX_CHUNK {
            return None;
        }
        self.gear.set_hash(0);
        Some(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;
    use crate::{MerkleHash, chunk_hash, file_id, verification_hash, xorb_hash};

    fn chunks(mut data: &[u8]) -> Vec<(MerkleHash, u64)> {
        let (mut chunker, mut chunks) = (Chunker::new(), Vec::new());
        while let Some(chunk) = chunker.next(&mut data) {
            chunks.push((chunk_hash(chunk), chunk.len() as u64));
        }
        chunks.extend(chunker.finish().map(|chunk| (chunk_hash(chunk), chunk.len() as u64)));
        chunks
    }

    fn cuts(data: &[u8]) -> Vec<u64> {
        chunks(data)
            .iter()
            .scan(0, |end, (_, len)| {
                *end += len;
                Some(*end)
            })
            .collect()
    }

    /// Every hash from the first byte on, with no skipping and no vector instructions.
    fn plain_cuts(data: &[u8]) -> Vec<u64> {
        let (mut cuts, mut hash, mut len) = (Vec::new(), 0_u64, 0);
        for (i, byte) in data.iter().enumerate() {
            hash = (hash << 1).wrapping_add(gearhash::DEFAULT_TABLE[usize::from(*byte)]);
            len += 1;
            if (hash & MASK == 0 && len >= MIN_CHUNK) || len == MAX_CHUNK || i + 1 == data.len() {
                cuts.push(i as u64 + 1);
                (hash, len) = (0, 0);
            }
        }
        cuts
    }

    #[test]
    fn golden_cuts_of_a_megabyte_of_random_bytes() {
        let data = Random(0).bytes(1_000_000);
        assert_eq!((data[0], data[127], data[111_111]), (175, 132, 118));
        let expected = [
            84493, 134_421, 144_853, 243_318, 271_793, 336_457, 467_529, 494_581, 582_000, 596_735, 616_815,
            653_164, 678_202, 724_510, 815_591, 827_760, 958_832, 991_092, 1_000_000,
        ];
        assert_eq!(cuts(&data), expected);
        let chunks = chunks(&data);
        let check = |hash: MerkleHash, text: &str| assert_eq!(hash.to_string(), text);
        check(chunks[0].0, "6eca1e7dadaf08cca5d82d318c800f07c2ddcec115a7e8627e5edd9605b94b8d");
        check(xorb_hash(&chunks), "6f2ce16ca5e317f0100ff0e7e5bf40a0de9032e9ee1ad04b6b8ff4e36cdfbf6c");
        check(file_id(&chunks), "3d17b2d7d64a0e011b6717a52d9a16bd2c3f05b743fa8adf52a7d75dafab6d89");
        let verification = verification_hash(chunks.iter().map(|chunk| chunk.0));
        check(verification, "6daf15a7ed258b91f607e8f5e6723a8564292d12c8104c156f7bad9c255a0180");
    }

    #[test]
    fn golden_cuts_of_constant_bytes() {
        let zeros = chunks(&vec![0; 1_000_000]);
        let id = "c0c85185f4307d40facfd366573176e54fc9c76041e44e32d52489780a6d1eaa";
        assert_eq!(file_id(&zeros).to_string(), id);
        let mut every_longest: Vec<u64> = (1..=7).map(|i| i * MAX_CHUNK as u64).collect();
        every_longest.push(1_000_000);
        assert_eq!(cuts(&vec![59; 1_000_000]), every_longest);
    }

    #[test]
    fn skipping_changes_no_cut() {
        let mut random = Random(2);
        for len in [0, 1, MIN_CHUNK, MAX_CHUNK - 1, MAX_CHUNK, MAX_CHUNK + 1, 3_000_000] {
            for data in [random.bytes(len), random.text(len), random.floats(len)] {
                assert_eq!(cuts(&data), plain_cuts(&data), "{len}");
            }
        }
    }

    #[test]
    fn the_size_of_the_pieces_changes_no_cut() {
        let mut random = Random(3);
        for longest in [1, 70, 5000, 100_000, 400_000] {
            let len = if longest == 1 { 300_000 } else { 2_000_000 };
            let data = random.bytes(len);
            let (mut chunker, mut found) = (Chunker::new(), Vec::new());
            for mut piece in random.pieces(&data, longest) {
                while let Some(chunk) = chunker.next(&mut piece) {
                    found.push((chunk_hash(chunk), chunk.len() as u64));
                }
                assert!(piece.is_empty());
                assert!(chunker.open.capacity() <= 2 * MAX_CHUNK);
            }
            found.extend(chunker.finish().map(|chunk| (chunk_hash(chunk), chunk.len() as u64)));
            assert_eq!(found, chunks(&data), "{longest}");
        }
    }

    #[test]
    fn a_finished_chunker_begins_anew() {
        let data = Random(4).bytes(200_000);
        let mut chunker = Chunker::new();
        for _ in 0..2 {
            let mut rest = data.as_slice();
            let first = chunker.next(&mut rest).map(<[u8]>::len);
            assert_eq!(first.map(|len| len as u64), cuts(&data).first().copied());
            while chunker.next(&mut rest).is_some() {}
            assert!(chunker.finish().is_some());
            assert!(chunker.finish().is_none());
        }
    }

    #[test]
    fn an_insertion_moves_cuts_only_nearby() {
        let mut random = Random(5);
        let data = random.bytes(2_000_000);
        let mut changed = data.clone();
        changed.splice(1_000_000..1_000_000, random.bytes(10));
        let (before, after) = (chunks(&data), chunks(&changed));
        let kept = after.iter().filter(|chunk| before.contains(chunk)).count();
        assert!(kept + 4 >= after.len(), "{kept} of {}", after.len());
    }
}
