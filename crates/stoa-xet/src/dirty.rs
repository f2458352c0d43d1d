//! What must be sent again of a file when some of its bytes change, and what is known of the rest.

use std::ops::Range;

use crate::{
    ChunkTable, Error, MAX_CHUNK, MIN_CHUNK, MerkleHash, Plan, Subtree, SubtreeBuilder, Term,
    verification_hash,
};

/// Lengths of a chunk that a change before it does not move.
///
/// Two such chunks in a row end where the chunker, having come from other bytes, ends a chunk too: the first is long
/// enough for it to meet the cuts of the second in spite of what it skips.
const STEADY: Range<u64> = 2 * MIN_CHUNK as u64..(MAX_CHUNK - MIN_CHUNK) as u64;
/// Nodes in the subtrees of one answer.
const NODES: usize = 1 << 17;

/// What a client needs to change a file that it does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirtyWindows {
    /// Size of the file in bytes.
    pub size: u64,
    /// How many chunks it has.
    pub chunks: u64,
    /// The bytes to fetch, change, cut into chunks and send again, in order.
    pub windows: Vec<Range<u64>>,
    /// What lies before each window (behind the one before), and behind the last; `None` where nothing does.
    pub gaps: Vec<Option<Subtree>>,
    /// The verification hash of each term that lies in no window, in order.
    pub proofs: Vec<MerkleHash>,
}

/// Goes through a file term by term, so that only one chunk table needs to be in memory.
///
/// Windows begin and end where terms do. Compat: `hf_xet` makes the new file of whole terms of the old one and of its
/// own, and loses the rest of a term in which a window ends.
pub struct DirtyWalk {
    terms: Vec<Term>,
    /// The next of them.
    next: usize,
    /// Where it begins in the file.
    at: u64,
    /// The bytes that change, in order and apart.
    dirty: Vec<Range<u64>>,
    /// The first of them that does not end before `at`.
    first: usize,
    window: Option<Window>,
    gap: SubtreeBuilder,
    /// Nodes in the gaps that are complete.
    nodes: usize,
    found: DirtyWindows,
}

/// The window that is open.
struct Window {
    start: u64,
    /// The length of the chunk before, if it does not change.
    before: Option<u64>,
    /// Whether the chunks behind the last change are what they were.
    steady: bool,
}

impl DirtyWalk {
    /// At the first term. What lies behind the end of the file is left out; that nothing is left is an error.
    pub fn new(plan: Plan, dirty: Vec<Range<u64>>) -> Result<Self, Error> {
        let size = plan.size();
        let dirty = sorted(dirty, size);
        if dirty.is_empty() {
            return Err(Error::OutOfRange { size });
        }
        let found = DirtyWindows { size, chunks: 0, windows: vec![], gaps: vec![], proofs: vec![] };
        let (terms, gap) = (plan.terms, SubtreeBuilder::new(true));
        let mut walk = Self { terms, next: 0, at: 0, dirty, first: 0, window: None, gap, nodes: 0, found };
        walk.skip();
        Ok(walk)
    }

    /// The xorb whose table [`Self::take`] wants next; `None` when all terms were seen.
    pub fn needs(&self) -> Option<MerkleHash> {
        self.terms.get(self.next).map(|term| term.xorb)
    }

    /// Sees the next terms, as long as they are of the same xorb.
    pub fn take(&mut self, table: &ChunkTable) -> Result<(), Error> {
        let xorb = self.needs();
        while xorb.is_some() && self.needs() == xorb {
            self.term(table)?;
            self.skip();
        }
        Ok(())
    }

    /// What was found. Panics when a table is still needed.
    pub fn finish(mut self) -> DirtyWindows {
        assert!(self.needs().is_none(), "every term is seen before the end");
        if let Some(window) = self.window {
            self.found.windows.push(window.start..self.at);
        }
        self.found.gaps.push(self.gap.finish(true));
        self.found
    }

    /// Passes the terms that change from end to end: nothing needs to be known of their chunks.
    fn skip(&mut self) {
        while let Some(term) = self.terms.get(self.next) {
            let bytes = self.at..self.at + u64::from(term.unpacked);
            let chunks = u64::from(term.end - term.start);
            let dirty = self.dirty.get(self.first);
            if !dirty.is_some_and(|dirty| dirty.start <= bytes.start && bytes.end <= dirty.end) {
                return;
            }
            let window = self.open();
            (window.before, window.steady) = (None, false);
            self.pass(bytes.end, chunks);
        }
    }

