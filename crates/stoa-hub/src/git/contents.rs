//! Which objects go with the commits that a client lacks.

use std::collections::{HashMap, HashSet};

use stoa_core::{Failure, Oid, Reply};
use stoa_db::{graph, objects};
use stoa_git::{EMPTY_TREE, Filter, Mode, ObjectKind, Tag};

use super::changes::{Bounds, Trees, changed};
use super::select::Selection;
use crate::Hub;

/// Objects in one pack at most.
const OBJECTS: usize = 20_000_000;
/// Commits at the edge of what a client has whose trees are compared for it, to find bases of deltas.
const EDGE: usize = 64;
/// Tags of tags that are followed.
const TAGS: usize = 16;

/// What goes into a pack.
#[derive(Default)]
pub(super) struct Contents {
    /// Ids in the order they are sent: commits, tags, then what the commits brought, newest first.
    pub(super) ids: Vec<Oid>,
    /// The same as a set.
    pub(super) set: HashSet<Oid>,
    /// Trees of which all that is below them is in the set. One that a commit brought is not: what it shares with its
    /// parents comes with those.
    walked: HashSet<Oid>,
    /// Objects that the client surely has and that deltas may be based on.
    pub(super) had: HashSet<Oid>,
}

impl Contents {
    fn add(&mut self, oid: Oid) -> Reply<()> {
        if self.set.insert(oid) {
            if self.ids.len() >= OBJECTS {
                return Err(Failure::too_large("There are too many objects for one pack; fetch in steps"));
            }
            self.ids.push(oid);
        }
        Ok(())
    }
}

impl Contents {
    /// Tags that go along with the commits they name.
    pub(super) fn add_tags(&mut self, tags: &Wanted) -> Reply<()> {
        for (oid, _) in tags.others.iter().filter(|(_, kind)| *kind == ObjectKind::Tag) {
            self.add(*oid)?;
        }
        Ok(())
    }
}

/// What a client named in its wants.
#[derive(Default)]
pub(super) struct Wanted {
    /// Commits, and those behind tags.
    pub(super) commits: Vec<Oid>,
    /// Tags, trees and blobs by themselves.
    pub(super) others: Vec<(Oid, ObjectKind)>,
}

/// Tells apart what a client wants. Anything that is in the repository may be wanted, as partial clones need.
pub(super) async fn wanted(hub: &Hub, repo: i64, wants: &[Oid]) -> Reply<Wanted> {
    let mut tx = hub.read().await?;
    let live: HashMap<Oid, i64> = objects::live(&mut tx, repo, wants).await?.into_iter().collect();
    drop(tx);
    let mut wanted = Wanted::default();
    for oid in wants {
        let kind = live.get(oid).and_then(|kind| ObjectKind::from_pack_code(*kind as u8));
        match kind {
            None => return Err(Failure::not_found(format!("upload-pack: not our ref {oid}"))),
            Some(ObjectKind::Commit) => wanted.commits.push(*oid),
            Some(ObjectKind::Tag) => tag(hub, repo, *oid, &mut wanted).await?,
            Some(kind) => wanted.others.push((*oid, kind)),
        }
    }
    Ok(wanted)
}

/// A tag, what it names, and so on.
async fn tag(hub: &Hub, repo: i64, oid: Oid, wanted: &mut Wanted) -> Reply<()> {
    let (mut oid, mut kind) = (oid, ObjectKind::Tag);
    for _ in 0..TAGS {
        if kind == ObjectKind::Commit {
            wanted.commits.push(oid);
            return Ok(());
        }
        wanted.others.push((oid, kind));
        if kind != ObjectKind::Tag {
            return Ok(());
        }
        let tag = Tag::parse(&hub.body(repo, oid).await?).map_err(crate::git_failure)?;
        (oid, kind) = (tag.object, tag.kind);
    }
    Err(Failure::invalid("A tag names a tag that names a tag, and so on too many times"))
}

/// The commits behind some ids of commits and tags; others are left out.
pub(super) async fn commits_behind(hub: &Hub, repo: i64, oids: &[Oid]) -> Reply<(Vec<Oid>, Vec<Oid>)> {
    let mut tx = hub.read().await?;
    let live: HashMap<Oid, i64> = objects::live(&mut tx, repo, oids).await?.into_iter().collect();
    drop(tx);
    let (mut known, mut commits) = (Vec::new(), Vec::new());
    for oid in oids {
        match live.get(oid).and_then(|kind| ObjectKind::from_pack_code(*kind as u8)) {
            Some(ObjectKind::Commit) => commits.push(*oid),
            Some(ObjectKind::Tag) => {
                let mut behind = Wanted::default();
                tag(hub, repo, *oid, &mut behind).await?;
                commits.extend(behind.commits);
            }
            Some(_) => {}
            None => continue,
        }
        known.push(*oid);
    }
    Ok((known, commits))
}

