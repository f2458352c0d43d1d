//! Xorbs: what they write we read, and what we write they read.

use std::io::Cursor;
use std::ops::Range;

use bytes::Bytes;
use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
use stoa_xet::{ChunkReader, Error, MAX_CHUNK, MerkleHash, XorbInfo, XorbVerifier, chunk_hash, read_chunks};
use xet_core_structures::xorb_object::{
    Chunk, CompressionScheme, RawXorbData, SerializedXorbObject, XorbObject, deserialize_chunks,
    reconstruct_xorb_with_footer,
};

use crate::support::{Packed, Random, each_case, ours, theirs};

/// What they write with.
pub const SCHEMES: [CompressionScheme; 4] = [
    CompressionScheme::None,
    CompressionScheme::LZ4,
    CompressionScheme::ByteGrouping4LZ4,
    CompressionScheme::Auto,
];

/// Chunks of all lengths and kinds.
pub fn chunks(random: &mut Random, most: usize) -> Vec<Vec<u8>> {
    (0..1 + random.below(most))
        .map(|_| {
            let len = match random.below(6) {
                0 => 1 + random.below(9),
                1 => MAX_CHUNK - random.below(9),
                2 => 1 + random.below(MAX_CHUNK),
                _ => 1 + random.below(5000),
            };
            random.content(len)
        })
        .collect()
}

/// A xorb as they write it: its name, its bytes, and where the footer begins if there is one.
pub fn written_by_them(
    random: &mut Random,
    chunks: &[Vec<u8>],
    scheme: CompressionScheme,
    footer: bool,
) -> (MerkleHash, Vec<u8>, Option<usize>) {
    let list: Vec<Chunk> = chunks.iter().map(|chunk| Chunk::new(Bytes::copy_from_slice(chunk))).collect();
    let mut boundaries = vec![0];
    boundaries.extend((1..chunks.len()).filter(|_| random.one_in(4)));
    let raw = RawXorbData::from_chunks(&list, boundaries);
    let written = SerializedXorbObject::from_xorb_with_compression(raw, scheme, footer, random.below(4));
    let written = written.expect("good chunks");
    let footer = written.footer_start.map(|start| start as usize);
    (ours(written.hash), written.serialized_data, footer)
}

/// What our verifier says of bytes that come in pieces.
pub fn verify(random: &mut Random, bytes: &[u8], name: MerkleHash) -> Result<XorbInfo, Error> {
    let mut verifier = XorbVerifier::new();
    for piece in random.pieces(bytes) {
        verifier.push(piece)?;
    }
    verifier.finish(name)
}

/// Checks that a xorb has these chunks, in our table and when read in our two ways.
pub fn check_ours(random: &mut Random, info: &XorbInfo, packed: &[u8], chunks: &[Vec<u8>]) {
    let table = &info.chunks;
    let expected: Vec<_> = chunks.iter().map(|chunk| (chunk_hash(chunk), chunk.len() as u64)).collect();
    assert!(table.chunks(0..table.len()).eq(expected), "the table lists other chunks");
    assert_eq!(table.xorb_hash(), info.hash);
    for range in [0..table.len(), run(random, table.len())] {
        let content = chunks[range.start as usize..range.end as usize].concat();
        let place = table.packed_range(range.clone());
        let packed = &packed[place.start as usize..place.end as usize];
        assert!(read_chunks(table, range, packed).expect("verified") == content);
        let (mut reader, mut read) = (ChunkReader::new(), Vec::new());
        for piece in random.pieces(packed) {
            let mut block = Bytes::copy_from_slice(piece);
            while let Some(chunk) = reader.next(&mut block).expect("verified") {
                read.extend_from_slice(&chunk);
            }
        }
        reader.finish().expect("whole chunks");
        assert!(read == content);
    }
}

fn run(random: &mut Random, count: u32) -> Range<u32> {
    let start = random.below(count as usize) as u32;
    start..start + 1 + random.below((count - start) as usize) as u32
}

#[test]
fn what_they_write_we_read() {
    each_case("what_they_write_we_read", 100, |random| {
        let chunks = chunks(random, 12);
        for scheme in SCHEMES {
            for footer in [false, true] {
                let (name, bytes, start) = written_by_them(random, &chunks, scheme, footer);
                let info = verify(random, &bytes, name).expect("they wrote it");
                assert_eq!(info.hash, name);
                assert_eq!(info.chunks.packed_len(), start.unwrap_or(bytes.len()) as u64);
                check_ours(random, &info, &bytes, &chunks);
            }
        }
    });
}

