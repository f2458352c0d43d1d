//! Listing the files and folders of a revision.

use std::collections::HashMap;
use std::sync::Arc;

use stoa_core::{Detail, Failure, Oid, Reply, RepoPath, Revision, Sha256, Time};
use stoa_db::{objects, xet};
use stoa_git::{Mode, Pointer, Tree, TreeEntry};
use stoa_xet::MerkleHash;

use crate::access::Access;
use crate::{Hub, Repo};

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EntryKind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// A file or folder of a revision.
#[derive(Clone, Debug)]
pub struct Entry {
    /// File or folder.
    pub kind: EntryKind,
    /// Path from the root.
    pub path: String,
    /// The git object: blob or tree.
    pub oid: Oid,
    /// Bytes of the file; 0 for folders.
    pub size: u64,
    /// SHA-256 and size of a large file, and the bytes of its pointer.
    pub large: Option<(Sha256, u64, u64)>,
    /// The name of a large file in Xet, if it is there as chunks.
    pub xet: Option<MerkleHash>,
    /// The commit that changed it last, when asked for.
    pub last_commit: Option<LastCommit>,
}

/// A commit, as listings show it.
#[derive(Clone, Debug)]
pub struct LastCommit {
    /// Its id.
    pub id: Oid,
    /// First line of its message.
    pub title: String,
    /// When it was made.
    pub date: Time,
}

/// A page of a listing.
#[derive(Debug)]
pub struct TreePage {
    /// The commit that was listed.
    pub commit: Oid,
    /// Entries in git's order; folders before what they hold.
    pub entries: Vec<Entry>,
    /// The path after which the next page begins.
    pub next: Option<String>,
}

impl<A: Access> Repo<A> {
    /// A page of what lies in the folder `path` (empty: the root) of a revision, after the path `after`.
    pub async fn tree(
        &self,
        revision: &Revision,
        path: &str,
        recursive: bool,
        expand: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Reply<TreePage> {
        let mut tx = self.hub.read().await?;
        let at = self.hub.resolve(&mut tx, self.row.id, revision).await?;
        drop(tx);
        let missing = || Failure::entry_not_found(path, revision.as_str()).with(Detail::At(at.commit));
        let folder = match path.trim_matches('/') {
            "" => at.tree,
            path => {
                let path = RepoPath::new(path).map_err(|_| missing())?;
                let entry = self.hub.entry(self.row.id, at.tree, path.as_str()).await?.ok_or_else(missing)?;
                if entry.mode != Mode::Tree {
                    return Err(missing());
                }
                entry.oid
            }
        };
        let prefix = path.trim_matches('/').to_owned();
        let after = after.map(|after| below(after, &prefix));
        let (found, more) =
            self.hub.walk(self.row.id, folder, &prefix, recursive, after.as_deref(), limit).await?;
        let mut entries = self.hub.describe_entries(self.row.id, found).await?;
        if expand {
            self.add_last_commits(at.commit, &mut entries).await?;
        }
        let next = entries.last().filter(|_| more).map(|last| last.path.clone());
        Ok(TreePage { commit: at.commit, entries, next })
    }

    /// The entries at these paths of a revision; those that are missing are left out.
    pub async fn paths(&self, revision: &Revision, paths: &[String], expand: bool) -> Reply<Vec<Entry>> {
        let mut tx = self.hub.read().await?;
        let at = self.hub.resolve(&mut tx, self.row.id, revision).await?;
        drop(tx);
        let mut found = Vec::with_capacity(paths.len());
        for path in paths {
            let Ok(path) = RepoPath::new(path.trim_end_matches('/')) else { continue };
            if let Some(entry) = self.hub.entry(self.row.id, at.tree, path.as_str()).await? {
                found.push((path.as_str().to_owned(), entry));
            }
        }
        let mut entries = self.hub.describe_entries(self.row.id, found).await?;
        if expand {
            self.add_last_commits(at.commit, &mut entries).await?;
        }
        Ok(entries)
    }

    /// The paths of all files of a revision, at most `limit`.
    pub async fn file_names(&self, root: Oid, limit: usize) -> Reply<Vec<String>> {
        let (found, _) = self.hub.walk(self.row.id, root, "", true, None, limit).await?;
        Ok(found.into_iter().filter(|(_, entry)| entry.mode != Mode::Tree).map(|(path, _)| path).collect())
    }

    /// All files of a revision with sizes, at most `limit`.
    pub async fn files(&self, root: Oid, limit: usize) -> Reply<Vec<Entry>> {
        let (found, _) = self.hub.walk(self.row.id, root, "", true, None, limit).await?;
        let files = found.into_iter().filter(|(_, entry)| entry.mode != Mode::Tree).collect();
        self.hub.describe_entries(self.row.id, files).await
    }
}

/// `after` relative to the folder that is listed.
fn below(after: &str, prefix: &str) -> String {
    let rest = if prefix.is_empty() { Some(after) } else { after.strip_prefix(prefix) };
    rest.unwrap_or_default().trim_start_matches('/').to_owned()
}

/// A folder under way: its tree, its path, and the next entry.
struct Level {
    tree: Arc<Tree>,
    path: String,
    next: usize,
}

impl Hub {
    /// Entries below a folder in git's order, after the path `after`; whether there are more than `limit`.
    pub(crate) async fn walk(
        &self,
        repo: i64,
        folder: Oid,
        prefix: &str,
        recursive: bool,
        after: Option<&str>,
        limit: usize,
    ) -> Reply<(Vec<(String, TreeEntry)>, bool)> {
        let mut levels =
            vec![Level { tree: self.tree(repo, folder).await?, path: prefix.to_owned(), next: 0 }];
        if let Some(after) = after {
            self.seek(repo, &mut levels, after, recursive).await?;
        }
        let mut found = Vec::new();
        while let Some(level) = levels.last_mut() {
            let Some(entry) = level.tree.entries.get(level.next).cloned() else {
                levels.pop();
                continue;
            };
            level.next += 1;
            if found.len() == limit {
                return Ok((found, true));
            }
            let path = join(&level.path, &entry.name);
            if recursive && entry.mode == Mode::Tree {
                let tree = self.tree(repo, entry.oid).await?;
                levels.push(Level { tree, path: path.clone(), next: 0 });
            }
            found.push((path, entry));
        }
        Ok((found, false))
    }

