//! Making deltas: finds what a body has in common with others.
//!
//! The base is cut into blocks of 16 bytes, which are found by a hash; over the target rolls a window of the same size,
//! and where hash and bytes agree, the match is extended both ways and becomes a copy.

use super::delta::{put_copy, put_insert, put_number};

/// Length of a block in bytes: the shortest match that is looked for.
const BLOCK: usize = 16;
/// At most so many blocks are kept for each place in the table, so that a base of repetitions stays fast.
const BUCKET: u32 = 16;
/// A match of so many bytes is good enough to look no further.
const GOOD: usize = 4096;
/// How much more is looked at than may be inserted, in bytes.
const SLACK: usize = 64;
/// The base of the hash, odd. A block is a number with these digits, modulo 2^32.
const BASE: u32 = 0x0808_8405;
/// What a byte weighs when it leaves the window.
const LEAVING: u32 = BASE.wrapping_pow(BLOCK as u32);
/// Spreads a hash over the table: 2^32 divided by the golden ratio.
const SPREAD: u32 = 0x9e37_79b9;

/// A body whose blocks are indexed, for deltas of many targets on it.
pub struct DeltaIndex<'a> {
    base: &'a [u8],
    blocks: Blocks,
}

impl<'a> DeltaIndex<'a> {
    /// Indexes a base. Takes memory of at most its size; a base above 4 GiB is not looked into beyond that.
    pub fn new(base: &'a [u8]) -> Self {
        Self { base, blocks: Blocks::new(base) }
    }

    /// Instructions that make `target` of the base, if they need at most `max` bytes. Takes time in proportion to the
    /// size of the target, whatever is in it.
    pub fn delta(&self, target: &[u8], max: usize) -> Option<Vec<u8>> {
        self.blocks.delta(self.base, target, max)
    }
}

/// The index of a base, which is kept elsewhere.
pub(super) struct Blocks {
    /// How far a spread hash is shifted to be a place in `first`.
    shift: u32,
    /// Where in `slots` the blocks of each place begin; one more at the end. Empty when there are no blocks.
    first: Vec<u32>,
    slots: Vec<Slot>,
    /// For each place, sixteen bits for the next four bits of the hashes there: most that is not in the base is seen
    /// from them alone.
    present: Vec<u16>,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    hash: u32,
    /// Where the block begins.
    at: u32,
}

impl Blocks {
    /// The blocks of a base.
    pub fn new(base: &[u8]) -> Self {
        let base = &base[..base.len().min(u32::MAX as usize)];
        let count = base.len() / BLOCK;
        if count == 0 {
            return Self { shift: 31, first: Vec::new(), slots: Vec::new(), present: Vec::new() };
        }
        let bits = count.ilog2().max(1);
        let shift = u32::BITS - bits;
        let mut first = vec![0_u32; (1 << bits) + 1];
        for slot in distinct(base) {
            first[place(slot.hash, shift)] += 1;
        }
        // Turn "how many" into "how many fit", then into "where they end".
        let mut sum = 0;
        let counts: Vec<u32> =
            if first.iter().any(|&count| count > BUCKET) { first.clone() } else { Vec::new() };
        for first in &mut first {
            sum += (*first).min(BUCKET);
            *first = sum;
        }
        let mut slots = vec![Slot::default(); sum as usize];
        let mut passed = if counts.is_empty() { Vec::new() } else { vec![0_u32; counts.len()] };
        for slot in distinct(base) {
            let place = place(slot.hash, shift);
            if counts.get(place).is_some_and(|&count| count > BUCKET) {
                let (count, passed) = (u64::from(counts[place]), &mut passed[place]);
                // Of too many, those at even distances.
                let rank = |nth: u32| u64::from(nth) * u64::from(BUCKET) / count;
                *passed += 1;
                if rank(*passed) == rank(*passed - 1) {
                    continue;
                }
            }
            first[place] -= 1;
            slots[first[place] as usize] = slot;
        }
        let mut present = vec![0; 1 << bits];
        for slot in &slots {
            let place = slot.hash.wrapping_mul(SPREAD) >> (shift - 4);
            present[(place >> 4) as usize] |= 1 << (place & 15);
        }
        Self { shift, first, slots, present }
    }

