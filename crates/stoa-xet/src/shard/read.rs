//! Reads a shard record by record.

use super::{
    BOOKEND, DEDUP, HAS_SHA256, RECORD, ShardChunk, ShardEntry, ShardFile, ShardLimits, ShardXorb, TAG, Term,
    VERIFIED, VERSION,
};
use crate::{Error, MAX_CHUNKS, MerkleHash};

/// Reads a shard in pieces of any size, in order, and gives out each entry when it is complete.
///
/// Compat: what follows the second bookend is skipped, and the size of the footer in the header means nothing. Today's
/// client writes no footer, `hf_xet` 1.2 and before announce one that is not there, and `huggingface.js` writes one
/// with empty offsets.
pub struct ShardReader {
    limits: ShardLimits,
    /// Bytes pushed so far.
    pushed: u64,
    /// Bytes read as records.
    read: u64,
    /// Chunks referred to so far.
    chunks: u64,
    /// A record that is not complete.
    open: Vec<u8>,
    state: State,
    failed: Option<Error>,
}

/// What the next record is.
enum State {
    Header,
    File,
    Terms { file: ShardFile, left: u32 },
    Verification { file: ShardFile },
    Sha256 { file: ShardFile },
    Xorb,
    Chunks { xorb: ShardXorb, left: u32 },
    Done,
}

impl ShardReader {
    /// At the first byte of a shard.
    pub fn new(limits: ShardLimits) -> Self {
        Self {
            limits,
            pushed: 0,
            read: 0,
            chunks: 0,
            open: Vec::with_capacity(RECORD),
            state: State::Header,
            failed: None,
        }
    }

