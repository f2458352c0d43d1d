//! Shards that lie: whatever we accept is true, and where they are more lenient it is known why.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use stoa_xet::{Error, MerkleHash, Shard, ShardFile, check_file, check_xorb};
use xet_core_structures::merklehash::file_hash;
use xet_core_structures::metadata_shard::chunk_verification::range_hash_from_chunks;
use xet_core_structures::metadata_shard::streaming_shard::MDBMinimalShard;

use crate::shards::{Sample, assert_same, our_reading, their_reading};
use crate::support::{Packed, Random, Tally, each_case, ours, theirs};

const RECORD: usize = 48;

/// What our reader refuses although theirs reads it, with the reason.
const STRICTER: &[(&str, &str)] = &[
    ("it is of an unknown version", "they read the version and do not look at it"),
    (
        "a term has an impossible range",
        "they leave the range to who uses it; a xorb has no chunk behind the 8192nd",
    ),
    ("a term is empty", "the same"),
    ("a xorb has too many chunks", "the same"),
];

/// What their reader refuses although ours reads it, with the reason.
const LENIENT: &[(&str, &str)] = &[(
    "only some files contain verification",
    "ours leaves it to the check of the file, which refuses every file without proofs",
)];

/// Damages a shard in one of many ways.
fn damage(random: &mut Random, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    let records = bytes.len() / RECORD;
    let record = random.below(records) * RECORD;
    match random.below(11) {
        0 => {
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(8);
        }
        1 => bytes[random.below(RECORD)] ^= 1 << random.below(8),
        2 => bytes.truncate(random.below(bytes.len() + 1)),
        3 => {
            let len = 1 + random.below(300);
            bytes.extend(random.content(len));
        }
        4 | 5 => {
            // A number in a record, made a little or very different.
            let at = record + 32 + 4 * random.below(4);
            let value = u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
            let other = match random.below(7) {
                0 => value.wrapping_add(1),
                1 => value.wrapping_sub(1),
                2 => 0,
                3 => u32::MAX,
                4 => 8192 + random.below(3) as u32,
                5 => value ^ 1 << (28 + random.below(4)),
                _ => random.next() as u32,
            };
            bytes[at..at + 4].copy_from_slice(&other.to_le_bytes());
        }
        6 => drop(bytes.drain(record..record + RECORD)),
        7 => {
            let copy = bytes[record..record + RECORD].to_vec();
            let at = random.below(records + 1) * RECORD;
            bytes.splice(at..at, copy);
        }
        8 => {
            let other = random.below(records) * RECORD;
            let copy = bytes[record..record + RECORD].to_vec();
            bytes[other..other + RECORD].copy_from_slice(&copy);
        }
        9 => {
            // A hash of another record in place of this one's.
            let other = random.below(records) * RECORD;
            let hash = bytes[other..other + 32].to_vec();
            bytes[record..record + 32].copy_from_slice(&hash);
        }
        _ => {
            let bookend = [[0xff; 32].as_slice(), &[0; 16]].concat();
            bytes.splice(record..record, bookend);
        }
    }
    bytes
}

/// Their reading with the limit that we have; `None` when it panics.
fn their_verdict(bytes: &[u8]) -> Option<Result<Shard, String>> {
    let read = || {
        let mut reader = bytes;
        let limit = Some(stoa_xet::MAX_SHARD);
        let shard = MDBMinimalShard::from_reader_async(&mut reader, true, true, limit);
        futures::executor::block_on(shard).map_err(|error| error.to_string())
    };
    let read = catch_unwind(AssertUnwindSafe(read)).ok()?;
    Some(read.map(|shard| their_reading(&shard)))
}

/// The first of the files with the same id, which is the one they keep.
fn without_repeats(mut shard: Shard) -> Shard {
    let mut seen = HashSet::new();
    shard.files.retain(|file| seen.insert(file.id));
    shard
}