    /// Opens the folders on the way to `after`, so that the walk goes on behind it.
    async fn seek(&self, repo: i64, levels: &mut Vec<Level>, after: &str, recursive: bool) -> Reply<()> {
        let mut names = after.split('/').peekable();
        while let Some(name) = names.next() {
            let Some(level) = levels.last_mut() else { return Ok(()) };
            let Some(position) = level.tree.entries.iter().position(|entry| entry.name == name) else {
                return Ok(()); // the cursor is of another revision; starting at the folder repeats, never skips
            };
            level.next = position + 1;
            let entry = &level.tree.entries[position];
            if recursive && entry.mode == Mode::Tree {
                let (oid, path) = (entry.oid, join(&level.path, name));
                let tree = self.tree(repo, oid).await?;
                levels.push(Level { tree, path, next: 0 });
            } else if names.peek().is_some() {
                return Ok(());
            }
        }
        Ok(())
    }

    pub(crate) async fn describe_entries(
        &self,
        repo: i64,
        found: Vec<(String, TreeEntry)>,
    ) -> Reply<Vec<Entry>> {
        let blobs: Vec<Oid> =
            found.iter().filter(|(_, entry)| is_file(entry.mode)).map(|(_, entry)| entry.oid).collect();
        let mut tx = self.read().await?;
        let infos = objects::blob_infos(&mut tx, repo, &blobs).await?;
        let large: Vec<Sha256> = infos.iter().filter_map(|info| info.lfs).map(|(oid, _)| oid).collect();
        let xets: HashMap<Sha256, xet::Hash> = xet::hashes_of(&mut tx, &large).await?.into_iter().collect();
        drop(tx);
        let infos: HashMap<Oid, objects::BlobInfo> = infos.into_iter().map(|info| (info.oid, info)).collect();
        let entries = found.into_iter().map(|(path, entry)| {
            let info = infos.get(&entry.oid);
            let large = info.and_then(|info| info.lfs).map(|(oid, size)| {
                let pointer =
                    info.map_or_else(|| Pointer { oid, size }.text().len() as u64, |info| info.size);
                (oid, size, pointer)
            });
            Entry {
                kind: if is_file(entry.mode) { EntryKind::File } else { EntryKind::Folder },
                path,
                oid: entry.oid,
                size: large.map_or_else(|| info.map_or(0, |info| info.size), |(_, size, _)| size),
                large,
                xet: large.and_then(|(oid, ..)| xets.get(&oid)).map(|hash| MerkleHash(*hash)),
                last_commit: None,
            }
        });
        Ok(entries.collect())
    }
}

fn is_file(mode: Mode) -> bool {
    !matches!(mode, Mode::Tree | Mode::Submodule)
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