    /// Memory taken, in bytes.
    pub fn memory(&self) -> usize {
        self.first.len() * size_of::<u32>()
            + self.slots.len() * size_of::<Slot>()
            + self.present.len() * size_of::<u16>()
    }

    /// As [`DeltaIndex::delta`], for the base that was indexed.
    pub fn delta(&self, base: &[u8], target: &[u8], max: usize) -> Option<Vec<u8>> {
        let mut out = Vec::with_capacity(max.min(target.len() / 8 + 64));
        put_number(&mut out, base.len());
        put_number(&mut out, target.len());
        // Where the bytes begin for which there is no instruction yet.
        let mut from = 0;
        let start = common(base, target);
        if start >= BLOCK {
            put_copy(&mut out, 0, start);
            from = start;
        }
        let mut at = from;
        loop {
            // So many more bytes may be inserted; some of them may turn out to be the end of a match backward.
            let room = max.checked_sub(out.len())?;
            let end = from.saturating_add(room).saturating_add(SLACK).min(target.len());
            let Some((found, hash)) = self.scan(&target[..end], at) else { break };
            let Some((source, length)) = self.longest(base, &target[found..], hash) else {
                at = found + 1;
                continue;
            };
            let back = common_end(&base[..source], &target[from..found]);
            put_insert(&mut out, &target[from..found - back]);
            put_copy(&mut out, source - back, length + back);
            at = found + length;
            from = at;
        }
        if out.len() + (target.len() - from) > max {
            return None;
        }
        put_insert(&mut out, &target[from..]);
        (out.len() <= max).then_some(out)
    }

    /// The next place from `at` on where a block begins that the base may have, and its hash.
    fn scan(&self, target: &[u8], at: usize) -> Option<(usize, u32)> {
        let rest = target.get(at..)?;
        let mut hash = hash(rest)?;
        for ((&leaving, &entering), at) in rest.iter().zip(&rest[BLOCK..]).zip(at..) {
            if self.may_have(hash) {
                return Some((at, hash));
            }
            let leaving = u32::from(leaving).wrapping_mul(LEAVING);
            hash = hash.wrapping_mul(BASE).wrapping_sub(leaving).wrapping_add(u32::from(entering));
        }
        self.may_have(hash).then(|| (target.len() - BLOCK, hash))
    }

    fn may_have(&self, hash: u32) -> bool {
        let place = hash.wrapping_mul(SPREAD) >> (self.shift - 4);
        self.present.get((place >> 4) as usize).is_some_and(|bits| bits & (1 << (place & 15)) != 0)
    }

    /// The longest match for the beginning of `target`, whose first block has this hash: where, and how long.
    fn longest(&self, base: &[u8], target: &[u8], hash: u32) -> Option<(usize, usize)> {
        let place = place(hash, self.shift);
        let (start, end) = (*self.first.get(place)?, *self.first.get(place + 1)?);
        let mut best = None;
        let mut longest = BLOCK - 1;
        for slot in &self.slots[start as usize..end as usize] {
            if slot.hash != hash {
                continue;
            }
            let length = common(&base[slot.at as usize..], target);
            if length > longest {
                longest = length;
                best = Some((slot.at as usize, length));
                if length >= GOOD {
                    break;
                }
            }
        }
        best
    }
}

fn place(hash: u32, shift: u32) -> usize {
    (hash.wrapping_mul(SPREAD) >> shift) as usize
}

/// All blocks of a base in order, but of equal ones in a row only the first.
fn distinct(base: &[u8]) -> impl Iterator<Item = Slot> + '_ {
    let blocks = base.chunks_exact(BLOCK);
    let mut before = None;
    blocks.enumerate().filter_map(move |(nth, block)| {
        if before.replace(block) == Some(block) {
            return None;
        }
        hash(block).map(|hash| Slot { hash, at: (nth * BLOCK) as u32 })
    })
}

