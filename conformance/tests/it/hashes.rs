//! Hashes, their text, and trees of them.

use std::str::FromStr as _;

use stoa_xet::{MerkleHash, MerkleTree, chunk_hash, file_id, keyed, verification_hash, xorb_hash};
use xet_core_structures::merklehash::{compute_data_hash, file_hash, file_hash_with_salt};
use xet_core_structures::metadata_shard::chunk_verification::range_hash_from_chunks;
use xet_core_structures::metadata_shard::hash_is_global_dedup_eligible;

use crate::support::{Random, Theirs, each_case, ours, theirs};

#[test]
fn chunks_have_the_same_hash() {
    each_case("chunks_have_the_same_hash", 300, |random| {
        let len = random.below(150_000);
        let chunk = random.content(len);
        assert_eq!(chunk_hash(&chunk), ours(compute_data_hash(&chunk)));
    });
}

#[test]
fn hashes_have_the_same_text() {
    each_case("hashes_have_the_same_text", 1000, |random| {
        let hash = random.hash();
        let text = theirs(hash).hex();
        assert_eq!(hash.to_string(), text);
        assert_eq!(theirs(hash).to_string(), text);
        assert_eq!(MerkleHash::from_str(&text), Ok(hash));
        assert_eq!(Theirs::from_hex(&hash.to_string()).ok(), Some(theirs(hash)));
        // Text that is damaged is read by both or by neither, and then alike.
        let mut damaged: Vec<char> = text.chars().collect();
        match random.below(4) {
            0 => damaged[random.below(64)] = *random.pick(&['g', 'G', '+', '-', ' ', 'é', '\0', 'A', '_']),
            1 => drop(damaged.pop()),
            2 => damaged.push('0'),
            _ => damaged.iter_mut().for_each(|digit| digit.make_ascii_uppercase()),
        }
        let damaged: String = damaged.into_iter().collect();
        assert_eq!(damaged.parse().ok(), Theirs::from_hex(&damaged).ok().map(ours), "{damaged:?}");
    });
}

#[test]
fn keys_eligibility_and_proofs_are_the_same() {
    each_case("keys_eligibility_and_proofs_are_the_same", 300, |random| {
        let (mut hash, key) = (random.hash(), random.hash());
        assert_eq!(keyed(&key.0, hash), ours(theirs(hash).hmac(theirs(key))));
        if random.one_in(2) {
            // One in 1024 is; make more of them, and some that nearly are.
            hash.0[24] = 0;
            hash.0[25] &= *random.pick(&[0xfc, 0xfe, 0xf8]);
        }
        assert_eq!(hash.is_dedup_eligible(), hash_is_global_dedup_eligible(&theirs(hash)));
        let count = random.below(2000);
        let chunks: Vec<MerkleHash> = (0..count).map(|_| random.hash()).collect();
        let their_chunks: Vec<Theirs> = chunks.iter().copied().map(theirs).collect();
        assert_eq!(verification_hash(chunks), ours(range_hash_from_chunks(&their_chunks)));
    });
}

/// Hashes that end groups often, always, never, or as they come.
pub fn leaves(random: &mut Random) -> Vec<(MerkleHash, u64)> {
    let count = match random.below(4) {
        0 => random.below(30),
        1 => random.below(300),
        2 => 9_usize.pow(1 + random.below(4) as u32) - 1 + random.below(3),
        _ => random.below(20_000),
    };
    let kind = random.below(4);
    let mut leaf = || {
        let mut hash = random.hash();
        match kind {
            0 => hash.0[24] &= 0xfc,
            1 => hash.0[24] |= 1,
            2 if random.one_in(3) => hash.0[24] &= 0xfc,
            _ => {}
        }
        let len = match random.below(3) {
            0 => 1 + random.below(131_072) as u64,
            1 => random.next() >> (10 + random.below(50)),
            _ => 0,
        };
        (hash, len)
    };
    (0..count).map(|_| leaf()).collect()
}

#[test]
fn trees_have_the_same_root() {
    each_case("trees_have_the_same_root", 200, |random| {
        let leaves = leaves(random);
        let their_leaves: Vec<(Theirs, u64)> =
            leaves.iter().map(|(hash, len)| (theirs(*hash), *len)).collect();
        assert_eq!(xorb_hash(&leaves), ours(xet_core_structures::merklehash::xorb_hash(&their_leaves)));
        assert_eq!(file_id(&leaves), ours(file_hash(&their_leaves)));
        assert_eq!(file_id(&leaves), ours(file_hash_with_salt(&their_leaves, &[0; 32])));
        let mut tree = MerkleTree::new();
        leaves.iter().for_each(|(hash, len)| tree.push(*hash, *len));
        assert_eq!(tree.file_id(), file_id(&leaves));
    });
}
