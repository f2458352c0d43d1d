//! A walk back from two sets of commits at once, which tells what is reachable from one, the other, or both.

use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

use stoa_core::{Oid, Reply};
use stoa_db::graph::Node;

use super::graph::Graph;

/// Commits by generation, each with what it was reached from. Generations fall along every edge, so a commit that comes
/// off the heap has been reached from all that come after it, and its flags are final.
#[derive(Default)]
pub(crate) struct Walk {
    heap: BinaryHeap<(i64, Oid)>,
    flags: HashMap<Oid, u8>,
    nodes: HashMap<Oid, Arc<Node>>,
    /// How many commits on the heap have which flags.
    waiting: [usize; 4],
}

impl Walk {
    /// Reachable from the one set.
    pub(crate) const ONE: u8 = 1;
    /// Reachable from the other.
    pub(crate) const OTHER: u8 = 2;

    /// Adds a commit, or what is newly known of it.
    pub(crate) async fn add(&mut self, graph: &mut Graph, oid: Oid, flag: u8) -> Reply<()> {
        let before = self.flags.get(&oid).copied();
        let after = before.unwrap_or(0) | flag;
        match before {
            // A parent that is not here was cut off by whoever pushed; nothing is known of what comes before it.
            None => {
                let Some(node) = graph.node(oid).await? else { return Ok(()) };
                self.heap.push((node.generation, oid));
                self.nodes.insert(oid, node);
            }
            Some(before) => self.waiting[usize::from(before)] -= 1,
        }
        self.waiting[usize::from(after)] += 1;
        self.flags.insert(oid, after);
        Ok(())
    }

    /// The commit furthest from the roots, and what it was reached from.
    pub(crate) fn pop(&mut self) -> Option<(Arc<Node>, u8)> {
        let (_, oid) = self.heap.pop()?;
        let flags = self.reached(oid);
        self.waiting[usize::from(flags)] -= 1;
        Some((self.nodes.remove(&oid)?, flags))
    }

    /// How many commits are still to come that were reached from exactly this.
    pub(crate) fn waiting(&self, flags: u8) -> usize {
        self.waiting.get(usize::from(flags)).copied().unwrap_or(0)
    }

    /// What a commit was reached from so far.
    pub(crate) fn reached(&self, oid: Oid) -> u8 {
        self.flags.get(&oid).copied().unwrap_or(0)
    }
}
