//! A run of chunks in the middle of a file, short: as much of the Merkle tree above it as its neighbors cannot change.
//!
//! Whoever knows the subtrees of all runs of a file can compute its id, and so replace one run without the hashes of
//! the others.

use crate::MerkleHash;
use crate::merkle::{GROUP, parent};

type Node = (MerkleHash, u64);

/// Distances between two cuts that make the second one sure to end a group, whatever stands before the first.
///
/// A group has at least three nodes unless its level ends, and at most nine. If the first of the two ends a group, the
/// second is the third to seventh of the next one, and ends that. If it does not, it is the first or second of its
/// group, and the other at most the ninth of the same one.
const SURE: std::ops::RangeInclusive<u64> = 3..=7;

/// A run of chunks, short.
///
/// Level by level, the nodes that stand left of the first place where a group is sure to begin, and those right of the
/// last such place; the groups in between are the nodes of the next level. Compat: which places count is part of the
/// format, because `hf_xet` joins subtrees by looking for the same places again: three cuts in a row, each at such a
/// distance from the one before, make the place behind the second of them count. Where there is no such place
/// everything stands on the left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtree {
    /// The left nodes of each level from the lowest up, then the right nodes of each level from the highest down.
    pub nodes: Vec<(MerkleHash, u64)>,
    /// How many nodes each level has on its left and on its right.
    pub levels: Vec<(usize, usize)>,
    /// Whether the file begins with this run.
    pub at_start: bool,
    /// Whether the file ends with this run.
    pub at_end: bool,
}

/// Makes a [`Subtree`] of chunks as they come. What it holds grows with the logarithm of their number, as long as
/// they have no say in their hashes: see [`Self::held`].
pub struct SubtreeBuilder {
    at_start: bool,
    levels: Vec<Level>,
}

/// What is known of a level so far.
struct Level {
    /// Whether it begins where the file begins.
    first: bool,
    /// Nodes so far.
    count: u64,
    /// The nodes before the first sure place, once that is known.
    left: Vec<Node>,
    /// Whether it is. Groups are made from there on.
    begun: bool,
    /// Whether any were.
    grouped: bool,
    /// The nodes behind the last sure place.
    rest: Vec<Node>,
    /// Where the last two cuts are, the later one last.
    cuts: [Option<u64>; 2],
}

impl SubtreeBuilder {
    /// Without chunks. `at_start` says whether the file begins with what comes.
    pub fn new(at_start: bool) -> Self {
        Self { at_start, levels: Vec::new() }
    }

    /// Adds the next chunk: its hash and its length in bytes.
    pub fn push(&mut self, hash: MerkleHash, len: u64) {
        self.add(0, (hash, len));
    }

    /// How many nodes are held. Some hundreds are usual; but where all chunks are the same, or their hashes were
    /// chosen, there is no sure place, and this is all of them.
    pub fn held(&self) -> usize {
        self.levels.iter().map(|level| level.left.len() + level.rest.len()).sum()
    }

    /// The subtree; `None` when there are no chunks. `at_end` says whether the file ends here.
    pub fn finish(mut self, at_end: bool) -> Option<Subtree> {
        let (mut nodes, mut rights, mut levels) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 0;
        while at < self.levels.len() {
            let level = &mut self.levels[at];
            let (mut left, mut right) = (std::mem::take(&mut level.left), std::mem::take(&mut level.rest));
            if level.begun && level.count > 1 && at_end && rights.is_empty() {
                // Nothing comes behind it that could change its last groups.
                self.group(at, &std::mem::take(&mut right));
            } else if !level.grouped {
                left.append(&mut right);
            }
            levels.push((left.len(), right.len()));
            nodes.append(&mut left);
            // From the highest down: turned around at the end.
            rights.extend(right.into_iter().rev());
            at += 1;
        }
        if nodes.is_empty() {
            return None;
        }
        nodes.extend(rights.into_iter().rev());
        Some(Subtree { nodes, levels, at_start: self.at_start, at_end })
    }

