//! Writes shards: answers to dedup questions, and what a client would send.

use super::{BOOKEND, DEDUP, RECORD, ShardFile, TAG, VERSION, flags};
use crate::{ChunkTable, MerkleHash, keyed};

/// Length of the footer.
const FOOTER: u64 = 200;
const FOOTER_VERSION: u64 = 1;

/// What the footer of a shard says besides where everything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardFooter {
    /// When the shard was made, in seconds since 1970.
    pub created: u64,
    /// Until when a client may rely on it, in the same seconds: the xorbs must stay until then. 0 is already over.
    pub expires: u64,
}

/// Writes a shard: files first, then xorbs.
pub struct ShardWriter {
    out: Vec<u8>,
    /// Instead of chunk hashes, what this key makes of them; zeros for the hashes themselves.
    key: [u8; 32],
    /// Where the second section begins, once it did.
    xorbs: Option<u64>,
    packed: u64,
    unpacked: u64,
    files: u64,
}

impl ShardWriter {
    /// An answer to a dedup question: who does not know a chunk learns nothing about it. The key must not be zeros,
    /// which mean that there is none; such a key panics.
    pub fn keyed(key: [u8; 32]) -> Self {
        assert_ne!(key, [0; 32], "zeros are no key");
        Self { key, ..Self::plain() }
    }