#[test]
fn what_we_write_they_read() {
    each_case("what_we_write_they_read", 200, |random| {
        let chunks = chunks(random, 12);
        let packed = Packed::new(&chunks);
        let (table, count) = (&packed.table, packed.table.len());
        let (content, ends) = deserialize_chunks(&mut Cursor::new(&packed.bytes)).expect("we wrote it");
        assert!(content == packed.content);
        let our_ends = (0..count).map(|chunk| table.unpacked_range(chunk..chunk + 1).end as u32);
        assert!(ends.iter().copied().eq(std::iter::once(0).chain(our_ends)));

        let mut footed = Vec::new();
        let (object, hash) = reconstruct_xorb_with_footer(&mut footed, &packed.bytes).expect("we wrote it");
        assert_eq!(ours(hash), packed.hash);
        let mut reader = Cursor::new(&footed);
        let valid = XorbObject::validate_xorb_object(&mut reader, &theirs(packed.hash)).expect("we wrote it");
        assert!(valid.is_some_and(|valid| valid == object));
        assert!(object.get_all_bytes(&mut reader).expect("we wrote it") == packed.content);
        let range = run(random, count);
        let place = table.packed_range(range.clone());
        let (start, end) = object.get_byte_offset(range.start, range.end).expect("a range of it");
        assert_eq!(place, u64::from(start)..u64::from(end));
        let len = object.uncompressed_range_length(range.start, range.end).expect("a range of it");
        let plain = table.unpacked_range(range.clone());
        assert_eq!(u64::from(len), plain.end - plain.start);
        let list = object.chunk_hash_sizes(range.start, range.end).expect("a range of it");
        assert!(list.into_iter().map(|(hash, len)| (ours(hash), len)).eq(table.chunks(range.clone())));
        let proof = object.generate_chunk_range_hash(range.start, range.end);
        let our_proof = stoa_xet::verification_hash(range.map(|chunk| table.hash(chunk)));
        assert_eq!(ours(proof.expect("a range of it")), our_proof);

        // With the footer that they made for it, the xorb is still what we wrote.
        let info = verify(random, &footed, packed.hash).expect("a true footer");
        assert_eq!(info.chunks, packed.table);
        XorbObject::overwrite_uniqueness_nonce(&mut footed, [1, 2, 3, 4]).expect("a footer");
        verify(random, &footed, packed.hash).expect("a nonce says nothing about the chunks");
    });
}

/// One LZ4 frame of `data`, with any of the options of the format.
pub fn frame(random: &mut Random, data: &[u8], options: Option<FrameInfo>) -> Vec<u8> {
    let sizes =
        [BlockSize::Auto, BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max1MB, BlockSize::Max4MB];
    let options = options.unwrap_or_else(|| {
        FrameInfo::new()
            .block_size(*random.pick(&sizes))
            .block_mode(*random.pick(&[BlockMode::Independent, BlockMode::Linked]))
            .block_checksums(random.one_in(2))
            .content_checksum(random.one_in(2))
            .content_size(random.one_in(2).then_some(data.len() as u64))
    });
    let mut encoder = FrameEncoder::with_frame_info(options, Vec::new());
    for piece in random.pieces(data) {
        std::io::Write::write_all(&mut encoder, piece).expect("memory");
        if random.one_in(10) {
            std::io::Write::flush(&mut encoder).expect("memory");
        }
    }
    encoder.finish().expect("memory")
}

/// A packed chunk with the header that belongs to it.
pub fn chunk_of(scheme: u8, payload: &[u8], unpacked: usize) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes()[..3]);
    bytes.push(scheme);
    bytes.extend_from_slice(&(unpacked as u32).to_le_bytes()[..3]);
    bytes.extend_from_slice(payload);
    bytes
}

#[test]
fn every_kind_of_lz4_frame_is_read_by_both() {
    each_case("every_kind_of_lz4_frame_is_read_by_both", 200, |random| {
        let chunks = chunks(random, 4);
        let mut bytes = Vec::new();
        for chunk in &chunks {
            let frame = frame(random, chunk, None);
            bytes.extend(chunk_of(1, &frame, chunk.len()));
        }
        let list: Vec<_> = chunks.iter().map(|chunk| (chunk_hash(chunk), chunk.len() as u64)).collect();
        let name = stoa_xet::xorb_hash(&list);
        let (_, hash) = reconstruct_xorb_with_footer(&mut Vec::new(), &bytes).expect("good frames");
        assert_eq!(ours(hash), name);
        let info = verify(random, &bytes, name).expect("good frames");
        check_ours(random, &info, &bytes, &chunks);
    });
}
