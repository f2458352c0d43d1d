//! Checks a xorb while it streams in.

use super::footer::{self, IDENT};
use super::header::{HEADER, Header};
use super::table::TableBuilder;
use super::{ChunkTable, MAX_CHUNKS, MAX_PACKED};
use crate::compress::Unpacker;
use crate::{Error, MerkleHash, chunk_hash};

/// What is known of a xorb once all of it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XorbInfo {
    /// Its name.
    pub hash: MerkleHash,
    /// Its chunks. The first [`ChunkTable::packed_len`] bytes of the xorb are to be kept; what follows is a footer.
    pub chunks: ChunkTable,
}

/// Reads the bytes of a xorb in pieces of any size and believes none of them: every chunk is unpacked, within the
/// length that its header states, and hashed. It holds one chunk at most.
#[derive(Default)]
pub struct XorbVerifier {
    unpacker: Unpacker,
    table: TableBuilder,
    /// A chunk that is not complete, or the footer.
    open: Vec<u8>,
    in_footer: bool,
    failed: Option<Error>,
}

impl XorbVerifier {
    /// At the first byte of a xorb.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads on. An error is final: it comes again whatever follows.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.read(bytes).inspect_err(|error| self.failed = Some(error.clone()))
    }

    /// How many bytes of the xorb are known to be good chunks. In the end that is the part to keep.
    pub fn kept(&self) -> u64 {
        self.table.packed
    }

    /// Says what the xorb is, when it is complete and has the hash that the sender calls it by.
    pub fn finish(self, expected: MerkleHash) -> Result<XorbInfo, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let kept = self.table.packed;
        let at = kept + self.open.len() as u64;
        let short = self.in_footer && self.open.len() < footer::len(self.table.len());
        if self.table.len() == 0 || short || (!self.in_footer && !self.open.is_empty()) {
            return Err(Error::Truncated { what: "xorb", at });
        }
        let (hash, chunks) = self.table.finish();
        if hash != expected {
            return Err(Error::WrongHash { what: "xorb", expected, found: hash });
        }
        if self.in_footer && !footer::is_valid(&self.open, hash, &chunks) {
            let why = "the footer does not describe the chunks before it";
            return Err(Error::Malformed { what: "xorb", at: kept, why });
        }
        Ok(XorbInfo { hash, chunks })
    }

    fn read(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() && !self.in_footer {
            if self.open.is_empty()
                && let Some(head) = bytes.first_chunk().copied()
                && !self.is_footer(head)
            {
                // The common case: the chunk is used where it lies.
                let header = self.header(head)?;
                if let Some((chunk, rest)) = bytes.split_at_checked(header.total()) {
                    self.chunk(header, &chunk[HEADER..])?;
                    bytes = rest;
                    continue;
                }
            }
            bytes = self.gather(bytes)?;
        }
        if self.in_footer {
            self.open.extend_from_slice(&bytes[..bytes.len().min(footer::len(MAX_CHUNKS) + 1)]);
            if self.open.len() > footer::len(self.table.len()) {
                return Err(self.malformed("bytes follow the footer"));
            }
        }
        Ok(())
    }

    /// Moves bytes to `open` until it holds a header, then until it holds a chunk, which is checked.
    fn gather<'a>(&mut self, bytes: &'a [u8]) -> Result<&'a [u8], Error> {
        let total = match self.open.first_chunk() {
            Some(head) => self.header(*head)?.total(),
            None => HEADER,
        };
        let (head, rest) = bytes.split_at((total - self.open.len()).min(bytes.len()));
        self.open.extend_from_slice(head);
        let Some(head) = self.open.first_chunk().copied() else { return Ok(rest) };
        if self.is_footer(head) {
            self.in_footer = true;
            return Ok(rest);
        }
        let header = self.header(head)?;
        if self.open.len() == header.total() {
            let mut open = std::mem::take(&mut self.open);
            self.chunk(header, &open[HEADER..])?;
            open.clear();
            self.open = open;
        }
        Ok(rest)
    }

    fn is_footer(&self, head: [u8; HEADER]) -> bool {
        self.table.len() > 0 && head.starts_with(IDENT)
    }

    fn header(&self, head: [u8; HEADER]) -> Result<Header, Error> {
        let header = Header::parse(head).map_err(|why| self.malformed(why))?;
        if self.table.len() == MAX_CHUNKS {
            return Err(Error::TooLarge { what: "chunks in a xorb", limit: MAX_CHUNKS as u64 });
        }
        if self.table.packed + header.total() as u64 > MAX_PACKED {
            return Err(Error::TooLarge { what: "bytes in a xorb", limit: MAX_PACKED });
        }
        Ok(header)
    }

    fn chunk(&mut self, header: Header, payload: &[u8]) -> Result<(), Error> {
        let at = self.table.packed;
        let chunk = self
            .unpacker
            .unpack(header.scheme, payload, header.unpacked)
            .map_err(|why| Error::Malformed { what: "xorb", at, why })?;
        self.table.push(chunk_hash(chunk), header.total(), header.unpacked);
        Ok(())
    }

    fn malformed(&self, why: &'static str) -> Error {
        Error::Malformed { what: "xorb", at: self.table.packed, why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compress::{Packer, Scheme};
    use crate::testing::Random;
    use crate::{MAX_CHUNK, MAX_UPLOAD, XorbBuilder};

    /// A header and its payload.
    fn packed(scheme: Scheme, payload: &[u8], unpacked: usize) -> Vec<u8> {
        let header = Header { scheme, packed: payload.len(), unpacked };
        [header.bytes().as_slice(), payload].concat()
    }

    fn sample(random: &mut Random, count: usize) -> (Vec<u8>, XorbInfo) {
        let (mut builder, mut bytes) = (XorbBuilder::new(), Vec::new());
        for i in 0..count {
            let len = 1 + random.below(20_000);
            let chunk = if i % 2 == 0 { random.bytes(len) } else { random.text(len) };
            builder.push(chunk_hash(&chunk), &chunk, &mut bytes);
        }
        (bytes, builder.finish())
    }

    fn verify(bytes: &[u8], expected: MerkleHash) -> Result<XorbInfo, Error> {
        let mut verifier = XorbVerifier::new();
        verifier.push(bytes)?;
        verifier.finish(expected)
    }

    fn why(result: Result<XorbInfo, Error>) -> &'static str {
        match result {
            Err(Error::Malformed { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_size_of_the_pieces_changes_nothing() {
        let mut random = Random(61);
        let (plain, info) = sample(&mut random, 12);
        let footed = [plain.clone(), footer::write(info.hash, &info.chunks)].concat();
        for bytes in [plain, footed] {
            for longest in [1, 9, 300, 30_000, 1_000_000] {
                let mut verifier = XorbVerifier::new();
                for piece in random.pieces(&bytes, longest) {
                    verifier.push(piece).expect("good");
                    verifier.push(b"").expect("good");
                    assert!(verifier.open.capacity() <= 4 * MAX_CHUNK);
                }
                assert_eq!(verifier.kept(), info.chunks.packed_len());
                assert_eq!(verifier.finish(info.hash), Ok(info.clone()));
            }
        }
    }

    #[test]
    fn a_xorb_cut_anywhere_is_refused() {
        let mut random = Random(62);
        let (mut builder, mut bytes) = (XorbBuilder::new(), Vec::new());
        for len in [40, 1, 300] {
            let chunk = random.bytes(len);
            builder.push(chunk_hash(&chunk), &chunk, &mut bytes);
        }
        let info = builder.finish();
        let footed = [bytes.clone(), footer::write(info.hash, &info.chunks)].concat();
        for len in 0..footed.len() {
            assert_eq!(verify(&footed[..len], info.hash).is_ok(), len == bytes.len(), "{len}");
        }
        for trailing in [b"\0".as_slice(), b"XETBLOB", &[0; 40]] {
            assert!(verify(&[&bytes, trailing].concat(), info.hash).is_err());
            assert!(verify(&[&footed, trailing].concat(), info.hash).is_err());
        }
        assert!(matches!(verify(b"", MerkleHash::ZERO), Err(Error::Truncated { at: 0, .. })));
    }

    #[test]
    fn garbage_behind_the_ident_is_no_footer() {
        let mut random = Random(63);
        let (bytes, info) = sample(&mut random, 3);
        let mut garbage = random.bytes(footer::len(3));
        garbage[..8].copy_from_slice(b"XETBLOB\x01");
        let refused = why(verify(&[bytes.clone(), garbage.clone()].concat(), info.hash));
        assert_eq!(refused, "the footer does not describe the chunks before it");
        garbage.push(0);
        let refused = why(verify(&[bytes.clone(), garbage].concat(), info.hash));
        assert_eq!(refused, "bytes follow the footer");
        let other = footer::write(chunk_hash(b"other"), &info.chunks);
        assert!(verify(&[bytes, other].concat(), info.hash).is_err());
        // Without a chunk before it, it is not a footer at all.
        assert_eq!(why(verify(b"XETBLOB\x01", MerkleHash::ZERO)), "a chunk is of an unknown version");
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let mut random = Random(64);
        let (bytes, info) = sample(&mut random, 4);
        for _ in 0..2000 {
            let mut changed = bytes.clone();
            let at = random.below(bytes.len());
            changed[at] ^= 1 << random.below(8);
            match verify(&changed, info.hash) {
                Err(_) => {}
                // LZ4 can say the same in two ways; then the chunks are what they should be.
                Ok(same) => assert_eq!(same.chunks, info.chunks),
            }
        }
        let other = chunk_hash(b"other");
        let expected = Error::WrongHash { what: "xorb", expected: other, found: info.hash };
        assert_eq!(verify(&bytes, other), Err(expected));
    }

    #[test]
    fn a_bomb_is_stopped_at_the_stated_size() {
        let mut zeros = Vec::new();
        Packer::default().pack(&vec![0; MAX_CHUNK], &mut zeros);
        assert_eq!(
            why(verify(&packed(Scheme::Lz4, &zeros, 100), MerkleHash::ZERO)),
            "the LZ4 frame is longer than announced"
        );
        assert_eq!(
            why(verify(&packed(Scheme::GroupedLz4, &zeros, MAX_CHUNK - 1), MerkleHash::ZERO)),
            "the LZ4 frame is longer than announced"
        );
        let short = packed(Scheme::Lz4, &zeros, MAX_CHUNK);
        assert!(verify(&short, chunk_hash(&vec![0; MAX_CHUNK])).is_ok());
        let mut lying = short;
        lying[7] = 0xff;
        assert_eq!(why(verify(&lying, MerkleHash::ZERO)), "a chunk is too long");
    }

    #[test]
    fn a_payload_may_be_longer_than_its_chunk_but_not_padded() {
        let data = Random(65).bytes(1000);
        let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
        std::io::Write::write_all(&mut encoder, &data).expect("memory");
        let frame = encoder.finish().expect("memory");
        assert!(frame.len() > data.len());
        assert!(verify(&packed(Scheme::Lz4, &frame, 1000), chunk_hash(&data)).is_ok());
        let padded = [frame.as_slice(), b"hidden"].concat();
        let refused = why(verify(&packed(Scheme::Lz4, &padded, 1000), chunk_hash(&data)));
        assert_eq!(refused, "bytes follow the LZ4 frame");
    }

    #[test]
    fn too_many_chunks_are_refused() {
        let chunk = packed(Scheme::Raw, b"x", 1);
        let full = chunk.repeat(MAX_CHUNKS);
        let list = vec![(chunk_hash(b"x"), 1); MAX_CHUNKS];
        let info = verify(&full, crate::xorb_hash(&list)).expect("as many as allowed");
        assert!(verify(&[full.clone(), footer::write(info.hash, &info.chunks)].concat(), info.hash).is_ok());
        let mut verifier = XorbVerifier::new();
        verifier.push(&full).expect("as many as allowed");
        let error = Error::TooLarge { what: "chunks in a xorb", limit: MAX_CHUNKS as u64 };
        assert_eq!(verifier.push(&chunk), Err(error.clone()));
        assert_eq!(verifier.push(b""), Err(error.clone()), "an error is final");
        assert_eq!(verifier.finish(info.hash), Err(error));
    }

    #[test]
    fn too_many_bytes_are_refused_before_they_are_read() {
        let chunk = packed(Scheme::Raw, &vec![1; MAX_CHUNK], MAX_CHUNK);
        let mut verifier = XorbVerifier::new();
        for _ in 0..MAX_PACKED / chunk.len() as u64 {
            verifier.push(&chunk).expect("as much as allowed");
        }
        assert!(verifier.kept() + chunk.len() as u64 > MAX_PACKED);
        let error = Error::TooLarge { what: "bytes in a xorb", limit: MAX_PACKED };
        assert_eq!(verifier.push(&chunk[..HEADER]), Err(error));
        assert_eq!(MAX_UPLOAD, MAX_PACKED + 96 + 40 * 8192);
    }
}