/// Everything that a selection needs, before filters.
pub(super) async fn contents(
    hub: &Hub,
    repo: i64,
    selection: &Selection,
    wanted: &Wanted,
    filters: &[Filter],
    thin: bool,
) -> Reply<Contents> {
    let mut all = Contents::default();
    for node in &selection.commits {
        all.add(node.oid)?;
    }
    for (oid, _) in wanted.others.iter().filter(|(_, kind)| *kind == ObjectKind::Tag) {
        all.add(*oid)?;
    }
    let trees = Trees { hub, repo, pushed: None };
    let depth = filters.iter().filter_map(|filter| match filter {
        Filter::TreeDepth(depth) => Some(*depth),
        _ => None,
    });
    let depth = depth.min();
    let commits_only = depth == Some(0) || filters.contains(&Filter::Only(ObjectKind::Commit));
    for (oid, kind) in &wanted.others {
        match kind {
            ObjectKind::Tree => walk(&trees, *oid, depth.map(|depth| depth.max(1)), &mut all).await?,
            _ => all.add(*oid)?,
        }
    }
    if commits_only {
        return Ok(all);
    }
    if let Some(depth) = depth {
        for node in &selection.commits {
            walk(&trees, node.tree, Some(depth), &mut all).await?;
        }
        return Ok(all);
    }
    for some in selection.commits.chunks(500) {
        let listed: Vec<Oid> =
            some.iter().map(|node| node.oid).filter(|oid| !selection.cut.contains(oid)).collect();
        let mut tx = hub.read().await?;
        let known = graph::introduced(&mut tx, repo, &listed).await?;
        drop(tx);
        for node in some {
            if node.tree == EMPTY_TREE {
                // Git knows it, and misses it all the same when it is not in a pack.
                all.add(EMPTY_TREE)?;
            }
            if selection.cut.contains(&node.oid) && selection.known.is_empty() {
                walk(&trees, node.tree, None, &mut all).await?;
            } else if selection.cut.contains(&node.oid) {
                let new = changed(&trees, node.tree, &selection.known, false, Bounds::STORED).await?;
                new.ids.into_iter().try_for_each(|oid| all.add(oid))?;
            } else if let Some(ids) = known.get(&node.oid) {
                for id in ids.chunks_exact(Oid::LEN) {
                    all.add(Oid::from_slice(id).unwrap_or(EMPTY_TREE))?;
                }
            } else {
                for oid in work_out(hub, &trees, node.oid, node.tree, &node.parents).await? {
                    all.add(oid)?;
                }
            }
        }
    }
    // A partial clone may lack what a whole one has.
    if thin && filters.is_empty() && selection.edge.len() <= EDGE {
        for node in &selection.edge {
            let parents = roots(hub, repo, &node.parents).await?;
            all.had.extend(changed(&trees, node.tree, &parents, false, Bounds::STORED).await?.before);
        }
    }
    Ok(all)
}

/// What a commit brought of which nobody has worked it out yet; kept for the next time.
async fn work_out(hub: &Hub, trees: &Trees<'_>, commit: Oid, tree: Oid, parents: &[Oid]) -> Reply<Vec<Oid>> {
    let parents = roots(hub, trees.repo, parents).await?;
    let changed = changed(trees, tree, &parents, false, Bounds::STORED).await?;
    let mut tx = hub.write().await?;
    graph::set_introduced(&mut tx, trees.repo, commit, &changed.id_bytes()).await?;
    tx.commit().await?;
    Ok(changed.ids)
}

/// The root trees of some commits.
pub(super) async fn roots(hub: &Hub, repo: i64, commits: &[Oid]) -> Reply<Vec<Oid>> {
    let mut tx = hub.read().await?;
    let mut roots = Vec::with_capacity(commits.len());
    for commit in commits {
        roots.extend(objects::commit(&mut tx, repo, *commit).await?.map(|row| row.tree));
    }
    Ok(roots)
}

/// A tree and what is in it, `depth` levels of it or all.
async fn walk(trees: &Trees<'_>, root: Oid, depth: Option<u32>, all: &mut Contents) -> Reply<()> {
    if depth == Some(0) {
        return Ok(());
    }
    let whole = depth.is_none();
    let mut seen: HashSet<Oid> = HashSet::new();
    let mut level = vec![root];
    let mut left = depth.unwrap_or(u32::MAX);
    while left > 0 && !level.is_empty() {
        let mut next = Vec::new();
        for oid in level {
            all.add(oid)?;
            if !(if whole { all.walked.insert(oid) } else { seen.insert(oid) }) {
                continue;
            }
            if left == 1 {
                continue;
            }
            for entry in &trees.get(oid).await?.entries {
                match entry.mode {
                    Mode::Submodule => {}
                    Mode::Tree => next.push(entry.oid),
                    _ => all.add(entry.oid)?,
                }
            }
        }
        level = next;
        left -= 1;
    }
    Ok(())
}

/// Leaves out what filters exclude, except what was asked for by name.
pub(super) async fn filter(
    hub: &Hub,
    repo: i64,
    contents: &mut Contents,
    filters: &[Filter],
    named: &[(Oid, ObjectKind)],
) -> Reply<()> {
    if filters.is_empty() {
        return Ok(());
    }
    let named: HashSet<Oid> = named.iter().map(|(oid, _)| *oid).collect();
    let mut drop_these = HashSet::new();
    for some in contents.ids.chunks(5000) {
        let mut tx = hub.read().await?;
        for (oid, kind, size) in objects::shapes(&mut tx, repo, some).await? {
            let blob = kind == i64::from(ObjectKind::Blob.pack_code());
            let out = filters.iter().any(|filter| match filter {
                Filter::NoBlobs => blob,
                Filter::BlobLimit(limit) => blob && size >= *limit,
                Filter::TreeDepth(_) => false,
                Filter::Only(only) => kind != i64::from(only.pack_code()),
            });
            if out && !named.contains(&oid) {
                drop_these.insert(oid);
            }
        }
    }
    contents.ids.retain(|oid| !drop_these.contains(oid));
    contents.set.retain(|oid| !drop_these.contains(oid));
    Ok(())
}
