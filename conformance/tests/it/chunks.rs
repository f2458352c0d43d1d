//! Where files are cut: our chunker and theirs, each fed in pieces of its own.

use bytes::Bytes;
use stoa_xet::{Chunker, MAX_CHUNK, MIN_CHUNK, MerkleHash, chunk_hash};

use crate::support::{Random, each_case, ours};

type Chunk = (MerkleHash, usize);

fn our_chunks(random: &mut Random, data: &[u8]) -> Vec<Chunk> {
    let (mut chunker, mut chunks) = (Chunker::new(), Vec::new());
    for mut piece in random.pieces(data) {
        while let Some(chunk) = chunker.next(&mut piece) {
            chunks.push((chunk_hash(chunk), chunk.len()));
        }
    }
    chunks.extend(chunker.finish().map(|chunk| (chunk_hash(chunk), chunk.len())));
    chunks
}

fn their_chunks(random: &mut Random, data: &[u8]) -> Vec<Chunk> {
    let mut chunker = xet_data::deduplication::Chunker::default();
    let without_copy = random.one_in(2);
    let mut chunks = Vec::new();
    for piece in random.pieces(data) {
        chunks.extend(match without_copy {
            true => chunker.next_block_bytes(&Bytes::copy_from_slice(piece), false),
            false => chunker.next_block(piece, false),
        });
    }
    chunks.extend(chunker.finish());
    chunks.iter().map(|chunk| (ours(chunk.hash), chunk.data.len())).collect()
}

fn compare(random: &mut Random, data: &[u8]) -> Vec<Chunk> {
    let chunks = our_chunks(random, data);
    assert_eq!(chunks, their_chunks(random, data));
    assert_eq!(chunks.iter().map(|chunk| chunk.1).sum::<usize>(), data.len());
    chunks
}

#[test]
fn files_are_cut_at_the_same_places() {
    each_case("files_are_cut_at_the_same_places", 200, |random| {
        let len = match random.below(5) {
            0 => random.below(70),
            1 => MIN_CHUNK - 80 + random.below(160),
            2 => MAX_CHUNK - 80 + random.below(160),
            3 => random.below(400_000),
            _ => random.below(2_000_000),
        };
        let data = random.content(len);
        compare(random, &data);
    });
}

/// Bytes after which the gear hash says to cut, whatever was before them: it remembers 64.
fn triggers(random: &mut Random) -> Vec<Vec<u8>> {
    let data = random.bytes(2_000_000);
    let mut end = 0;
    let mut found = Vec::new();
    for (_, len) in our_chunks(random, &data) {
        end += len;
        if len < MAX_CHUNK && end < data.len() {
            found.push(data[end - 64..end].to_vec());
        }
    }
    found
}

#[test]
fn cuts_close_to_the_shortest_and_the_longest_chunk_are_the_same() {
    let triggers = triggers(&mut Random(7));
    assert!(triggers.len() > 10);
    let mut close = 0;
    each_case("cuts_close_to_the_shortest_and_the_longest_chunk_are_the_same", 200, |random| {
        let mut data = Vec::new();
        let filler = random.next() as u8;
        for _ in 0..1 + random.below(12) {
            let distance = match random.below(4) {
                0 => MIN_CHUNK - 140 + random.below(280),
                1 => MAX_CHUNK - 140 + random.below(280),
                2 => 64 + random.below(200),
                _ => 64 + random.below(MAX_CHUNK),
            };
            data.resize(data.len() + distance - 64, filler);
            data.extend_from_slice(&triggers[random.below(triggers.len())]);
        }
        let chunks = compare(random, &data);
        close += chunks.iter().filter(|(_, len)| (MIN_CHUNK..MIN_CHUNK + 140).contains(len)).count();
    });
    assert!(close > 0, "no cut came close to the shortest chunk");
}
