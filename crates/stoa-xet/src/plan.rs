//! Which bytes of which xorbs hold a part of a file.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::{ChunkTable, Error, MerkleHash, Term};

/// A file as its terms, ready to be asked for any range in logarithmic time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub(crate) terms: Vec<Term>,
    /// Where each term ends in the file.
    ends: Vec<u64>,
}

/// The answer to a range: what to fetch, and how to put it together.
///
/// Compat: the two versions of the answer that clients read are two ways to write it. Version 1 lists
/// `fetch_info[xorb] = [{range, url, url_range}]`, version 2 `xorbs[xorb] = [{url, ranges: [{chunks, bytes}]}]`, each
/// with one entry for a [`FetchRange`]; byte ranges in JSON include their last byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconstruction {
    /// Bytes to drop from the beginning of the first part.
    pub offset_into_first_range: u64,
    /// Bytes wanted, after that.
    pub len: u64,
    /// What makes the range, in order: the terms without the chunks outside of it.
    pub parts: Vec<Part>,
    /// What to fetch, each xorb once, in the order in which they are needed. Every part lies in one range.
    pub xorbs: Vec<XorbFetch>,
}

/// A term, or what is left of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The xorb.
    pub xorb: MerkleHash,
    /// Its chunks.
    pub chunks: Range<u32>,
    /// Their length unpacked.
    pub unpacked: u64,
    /// Where they lie in the packed xorb.
    pub bytes: Range<u64>,
}

/// What to fetch of a xorb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XorbFetch {
    /// The xorb.
    pub xorb: MerkleHash,
    /// Ranges in order, with a gap between any two.
    pub ranges: Vec<FetchRange>,
}

/// A run of chunks to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchRange {
    /// The chunks.
    pub chunks: Range<u32>,
    /// Where they lie in the packed xorb.
    pub bytes: Range<u64>,
}

impl FetchRange {
    /// The last byte: the end as HTTP and JSON write it.
    pub fn last_byte(&self) -> u64 {
        self.bytes.end - 1
    }
}

impl Plan {
    /// The plan of a file with these terms, which were checked when the file came in.
    pub fn new(terms: Vec<Term>) -> Self {
        let ends = terms
            .iter()
            .scan(0_u64, |end, term| {
                *end += u64::from(term.unpacked);
                Some(*end)
            })
            .collect();
        Self { terms, ends }
    }

    /// Size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The xorbs that hold these bytes, each once.
    pub fn xorbs(&self, range: &Range<u64>) -> Vec<MerkleHash> {
        let mut seen = HashSet::new();
        let terms = &self.terms[self.terms_of(range)];
        terms.iter().map(|term| term.xorb).filter(|xorb| seen.insert(*xorb)).collect()
    }

    /// What to fetch for these bytes, when the tables of their xorbs are at hand; else see [`Self::select`].
    pub fn for_range(
        &self,
        range: Range<u64>,
        table: &dyn Fn(MerkleHash) -> Option<ChunkTable>,
    ) -> Result<Reconstruction, Error> {
        let mut selection = self.select(range)?;
        while let Some(xorb) = selection.needs() {
            selection.take(&table(xorb).ok_or(Error::NoTable(xorb))?)?;
        }
        Ok(selection.finish())
    }

    /// Begins to select these bytes. An end behind the end of the file means the end of the file; a start there is an
    /// error, unless all of an empty file is wanted.
    pub fn select(&self, range: Range<u64>) -> Result<Selection<'_>, Error> {
        let size = self.size();
        let range = range.start..range.end.min(size);
        if range.is_empty() && (range.start, size) != (0, 0) {
            return Err(Error::OutOfRange { size });
        }
        let terms = self.terms_of(&range);
        let parts = Vec::with_capacity(terms.len());
        Ok(Selection { plan: self, range, terms, offset: 0, parts })
    }

    /// The terms that hold these bytes.
    fn terms_of(&self, range: &Range<u64>) -> Range<usize> {
        let first = self.ends.partition_point(|end| *end <= range.start);
        let behind = self.ends.partition_point(|end| *end < range.end);
        first..(behind + 1).min(self.terms.len()).max(first)
    }
}

/// A range of a file for which chunk tables are being supplied, one after the other, so that a terabyte does not need
/// thousands of them in memory.
pub struct Selection<'a> {
    plan: &'a Plan,
    range: Range<u64>,
    /// Terms left.
    terms: Range<usize>,
    offset: u64,
    parts: Vec<Part>,
}