    /// A shard with the chunk hashes themselves, as clients send it.
    pub fn plain() -> Self {
        let mut out = Vec::with_capacity(4096);
        out.extend_from_slice(&TAG);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&0_u64.to_le_bytes());
        Self { out, key: [0; 32], xorbs: None, packed: 0, unpacked: 0, files: 0 }
    }

    /// Adds a file. Panics when a xorb came before, or when its flags say something else than what is in it.
    pub fn file(&mut self, file: &ShardFile) {
        assert!(self.xorbs.is_none(), "files come before xorbs");
        let flags = flags(file.terms.len(), file.verification.len(), file.sha256.is_some());
        assert_eq!(file.flags, flags, "the flags say what follows");
        self.record(file.id, [file.flags, file.terms.len() as u32, 0, 0]);
        for term in &file.terms {
            self.record(term.xorb, [0, term.unpacked, term.start, term.end]);
            self.files += u64::from(term.unpacked);
        }
        for hash in &file.verification {
            self.record(*hash, [0; 4]);
        }
        if let Some(sha256) = file.sha256 {
            self.record(MerkleHash::from_sha256(sha256), [0; 4]);
        }
    }

    /// Adds a xorb with all its chunks.
    pub fn xorb(&mut self, hash: MerkleHash, chunks: &ChunkTable) {
        self.end_files();
        self.packed += chunks.packed_len();
        self.unpacked += chunks.unpacked_len();
        let (unpacked, packed) = (chunks.unpacked_len() as u32, chunks.packed_len() as u32);
        self.record(hash, [0, chunks.len(), unpacked, packed]);
        for chunk in 0..chunks.len() {
            let (hash, place) = (chunks.hash(chunk), chunks.unpacked_range(chunk..chunk + 1));
            let (start, len) = (place.start as u32, (place.end - place.start) as u32);
            if self.key == [0; 32] {
                let flags = if hash.is_dedup_eligible() { DEDUP } else { 0 };
                self.record(hash, [start, len, flags, 0]);
            } else {
                // No flag, because it would say something about the hash.
                self.record(keyed(&self.key, hash), [start, len, 0, 0]);
            }
        }
    }

    /// The length so far in bytes.
    #[expect(clippy::len_without_is_empty, reason = "a shard always has a header")]
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// The shard with a footer, which whoever keeps it on disk needs. Its lookup tables are empty: clients make their
    /// own.
    pub fn finish(mut self, footer: ShardFooter) -> Vec<u8> {
        let xorbs = self.end_files();
        self.record(BOOKEND, [0; 4]);
        self.out[40..48].copy_from_slice(&FOOTER.to_le_bytes());
        let end = self.out.len() as u64;
        // Compat: huggingface.js takes the place of the first lookup table for the end of the xorbs.
        self.numbers(&[FOOTER_VERSION, RECORD as u64, xorbs, end, 0, end, 0, end, 0]);
        self.out.extend_from_slice(&self.key);
        self.numbers(&[footer.created, footer.expires, 0, 0, 0, 0, 0, 0]);
        self.numbers(&[self.packed, self.files, self.unpacked, end]);
        self.out
    }

    /// The shard as today's client sends it, without a footer.
    pub fn finish_bare(mut self) -> Vec<u8> {
        self.end_files();
        self.record(BOOKEND, [0; 4]);
        self.out
    }

    /// Ends the first section, if that was not done, and returns where the second begins.
    fn end_files(&mut self) -> u64 {
        if let Some(xorbs) = self.xorbs {
            return xorbs;
        }
        self.record(BOOKEND, [0; 4]);
        *self.xorbs.insert(self.out.len() as u64)
    }

    fn record(&mut self, hash: MerkleHash, numbers: [u32; 4]) {
        self.out.extend_from_slice(hash.as_bytes());
        for number in numbers {
            self.out.extend_from_slice(&number.to_le_bytes());
        }
    }

    fn numbers(&mut self, numbers: &[u64]) {
        for number in numbers {
            self.out.extend_from_slice(&number.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shard::{Shard, ShardLimits};
    use crate::testing::{Random, Store};

    fn number(bytes: &[u8], at: usize) -> u64 {
        u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
    }

    #[test]
    fn the_footer_says_where_everything_is() {
        let mut random = Random(111);
        let mut store = Store::default();
        let xorbs = [5, 9].map(|chunks| store.add(&mut random, chunks));
        let file = store.file(store.terms(&mut random, 3));
        let mut writer = ShardWriter::plain();
        writer.file(&file);
        let mut sums = (0, 0);
        for hash in xorbs {
            let table = store.table(hash).expect("stored");
            writer.xorb(hash, &table);
            sums = (sums.0 + table.packed_len(), sums.1 + table.unpacked_len());
        }
        let bytes = writer.finish(ShardFooter { created: 1000, expires: 2000 });
        assert_eq!(number(&bytes, 40), 200);
        let footer = bytes.len() - 200;
        let numbers: Vec<u64> = (0..25).map(|i| number(&bytes, footer + 8 * i)).collect();
        let end = footer as u64;
        // Header, file with 3 terms and 3 verification hashes, bookend.
        let second = 48 + 7 * 48 + 48;
        assert_eq!(numbers[..9], [1, 48, second, end, 0, end, 0, end, 0]);
        assert_eq!(numbers[9..13], [0; 4]);
        assert_eq!(numbers[13..15], [1000, 2000]);
        assert_eq!(numbers[15..21], [0; 6]);
        assert_eq!(numbers[21..], [sums.0, file.size(), sums.1, end]);
        assert_eq!(second + 48 * (1 + 5 + 1 + 9 + 1), end);
        for bookend in [second as usize - 48, footer - 48] {
            assert_eq!(bytes[bookend..bookend + 48], [[0xff; 32].as_slice(), &[0; 16]].concat());
        }
    }

    #[test]
    fn an_empty_file_has_its_proofs_like_every_other() {
        let mut random = Random(113);
        let mut store = Store::default();
        store.add(&mut random, 4);
        let empty = ShardFile::new(MerkleHash::ZERO, vec![], vec![], Some(stoa_core::Sha256([9; 32])));
        // As hf_xet 1.8 writes it.
        assert_eq!(empty.flags, 0xc000_0000);
        let files = vec![store.file(store.terms(&mut random, 2)), empty];
        let mut writer = ShardWriter::plain();
        for file in &files {
            writer.file(file);
        }
        let read = Shard::parse(&writer.finish_bare(), ShardLimits::UPLOAD).expect("a shard");
        assert_eq!(read.files, files);
    }

    #[test]
    fn a_key_stands_in_the_footer() {
        let mut random = Random(112);
        let mut store = Store::default();
        let hash = store.add(&mut random, 2);
        let key: [u8; 32] = std::array::from_fn(|i| i as u8 + 1);
        let mut writer = ShardWriter::keyed(key);
        writer.xorb(hash, &store.table(hash).expect("stored"));
        assert_eq!(writer.len(), 48 * 5);
        let bytes = writer.finish(ShardFooter { created: 0, expires: 1 });
        let footer = &bytes[bytes.len() - 200..];
        assert_eq!(footer[72..104], key);
        for chunk in store.table(hash).expect("stored").chunks(0..2) {
            let found = bytes.windows(32).any(|window| window == chunk.0.as_bytes());
            assert!(!found, "a chunk hash is not given away");
        }
    }

    #[test]
    fn an_answer_to_a_dedup_question_is_read_like_any_shard() {
        let mut random = Random(106);
        let mut store = Store::default();
        let hash = store.add(&mut random, 30);
        let table = store.table(hash).expect("stored");
        let key = [3; 32];
        let mut writer = ShardWriter::keyed(key);
        writer.xorb(hash, &table);
        let bytes = writer.finish(ShardFooter { created: 1, expires: 2 });
        let shard = Shard::parse(&bytes, ShardLimits::UPLOAD).expect("a shard");
        assert!(shard.files.is_empty());
        let hashes: Vec<_> = shard.xorbs[0].chunks.iter().map(|chunk| chunk.hash).collect();
        let expected: Vec<_> = (0..30).map(|chunk| keyed(&key, table.hash(chunk))).collect();
        assert_eq!(hashes, expected);
        assert!(shard.xorbs[0].chunks.iter().all(|chunk| !chunk.dedup));
    }

    #[test]
    #[should_panic = "zeros are no key"]
    fn zeros_are_no_key() {
        let _ = ShardWriter::keyed([0; 32]);
    }
}
