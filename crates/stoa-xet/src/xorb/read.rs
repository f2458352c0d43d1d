//! Takes chunks out of packed bytes that were verified when they came in.

use std::ops::Range;

use bytes::{Buf as _, Bytes, BytesMut};

use super::ChunkTable;
use super::header::{HEADER, Header};
use crate::Error;
use crate::compress::{Scheme, Unpacker};

/// Unpacks a run of chunks while it is read from a store, in blocks of any size.
///
/// ```text
/// while let Some(chunk) = reader.next(&mut block)? { … }    for each block
/// reader.finish()?;
/// ```
#[derive(Default)]
pub struct ChunkReader {
    unpacker: Unpacker,
    /// A chunk that is not complete.
    open: BytesMut,
    /// Packed bytes of all chunks that are.
    read: u64,
}

impl ChunkReader {
    /// At the first byte of a chunk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes from the front up to the end of a chunk and returns it unpacked; a raw one that lies in `packed` as
    /// a whole is not copied. `None`: all bytes were taken and the chunk goes on.
    pub fn next(&mut self, packed: &mut Bytes) -> Result<Option<Bytes>, Error> {
        if self.open.is_empty() {
            let Some(head) = packed.first_chunk() else { return Ok(self.keep(packed)) };
            let header = self.header(*head)?;
            if packed.len() < header.total() {
                return Ok(self.keep(packed));
            }
            let chunk = packed.split_to(header.total());
            return self.unpack(header, &chunk).map(Some);
        }
        if !self.fill(HEADER, packed) {
            return Ok(None);
        }
        let head = self.open.first_chunk().expect("the header was filled");
        let header = self.header(*head)?;
        if !self.fill(header.total(), packed) {
            return Ok(None);
        }
        let chunk = self.open.split().freeze();
        self.unpack(header, &chunk).map(Some)
    }

    /// Checks that the bytes ended with a chunk.
    pub fn finish(&self) -> Result<(), Error> {
        if self.open.is_empty() {
            return Ok(());
        }
        Err(Error::Truncated { what: "xorb", at: self.read + self.open.len() as u64 })
    }

    fn keep(&mut self, packed: &mut Bytes) -> Option<Bytes> {
        self.open.extend_from_slice(&packed.split_off(0));
        None
    }

    /// Moves bytes until `open` has this many.
    fn fill(&mut self, len: usize, packed: &mut Bytes) -> bool {
        let missing = len.saturating_sub(self.open.len()).min(packed.len());
        self.open.extend_from_slice(&packed[..missing]);
        packed.advance(missing);
        self.open.len() >= len
    }

    fn header(&self, head: [u8; HEADER]) -> Result<Header, Error> {
        Header::parse(head).map_err(|why| Error::Malformed { what: "xorb", at: self.read, why })
    }

    fn unpack(&mut self, header: Header, chunk: &Bytes) -> Result<Bytes, Error> {
        let unpacked = unpack(&mut self.unpacker, header, chunk.slice(HEADER..))
            .map_err(|why| Error::Malformed { what: "xorb", at: self.read, why })?;
        self.read += chunk.len() as u64;
        Ok(unpacked)
    }
}

/// Unpacks the chunks of this range from `packed`, which are the bytes at [`ChunkTable::packed_range`]. Panics unless
/// the table [`ChunkTable::holds`] the range.
pub fn read_chunks(table: &ChunkTable, range: Range<u32>, packed: &[u8]) -> Result<Vec<u8>, Error> {
    let what = "range of a xorb";
    let place = table.packed_range(range.clone());
    if packed.len() as u64 != place.end - place.start {
        return Err(Error::Malformed { what, at: 0, why: "it has another length than its chunks" });
    }
    let plain = table.unpacked_range(range.clone());
    let mut out = vec![0; (plain.end - plain.start) as usize];
    let (mut unpacker, mut rest) = (Unpacker::default(), out.as_mut_slice());
    for chunk in range {
        let at = table.packed_range(chunk..chunk + 1);
        let bytes = &packed[(at.start - place.start) as usize..(at.end - place.start) as usize];
        let (target, after) = rest.split_at_mut(table.chunk_len(chunk) as usize);
        let head = *bytes.first_chunk().expect("a table has room for every header");
        let read = Header::parse(head).and_then(|header| {
            if header.total() != bytes.len() || header.unpacked != target.len() {
                return Err("a chunk has another length than in its table");
            }
            unpacker.unpack_into(header.scheme, &bytes[HEADER..], target)
        });
        read.map_err(|why| Error::Malformed { what, at: at.start - place.start, why })?;
        rest = after;
    }
    Ok(out)
}

fn unpack(unpacker: &mut Unpacker, header: Header, payload: Bytes) -> Result<Bytes, &'static str> {
    if header.scheme == Scheme::Raw {
        return Ok(payload);
    }
    let mut out = vec![0; header.unpacked];
    unpacker.unpack_into(header.scheme, &payload, &mut out)?;
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;
    use crate::{Chunker, XorbBuilder, XorbInfo, chunk_hash};

    fn sample(random: &mut Random) -> (Vec<u8>, Vec<u8>, XorbInfo) {
        let data = [random.bytes(400_000), random.text(400_000), random.floats(400_000)].concat();
        let (mut chunker, mut builder, mut packed) = (Chunker::new(), XorbBuilder::new(), Vec::new());
        let mut rest = data.as_slice();
        while let Some(chunk) = chunker.next(&mut rest) {
            builder.push(chunk_hash(chunk), chunk, &mut packed);
        }
        if let Some(chunk) = chunker.finish() {
            builder.push(chunk_hash(chunk), chunk, &mut packed);
        }
        assert!(packed.len() < data.len());
        (data, packed, builder.finish())
    }

    #[test]
    fn blocks_of_any_size_give_the_same_chunks() {
        let mut random = Random(71);
        let (data, packed, info) = sample(&mut random);
        for longest in [1, 100, 50_000, 600_000, 2_000_000] {
            let (mut reader, mut out, mut count) = (ChunkReader::new(), Vec::new(), 0);
            for piece in random.pieces(&packed, longest) {
                let mut block = Bytes::copy_from_slice(piece);
                while let Some(chunk) = reader.next(&mut block).expect("good") {
                    assert_eq!(chunk_hash(&chunk), info.chunks.hash(count));
                    count += 1;
                    out.extend_from_slice(&chunk);
                }
                assert!(block.is_empty());
            }
            assert_eq!(reader.finish(), Ok(()));
            assert_eq!(count, info.chunks.len());
            assert!(out == data, "{longest}");
        }
    }

    #[test]
    fn bytes_that_stop_or_change_are_noticed() {
        let mut random = Random(72);
        let (_, packed, info) = sample(&mut random);
        let mut reader = ChunkReader::new();
        let mut block = Bytes::copy_from_slice(&packed[..packed.len() - 1]);
        while reader.next(&mut block).expect("good").is_some() {}
        let at = packed.len() as u64 - 1;
        assert_eq!(reader.finish(), Err(Error::Truncated { what: "xorb", at }));

        let all = 0..info.chunks.len();
        assert!(read_chunks(&info.chunks, all.clone(), &packed).is_ok());
        assert!(read_chunks(&info.chunks, all.clone(), &packed[1..]).is_err());
        assert!(read_chunks(&info.chunks, 0..1, &packed).is_err());
        let second = info.chunks.packed_range(1..2).start as usize;
        for at in [0, 4, 5, second, second + 1] {
            let mut changed = packed.clone();
            changed[at] ^= 0x41;
            assert!(read_chunks(&info.chunks, all.clone(), &changed).is_err(), "byte {at}");
        }
    }
}