/// The hash of the block that `bytes` begin with.
fn hash(bytes: &[u8]) -> Option<u32> {
    let block: &[u8; BLOCK] = bytes.first_chunk()?;
    Some(block.iter().fold(0, |hash: u32, &byte| hash.wrapping_mul(BASE).wrapping_add(u32::from(byte))))
}

/// How many bytes both begin with.
fn common(one: &[u8], other: &[u8]) -> usize {
    let (words, others) = (one.as_chunks::<8>().0, other.as_chunks::<8>().0);
    let mut length = 0;
    for (word, other) in words.iter().zip(others) {
        let differs = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*other);
        if differs != 0 {
            return length + (differs.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + one[length..].iter().zip(&other[length..]).take_while(|(one, other)| one == other).count()
}

/// How many bytes both end with.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply_delta;
    use crate::oracle::random;

    fn check(base: &[u8], target: &[u8]) -> usize {
        let index = DeltaIndex::new(base);
        let delta = index.delta(target, usize::MAX).expect("any size is allowed");
        let made = apply_delta(base, &delta, u64::MAX).expect("makes sense");
        assert!(made == target, "{} {}", base.len(), target.len());
        assert!(index.blocks.memory() <= base.len() + 64, "{} {}", index.blocks.memory(), base.len());
        if delta.len() < 3000 {
            assert!(index.delta(target, delta.len()).as_ref() == Some(&delta));
            assert_eq!(index.delta(target, delta.len() - 1), None);
        }
        delta.len()
    }

    #[test]
    fn what_a_delta_makes_is_the_target() {
        let mut random = random(7);
        for round in 0..400 {
            let letters = [1, 2, 4, 256][random(4)];
            let base: Vec<u8> = (0..random(1 + round * 20)).map(|_| random(letters) as u8).collect();
            let mut target = base.clone();
            for _ in 0..random(6) {
                let at = random(target.len() + 1);
                let end = at + random(target.len() - at + 1);
                match random(4) {
                    0 => drop(target.drain(at..end)),
                    1 => target.splice(at..at, (0..random(50)).map(|_| random(letters) as u8)).for_each(drop),
                    2 => target.extend_from_slice(&base[at.min(base.len())..end.min(base.len())]),
                    _ => target[at..end].iter_mut().take(3).for_each(|byte| *byte = byte.wrapping_add(1)),
                }
            }
            check(&base, &target);
        }
        for (base, target) in
            [(&b""[..], &b""[..]), (b"", b"x"), (b"x", b""), (b"0123456789abcdef", b"0123456789abcdef")]
        {
            check(base, target);
        }
    }

    #[test]
    fn small_changes_make_small_deltas() {
        let mut random = random(3);
        let base: Vec<u8> = (0..200_000).map(|_| random(256) as u8).collect();
        assert!(check(&base, &base) < 40);
        let mut target = base.clone();
        target[100_000] ^= 1;
        assert!(check(&base, &target) < 50);
        target.splice(50_000..50_000, *b"inserted");
        target.drain(150_000..150_100);
        assert!(check(&base, &target) < 80);
        target.rotate_left(70_000);
        assert!(check(&base, &target) < 100);
    }

    #[test]
    fn repetitions_are_indexed_only_so_often() {
        let size = 1 << 20;
        let words: Vec<u8> = b"0123456789abcdefghijklmnopqrstuvw".repeat(size / 33);
        let mut broken = words.clone();
        for at in (0..broken.len()).step_by(40) {
            broken[at] = b'!';
        }
        for base in [&vec![0; size], &words, &broken] {
            // Without the limit the deltas below take minutes.
            let first = &DeltaIndex::new(base).blocks.first;
            assert!(first.windows(2).all(|ends| ends[1] - ends[0] <= BUCKET));
            for target in [&vec![0; size], &words, &broken] {
                check(base, target);
            }
        }
    }
}
