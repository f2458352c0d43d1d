//! What differs between the files of two commits.

use std::collections::{HashMap, HashSet};
use std::vec::IntoIter;

use stoa_core::{Failure, Oid, Reply, Sha256};
use stoa_db::objects;
use stoa_git::{EMPTY_TREE, Mode, ObjectKind, TreeEntry};

use super::tree::join;
use crate::access::Access;
use crate::{Hub, Repo};

/// Files of one answer at most.
const FILES: usize = 10_000;
/// Folders that are compared for one answer at most: trees may hold folders without end and hardly a file.
const FOLDERS: usize = 20_000;

/// What differs between two trees.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The files, in git's order of their paths.
    pub files: Vec<FileChange>,
    /// Whether there are more than were asked for; then a file may stand here as new that was only renamed.
    pub more: bool,
}

/// A file that is not the same in both trees.
#[derive(Clone, Debug)]
pub struct FileChange {
    /// Its path: the new one, if it has two.
    pub path: String,
    /// What it was; `None` when it is new.
    pub was: Option<Side>,
    /// What it is; `None` when it was removed.
    pub is: Option<Side>,
    /// Where its content was before, under another path that is no more.
    pub renamed_from: Option<String>,
}

/// A file as one of two trees has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Side {
    /// The blob, or the commit of a submodule.
    pub oid: Oid,
    /// Bytes of the file, not of a pointer to it; 0 for a submodule.
    pub size: u64,
    /// SHA-256 and size of a large file.
    pub large: Option<(Sha256, u64)>,
    /// What it is.
    pub kind: SideKind,
}

/// What stands at a path, if it is no folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SideKind {
    /// A file.
    File,
    /// A file that may be executed.
    Executable,
    /// A symbolic link; the blob holds where it leads.
    Symlink,
    /// A commit of another repository.
    Submodule,
}

/// A path and the entries that the two trees have there.
struct Found {
    path: String,
    was: Option<TreeEntry>,
    is: Option<TreeEntry>,
}

/// A pair of folders under way: its path, and what is still to be looked at.
struct Level {
    path: String,
    rest: IntoIter<(Option<TreeEntry>, Option<TreeEntry>)>,
}

impl<A: Access> Repo<A> {
    /// What differs between two commits or trees, at most `limit` files; `None` stands for the tree without files.
    /// Sizes and ids are what listings show too; contents are behind [`Self::blob_text`].
    pub async fn changes(&self, from: Option<Oid>, to: Oid, limit: usize) -> Reply<Changes> {
        let from = match from {
            Some(oid) => self.tree_of(oid).await?,
            None => EMPTY_TREE,
        };
        let to = self.tree_of(to).await?;
        let (found, more) = self.hub.compare_trees(self.row.id, from, to, limit.min(FILES)).await?;
        let sides = self.sides(&found).await?;
        let side = |entry: Option<TreeEntry>| entry.and_then(|entry| sides.get(&entry.oid)?.of(&entry));
        let files = found.into_iter().map(|Found { path, was, is }| FileChange {
            path,
            was: side(was),
            is: side(is),
            renamed_from: None,
        });
        Ok(Changes { files: with_renames(files.collect()), more })
    }

    /// The tree of a commit, or the tree itself, if it belongs to this repository.
    async fn tree_of(&self, oid: Oid) -> Reply<Oid> {
        if oid == EMPTY_TREE {
            return Ok(oid);
        }
        let missing = || Failure::revision_not_found(&oid.to_string());
        let mut tx = self.hub.read().await?;
        let live = objects::live(&mut tx, self.row.id, &[oid]).await?;
        match live.first().and_then(|(_, kind)| ObjectKind::from_pack_code(u8::try_from(*kind).ok()?)) {
            Some(ObjectKind::Tree) => Ok(oid),
            Some(ObjectKind::Commit) => {
                let row = objects::commit(&mut tx, self.row.id, oid).await?;
                row.map(|row| row.tree).ok_or_else(missing)
            }
            _ => Err(missing()),
        }
    }

    /// What is known of the blobs that were found, by their ids.
    async fn sides(&self, found: &[Found]) -> Reply<HashMap<Oid, Known>> {
        let entries = || found.iter().flat_map(|found| found.was.iter().chain(&found.is));
        let blobs = entries().filter(|entry| entry.mode != Mode::Submodule);
        let blobs: HashSet<Oid> = blobs.map(|entry| entry.oid).collect();
        let blobs: Vec<Oid> = blobs.into_iter().collect();
        let mut tx = self.hub.read().await?;
        let infos = objects::blob_infos(&mut tx, self.row.id, &blobs).await?;
        let mut known: HashMap<Oid, Known> = entries().map(|entry| (entry.oid, Known::default())).collect();
        for info in infos {
            let size = info.lfs.map_or(info.size, |(_, size)| size);
            known.insert(info.oid, Known { size, large: info.lfs });
        }
        Ok(known)
    }
}