impl Selection<'_> {
    /// The xorb whose table [`Self::take`] wants next; `None` when there is nothing left to ask.
    pub fn needs(&self) -> Option<MerkleHash> {
        let next = self.plan.terms.get(self.terms.start)?;
        if self.terms.is_empty() { None } else { Some(next.xorb) }
    }

    /// Selects from the next terms, as long as they are of the same xorb.
    pub fn take(&mut self, table: &ChunkTable) -> Result<(), Error> {
        let xorb = self.needs();
        while xorb.is_some() && self.needs() == xorb {
            self.part(table)?;
            self.terms.start += 1;
        }
        Ok(())
    }

    /// What to fetch. Panics when a table is still needed.
    pub fn finish(self) -> Reconstruction {
        assert!(self.terms.is_empty(), "every term is selected before the end");
        let len = self.range.end - self.range.start;
        Reconstruction {
            offset_into_first_range: self.offset,
            len,
            xorbs: merge(&self.parts),
            parts: self.parts,
        }
    }

    /// Adds the next term without the chunks outside of the range.
    fn part(&mut self, table: &ChunkTable) -> Result<(), Error> {
        let Term { xorb, start, end, unpacked } = self.plan.terms[self.terms.start];
        let whole =
            Some(start..end).filter(|chunks| table.holds(chunks)).map(|chunks| table.unpacked_range(chunks));
        let Some(whole) = whole.filter(|whole| whole.end - whole.start == u64::from(unpacked)) else {
            let why = "a stored term does not agree with the chunk table";
            return Err(Error::WrongXorb { xorb, why });
        };
        // From offsets in the file to offsets in the unpacked xorb, within this term.
        let term_end = self.plan.ends[self.terms.start];
        let term_start = term_end - u64::from(unpacked);
        let first = whole.start + self.range.start.saturating_sub(term_start);
        let last = whole.start + (self.range.end.min(term_end) - term_start) - 1;
        let chunks = table.chunk_at(first)..table.chunk_at(last) + 1;
        let kept = table.unpacked_range(chunks.clone());
        if self.parts.is_empty() {
            self.offset = first - kept.start;
        }
        let bytes = table.packed_range(chunks.clone());
        self.parts.push(Part { xorb, chunks, unpacked: kept.end - kept.start, bytes });
        Ok(())
    }
}

