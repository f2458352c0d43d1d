//! How fast this crate is on one core, beside blake3 alone in the same run:
//! `cargo run --release -p stoa-xet --example verify_speed`.
//!
//! On Linux it counts the time that the thread was running, so that other work on the machine disturbs it less.

use std::hint::black_box;
use std::time::Instant;

use bytes::Bytes;
use stoa_xet::{
    ChunkReader, Chunker, MerkleTree, XorbBuilder, XorbInfo, XorbVerifier, chunk_hash, read_chunks,
};

const SIZE: usize = 64 << 20;
const ROUNDS: usize = 7;

fn main() {
    println!("{} MiB, best and median of {ROUNDS} rounds, GB/s of unpacked bytes", SIZE >> 20);
    for (name, data) in [("random", random(SIZE)), ("floats", floats(SIZE)), ("text", text(SIZE))] {
        of_kind(name, &data);
    }
    let hash = chunk_hash(b"x");
    report("merkle tree, per chunk of 64 KiB", SIZE, || {
        let mut tree = MerkleTree::new();
        (0..SIZE as u64 >> 16).for_each(|_| tree.push(black_box(hash), 1 << 16));
        black_box(tree.file_id());
    });
}

fn of_kind(name: &str, data: &[u8]) {
    let (packed, info) = pack(data);
    println!(
        "\n{name}: {} chunks, packed to {:.1} %",
        info.chunks.len(),
        packed.len() as f64 * 100.0 / data.len() as f64
    );
    report("blake3, whole chunks", SIZE, || {
        let mut rest = data;
        for chunk in 0..info.chunks.len() {
            let (chunk, after) = rest.split_at(info.chunks.chunk_len(chunk) as usize);
            black_box(chunk_hash(chunk));
            rest = after;
        }
    });
    for (label, piece) in [
        ("verify, one piece", packed.len()),
        ("verify, pieces of 256 KiB", 256 << 10),
        ("verify, pieces of 16 KiB", 16 << 10),
    ] {
        report(label, SIZE, || {
            let mut verifier = XorbVerifier::new();
            packed.chunks(piece).for_each(|piece| verifier.push(piece).expect("good"));
            black_box(verifier.finish(info.hash).expect("good"));
        });
    }
    report("read chunks, all at once", SIZE, || {
        black_box(read_chunks(&info.chunks, 0..info.chunks.len(), &packed).expect("good"));
    });
    let shared = Bytes::from(packed.clone());
    report("read chunks, blocks of 512 KiB", SIZE, || {
        let mut reader = ChunkReader::new();
        for start in (0..shared.len()).step_by(512 << 10) {
            let mut block = shared.slice(start..(start + (512 << 10)).min(shared.len()));
            while let Some(chunk) = reader.next(&mut block).expect("good") {
                black_box(chunk);
            }
        }
    });
    report("cut", SIZE, || {
        let (mut chunker, mut rest) = (Chunker::new(), data);
        while let Some(chunk) = chunker.next(&mut rest) {
            black_box(chunk);
        }
    });
    report("cut, hash and pack", SIZE, || {
        black_box(pack(data));
    });
}

/// As many chunks of `data` as a xorb takes.
fn pack(data: &[u8]) -> (Vec<u8>, XorbInfo) {
    let (mut chunker, mut builder, mut packed) =
        (Chunker::new(), XorbBuilder::new(), Vec::with_capacity(SIZE));
    let mut rest = data;
    while let Some(chunk) = chunker.next(&mut rest) {
        builder.push(chunk_hash(chunk), chunk, &mut packed);
    }
    if let Some(chunk) = chunker.finish() {
        builder.push(chunk_hash(chunk), chunk, &mut packed);
    }
    (packed, builder.finish())
}

fn report(label: &str, bytes: usize, mut run: impl FnMut()) {
    let mut speeds: Vec<f64> = (0..ROUNDS).map(|_| bytes as f64 / 1e9 / seconds(&mut run)).collect();
    speeds.sort_by(f64::total_cmp);
    println!("  {label:34} {:6.2} {:6.2}", speeds[ROUNDS - 1], speeds[ROUNDS / 2]);
}

/// How long one run takes, from as many as make a tenth of a second: the clock of the scheduler is coarse.
fn seconds(run: &mut dyn FnMut()) -> f64 {
    let (clock, before, mut runs) = (Instant::now(), running(), 0.0);
    while clock.elapsed().as_secs_f64() < 0.1 {
        run();
        runs += 1.0;
    }
    let running = before.zip(running()).map(|(before, after)| after - before);
    running.filter(|seconds| *seconds > 0.0).unwrap_or(clock.elapsed().as_secs_f64()) / runs
}

/// For how many seconds this thread was on a processor.
fn running() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 / 1e9)
}

/// The same numbers in every run.
fn numbers(mut state: u64) -> impl Iterator<Item = u64> {
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

fn random(size: usize) -> Vec<u8> {
    numbers(1).take(size / 8).flat_map(u64::to_le_bytes).collect()
}

/// Half-width floats (bf16) of a bell curve, as in model weights.
fn floats(size: usize) -> Vec<u8> {
    let bell =
        |n: u64| n.to_le_bytes().chunks(2).map(|half| f32::from(half[0]) / 128.0 - 1.0).sum::<f32>() * 0.02;
    let bytes = numbers(2).map(|n| bell(n) + (n >> 40) as f32 * 1e-10).flat_map(|float| {
        let [_, _, c, d] = float.to_le_bytes();
        [c, d]
    });
    bytes.take(size).collect()
}

fn text(size: usize) -> Vec<u8> {
    let mut text = Vec::with_capacity(size + 16);
    for number in numbers(3) {
        if text.len() >= size {
            break;
        }
        text.extend_from_slice(format!("word{} ", number % 3000).as_bytes());
    }
    text.truncate(size);
    text
}
