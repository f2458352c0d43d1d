//! From the hashes of chunks to the hash of a xorb or a file.

use crate::MerkleHash;
use crate::hash::{NODE_KEY, keyed};

/// A group has at most this many nodes.
pub(crate) const GROUP: usize = 9;

/// Aggregates chunk hashes as they come, in memory that grows only with the logarithm of their number.
///
/// Nodes are grouped level by level until one is left. A group ends behind its ninth node, or before that behind the
/// third or a later one whose last word is a multiple of 4, or where its level ends.
#[derive(Default)]
pub struct MerkleTree {
    levels: Vec<Level>,
}

/// The group of a level that is not complete.
#[derive(Default)]
struct Level {
    open: Vec<(MerkleHash, u64)>,
    /// Whether the level has complete groups before this one.
    grouped: bool,
}

impl MerkleTree {
    /// A tree without chunks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next chunk: its hash and its length in bytes.
    pub fn push(&mut self, hash: MerkleHash, len: u64) {
        self.add(0, (hash, len));
    }

    /// The root, which names a xorb; zeros when there are no chunks.
    pub fn root(mut self) -> MerkleHash {
        let mut level = 0;
        while let Some(Level { open, grouped }) = self.levels.get_mut(level) {
            match open.as_slice() {
                [] => {}
                [(root, _)] if !*grouped => return *root,
                nodes => {
                    let node = parent(nodes);
                    open.clear();
                    *grouped = true;
                    self.add(level + 1, node);
                }
            }
            level += 1;
        }
        MerkleHash::ZERO
    }

    /// The id of the file that consists of these chunks; zeros when there are none.
    pub fn file_id(self) -> MerkleHash {
        if self.levels.is_empty() { MerkleHash::ZERO } else { keyed(&[0; 32], self.root()) }
    }

    fn add(&mut self, mut level: usize, mut node: (MerkleHash, u64)) {
        loop {
            if level == self.levels.len() {
                self.levels.push(Level::default());
            }
            let Level { open, grouped } = &mut self.levels[level];
            open.push(node);
            let cut = open.len() >= 3 && node.0.last_word().is_multiple_of(4);
            if !cut && open.len() < GROUP {
                return;
            }
            node = parent(open);
            open.clear();
            *grouped = true;
            level += 1;
        }
    }
}

/// The hash of a xorb with these chunks, each with its length.
pub fn xorb_hash(chunks: &[(MerkleHash, u64)]) -> MerkleHash {
    tree(chunks).root()
}

/// The id of a file with these chunks, each with its length.
pub fn file_id(chunks: &[(MerkleHash, u64)]) -> MerkleHash {
    tree(chunks).file_id()
}

fn tree(chunks: &[(MerkleHash, u64)]) -> MerkleTree {
    let mut tree = MerkleTree::new();
    for (hash, len) in chunks {
        tree.push(*hash, *len);
    }
    tree
}

/// The node above these: the hash of one line of text for each, and the sum of their lengths.
pub(crate) fn parent(nodes: &[(MerkleHash, u64)]) -> (MerkleHash, u64) {
    /// Hash, separator, twenty digits, end of line.
    const LINE: usize = 64 + 3 + 20 + 1;
    let mut text = [0_u8; GROUP * LINE];
    let (mut at, mut sum) = (0, 0_u64);
    for (hash, len) in nodes {
        text[at..at + 64].copy_from_slice(&hash.text());
        text[at + 64..at + 67].copy_from_slice(b" : ");
        at += 67 + decimal(*len, &mut text[at + 67..]);
        text[at] = b'\n';
        at += 1;
        sum = sum.saturating_add(*len);
    }
    (MerkleHash(blake3::keyed_hash(&NODE_KEY, &text[..at]).into()), sum)
}

/// Writes a number in digits and returns how many.
fn decimal(mut number: u64, out: &mut [u8]) -> usize {
    let mut digits = [0_u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    let count = digits.len() - first;
    out[..count].copy_from_slice(&digits[first..]);
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunk_hash;
    use crate::testing::Random;

    fn check(hash: MerkleHash, text: &str) {
        assert_eq!(hash.to_string(), text);
    }

    /// Level by level over whole lists, as the specification tells it.
    fn by_levels(mut nodes: Vec<(MerkleHash, u64)>) -> MerkleHash {
        while nodes.len() > 1 {
            let (mut rest, mut above) = (nodes.as_slice(), Vec::new());
            while !rest.is_empty() {
                let natural = (2..rest.len()).find(|i| rest[*i].0.last_word() % 4 == 0);
                let end =
                    if rest.len() <= 2 { rest.len() } else { natural.map_or(rest.len(), |i| i + 1).min(9) };
                above.push(parent(&rest[..end]));
                rest = &rest[end..];
            }
            nodes = above;
        }
        nodes.first().map_or(MerkleHash::ZERO, |node| node.0)
    }

    #[test]
    fn golden_trees() {
        let hello = [(chunk_hash(b"Hello World!"), 12)];
        assert_eq!(xorb_hash(&hello), hello[0].0);
        check(file_id(&hello), "a9dae0ad88b060bdd7e7c87abdcf95b132c95a0414b06d4f6beb68d287b87165");
        let forty: Vec<_> =
            (0..40_u8).map(|i| (chunk_hash(&vec![i; usize::from(i) + 1]), u64::from(i) + 1)).collect();
        check(xorb_hash(&forty), "032d9d660f13dcd6e59d353db22c40af0a80acbc19dc3aa9ff8949bebade4df4");
        check(file_id(&forty), "005417b29309ba311727c07cbd90e3752ec8fab2140c1bc2a0d71ff32ea2eed6");
        assert_eq!(xorb_hash(&[]), MerkleHash::ZERO);
        assert_eq!(file_id(&[]), MerkleHash::ZERO);
    }

    #[test]
    fn one_by_one_gives_the_same_as_level_by_level() {
        let mut random = Random(1);
        for count in (1..100).chain([1000, 8192]) {
            // A last word of few bits makes every kind of group likely.
            let limit = 1 + random.below(9);
            let nodes: Vec<_> = (0..count)
                .map(|_| {
                    let mut hash = chunk_hash(&random.next().to_le_bytes());
                    hash.0[24] = random.below(limit) as u8;
                    (hash, random.next() >> random.below(64))
                })
                .collect();
            assert_eq!(xorb_hash(&nodes), by_levels(nodes.clone()), "{count} nodes");
        }
    }

    #[test]
    fn lengths_count() {
        let hash = chunk_hash(b"x");
        assert_ne!(xorb_hash(&[(hash, 1), (hash, 2)]), xorb_hash(&[(hash, 2), (hash, 1)]));
        assert_ne!(xorb_hash(&[(hash, 1), (hash, 1)]), xorb_hash(&[(hash, 1)]));
    }

    #[test]
    fn numbers_are_written_whole() {
        let mut out = [0; 20];
        for (number, text) in [(0, "0"), (9, "9"), (10, "10"), (u64::MAX, "18446744073709551615")] {
            let count = decimal(number, &mut out);
            assert_eq!(&out[..count], text.as_bytes());
        }
    }
}
