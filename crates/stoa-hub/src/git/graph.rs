//! The commits of a repository, loaded as a walk comes to them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_core::{Oid, Reply};
use stoa_db::graph::{self, Node};

use crate::Hub;

/// Rows read the first time, and at most at a time.
const FIRST: i64 = 256;
const MOST: i64 = 16_384;
/// A clone reads the whole graph at once, if it has no more rows than this.
const WHOLE: i64 = 500_000;

impl Hub {
    /// Whether one of some commits is another one or comes after it.
    pub(crate) async fn reaches(&self, repo: i64, from: &[Oid], other: Oid) -> Reply<bool> {
        let mut graph = Graph::new(self.clone(), repo);
        let Some(lowest) = graph.node(other).await?.map(|node| node.generation) else { return Ok(false) };
        let (mut todo, mut seen) = (from.to_vec(), HashSet::new());
        while let Some(oid) = todo.pop() {
            if oid == other {
                return Ok(true);
            }
            if seen.insert(oid)
                && let Some(node) = graph.node(oid).await?
                && node.generation > lowest
            {
                todo.extend(node.parents.iter().copied());
            }
        }
        Ok(false)
    }
}

/// A part of the graph of commits.
pub(crate) struct Graph {
    hub: Hub,
    repo: i64,
    nodes: HashMap<Oid, Arc<Node>>,
    /// Rows to read next time.
    step: i64,
    /// Everything is loaded.
    complete: bool,
}

impl Graph {
    pub(crate) fn new(hub: Hub, repo: i64) -> Self {
        Self { hub, repo, nodes: HashMap::new(), step: FIRST, complete: false }
    }

    /// Loads everything, unless that is a lot.
    pub(super) async fn load_all(&mut self) -> Reply<()> {
        let mut tx = self.hub.read().await?;
        if let Some(all) = graph::all(&mut tx, self.repo, WHOLE).await? {
            self.nodes = all.into_iter().map(|node| (node.oid, Arc::new(node))).collect();
            self.complete = true;
        }
        Ok(())
    }

    /// Loads some commits and what comes shortly before them.
    pub(super) async fn load(&mut self, oids: &[Oid]) -> Reply<()> {
        let missing: Vec<Oid> = oids.iter().filter(|oid| !self.nodes.contains_key(oid)).copied().collect();
        if missing.is_empty() || self.complete {
            return Ok(());
        }
        for some in missing.chunks(500) {
            let mut tx = self.hub.read().await?;
            let limit = self.step + some.len() as i64;
            for node in graph::ancestors(&mut tx, self.repo, some, limit).await? {
                self.nodes.entry(node.oid).or_insert_with(|| Arc::new(node));
            }
        }
        self.step = (self.step * 4).min(MOST);
        Ok(())
    }

    /// A commit; `None` when there is none of this id.
    pub(crate) async fn node(&mut self, oid: Oid) -> Reply<Option<Arc<Node>>> {
        if !self.nodes.contains_key(&oid) {
            self.load(&[oid]).await?;
        }
        Ok(self.nodes.get(&oid).cloned())
    }
}
