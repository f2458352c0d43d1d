//! Choosing what an object is best sent as a delta on.
//!
//! As in git-pack-objects(1): objects of one kind come sorted so that similar ones are neighbors, and each is compared
//! with the last few.

use std::collections::VecDeque;

use bytes::Bytes;

use super::delta_index::Blocks;
use crate::ObjectKind;

/// Smaller bodies are not worth a delta, in bytes.
const SMALL: usize = 50;
/// What a delta costs besides its instructions: the name of its base, in bytes.
const COST: usize = 20;
/// A base this many times larger than the target is not worth its index.
const TOO_LARGE: usize = 32;

/// How hard to look. More finds smaller deltas and takes longer.
#[derive(Clone, Copy, Debug)]
pub struct DeltaSettings {
    /// Number of objects that each is compared with; git takes 10.
    pub window: usize,
    /// The longest chain of deltas; git takes 50.
    pub depth: u32,
    /// Bodies in the window and their indexes together, in bytes.
    pub memory: usize,
}

/// The delta that an object is best sent as.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// The key of the object it is a delta on.
    pub base: u64,
    /// Number of deltas from the object to a whole one: 1 for a delta on a whole object.
    pub depth: u32,
    /// The instructions, not compressed.
    pub instructions: Vec<u8>,
}

/// The last few objects, each of which may be the base of the next.
///
/// Offer objects sorted by kind, then [`name_hash`], then size, the largest first: so an object is mostly made from a
/// larger one by leaving out. A chosen base was always offered before.
pub struct DeltaWindow {
    settings: DeltaSettings,
    /// The latest, and the latest that was chosen, at the end.
    recent: VecDeque<Candidate>,
    memory: usize,
}

struct Candidate {
    key: u64,
    kind: ObjectKind,
    body: Bytes,
    depth: u32,
    /// Made when it is first compared with.
    blocks: Option<Blocks>,
}

impl DeltaWindow {
    /// An empty window.
    pub fn new(settings: DeltaSettings) -> Self {
        Self { settings, recent: VecDeque::new(), memory: 0 }
    }

    /// The best delta for this object, if one is worth it; then the object itself is a candidate for those after it.
    /// `depth` is that of the delta which it is sent as when none is chosen: 0 for a whole object.
    pub fn offer(&mut self, key: u64, kind: ObjectKind, body: Bytes, depth: u32) -> Option<Chosen> {
        if body.len() < SMALL {
            return None;
        }
        let mut best: Option<(usize, Chosen)> = None;
        for place in (0..self.recent.len()).rev() {
            let chosen = best.as_ref().map(|(_, chosen)| chosen);
            if let Some(better) = self.compare(place, kind, &body, chosen) {
                best = Some((place, better));
            }
        }
        let depth = best.as_ref().map_or(depth, |(_, chosen)| chosen.depth);
        let chosen = best.map(|(place, chosen)| {
            // What was good once stays longest.
            if let Some(base) = self.recent.remove(place) {
                self.recent.push_back(base);
            }
            chosen
        });
        self.add(Candidate { key, kind, body, depth, blocks: None });
        chosen
    }

    /// The delta on one candidate, if it is better than the best so far.
    fn compare(
        &mut self,
        place: usize,
        kind: ObjectKind,
        body: &[u8],
        best: Option<&Chosen>,
    ) -> Option<Chosen> {
        let candidate = &mut self.recent[place];
        let longest = self.settings.depth as usize;
        let depth = candidate.depth as usize;
        if candidate.kind != kind || depth >= longest || candidate.body.len() / TOO_LARGE > body.len() {
            return None;
        }
        // A delta has to save half. The deeper its base already is, the smaller it has to be, so that depth is spent
        // where it saves most; the same when it replaces one that was found before.
        let (most, reference) = match best {
            Some(best) => (best.instructions.len(), best.depth as usize),
            None => ((body.len() / 2).checked_sub(COST)?, 1),
        };
        let most = most.checked_mul(longest - depth)? / (longest + 1).checked_sub(reference)?;
        // What the target has more than the base is likely to be new.
        if body.len().saturating_sub(candidate.body.len()) >= most {
            return None;
        }
        let blocks = candidate.blocks.get_or_insert_with(|| {
            let blocks = Blocks::new(&candidate.body);
            self.memory += blocks.memory();
            blocks
        });
        let instructions = blocks.delta(&candidate.body, body, most)?;
        let depth = candidate.depth + 1;
        if best.is_some_and(|best| (best.instructions.len(), best.depth) <= (instructions.len(), depth)) {
            return None;
        }
        Some(Chosen { base: candidate.key, depth, instructions })
    }

