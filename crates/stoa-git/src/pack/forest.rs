//! Which entries of a pack are based on which.

use std::ops::Range;

use stoa_core::Oid;

use super::resolve::{Base, Packed};
use crate::Error;

/// The trees of deltas. Memory: 8 bytes for each entry and up to 29 for each delta on an id; 8 for each entry more
/// while it is made.
pub(super) struct Forest {
    /// Where in `children` those of each entry begin; one more at the end.
    first: Vec<u32>,
    /// Deltas on entries, by their base, the one with the most below it last.
    children: Vec<u32>,
    /// Deltas on ids, by id.
    by_id: Vec<(Oid, u32)>,
    /// Where in `by_id` each id begins.
    groups: Vec<u32>,
    /// Whether each id was given out.
    taken: Vec<bool>,
}

/// Entries that are still to be resolved on one object.
pub(super) struct Children {
    by_id: Range<u32>,
    by_offset: Range<u32>,
}

impl Children {
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty() && self.by_offset.is_empty()
    }
}

impl Forest {
    /// Reads the bases of all entries, which come in the order of their offsets.
    pub fn new(entries: &[Packed]) -> Result<Self, Error> {
        let count =
            u32::try_from(entries.len()).map_err(|_| Error::OutOfOrder("a pack has fewer entries"))?;
        if !entries.is_sorted_by(|one, next| one.offset < next.offset) {
            return Err(Error::OutOfOrder("entries come by their offset"));
        }
        let mut parents = Vec::with_capacity(entries.len());
        let mut by_id = Vec::new();
        for (entry, place) in entries.iter().zip(0..count) {
            parents.push(match entry.base {
                Base::Offset(base) => parent(&entries[..place as usize], entry, base)?,
                Base::Whole { .. } => place,
                Base::Object(oid) => {
                    by_id.push((oid, place));
                    place
                }
            });
        }
        by_id.sort_unstable();
        let begins = |&place: &u32| place == 0 || by_id[place as usize - 1].0 != by_id[place as usize].0;
        let groups: Vec<u32> = (0..by_id.len() as u32).filter(begins).collect();
        let (first, children) = sort_children(&parents);
        Ok(Self { first, children, taken: vec![false; groups.len()], by_id, groups })
    }

    /// Number of ids that entries are based on.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// The id, if nothing based on it was resolved.
    pub fn unresolved(&self, group: usize) -> Option<Oid> {
        (!self.taken[group]).then(|| self.by_id[self.groups[group] as usize].0)
    }

    /// The children of an entry with this id, each of which is given once only: two entries may have one id.
    pub fn children(&mut self, entry: Option<usize>, oid: Oid) -> Children {
        let by_offset = entry.map_or(0..0, |entry| self.first[entry]..self.first[entry + 1]);
        let mut by_id = 0..0;
        if let Ok(group) = self.groups.binary_search_by_key(&oid, |&start| self.by_id[start as usize].0)
            && !std::mem::replace(&mut self.taken[group], true)
        {
            let end = self.groups.get(group + 1).copied().unwrap_or(self.by_id.len() as u32);
            by_id = self.groups[group]..end;
        }
        Children { by_id, by_offset }
    }

    /// The next child to resolve.
    pub fn next(&self, children: &mut Children) -> Option<usize> {
        if let Some(place) = children.by_id.next() {
            return Some(self.by_id[place as usize].1 as usize);
        }
        children.by_offset.next().map(|place| self.children[place as usize] as usize)
    }
}

/// The place of the base of `entry` among those before it.
fn parent(before: &[Packed], entry: &Packed, base: u64) -> Result<u32, Error> {
    match before.binary_search_by_key(&base, |other| other.offset) {
        Ok(place) => Ok(place as u32),
        Err(_) => Err(Error::DamagedPack {
            at: entry.offset,
            why: "a delta is based on a place where no earlier object begins",
        }),
    }
}

/// Turns "whose child" into "whose children"; who has no parent is given as its own. Parents come before children.
fn sort_children(parents: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut weights = vec![1_u32; parents.len()];
    let mut first = vec![0_u32; parents.len() + 1];
    for (place, &parent) in parents.iter().enumerate().rev() {
        if parent as usize != place {
            weights[parent as usize] = weights[parent as usize].saturating_add(weights[place]);
            first[parent as usize] += 1;
        }
    }
    let mut sum = 0;
    for first in &mut first {
        // Where the children of this one end; filling from behind turns it into where they begin.
        sum += *first;
        *first = sum;
    }
    let mut children = vec![0; sum as usize];
    for (place, &parent) in parents.iter().enumerate().rev() {
        if parent as usize != place {
            first[parent as usize] -= 1;
            children[first[parent as usize] as usize] = place as u32;
        }
    }
    for ends in first.windows(2) {
        let siblings = &mut children[ends[0] as usize..ends[1] as usize];
        if let Some(heaviest) = (0..siblings.len()).max_by_key(|&at| weights[siblings[at] as usize]) {
            siblings[heaviest..].rotate_left(1);
        }
    }
    (first, children)
}