    fn term(&mut self, table: &ChunkTable) -> Result<(), Error> {
        let Term { xorb, start, end, unpacked } = self.terms[self.next];
        let why = "a stored term does not agree with the chunk table";
        let wrong = Error::WrongXorb { xorb, why };
        if !table.holds(&(start..end)) {
            return Err(wrong);
        }
        let place = table.unpacked_range(start..end);
        if place.end - place.start != u64::from(unpacked) {
            return Err(wrong);
        }
        let term_end = self.at + u64::from(unpacked);
        let changes = self.dirty.get(self.first).is_some_and(|dirty| dirty.start < term_end);
        if changes {
            self.open();
        }
        if self.window.is_some() {
            self.settle(table, start..end);
            if let Some(window) = self.window.take_if(|window| window.steady) {
                self.found.windows.push(window.start..term_end);
            }
        } else {
            for (hash, len) in table.chunks(start..end) {
                self.gap.push(hash, len);
            }
            self.found.proofs.push(verification_hash((start..end).map(|chunk| table.hash(chunk))));
            if self.nodes + self.gap.held() > NODES {
                return Err(Error::TooLarge { what: "nodes in subtrees", limit: NODES as u64 });
            }
        }
        self.pass(term_end, u64::from(end - start));
        Ok(())
    }

    /// Looks in the chunks of a term whether the window may end with it.
    fn settle(&mut self, table: &ChunkTable, chunks: Range<u32>) {
        let Some(window) = &mut self.window else { return };
        let (mut from, mut next) = (self.at, self.first);
        for (_, len) in table.chunks(chunks) {
            let to = from + len;
            while self.dirty.get(next).is_some_and(|dirty| dirty.end <= from) {
                next += 1;
            }
            if self.dirty.get(next).is_some_and(|dirty| dirty.start < to) {
                (window.before, window.steady) = (None, false);
            } else {
                let before = window.before.replace(len);
                window.steady |= STEADY.contains(&len) && before.is_some_and(|len| STEADY.contains(&len));
            }
            from = to;
        }
    }

    /// The window that is open, or a new one from here on.
    fn open(&mut self) -> &mut Window {
        let at = self.at;
        if self.window.is_none() {
            let gap = std::mem::replace(&mut self.gap, SubtreeBuilder::new(false)).finish(false);
            self.nodes += gap.as_ref().map_or(0, |gap| gap.nodes.len());
            self.found.gaps.push(gap);
        }
        self.window.get_or_insert(Window { start: at, before: None, steady: false })
    }

    /// Goes on to the next term.
    fn pass(&mut self, to: u64, chunks: u64) {
        (self.at, self.next) = (to, self.next + 1);
        self.found.chunks += chunks;
        while self.dirty.get(self.first).is_some_and(|dirty| dirty.end <= to) {
            self.first += 1;
        }
    }
}