    fn add(&mut self, at: usize, node: Node) {
        if at == self.levels.len() {
            let first = self.levels.last().map_or(self.at_start, |below| below.first);
            self.levels.push(Level::new(first));
        }
        if let Some(sure) = self.levels[at].push(node) {
            self.group(at, &sure);
        }
    }

    /// Adds the groups that these nodes make to the level above.
    fn group(&mut self, at: usize, mut nodes: &[Node]) {
        self.levels[at].grouped |= !nodes.is_empty();
        while !nodes.is_empty() {
            let (group, rest) = nodes.split_at(group_len(nodes));
            self.add(at + 1, parent(group));
            nodes = rest;
        }
    }
}

impl Level {
    fn new(first: bool) -> Self {
        Self {
            first,
            count: 0,
            left: Vec::new(),
            begun: first,
            grouped: false,
            rest: Vec::new(),
            cuts: [None; 2],
        }
    }

    /// Adds a node. When a sure place becomes known behind one that was known already, the nodes between the two.
    fn push(&mut self, node: Node) -> Option<Vec<Node>> {
        let here = self.count;
        self.count += 1;
        self.rest.push(node);
        if !is_cut(&node) {
            return None;
        }
        let [before, middle] = self.cuts;
        self.cuts = [middle, Some(here)];
        let (before, middle) = (before?, middle?);
        if !SURE.contains(&(middle - before)) || !SURE.contains(&(here - middle)) {
            return None;
        }
        // `rest` ends here and begins at or before the middle: a sure place behind that would have needed this cut.
        let behind = self.rest.split_off(self.rest.len() - (here - middle) as usize);
        let sure = std::mem::replace(&mut self.rest, behind);
        if self.begun {
            return Some(sure);
        }
        self.left = sure;
        self.begun = true;
        // What stands on the left is not looked at again.
        self.cuts = [None, Some(here)];
        None
    }
}

/// How many of these nodes, which begin a group and end where their level ends, make the group.
fn group_len(nodes: &[Node]) -> usize {
    let most = nodes.len().min(GROUP);
    (2..most).find(|at| is_cut(&nodes[*at])).map_or(most, |at| at + 1)
}

