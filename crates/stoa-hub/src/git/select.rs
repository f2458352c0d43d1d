//! Which commits a client lacks, given what it wants, what it has, and how far back it wants to go.
//!
//! Source: gitprotocol-pack(5) "Shallow", git-fetch(1) `--depth`, `--deepen`, `--shallow-since`, `--shallow-exclude`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_core::{Failure, Oid, Reply};
use stoa_db::graph::Node;
use stoa_git::Deepen;

use super::graph::Graph;
use super::walk::Walk;

/// Reachable from what is wanted.
const WANT: u8 = Walk::ONE;
/// Reachable from what the client has.
const HAVE: u8 = Walk::OTHER;

/// Trees that those of cut commits are compared with.
const KNOWN: usize = 4;

/// What a client wants and has, as commits.
pub(super) struct Ask<'a> {
    pub(super) wants: &'a [Oid],
    pub(super) haves: &'a [Oid],
    /// Commits whose parents the client lacks.
    pub(super) shallow: &'a HashSet<Oid>,
    pub(super) deepen: &'a Deepen,
    /// The commits behind `deepen.not`.
    pub(super) not: &'a [Oid],
}

/// The commits to be sent.
#[derive(Default)]
pub(super) struct Selection {
    /// Newest first.
    pub(super) commits: Vec<Arc<Node>>,
    /// Those of them whose parents the client will lack: they go with all their objects but those of `known`.
    pub(super) cut: HashSet<Oid>,
    /// Where the client's history will end and did not before.
    pub(super) shallow: Vec<Oid>,
    /// Where it ended and will not any more.
    pub(super) unshallow: Vec<Oid>,
    /// Commits that are sent and have a parent the client has.
    pub(super) edge: Vec<Arc<Node>>,
    /// Root trees that the client has with all that is in them; looked for where commits are cut.
    pub(super) known: Vec<Oid>,
}

/// Finds the commits. Generations fall along every edge, so a commit that comes off the heap has been reached from all
/// that come after it, and its flags are final.
pub(super) async fn select(graph: &mut Graph, ask: &Ask<'_>) -> Reply<Selection> {
    let deepens = !ask.deepen.is_none();
    let cut = if deepens { boundary(graph, ask).await? } else { ask.shallow.clone() };
    let mut selection = Selection::default();
    let mut walk = Walk::default();
    for oid in ask.wants {
        walk.add(graph, *oid, WANT).await?;
    }
    for oid in ask.haves {
        walk.add(graph, *oid, HAVE).await?;
    }
    // What lies below the old end of the client's history is wanted although it has what lies above; and where a history
    // is to end that the client has whole, it has to be told.
    while walk.waiting(WANT) > 0 || (deepens && walk.waiting(WANT | HAVE) > 0) {
        let Some((node, flags)) = walk.pop() else { break };
        let oid = node.oid;
        if flags & WANT != 0 {
            if deepens && cut.contains(&oid) && !ask.shallow.contains(&oid) {
                selection.shallow.push(oid);
            }
            if deepens && !cut.contains(&oid) && ask.shallow.contains(&oid) {
                selection.unshallow.push(oid);
            }
        }
        let want = if cut.contains(&oid) { 0 } else { flags & WANT };
        let have = if ask.shallow.contains(&oid) { 0 } else { flags & HAVE };
        if want | have != 0 {
            for parent in &node.parents {
                walk.add(graph, *parent, want | have).await?;
            }
        }
        if flags == WANT {
            selection.commits.push(node);
        }
    }
    for node in &selection.commits {
        if cut.contains(&node.oid) {
            selection.cut.insert(node.oid);
        } else if node.parents.iter().any(|parent| walk.reached(*parent) & HAVE != 0) {
            selection.edge.push(Arc::clone(node));
        }
    }
    if !selection.cut.is_empty() {
        let mut newest = Vec::new();
        for oid in ask.haves {
            if let Some(node) = graph.node(*oid).await? {
                newest.push((node.generation, node.tree));
            }
        }
        newest.sort_unstable_by(|a, b| b.cmp(a));
        newest.dedup();
        selection.known = newest.into_iter().take(KNOWN).map(|(_, tree)| tree).collect();
    }
    Ok(selection)
}