    fn add(&mut self, candidate: Candidate) {
        if candidate.body.len() > self.settings.memory {
            return;
        }
        self.memory += candidate.body.len();
        self.recent.push_back(candidate);
        while (self.recent.len() > self.settings.window || self.memory > self.settings.memory)
            && let Some(oldest) = self.recent.pop_front()
        {
            self.memory -= oldest.body.len() + oldest.blocks.as_ref().map_or(0, Blocks::memory);
        }
    }
}

/// A number by which paths sort so that files with similar names are neighbors, wherever they lie: the last sixteen
/// characters that are not spaces count, the last one most.
pub fn name_hash(path: &str) -> u32 {
    let last = path.bytes().rev().filter(|byte| !byte.is_ascii_whitespace()).take(16);
    last.zip(0..).fold(0, |sum: u32, (byte, nth)| sum.wrapping_add((u32::from(byte) << 24) >> (2 * nth)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply_delta;

    const SETTINGS: DeltaSettings = DeltaSettings { window: 10, depth: 50, memory: 1 << 20 };

    fn text(seed: usize, lines: usize) -> Bytes {
        let lines = (0..lines).map(|line| format!("{} is line {line} of {seed}\n", line * seed));
        lines.collect::<Vec<String>>().concat().into()
    }

    fn offer(window: &mut DeltaWindow, key: u64, body: &Bytes) -> Option<Chosen> {
        window.offer(key, ObjectKind::Blob, body.clone(), 0)
    }

    #[test]
    fn the_most_similar_is_chosen() {
        let mut window = DeltaWindow::new(SETTINGS);
        let (one, two) = (text(1, 200), text(2, 200));
        assert_eq!(offer(&mut window, 1, &one), None);
        assert_eq!(offer(&mut window, 2, &two), None);
        let target = one.slice(..one.len() - 500);
        let chosen = offer(&mut window, 3, &target).expect("similar");
        assert_eq!((chosen.base, chosen.depth), (1, 1));
        assert!(chosen.instructions.len() < 20);
        assert_eq!(apply_delta(&one, &chosen.instructions, 1 << 20), Ok(target.to_vec()));
        let next = offer(&mut window, 4, &target.slice(..1000)).expect("similar");
        assert_eq!((next.base, next.depth), (1, 1), "of two equals the one less deep");
    }

    #[test]
    fn only_the_same_kind_and_not_the_smallest() {
        let mut window = DeltaWindow::new(SETTINGS);
        let body = text(1, 20);
        assert_eq!(offer(&mut window, 1, &body), None);
        assert_eq!(window.offer(2, ObjectKind::Tree, body.clone(), 0), None);
        assert_eq!(offer(&mut window, 3, &body.slice(..49)), None);
        assert!(offer(&mut window, 4, &body.slice(..100)).is_some());
    }

    #[test]
    fn chains_end_at_the_limit() {
        let mut window = DeltaWindow::new(DeltaSettings { window: 1, depth: 3, ..SETTINGS });
        let body = text(1, 500);
        let depths: Vec<u32> = (0..9)
            .map(|i| offer(&mut window, i, &body.slice(i as usize * 10..)).map_or(0, |chosen| chosen.depth))
            .collect();
        assert_eq!(depths, [0, 1, 2, 3, 0, 1, 2, 3, 0]);
        assert_eq!(window.offer(10, ObjectKind::Blob, text(7, 500), 3), None);
        assert_eq!(offer(&mut window, 11, &text(7, 500)), None, "the base is as deep as allowed");
    }

    #[test]
    fn the_window_has_a_limit_of_memory() {
        let body = text(1, 500);
        let mut window = DeltaWindow::new(DeltaSettings { memory: body.len() * 4, ..SETTINGS });
        for i in 0..20 {
            offer(&mut window, i, &body.slice(i as usize..));
            let held: usize = window
                .recent
                .iter()
                .map(|one| one.body.len() + one.blocks.as_ref().map_or(0, Blocks::memory))
                .sum();
            assert!(held == window.memory && held <= body.len() * 4 && !window.recent.is_empty());
        }
        assert_eq!(offer(&mut window, 99, &text(1, 3000)), None);
        assert!(window.recent.iter().all(|one| one.key != 99));
    }

    #[test]
    fn names_sort_by_their_end() {
        assert_eq!(name_hash(""), 0);
        assert_eq!(name_hash("a b"), name_hash("ab"));
        assert_eq!(
            name_hash("one/long/way/to/a/config.json"),
            name_hash("another/long/way/to/a/config.json")
        );
        let near = name_hash("a/x.rs").abs_diff(name_hash("b/y.rs"));
        assert!(near < name_hash("a/x.rs").abs_diff(name_hash("a/x.py")));
    }
}