#[test]
fn a_damaged_shard_says_the_same_to_both_or_nothing() {
    let mut tally = Tally::default();
    each_case("a_damaged_shard_says_the_same_to_both_or_nothing", 5000, |random| {
        let sample = Sample::new(random);
        let good = match random.below(3) {
            0 => sample.ours(),
            1 => sample.bare(),
            _ => sample.kept(),
        };
        let mut bytes = damage(random, &good);
        if random.one_in(6) && bytes.len() > RECORD {
            bytes = damage(random, &bytes);
        }
        let verdict = their_verdict(&bytes).expect("their reader does not panic");
        let what = match (our_reading(random, &bytes), verdict) {
            (Ok(our), Ok(their)) => {
                assert_same(&without_repeats(our.clone()), &their);
                check_truth(&sample, &our, &mut tally);
                "read alike".to_owned()
            }
            (Ok(our), Err(error)) => {
                let known = LENIENT.iter().find(|(words, _)| error.contains(words));
                let (words, _) = known.unwrap_or_else(|| panic!("we read what they refuse: {error}"));
                assert!(our.files.iter().any(|file| is_refused(&sample, file)), "nothing refuses it");
                format!("only they refuse: {words}")
            }
            (Err(error), Ok(_)) => {
                let text = error.to_string();
                let known = STRICTER.iter().find(|(words, _)| text.contains(words));
                let (words, _) = known.unwrap_or_else(|| panic!("they read what we refuse: {text}"));
                format!("only we refuse: {words}")
            }
            (Err(_), Err(_)) => "refused by both".to_owned(),
        };
        tally.add(what);
    });
    tally.print("damaged shards");
    for rare in ["read alike", "refused by both", "files found true", "files found false"] {
        assert!(tally.of(rare) > 0, "{rare} never came");
    }
}

fn table(sample: &Sample, hash: MerkleHash) -> Option<&Packed> {
    sample.xorbs.iter().find(|xorb| xorb.hash == hash)
}

fn is_refused(sample: &Sample, file: &ShardFile) -> bool {
    let checked = check_file(file, &|hash| table(sample, hash).map(|xorb| xorb.table.clone()));
    checked.is_err() || file.terms.is_empty()
}

/// Every file and every list of chunks that our checks let pass is right by their functions.
fn check_truth(sample: &Sample, shard: &Shard, tally: &mut Tally) {
    for file in &shard.files {
        let checked = check_file(file, &|hash| table(sample, hash).map(|xorb| xorb.table.clone()));
        assert_eq!(checked.is_ok(), is_true(sample, file), "{checked:?}");
        tally.add(if checked.is_ok() { "files found true" } else { "files found false" });
        if let Ok(checked) = checked {
            assert_eq!(checked.size, file.size());
        }
    }
    for xorb in &shard.xorbs {
        let Some(known) = table(sample, xorb.hash) else { continue };
        let same = xorb.chunks.len() == known.table.len() as usize
            && (0..).zip(&xorb.chunks).all(|(at, chunk)| {
                (chunk.hash, u64::from(chunk.len)) == (known.table.hash(at), known.table.chunk_len(at))
            });
        let checked: Result<(), Error> = check_xorb(xorb, &known.table);
        assert_eq!(checked.is_ok(), same);
        tally.add(if same { "lists found true" } else { "lists found false" });
    }
}

/// The same judged with their hashes: terms that exist, lengths and proofs that are right, and the id of the whole.
fn is_true(sample: &Sample, file: &ShardFile) -> bool {
    let mut all = Vec::new();
    if file.verification.len() != file.terms.len() {
        return false;
    }
    for (term, proof) in file.terms.iter().zip(&file.verification) {
        let Some(xorb) = table(sample, term.xorb) else { return false };
        if term.start >= term.end || term.end > xorb.table.len() {
            return false;
        }
        let chunks: Vec<_> =
            xorb.table.chunks(term.start..term.end).map(|(hash, len)| (theirs(hash), len)).collect();
        let hashes: Vec<_> = chunks.iter().map(|chunk| chunk.0).collect();
        let len: u64 = chunks.iter().map(|chunk| chunk.1).sum();
        if len != u64::from(term.unpacked) || ours(range_hash_from_chunks(&hashes)) != *proof {
            return false;
        }
        all.extend(chunks);
    }
    ours(file_hash(&all)) == file.id
}