    /// Reads on and returns the entries that are now complete. An error is final.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<ShardEntry>, Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.take(bytes).inspect_err(|error| self.failed = Some(error.clone()))
    }

    /// Checks that both sections were complete.
    pub fn finish(self) -> Result<(), Error> {
        match (self.failed, self.state) {
            (Some(error), _) => Err(error),
            (None, State::Done) => Ok(()),
            (None, _) => Err(Error::Truncated { what: "shard", at: self.pushed }),
        }
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<Vec<ShardEntry>, Error> {
        self.pushed += bytes.len() as u64;
        if self.pushed > self.limits.bytes {
            return Err(Error::TooLarge { what: "bytes in a shard", limit: self.limits.bytes });
        }
        let mut entries = Vec::new();
        while !bytes.is_empty() && !matches!(self.state, State::Done) {
            if self.open.is_empty()
                && let Some((record, rest)) = bytes.split_first_chunk()
            {
                entries.extend(self.record(record)?);
                bytes = rest;
                continue;
            }
            let (head, rest) = bytes.split_at((RECORD - self.open.len()).min(bytes.len()));
            self.open.extend_from_slice(head);
            bytes = rest;
            if let Some(record) = self.open.first_chunk().copied() {
                self.open.clear();
                entries.extend(self.record(&record)?);
            }
        }
        Ok(entries)
    }

    fn record(&mut self, record: &[u8; RECORD]) -> Result<Option<ShardEntry>, Error> {
        let fields = Fields::of(record);
        let (next, entry) = match std::mem::replace(&mut self.state, State::Done) {
            State::Header => (self.header(record)?, None),
            State::File if fields.hash == BOOKEND => (State::Xorb, None),
            State::File => self.file(&fields)?,
            State::Terms { file, left } => self.term(file, left, &fields)?,
            State::Verification { mut file } => {
                file.verification.push(fields.hash);
                after_terms(file)
            }
            State::Sha256 { mut file } => {
                file.sha256 = Some(fields.hash.to_sha256());
                (State::File, Some(ShardEntry::File(file)))
            }
            State::Xorb if fields.hash == BOOKEND => (State::Done, None),
            State::Xorb => self.xorb(&fields)?,
            State::Chunks { mut xorb, left } => {
                let [_, len, flags, _] = fields.numbers;
                xorb.chunks.push(ShardChunk { hash: fields.hash, len, dedup: flags & DEDUP != 0 });
                after_chunk(xorb, left - 1)
            }
            State::Done => (State::Done, None),
        };
        self.state = next;
        self.read += RECORD as u64;
        Ok(entry)
    }

    fn header(&self, record: &[u8; RECORD]) -> Result<State, Error> {
        if record[..32] != TAG {
            return Err(self.malformed("it does not begin like a shard"));
        }
        if record[32..40] != VERSION.to_le_bytes() {
            return Err(self.malformed("it is of an unknown version"));
        }
        Ok(State::File)
    }

    fn file(&self, fields: &Fields) -> Result<(State, Option<ShardEntry>), Error> {
        let [flags, left, _, _] = fields.numbers;
        let per_term = if flags & VERIFIED == 0 { 1 } else { 2 };
        let more = u64::from(left) * per_term + u64::from(flags & HAS_SHA256 != 0);
        self.announced(more)?;
        let file = ShardFile { id: fields.hash, flags, terms: vec![], verification: vec![], sha256: None };
        Ok(if left == 0 { after_terms(file) } else { (State::Terms { file, left }, None) })
    }

    fn term(
        &mut self,
        mut file: ShardFile,
        left: u32,
        fields: &Fields,
    ) -> Result<(State, Option<ShardEntry>), Error> {
        let [_, unpacked, start, end] = fields.numbers;
        let count = end.checked_sub(start).filter(|count| *count > 0 && end as usize <= MAX_CHUNKS);
        let count = count.ok_or_else(|| self.malformed("a term has an impossible range"))?;
        if unpacked == 0 {
            return Err(self.malformed("a term is empty"));
        }
        self.chunks += u64::from(count);
        if self.chunks > self.limits.chunks {
            return Err(Error::TooLarge { what: "chunks referred to by a shard", limit: self.limits.chunks });
        }
        file.terms.push(Term { xorb: fields.hash, start, end, unpacked });
        Ok(if left == 1 { after_terms(file) } else { (State::Terms { file, left: left - 1 }, None) })
    }

    fn xorb(&self, fields: &Fields) -> Result<(State, Option<ShardEntry>), Error> {
        let [flags, left, _, _] = fields.numbers;
        if left as usize > MAX_CHUNKS {
            return Err(self.malformed("a xorb has too many chunks"));
        }
        self.announced(u64::from(left))?;
        Ok(after_chunk(ShardXorb { hash: fields.hash, flags, chunks: vec![] }, left))
    }

    /// Refuses a number of records that the limit leaves no room for, before they are waited for.
    fn announced(&self, records: u64) -> Result<(), Error> {
        let room = (self.limits.bytes - self.read) / RECORD as u64;
        if records < room {
            return Ok(());
        }
        Err(Error::TooLarge { what: "bytes in a shard", limit: self.limits.bytes })
    }

    fn malformed(&self, why: &'static str) -> Error {
        Error::Malformed { what: "shard", at: self.read, why }
    }
}

/// What follows the terms of a file, or a verification hash.
fn after_terms(file: ShardFile) -> (State, Option<ShardEntry>) {
    if file.flags & VERIFIED != 0 && file.verification.len() < file.terms.len() {
        (State::Verification { file }, None)
    } else if file.flags & HAS_SHA256 != 0 {
        (State::Sha256 { file }, None)
    } else {
        (State::File, Some(ShardEntry::File(file)))
    }
}

/// What follows the header of a xorb, or a chunk.
fn after_chunk(xorb: ShardXorb, left: u32) -> (State, Option<ShardEntry>) {
    if left == 0 { (State::Xorb, Some(ShardEntry::Xorb(xorb))) } else { (State::Chunks { xorb, left }, None) }
}

/// A record: a hash, and sixteen bytes that are four numbers in most records.
struct Fields {
    hash: MerkleHash,
    numbers: [u32; 4],
}