/// The ranges of each xorb, sorted, with those that touch or overlap made one.
fn merge(parts: &[Part]) -> Vec<XorbFetch> {
    let mut places: HashMap<MerkleHash, usize> = HashMap::new();
    let mut fetches: Vec<XorbFetch> = Vec::new();
    for Part { xorb, chunks, bytes, .. } in parts {
        let place = *places.entry(*xorb).or_insert_with(|| {
            fetches.push(XorbFetch { xorb: *xorb, ranges: Vec::new() });
            fetches.len() - 1
        });
        fetches[place].ranges.push(FetchRange { chunks: chunks.clone(), bytes: bytes.clone() });
    }
    for fetch in &mut fetches {
        fetch.ranges.sort_unstable_by_key(|range| range.chunks.start);
        fetch.ranges.dedup_by(|next, last| {
            let joined = next.chunks.start <= last.chunks.end;
            if joined && next.chunks.end > last.chunks.end {
                last.chunks.end = next.chunks.end;
                last.bytes.end = next.bytes.end;
            }
            joined
        });
    }
    fetches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Random, Store};

    fn store(random: &mut Random) -> Store {
        let mut store = Store::default();
        for chunks in [1, 7, 40] {
            store.add(random, chunks);
        }
        store
    }

    /// Does what a client does with an answer, through what it would fetch.
    fn rebuild(store: &Store, answer: &Reconstruction) -> Vec<u8> {
        let mut content = Vec::new();
        for part in &answer.parts {
            let fetch = answer.xorbs.iter().find(|fetch| fetch.xorb == part.xorb).expect("fetched");
            let inside = |range: &&FetchRange| {
                range.chunks.start <= part.chunks.start && part.chunks.end <= range.chunks.end
            };
            let range = fetch.ranges.iter().find(inside).expect("in one range");
            let (table, _) = &store.xorbs[&part.xorb];
            assert_eq!(range.bytes, table.packed_range(range.chunks.clone()));
            assert_eq!(range.last_byte() + 1, range.bytes.end);
            let fetched = store.unpack(part.xorb, range.chunks.clone());
            let base = table.unpacked_range(range.chunks.clone()).start;
            let place = table.unpacked_range(part.chunks.clone());
            assert_eq!(place.end - place.start, part.unpacked);
            content.extend_from_slice(&fetched[(place.start - base) as usize..(place.end - base) as usize]);
        }
        let from = answer.offset_into_first_range as usize;
        content[from..from + answer.len as usize].to_vec()
    }

    #[test]
    fn every_range_of_every_file_is_put_together_again() {
        let mut random = Random(91);
        let store = store(&mut random);
        for count in [1, 2, 3, 10] {
            let terms = store.terms(&mut random, count);
            let (content, plan) = (store.content(&terms), Plan::new(terms));
            let size = content.len();
            assert_eq!(plan.size(), size as u64);
            let mut edges: Vec<usize> = plan.ends.iter().map(|end| *end as usize).collect();
            edges.extend([0, 1, size - 1]);
            for _ in 0..400 {
                let mut pick = || match random.below(3) {
                    0 => (edges[random.below(edges.len())] + random.below(3)).saturating_sub(1),
                    _ => random.below(size),
                };
                let (a, b) = (pick().min(size - 1), pick());
                let (start, end) = (a.min(b), a.max(b) + 1);
                let range = start as u64..end as u64;
                let answer = plan.for_range(range.clone(), &|xorb| store.table(xorb)).expect("inside");
                assert!(rebuild(&store, &answer) == content[start..end.min(size)]);
                check_shape(&answer, &store);
                let mut xorbs: Vec<_> = answer.xorbs.iter().map(|fetch| fetch.xorb).collect();
                assert_eq!(plan.xorbs(&range), xorbs);
                xorbs.sort_unstable();
                xorbs.dedup();
                assert_eq!(xorbs.len(), answer.xorbs.len());
            }
        }
    }

    /// No chunk too many at the edges, and no two ranges that could be one.
    fn check_shape(answer: &Reconstruction, store: &Store) {
        let first = &answer.parts[0];
        let table = |part: &Part| store.table(part.xorb).expect("stored");
        assert!(answer.offset_into_first_range < table(first).chunk_len(first.chunks.start));
        let sum: u64 = answer.parts.iter().map(|part| part.unpacked).sum();
        let behind = sum - answer.offset_into_first_range - answer.len;
        let last = answer.parts.last().expect("a part");
        assert!(behind < table(last).chunk_len(last.chunks.end - 1));
        for fetch in &answer.xorbs {
            assert!(fetch.ranges.windows(2).all(|pair| pair[0].chunks.end < pair[1].chunks.start));
        }
    }

    #[test]
    fn an_end_behind_the_file_is_its_end_and_a_start_there_is_an_error() {
        let mut random = Random(92);
        let store = store(&mut random);
        let plan = Plan::new(store.terms(&mut random, 3));
        let size = plan.size();
        let ask = |range| plan.for_range(range, &|xorb| store.table(xorb));
        let last = ask(size - 1..size).expect("the last byte");
        assert_eq!((last.len, last.parts.len()), (1, 1));
        assert_eq!(ask(size - 1..size + 1), Ok(last.clone()));
        assert_eq!(ask(size - 1..u64::MAX), Ok(last));
        assert_eq!(ask(0..u64::MAX), ask(0..size));
        for start in [size, size + 1, u64::MAX - 1] {
            assert_eq!(ask(start..u64::MAX), Err(Error::OutOfRange { size }));
        }
        #[expect(clippy::reversed_empty_ranges, reason = "that is what strangers send")]
        for empty in [0..0, 5..5, 5..3] {
            assert_eq!(ask(empty), Err(Error::OutOfRange { size }));
        }
    }

    #[test]
    fn all_of_an_empty_file_is_nothing() {
        let plan = Plan::new(vec![]);
        let nothing = Reconstruction { offset_into_first_range: 0, len: 0, parts: vec![], xorbs: vec![] };
        assert_eq!(plan.for_range(0..u64::MAX, &|_| None), Ok(nothing));
        assert_eq!(plan.for_range(1..2, &|_| None), Err(Error::OutOfRange { size: 0 }));
        assert!(plan.xorbs(&(0..1)).is_empty());
    }

    #[test]
    fn overlapping_terms_are_fetched_once() {
        let mut random = Random(93);
        let mut store = Store::default();
        let xorb = store.add(&mut random, 60);
        let terms = [0..50, 49..50, 49..58, 59..60].map(|chunks| store.term(xorb, chunks)).to_vec();
        let content = store.content(&terms);
        let answer = Plan::new(terms).for_range(0..u64::MAX, &|xorb| store.table(xorb)).expect("inside");
        let chunks: Vec<_> = answer.xorbs[0].ranges.iter().map(|range| range.chunks.clone()).collect();
        assert_eq!(chunks, [0..58, 59..60]);
        assert!(rebuild(&store, &answer) == content);
    }

    #[test]
    fn a_table_that_is_missing_or_does_not_fit_is_an_error() {
        let mut random = Random(94);
        let mut store = Store::default();
        let (one, other) = (store.add(&mut random, 5), store.add(&mut random, 4));
        let plan = Plan::new(vec![store.term(one, 2..5)]);
        assert_eq!(plan.for_range(0..1, &|_| None), Err(Error::NoTable(one)));
        for wrong in
            [store.table(other), ChunkTable::from_bytes(vec![1; 40].into()).ok()].into_iter().flatten()
        {
            let answer = plan.for_range(0..1, &|_| Some(wrong.clone()));
            assert!(matches!(answer, Err(Error::WrongXorb { .. })));
        }
    }

    #[test]
    fn a_long_file_is_selected_one_table_at_a_time() {
        let mut random = Random(95);
        let store = store(&mut random);
        let plan = Plan::new(store.terms(&mut random, 200));
        let mut selection = plan.select(100..plan.size() - 100).expect("inside");
        let mut before = None;
        while let Some(xorb) = selection.needs() {
            assert_ne!(before, Some(xorb), "the same table is not asked for twice in a row");
            before = Some(xorb);
            selection.take(&store.table(xorb).expect("stored")).expect("fits");
        }
        let whole = plan.for_range(100..plan.size() - 100, &|xorb| store.table(xorb));
        assert_eq!(Ok(selection.finish()), whole);
    }
}