/// Ranges in order and apart, within a file of this size.
fn sorted(mut ranges: Vec<Range<u64>>, size: u64) -> Vec<Range<u64>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut apart: Vec<Range<u64>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        let range = range.start..range.end.min(size);
        match apart.last_mut() {
            _ if range.is_empty() => {}
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "lists of ranges are what this is about")]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::subtree::tests::{root, whole};
    use crate::testing::Random;
    use crate::{chunk_hash, xorb_hash};

    const STEADY_LEN: u32 = 20_000;
    const LONG: u32 = MAX_CHUNK as u32;

    /// Files of terms whose chunks have these lengths, one xorb for each.
    struct File {
        tables: HashMap<MerkleHash, ChunkTable>,
        terms: Vec<Term>,
    }

    impl File {
        fn new(terms: &[&[u32]]) -> Self {
            let mut file = Self { tables: HashMap::new(), terms: vec![] };
            for (number, lens) in terms.iter().enumerate() {
                let (mut entries, mut end) = (Vec::new(), 0);
                for (chunk, len) in lens.iter().enumerate() {
                    end += len;
                    entries.extend_from_slice(&chunk_hash(format!("{number} {chunk}").as_bytes()).0);
                    entries.extend_from_slice(&(9 * (chunk as u32 + 1)).to_le_bytes());
                    entries.extend_from_slice(&end.to_le_bytes());
                }
                let table = ChunkTable::from_bytes(entries.into()).expect("a table");
                let xorb = table.xorb_hash();
                file.terms.push(Term { xorb, start: 0, end: lens.len() as u32, unpacked: end });
                file.tables.insert(xorb, table);
            }
            file
        }

        /// Terms with chunks of all lengths.
        fn random(random: &mut Random, terms: usize) -> Self {
            let mut len = |_| 1 + random.below(MAX_CHUNK) as u32;
            let mut counts = Random(terms as u64);
            let terms: Vec<Vec<u32>> =
                (0..terms).map(|_| (0..=counts.below(30)).map(&mut len).collect()).collect();
            Self::new(&terms.iter().map(Vec::as_slice).collect::<Vec<_>>())
        }

        fn chunks(&self, terms: Range<usize>) -> Vec<(MerkleHash, u64)> {
            let chunks =
                |term: &Term| self.tables[&term.xorb].chunks(term.start..term.end).collect::<Vec<_>>();
            self.terms[terms].iter().flat_map(chunks).collect()
        }

        /// Where terms begin, and the end of the last.
        fn edges(&self) -> Vec<u64> {
            let mut edges = vec![0];
            edges.extend(self.terms.iter().scan(0, |end, term| {
                *end += u64::from(term.unpacked);
                Some(*end)
            }));
            edges
        }

        fn ask(&self, dirty: &[Range<u64>]) -> Result<DirtyWindows, Error> {
            let mut walk = DirtyWalk::new(Plan::new(self.terms.clone()), dirty.to_vec())?;
            while let Some(xorb) = walk.needs() {
                walk.take(&self.tables[&xorb])?;
            }
            Ok(walk.finish())
        }

        /// The windows, as terms.
        fn windows(&self, found: &DirtyWindows) -> Vec<Range<usize>> {
            let edges = self.edges();
            let place = |byte: &u64| edges.binary_search(byte).expect("windows end where terms do");
            found.windows.iter().map(|window| place(&window.start)..place(&window.end)).collect()
        }

        #[track_caller]
        fn check(&self, dirty: &[Range<u64>], windows: &[Range<usize>]) {
            let found = self.ask(dirty).expect("within the file");
            assert_eq!(self.windows(&found), windows);
        }
    }

    #[test]
    fn a_window_is_whole_terms_with_two_steady_chunks_behind_what_changes() {
        let file = File::new(&[[STEADY_LEN; 3].as_slice(); 6]);
        let term = 3 * u64::from(STEADY_LEN);
        let byte = |at: u64| at..at + 1;
        file.check(&[byte(term)], &[1..2]);
        file.check(&[byte(term + 19_999)], &[1..2]);
        // One steady chunk is left of the term, then none: the next term has the others.
        file.check(&[byte(term + 20_000)], &[1..3]);
        file.check(&[byte(2 * term - 1)], &[1..3]);
        file.check(&[term..2 * term], &[1..3]);
        file.check(&[byte(6 * term - 1)], &[5..6]);
        file.check(&[0..u64::MAX], &[0..6]);
        file.check(&[byte(0), byte(5 * term)], &[0..1, 5..6]);
        file.check(&[byte(0), byte(term)], &[0..1, 1..2]);
        file.check(&[byte(term - 1), byte(2 * term)], &[0..2, 2..3]);
        file.check(&[byte(term - 1), byte(2 * term - 1)], &[0..3]);
        file.check(&[byte(0), byte(term - 1)], &[0..2]);
    }

    #[test]
    fn a_window_without_steady_chunks_goes_on() {
        let long: &[u32] = &[LONG; 4];
        let mixed: &[u32] = &[STEADY_LEN, LONG, STEADY_LEN, 5000, STEADY_LEN];
        File::new(&[long, mixed, long, mixed]).check(&[0..1], &[0..4]);
        File::new(&[long, mixed, &[STEADY_LEN], long]).check(&[0..1], &[0..3]);
        // The shortest and the longest lengths that count, and the next.
        File::new(&[&[9000], &[16_384, 122_879], long]).check(&[0..1], &[0..2]);
        File::new(&[&[9000], &[16_383, 122_879], long]).check(&[0..1], &[0..3]);
        File::new(&[&[9000], &[16_384, 122_880], long]).check(&[0..1], &[0..3]);
    }

    #[test]
    fn ranges_may_come_in_any_order_and_overlap() {
        let file = File::random(&mut Random(61), 12);
        let size = *file.edges().last().expect("terms");
        let tidy = file.ask(&[1000..2000, size / 2..size / 2 + 70_000]);
        let mess = [
            size / 2 + 10..size / 2 + 70_000,
            1500..2000,
            size..size + 9,
            size / 2..size / 2 + 50,
            1000..1501,
        ];
        assert_eq!(file.ask(&mess), tidy);
        for behind in [vec![], vec![size..size + 1], vec![u64::MAX - 1..u64::MAX, size..u64::MAX]] {
            assert_eq!(file.ask(&behind), Err(Error::OutOfRange { size }));
        }
        let empty = DirtyWalk::new(Plan::new(vec![]), vec![Range { start: 0, end: 1 }]);
        assert_eq!(empty.err(), Some(Error::OutOfRange { size: 0 }));
    }

    #[test]
    fn gaps_and_windows_together_are_the_file() {
        let mut random = Random(62);
        for round in 0..300 {
            let terms = 1 + random.below(60);
            let file = File::random(&mut random, terms);
            let size = *file.edges().last().expect("terms");
            let dirty: Vec<_> = (0..=random.below(4))
                .map(|_| {
                    let start = random.next() % size;
                    start..start + 1 + random.next() % 100_000
                })
                .collect();
            let found = file.ask(&dirty).expect("within the file");
            let windows = file.windows(&found);
            assert_eq!((found.size, found.gaps.len()), (size, windows.len() + 1));
            assert!(dirty.iter().all(|range| {
                found
                    .windows
                    .iter()
                    .any(|window| window.start <= range.start && range.end.min(size) <= window.end)
            }));
            let chunks = file.chunks(0..terms);
            assert_eq!(found.chunks, chunks.len() as u64);
            let own = windows
                .iter()
                .map(|window| whole(&file.chunks(window.clone()), window.start == 0, window.end == terms));
            let mut runs = found.gaps.clone();
            for (place, run) in own.enumerate() {
                runs.insert(2 * place + 1, run);
            }
            assert_eq!(root(&runs), xorb_hash(&chunks), "round {round}");
            let outside = |term: &usize| !windows.iter().any(|window| window.contains(term));
            let proof =
                |term| verification_hash(file.chunks(term..term + 1).into_iter().map(|chunk| chunk.0));
            assert_eq!(found.proofs, (0..terms).filter(outside).map(proof).collect::<Vec<_>>());
        }
    }

    #[test]
    fn terms_that_change_from_end_to_end_need_no_table() {
        let file = File::random(&mut Random(63), 5);
        let edges = file.edges();
        let dirty = vec![edges[1] - 1..edges[3], edges[4]..u64::MAX];
        let mut walk = DirtyWalk::new(Plan::new(file.terms.clone()), dirty).expect("within the file");
        for term in [0, 3] {
            let xorb = file.terms[term].xorb;
            assert_eq!(walk.needs(), Some(xorb));
            walk.take(&file.tables[&xorb]).expect("fits");
        }
        assert_eq!(walk.needs(), None);
        assert_eq!(walk.finish().chunks, file.chunks(0..5).len() as u64);
    }

    #[test]
    fn a_gap_that_cannot_be_shortened_has_a_limit() {
        let mut entries = Vec::new();
        for chunk in 1..=8192_u32 {
            entries.extend_from_slice(&chunk_hash(b"again and again").0);
            entries.extend_from_slice(&(9 * chunk).to_le_bytes());
            entries.extend_from_slice(&(8192 * chunk).to_le_bytes());
        }
        let table = ChunkTable::from_bytes(entries.into()).expect("a table");
        let xorb = table.xorb_hash();
        let ask = |terms| {
            let term = Term { xorb, start: 0, end: 8192, unpacked: 8192 * 8192 };
            let plan = Plan::new(vec![term; terms]);
            let last = plan.size() - 1;
            let mut walk = DirtyWalk::new(plan, vec![last..last + 1]).expect("within the file");
            walk.take(&table).map(|()| walk.finish())
        };
        let found = ask(NODES / 8192 + 1).expect("at the limit");
        assert_eq!(found.gaps[0].as_ref().map(|gap| gap.nodes.len()), Some(NODES));
        assert!(matches!(ask(NODES / 8192 + 2), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn a_table_that_does_not_fit_is_an_error() {
        let (file, other) = (File::new(&[&[5000; 3], &[5000; 3]]), File::new(&[&[6000; 3], &[5000; 2]]));
        for table in other.tables.values() {
            let dirty = vec![Range { start: 0, end: 1 }];
            let mut walk = DirtyWalk::new(Plan::new(file.terms.clone()), dirty).expect("within the file");
            assert!(matches!(walk.take(table), Err(Error::WrongXorb { .. })));
        }
    }
}