impl Fields {
    fn of(record: &[u8; RECORD]) -> Self {
        let hash = MerkleHash(*record.first_chunk().expect("longer than a hash"));
        let (words, _) = record[32..].as_chunks();
        Self { hash, numbers: std::array::from_fn(|i| u32::from_le_bytes(words[i])) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Random, Store};
    use crate::{Shard, ShardWriter, chunk_hash};
    use stoa_core::Sha256;

    /// A shard as today's client writes it, and what it says.
    fn sample() -> (Vec<u8>, Shard) {
        let mut random = Random(101);
        let (mut store, mut writer, mut shard) = (Store::default(), ShardWriter::plain(), Shard::default());
        let xorbs = [3, 1, 20].map(|chunks| store.add(&mut random, chunks));
        for (count, sha256) in [(4, None), (1, Some(Sha256([7; 32])))] {
            let file = store.file(store.terms(&mut random, count));
            shard.files.push(ShardFile::new(file.id, file.terms, file.verification, sha256));
        }
        shard.files.push(ShardFile::new(MerkleHash::ZERO, vec![], vec![], Some(Sha256([9; 32]))));
        shard.files.push(ShardFile::new(MerkleHash::ZERO, store.terms(&mut random, 2), vec![], None));
        shard.files.iter().for_each(|file| writer.file(file));
        for hash in xorbs {
            let table = store.table(hash).expect("stored");
            writer.xorb(hash, &table);
            let listed = |(hash, len): (MerkleHash, u64)| ShardChunk {
                hash,
                len: len as u32,
                dedup: hash.is_dedup_eligible(),
            };
            let chunks = table.chunks(0..table.len()).map(listed).collect();
            shard.xorbs.push(ShardXorb { hash, flags: 0, chunks });
        }
        (writer.finish_bare(), shard)
    }

    fn parse(bytes: &[u8]) -> Result<Shard, Error> {
        Shard::parse(bytes, ShardLimits::UPLOAD)
    }

    #[test]
    fn the_size_of_the_pieces_changes_nothing() {
        let (bytes, shard) = sample();
        assert_eq!(parse(&bytes), Ok(shard.clone()));
        let mut random = Random(102);
        for longest in [1, 47, 48, 100, 5000] {
            let (mut reader, mut read) = (ShardReader::new(ShardLimits::UPLOAD), Shard::default());
            for piece in random.pieces(&bytes, longest) {
                for entry in reader.push(piece).expect("good") {
                    match entry {
                        ShardEntry::File(file) => read.files.push(file),
                        ShardEntry::Xorb(xorb) => read.xorbs.push(xorb),
                    }
                }
            }
            assert_eq!(reader.finish(), Ok(()));
            assert_eq!(read, shard);
        }
    }

    #[test]
    fn what_follows_the_second_bookend_does_not_matter() {
        let (bytes, shard) = sample();
        for tail in [vec![0], vec![0xff; 1000], Random(103).bytes(777)] {
            assert_eq!(parse(&[bytes.clone(), tail].concat()), Ok(shard.clone()));
        }
        // The size of a footer that is not there does not either.
        for size in [200, u64::MAX] {
            let mut announced = bytes.clone();
            announced[40..48].copy_from_slice(&size.to_le_bytes());
            assert_eq!(parse(&announced), Ok(shard.clone()));
        }
    }

    #[test]
    fn unused_fields_do_not_matter() {
        let (bytes, shard) = sample();
        let mut noisy = bytes;
        // The header of the first file, then the flags of its first term.
        noisy[48 + 40..48 + 48].fill(0xaa);
        noisy[96 + 32..96 + 36].fill(0xbb);
        assert_eq!(parse(&noisy), Ok(shard));
    }

    #[test]
    fn a_shard_cut_anywhere_is_refused() {
        let (bytes, _) = sample();
        for len in 0..bytes.len() {
            let at = len as u64;
            assert_eq!(parse(&bytes[..len]), Err(Error::Truncated { what: "shard", at }));
        }
    }

    #[test]
    fn a_number_without_room_for_it_is_refused_at_once() {
        let announce = |before: usize, flags: u32, left: u32| {
            let mut bytes = ShardWriter::plain().finish_bare()[..before].to_vec();
            bytes.extend_from_slice(chunk_hash(b"a name").as_bytes());
            bytes.extend([flags, left, 0, 0].iter().flat_map(|number| number.to_le_bytes()));
            bytes
        };
        let limits = ShardLimits { bytes: 4800, chunks: 100 };
        let check = |flags, left| ShardReader::new(limits).push(&announce(48, flags, left)).is_ok();
        assert!(check(0, 98));
        assert!(!check(0, 99));
        assert!(!check(0, u32::MAX));
        assert!(check(VERIFIED, 49));
        assert!(!check(VERIFIED, 50));
        assert!(check(VERIFIED | HAS_SHA256, 48));
        assert!(!check(VERIFIED | HAS_SHA256, 49));
        let xorb = |left| ShardReader::new(ShardLimits::UPLOAD).push(&announce(96, 0, left)).is_ok();
        assert!(xorb(8192));
        assert!(!xorb(8193));
    }

    #[test]
    fn limits_are_reached_and_errors_are_final() {
        let (bytes, _) = sample();
        let mut reader = ShardReader::new(ShardLimits { bytes: bytes.len() as u64, chunks: 1 << 20 });
        reader.push(&bytes).expect("as much as allowed");
        let error = Error::TooLarge { what: "bytes in a shard", limit: bytes.len() as u64 };
        assert_eq!(reader.push(b"x"), Err(error.clone()), "also behind the second bookend");
        assert_eq!(reader.push(b""), Err(error.clone()));
        assert_eq!(reader.finish(), Err(error));

        let mut random = Random(104);
        let mut store = Store::default();
        let xorb = store.add(&mut random, 10);
        let mut writer = ShardWriter::plain();
        writer.file(&store.file(vec![store.term(xorb, 0..10); 5]));
        let bytes = writer.finish_bare();
        let with = |chunks| Shard::parse(&bytes, ShardLimits { bytes: 1 << 20, chunks });
        assert!(with(50).is_ok());
        assert_eq!(with(49), Err(Error::TooLarge { what: "chunks referred to by a shard", limit: 49 }));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let (bytes, _) = sample();
        let why = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = bytes.clone();
            change(&mut bytes);
            match parse(&bytes) {
                Err(Error::Malformed { why, .. }) => why,
                other => panic!("{other:?}"),
            }
        };
        let set = |bytes: &mut Vec<u8>, at: usize, number: u32| {
            bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        };
        assert_eq!(why(&|bytes| bytes[0] = b'h'), "it does not begin like a shard");
        assert_eq!(why(&|bytes| bytes[31] ^= 1), "it does not begin like a shard");
        assert_eq!(why(&|bytes| bytes[32] = 1), "it is of an unknown version");
        // The first term: its length, its first chunk, the chunk behind its last.
        assert_eq!(why(&|bytes| set(bytes, 96 + 36, 0)), "a term is empty");
        assert_eq!(why(&|bytes| set(bytes, 96 + 40, u32::MAX)), "a term has an impossible range");
        assert_eq!(why(&|bytes| set(bytes, 96 + 44, 0)), "a term has an impossible range");
        assert_eq!(why(&|bytes| set(bytes, 96 + 44, 8193)), "a term has an impossible range");
    }

    #[test]
    fn damage_is_an_error_or_another_shard_but_never_a_panic() {
        let (bytes, _) = sample();
        let mut random = Random(105);
        for _ in 0..5000 {
            let mut damaged = bytes.clone();
            let at = random.below(bytes.len());
            damaged[at] = random.next() as u8;
            let _ = parse(&damaged);
            let _ = parse(&random.bytes(200));
        }
    }
}