/// The commits at which history will end.
async fn boundary(graph: &mut Graph, ask: &Ask<'_>) -> Reply<HashSet<Oid>> {
    if let Some(depth) = ask.deepen.commits {
        if ask.deepen.relative && !ask.shallow.is_empty() {
            let from: Vec<Oid> = ask.shallow.iter().copied().collect();
            return by_depth(graph, &from, depth.saturating_add(1)).await;
        }
        return by_depth(graph, ask.wants, depth).await;
    }
    let excluded = ancestors(graph, ask.not).await?;
    let since = ask.deepen.since.unwrap_or(i64::MIN);
    let inside = |node: &Node| node.at.secs() >= since && !excluded.contains(&node.oid);
    let (mut cut, mut seen) = (HashSet::new(), HashSet::new());
    let mut todo: Vec<Oid> = Vec::new();
    for oid in ask.wants {
        if graph.node(*oid).await?.is_some_and(|node| inside(&node)) {
            todo.push(*oid);
        }
    }
    if todo.is_empty() {
        return Err(Failure::invalid("No commits are left of what was asked for: all are older or excluded"));
    }
    while let Some(oid) = todo.pop() {
        if !seen.insert(oid) {
            continue;
        }
        let Some(node) = graph.node(oid).await? else { continue };
        for parent in &node.parents {
            match graph.node(*parent).await? {
                Some(parent) if inside(&parent) => todo.push(parent.oid),
                _ => drop(cut.insert(oid)),
            }
        }
    }
    Ok(cut)
}

/// Commits that are `depth` steps from a start and have parents.
async fn by_depth(graph: &mut Graph, from: &[Oid], depth: u32) -> Reply<HashSet<Oid>> {
    let mut seen: HashSet<Oid> = from.iter().copied().collect();
    let mut level: Vec<Oid> = seen.iter().copied().collect();
    let mut at = 1;
    while at < depth && !level.is_empty() {
        graph.load(&level).await?;
        let mut next = Vec::new();
        for oid in level {
            let Some(node) = graph.node(oid).await? else { continue };
            next.extend(node.parents.iter().copied().filter(|parent| seen.insert(*parent)));
        }
        level = next;
        at += 1;
    }
    let mut cut = HashSet::new();
    for oid in level {
        if graph.node(oid).await?.is_some_and(|node| !node.parents.is_empty()) {
            cut.insert(oid);
        }
    }
    Ok(cut)
}

async fn ancestors(graph: &mut Graph, from: &[Oid]) -> Reply<HashSet<Oid>> {
    let mut seen = HashSet::new();
    let mut todo = from.to_vec();
    while let Some(oid) = todo.pop() {
        if seen.insert(oid)
            && let Some(node) = graph.node(oid).await?
        {
            todo.extend(node.parents.iter().copied());
        }
    }
    Ok(seen)
}

/// Whether every commit that is wanted comes after one that the client has: then more haves would change little.
pub(super) async fn is_ready(graph: &mut Graph, wants: &[Oid], common: &[Oid]) -> Reply<bool> {
    let mut lowest = i64::MAX;
    let mut reach: HashMap<Oid, bool> = HashMap::new();
    for oid in common {
        if let Some(node) = graph.node(*oid).await? {
            lowest = lowest.min(node.generation);
            reach.insert(*oid, true);
        }
    }
    // Newest first: collect all that is not older than the oldest common commit, then decide from the oldest up.
    let mut order: Vec<Arc<Node>> = Vec::new();
    let mut seen: HashSet<Oid> = HashSet::new();
    let mut todo: Vec<Oid> = wants.to_vec();
    while let Some(oid) = todo.pop() {
        if !seen.insert(oid) || reach.contains_key(&oid) {
            continue;
        }
        let Some(node) = graph.node(oid).await? else { continue };
        if node.generation > lowest {
            todo.extend(node.parents.iter().copied());
        }
        order.push(node);
    }
    order.sort_unstable_by_key(|node| node.generation);
    for node in order {
        let reaches = node.parents.iter().any(|parent| reach.get(parent).copied().unwrap_or(false));
        reach.insert(node.oid, reaches);
    }
    Ok(wants.iter().all(|oid| reach.get(oid).copied().unwrap_or(false)))
}
