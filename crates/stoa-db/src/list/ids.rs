//! Sets of row ids.

/// Row ids, as few numbers or as many bits.
pub(super) enum IdSet {
    /// In rising order.
    Few(Vec<i64>),
    /// Bit n of word w stands for row id 64 · w + n.
    Bits(Vec<u64>),
}

/// More ids than this are kept as bits.
const FEW: usize = 4_096;

impl IdSet {
    /// A set of positive ids, in any order.
    pub(super) fn new(mut ids: Vec<i64>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        if ids.len() <= FEW {
            return Self::Few(ids);
        }
        let words = ids.last().map_or(0, |last| *last as usize / 64 + 1);
        let mut bits = vec![0; words];
        set(&mut bits, &ids);
        Self::Bits(bits)
    }

    /// How many ids there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Few(ids) => ids.len(),
            Self::Bits(words) => words.iter().map(|word| word.count_ones() as usize).sum(),
        }
    }

    /// Whether an id is there.
    pub(super) fn contains(&self, id: i64) -> bool {
        match self {
            Self::Few(ids) => ids.binary_search(&id).is_ok(),
            Self::Bits(words) => words.get(id as usize / 64).is_some_and(|word| word >> (id % 64) & 1 == 1),
        }
    }

    /// How many ids are in both.
    pub(super) fn shared(&self, other: &Self) -> usize {
        match (self, other) {
            (Self::Bits(one), Self::Bits(two)) => {
                one.iter().zip(two).map(|(one, two)| (one & two).count_ones() as usize).sum()
            }
            (Self::Few(ids), other) | (other, Self::Few(ids)) => {
                ids.iter().filter(|id| other.contains(**id)).count()
            }
        }
    }

    /// The ids that are in both.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bits(mut one), Self::Bits(two)) => {
                one.truncate(two.len());
                for (word, other) in one.iter_mut().zip(two) {
                    *word &= other;
                }
                Self::Bits(one)
            }
            (Self::Few(mut ids), other) | (other, Self::Few(mut ids)) => {
                ids.retain(|id| other.contains(*id));
                Self::Few(ids)
            }
        }
    }

    /// The largest ids below `end`, at most `limit`, the largest first.
    pub(super) fn below(&self, end: i64, limit: usize) -> Vec<i64> {
        match self {
            Self::Few(ids) => {
                let end = ids.partition_point(|id| *id < end);
                ids[..end].iter().rev().take(limit).copied().collect()
            }
            Self::Bits(words) => {
                let mut found = Vec::new();
                let end = (end.max(0) as usize).min(words.len() * 64);
                for at in (0..end.div_ceil(64)).rev() {
                    let mut word = words[at];
                    if end < at * 64 + 64 {
                        word &= (1 << (end - at * 64)) - 1;
                    }
                    while word != 0 {
                        if found.len() == limit {
                            return found;
                        }
                        let bit = word.ilog2();
                        found.push(at as i64 * 64 + i64::from(bit));
                        word ^= 1 << bit;
                    }
                }
                found
            }
        }
    }
}

/// Sets the bits of ids that lie within the words.
pub(super) fn set(words: &mut [u64], ids: &[i64]) {
    for id in ids {
        words[*id as usize / 64] |= 1 << (id % 64);
    }
}

/// Reads the row ids that `json_group_array` wrote. Ten times as fast as rows, of which there can be many.
pub(super) fn parse(json: &str) -> Vec<i64> {
    let mut ids = Vec::with_capacity(json.len() / 8);
    let mut id = None;
    for byte in json.bytes() {
        if byte.is_ascii_digit() {
            id = Some(id.unwrap_or(0) * 10 + i64::from(byte - b'0'));
        } else if let Some(id) = id.take() {
            ids.push(id);
        }
    }
    ids
}

/// Writes row ids for `json_each`.
pub(super) fn json(ids: &[i64]) -> String {
    let mut text = String::with_capacity(ids.len() * 8 + 2);
    text.push('[');
    for (at, id) in ids.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&id.to_string());
    }
    text.push(']');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(step: i64) -> Vec<i64> {
        (1..20_000).filter(|id| id % step == 0).collect()
    }

    #[test]
    fn sets_are_the_same_as_numbers_and_as_bits() {
        let kinds = |step| [IdSet::Few(every(step)), IdSet::new(every(step))];
        assert!(matches!(IdSet::new(every(2)), IdSet::Bits(_)));
        for two in kinds(2) {
            for three in kinds(3) {
                let two = IdSet::new(two.below(i64::MAX, usize::MAX));
                let both = two.and(three.and(IdSet::new(every(1))));
                assert_eq!(both.len(), every(6).len());
                assert!(both.contains(6) && !both.contains(9) && !both.contains(8) && !both.contains(60_000));
                assert_eq!(both.below(100, 3), [96, 90, 84]);
                assert_eq!(both.below(96, 1), [90]);
                assert_eq!(both.below(6, 10), [0; 0]);
            }
            assert_eq!(two.below(64, 2), [62, 60]);
        }
    }

    #[test]
    fn ids_travel_as_json() {
        for ids in [vec![], vec![7], vec![3, 1, 9_007_199_254_740_993]] {
            assert_eq!(parse(&json(&ids)), ids);
        }
    }
}
