//! Storing what a commit changes as deltas against what stood there before.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use stoa_core::{Failure, Oid, Reply};
use stoa_db::objects::{self, Base, Depth, Object};
use stoa_git::{Compact, EditError, Edited, Encoded, NewTree, ObjectKind, Tree, TreeEdit, compact, hash};

use super::{Made, ROW, encode_failure};
use crate::{Hub, cpu, git_failure};

/// Deltas that lead to a whole object at most; then comes a whole one again. Reading an object takes one query over so many
/// rows. Git makes chains of 50.
pub(crate) const DEPTH: u32 = 40;
/// A file or its version before with more bytes than this is not compared.
const FILE: usize = 2 << 20;
/// A file with fewer bytes is stored whole.
const SMALL: usize = 64;
/// Files whose versions before are read at once.
const TOGETHER: usize = 32;

/// A file of which another version stood at its path.
pub(crate) struct Version {
    pub(crate) oid: Oid,
    pub(crate) body: Vec<u8>,
    /// The blob that stood there.
    pub(crate) before: Oid,
}

impl Version {
    /// Whether a file of so many bytes is worth being compared.
    pub(crate) fn is_worth(size: usize) -> bool {
        (SMALL..=FILE).contains(&size)
    }
}

/// What a delta may be based on.
struct Ground {
    depth: u32,
    body: Vec<u8>,
}

impl Hub {
    /// Blobs to be stored, each as a delta against what stood at its path if that is worth it.
    pub(crate) async fn compact_blobs(&self, repo: i64, mut versions: Vec<Version>) -> Reply<Vec<Made>> {
        let mut made = Vec::with_capacity(versions.len());
        while !versions.is_empty() {
            let some: Vec<Version> = versions.drain(..versions.len().min(TOGETHER)).collect();
            let befores: HashSet<Oid> = some.iter().map(|version| version.before).collect();
            let grounds = self.grounds(repo, &befores).await?;
            let work = move || some.iter().map(|version| compact_blob(version, &grounds)).collect();
            let done: Vec<Made> = cpu::run(work).await?;
            made.extend(done);
        }
        Ok(made)
    }

    /// Those of some blobs that deltas may be based on: not too large, not too deep, and everybody's.
    async fn grounds(&self, repo: i64, oids: &HashSet<Oid>) -> Reply<HashMap<Oid, Ground>> {
        let oids: Vec<Oid> = oids.iter().copied().collect();
        let mut tx = self.read().await?;
        let depths = objects::depths(&mut tx, repo, &oids).await?;
        let fit = depths.into_iter().filter(|one| one.depth < DEPTH && one.size <= FILE as u64);
        let fit: Vec<(Oid, u32)> = fit.map(|one| (one.oid, one.depth)).collect();
        let oids: Vec<Oid> = fit.iter().map(|(oid, _)| *oid).collect();
        let rows = objects::chains(&mut tx, repo, &oids).await?;
        drop(tx);
        let rows: HashMap<Oid, Object> = rows.into_iter().map(|row| (row.oid, row)).collect();
        let mut grounds = HashMap::with_capacity(fit.len());
        for (oid, depth) in fit {
            let mut chain = Vec::new();
            let mut next = rows.get(&oid);
            while let Some(row) = next.filter(|_| chain.len() < rows.len()) {
                chain.push(row.clone());
                next = row.base.and_then(|base| rows.get(&base.oid));
            }
            grounds.insert(oid, Ground { depth, body: self.unfold(repo, chain).await? });
        }
        Ok(grounds)
    }

    /// Makes the changes of an edit that has all its trees, and stores the new ones.
    pub(crate) async fn keep_edit(&self, repo: i64, edit: TreeEdit) -> Reply<Result<Edited, EditError>> {
        let mut tx = self.read().await?;
        let depths = objects::depths(&mut tx, repo, &edit.provided()).await?;
        drop(tx);
        let bases = bases(&depths);
        // Thousands of changes hash and compress thousands of trees.
        let work = tokio::task::spawn_blocking(move || {
            let mut edited = edit.finish()?;
            let trees = std::mem::take(&mut edited.trees);
            let made: Result<Vec<Made>, stoa_git::Error> =
                trees.iter().map(|tree| compact_tree(tree, &edited.loaded, &bases)).collect();
            Ok::<_, EditError>((edited, trees, made?))
        });
        let (edited, trees, made) = match work.await.map_err(Failure::internal)? {
            Ok(done) => done,
            Err(error) => return Ok(Err(error)),
        };
        self.keep(repo, made).await?;
        // The next commit begins with them.
        for NewTree { oid, tree, .. } in trees {
            self.0.trees.0.insert((repo, oid), Arc::new(tree));
        }
        Ok(Ok(edited))
    }

    /// Stores a tree, as a delta against another one of the repository if that is worth it.
    pub(crate) async fn keep_tree(&self, repo: i64, tree: Tree, before: Oid) -> Reply<Oid> {
        let mut tx = self.read().await?;
        let depths = objects::depths(&mut tx, repo, &[before]).await?;
        drop(tx);
        let bases = bases(&depths);
        let old = self.tree(repo, before).await?;
        let made = cpu::run(move || {
            let oid = hash(ObjectKind::Tree, &tree.encode_body()).map_err(encode_failure)?;
            let tree = NewTree { oid, tree, before: Some(before) };
            compact_tree(&tree, &HashMap::from([(before, old)]), &bases).map_err(git_failure)
        })
        .await?;
        let oid = made.encoded.oid;
        self.keep(repo, vec![made]).await?;
        Ok(oid)
    }
}

fn compact_blob(version: &Version, grounds: &HashMap<Oid, Ground>) -> Reply<Made> {
    let ground = grounds.get(&version.before).filter(|_| version.before != version.oid);
    let base = ground.map(|ground| ground.body.as_slice());
    let made = compact(ObjectKind::Blob, version.oid, &version.body, base, ROW).map_err(encode_failure)?;
    Ok(made_of(made, version.before, ground.map_or(0, |ground| ground.depth)))
}

/// Those objects that are not too deep to be bases, and how deep they are.
fn bases(depths: &[Depth]) -> HashMap<Oid, u32> {
    depths.iter().filter(|one| one.depth < DEPTH).map(|one| (one.oid, one.depth)).collect()
}

fn compact_tree(
    new: &NewTree,
    loaded: &HashMap<Oid, Arc<Tree>>,
    bases: &HashMap<Oid, u32>,
) -> Result<Made, stoa_git::Error> {
    let body = new.tree.encode_body();
    let base = new.before.filter(|oid| *oid != new.oid).and_then(|oid| {
        let base = loaded.get(&oid)?.encode_body();
        Some((oid, *bases.get(&oid)?, base))
    });
    // A tree of early git may be spelled in another way than it would be now.
    let base = base.filter(|(oid, _, body)| hash(ObjectKind::Tree, body) == Ok(*oid));
    let before = base.as_ref().map(|(.., body)| body.as_slice());
    let made = compact(ObjectKind::Tree, new.oid, &body, before, ROW)?;
    let (oid, depth) = base.map_or((new.oid, 0), |(oid, depth, _)| (oid, depth));
    Ok(made_of(made, oid, depth))
}

/// The row to be of an object that may have become a delta against `base`.
fn made_of(made: Compact, base: Oid, depth: u32) -> Made {
    let Compact { oid, kind, size, data, instructions } = made;
    let base = instructions.map(|instructions| Base { oid: base, depth: depth + 1, instructions });
    Made { encoded: Encoded { oid, kind, size, data }, lfs: None, base }
}