/// Whether a group may end behind this node.
fn is_cut(node: &Node) -> bool {
    node.0.last_word().is_multiple_of(4)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::Random;
    use crate::{chunk_hash, xorb_hash};

    /// Left, groups, right of one level, found in the whole list at once.
    fn split(nodes: &[Node], first: bool, last: bool) -> (Vec<Node>, Vec<Node>, Vec<Node>) {
        let all = || (nodes.to_vec(), vec![], vec![]);
        let places = |nodes: &[Node]| -> Vec<usize> {
            let cuts: Vec<usize> = (0..nodes.len()).filter(|at| is_cut(&nodes[*at])).collect();
            let near = |a: usize, b: usize| (3..8).contains(&(b - a));
            let sure = |three: &&[usize]| near(three[0], three[1]) && near(three[1], three[2]);
            cuts.windows(3).filter(sure).map(|three| three[1] + 1).collect()
        };
        let Some(start) = (if first { Some(0) } else { places(nodes).first().copied() }) else {
            return all();
        };
        let end =
            if last { Some(nodes.len()) } else { places(&nodes[start..]).last().map(|end| start + end) };
        let Some(end) = end.filter(|_| nodes.len() > 1) else { return all() };
        let (mut rest, mut above) = (&nodes[start..end], vec![]);
        while !rest.is_empty() {
            let natural = (2..rest.len()).find(|at| is_cut(&rest[*at]));
            let len = natural.map_or(rest.len(), |at| at + 1).min(9);
            above.push(parent(&rest[..len]));
            rest = &rest[len..];
        }
        (nodes[..start].to_vec(), above, nodes[end..].to_vec())
    }

    /// Level by level over whole lists; `more` are the nodes that come to a level from elsewhere: before those of the
    /// level below, and behind them.
    fn by_levels(mut more: Vec<[Vec<Node>; 2]>, at_start: bool, at_end: bool) -> Subtree {
        let (mut lefts, mut rights, mut levels) = (vec![], vec![], vec![]);
        let mut above = vec![];
        more.reverse();
        while !more.is_empty() || !above.is_empty() {
            let [before, behind] = more.pop().unwrap_or_default();
            let nodes = [before, above, behind].concat();
            let (left, groups, right) =
                split(&nodes, at_start && lefts.is_empty(), at_end && rights.is_empty());
            levels.push((left.len(), right.len()));
            lefts.extend(left);
            rights = [right, rights].concat();
            above = groups;
        }
        while levels.len() > 1 && levels.last() == Some(&(0, 0)) {
            levels.pop();
        }
        Subtree { nodes: [lefts, rights].concat(), levels, at_start, at_end }
    }

    pub(crate) fn whole(chunks: &[Node], at_start: bool, at_end: bool) -> Option<Subtree> {
        let lists = vec![[chunks.to_vec(), vec![]]];
        Some(by_levels(lists, at_start, at_end)).filter(|tree| !tree.nodes.is_empty())
    }

    /// What each level has on its left and on its right.
    fn sides(tree: &Subtree) -> Vec<[Vec<Node>; 2]> {
        let (mut from, mut to) = (0, tree.nodes.len());
        let sides = |(left, right): &(usize, usize)| {
            let both = [tree.nodes[from..from + left].to_vec(), tree.nodes[to - right..to].to_vec()];
            (from, to) = (from + left, to - right);
            both
        };
        tree.levels.iter().map(sides).collect()
    }

    /// One subtree of two runs that follow each other, as clients make it.
    pub(crate) fn join(a: &Subtree, b: &Subtree) -> Subtree {
        assert!(!a.at_end && !b.at_start, "the first does not end the file, nor the second begin it");
        let (mut a_sides, mut b_sides) = (sides(a), sides(b));
        let levels = a_sides.len().max(b_sides.len());
        a_sides.resize_with(levels, Default::default);
        b_sides.resize_with(levels, Default::default);
        let more = a_sides.into_iter().zip(b_sides).map(|(a, b)| [a.concat(), b.concat()]).collect();
        by_levels(more, a.at_start, b.at_end)
    }

    /// The hash above all chunks of a file, from the subtrees of its runs.
    pub(crate) fn root(runs: &[Option<Subtree>]) -> MerkleHash {
        let mut runs = runs.iter().flatten().cloned();
        let first = runs.next().expect("a run");
        let tree = runs.fold(first, |tree, run| join(&tree, &run));
        assert!(tree.at_start && tree.at_end && tree.nodes.len() == 1, "{tree:?}");
        tree.nodes[0].0
    }

    /// Chunks whose hashes make a cut once in so many.
    fn chunks(random: &mut Random, count: usize, once_in: usize) -> Vec<Node> {
        let chunk = |_| {
            let mut hash = chunk_hash(&random.next().to_le_bytes());
            hash.0[24] = if random.below(once_in) == 0 { 4 } else { 1 };
            (hash, 1 + random.next() % 100_000)
        };
        (0..count).map(chunk).collect()
    }

    fn subtree(chunks: &[Node], at_start: bool, at_end: bool) -> Option<Subtree> {
        let mut builder = SubtreeBuilder::new(at_start);
        for (hash, len) in chunks {
            builder.push(*hash, *len);
        }
        builder.finish(at_end)
    }

    /// Made with `xet-core-structures` 1.8.0. The hash is that of a line for each node, as the tree has them.
    #[test]
    fn golden_subtrees() {
        let check = |count: u64, at_start, at_end, levels: &[(usize, usize)], text: &str| {
            let chunks: Vec<_> = (0..count).map(|i| (chunk_hash(&i.to_le_bytes()), 1000 + i)).collect();
            let tree = subtree(&chunks, at_start, at_end).expect("chunks");
            assert_eq!((tree.at_start, tree.at_end, tree.levels.as_slice()), (at_start, at_end, levels));
            let line = |(hash, len): &Node| format!("{hash} : {len}\n").into_bytes();
            let lines: Vec<u8> = tree.nodes.iter().flat_map(line).collect();
            assert_eq!(chunk_hash(&lines).to_string(), text);
        };
        let hash = "cccdd2de24c076bfbafa783dedcdef0991656d780b8ffb5b773e3e724fd620b2";
        check(7, false, false, &[(7, 0)], hash);
        let hash = "7e320117de0b3e7e90aa2017ef37ea8c0ef05c3af61201ca63e7ced448500b6d";
        check(300, false, false, &[(10, 55), (43, 0)], hash);
        let hash = "f79889bb06ad07357c2b504fdc755432e44f87b6b5bfd1c4f2c70c53c1f527d8";
        check(300, true, false, &[(0, 55), (0, 38), (2, 0)], hash);
        let hash = "59c82850a0e08d34bd33b116f842f580795ab70401b4bfd8752f5dfb5097fe33";
        check(300, false, true, &[(10, 0), (40, 0), (2, 0)], hash);
        let hash = "2779bb91028ff3430475d4778c2d8b7b7c50dc6f5b73644e2390aba1f58be584";
        check(300, true, true, &[(0, 0), (0, 0), (0, 0), (0, 0), (1, 0)], hash);
        let hash = "8f839890b8acd26ffe50e2763f737b5c9af2ea90896d0d792a7acbb9c90945f4";
        check(5000, false, false, &[(10, 45), (40, 9), (43, 17), (17, 0)], hash);
    }

    #[test]
    fn one_by_one_gives_the_same_as_whole_lists() {
        let mut random = Random(11);
        for count in (0..120).chain([1000, 20_000]) {
            for once_in in [1, 3, 4, 5, 9, 1000] {
                let chunks = chunks(&mut random, count, once_in);
                for (at_start, at_end) in [(true, true), (true, false), (false, true), (false, false)] {
                    let found = subtree(&chunks, at_start, at_end);
                    assert_eq!(
                        found,
                        whole(&chunks, at_start, at_end),
                        "{count} {once_in} {at_start} {at_end}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_runs_of_a_file_have_its_root() {
        let mut random = Random(12);
        for round in 0..200 {
            let (count, once_in) = (1 + random.below(1500), 1 + random.below(8));
            let chunks = chunks(&mut random, count, once_in);
            let mut places: Vec<usize> = (0..=random.below(6)).map(|_| random.below(count + 1)).collect();
            places.extend([0, count]);
            places.sort_unstable();
            let run = |pair: &[usize]| {
                let (from, to) = (pair[0], pair[1]);
                subtree(&chunks[from..to], from == 0, to == count)
            };
            let runs: Vec<_> = places.windows(2).map(run).collect();
            assert_eq!(root(&runs), xorb_hash(&chunks), "{round}: {count} chunks cut at {places:?}");
        }
    }

    #[test]
    fn a_long_run_is_short() {
        let mut random = Random(13);
        let mut builder = SubtreeBuilder::new(false);
        for _ in 0..200_000 {
            builder.push(chunk_hash(&random.next().to_le_bytes()), 65_536);
            assert!(builder.held() < 1500, "{}", builder.held());
        }
        let tree = builder.finish(false).expect("chunks");
        assert!(tree.nodes.len() < 1500 && tree.levels.len() < 12, "{tree:?}");
    }

    #[test]
    fn a_run_of_one_chunk_again_and_again_stays_long_and_says_so() {
        let mut builder = SubtreeBuilder::new(true);
        for _ in 0..5000 {
            builder.push(chunk_hash(&[0; 100]), 100);
        }
        assert_eq!(builder.held(), 5000);
        let tree = builder.finish(false).expect("chunks");
        assert_eq!((tree.nodes.len(), tree.levels), (5000, vec![(5000, 0)]));
    }
}