/// What is known of a blob.
#[derive(Default)]
struct Known {
    size: u64,
    large: Option<(Sha256, u64)>,
}

impl Known {
    fn of(&self, entry: &TreeEntry) -> Option<Side> {
        let kind = match entry.mode {
            Mode::File => SideKind::File,
            Mode::Executable => SideKind::Executable,
            Mode::Symlink => SideKind::Symlink,
            Mode::Submodule => SideKind::Submodule,
            Mode::Tree => return None,
        };
        Some(Side { oid: entry.oid, size: self.size, large: self.large, kind })
    }
}

impl Hub {
    /// The files that two trees do not have in common, and whether there are more. Folders that are the same are told
    /// by their ids and not looked into.
    async fn compare_trees(&self, repo: i64, from: Oid, to: Oid, limit: usize) -> Reply<(Vec<Found>, bool)> {
        let mut found = Vec::new();
        let mut levels = vec![self.compare_folders(repo, String::new(), from, to).await?];
        let mut folders = 1;
        while let Some(level) = levels.last_mut() {
            let Some((was, is)) = level.rest.next() else {
                levels.pop();
                continue;
            };
            let Some(entry) = is.as_ref().or(was.as_ref()) else { continue };
            let path = join(&level.path, &entry.name);
            if entry.mode == Mode::Tree {
                if folders >= FOLDERS {
                    return Ok((found, true));
                }
                folders += 1;
                let tree = |entry: Option<TreeEntry>| entry.map_or(EMPTY_TREE, |entry| entry.oid);
                levels.push(self.compare_folders(repo, path, tree(was), tree(is)).await?);
            } else if found.len() == limit {
                return Ok((found, true));
            } else {
                found.push(Found { path, was, is });
            }
        }
        Ok((found, false))
    }

    async fn compare_folders(&self, repo: i64, path: String, from: Oid, to: Oid) -> Reply<Level> {
        if from == to {
            return Ok(Level { path, rest: Vec::new().into_iter() });
        }
        let (old, new) = (self.tree(repo, from).await?, self.tree(repo, to).await?);
        let pairs = new.differences(&old).into_iter().map(|(was, is)| (was.cloned(), is.cloned()));
        Ok(Level { path, rest: pairs.collect::<Vec<_>>().into_iter() })
    }
}

/// Makes one change of a file that vanished and one that came with the same content. Among several the one of the same
/// name is taken. Files without content are no more each other's than any two files.
fn with_renames(files: Vec<FileChange>) -> Vec<FileChange> {
    let content = |side: &Side| (side.oid, side.kind == SideKind::Symlink);
    let moves = |side: &&Side| side.size > 0 && side.kind != SideKind::Submodule;
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut gone: HashMap<(Oid, bool), Vec<(usize, Side)>> = HashMap::new();
    for (at, file) in files.iter().enumerate().rev() {
        if let (Some(was), None) = (file.was.as_ref().filter(moves), &file.is) {
            gone.entry(content(was)).or_default().push((at, *was));
        }
    }
    let mut sources: HashMap<usize, (usize, Side)> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        let (None, Some(is)) = (&file.was, file.is.as_ref().filter(moves)) else { continue };
        let Some(same) = gone.get_mut(&content(is)).filter(|same| !same.is_empty()) else { continue };
        let own = name(&file.path);
        let best = same.iter().rposition(|(from, _)| name(&files[*from].path) == own);
        sources.insert(at, same.remove(best.unwrap_or(same.len() - 1)));
    }
    let taken: HashSet<usize> = sources.values().map(|(from, _)| *from).collect();
    let paths: HashMap<usize, String> = taken.iter().map(|at| (*at, files[*at].path.clone())).collect();
    let mut kept = Vec::with_capacity(files.len() - taken.len());
    for (at, mut file) in files.into_iter().enumerate() {
        if taken.contains(&at) {
            continue;
        }
        if let Some((from, was)) = sources.get(&at) {
            file.was = Some(*was);
            file.renamed_from = paths.get(from).cloned();
        }
        kept.push(file);
    }
    kept
}
