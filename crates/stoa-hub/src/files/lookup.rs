//! One file of a revision, and its bytes.

use std::ops::Range;

use bytes::Bytes;
use stoa_blob::{ByteStream, once};
use stoa_core::{Detail, Failure, Oid, Reply, RepoPath, Revision, Sha256};
use stoa_db::{lfs, objects, xet};
use stoa_git::{Mode, ObjectKind, TreeEntry};
use stoa_xet::MerkleHash;

use crate::access::Access;
use crate::{Hub, Repo};

/// A file at a commit.
#[derive(Clone, Debug)]
pub struct File {
    /// The commit it was found in.
    pub commit: Oid,
    /// Its path.
    pub path: String,
    /// The blob in git: the file itself, or the pointer to a large one.
    pub oid: Oid,
    /// Bytes of the file, not of the pointer.
    pub size: u64,
    /// The SHA-256 of a large file.
    pub large: Option<Sha256>,
    /// The name of a large file in Xet, if it is there as chunks.
    pub xet: Option<MerkleHash>,
}

impl File {
    /// What identifies the bytes: the SHA-256 of a large file, the blob id of any other. Caches and `hf cache verify`
    /// compare it with what they compute themselves.
    pub fn etag(&self) -> String {
        self.large.map_or_else(|| self.oid.to_string(), |sha256| sha256.to_string())
    }
}

impl Hub {
    /// The entry at a path below a tree. The empty path is the root and has no entry.
    pub(crate) async fn entry(&self, repo: i64, root: Oid, path: &str) -> Reply<Option<TreeEntry>> {
        let mut tree = root;
        let mut names = path.split('/').peekable();
        while let Some(name) = names.next() {
            let folder = self.tree(repo, tree).await?;
            let found = folder.find(name, Mode::Tree).or_else(|| folder.find(name, Mode::File));
            let Some(entry) = found else { return Ok(None) };
            if names.peek().is_none() {
                return Ok(Some(entry.clone()));
            }
            if entry.mode != Mode::Tree {
                return Ok(None);
            }
            tree = entry.oid;
        }
        Ok(None)
    }

    /// Some bytes of the file at a tree entry, at most `max`; a shorter file gives fewer.
    pub(crate) async fn peek(&self, repo: i64, oid: Oid, range: Range<u64>, max: u64) -> Reply<Bytes> {
        let mut tx = self.read().await?;
        let info = objects::blob_infos(&mut tx, repo, &[oid]).await?.first().copied();
        drop(tx);
        let Some(info) = info else { return Ok(Bytes::new()) };
        let size = info.lfs.map_or(info.size, |(_, size)| size);
        let range = range.start.min(size)..range.end.min(size).min(range.start.saturating_add(max));
        if let Some((sha256, _)) = info.lfs {
            return self.large_bytes(sha256, range, max).await;
        }
        let body = Bytes::from(self.body(repo, oid).await?);
        Ok(body.slice(range.start as usize..range.end as usize))
    }
}

impl<A: Access> Repo<A> {
    /// The file at a path of a revision. The failure for a missing one carries the commit that was looked at.
    pub async fn file(&self, revision: &Revision, path: &str) -> Reply<File> {
        let mut tx = self.hub.read().await?;
        let at = self.hub.resolve(&mut tx, self.row.id, revision).await?;
        drop(tx);
        let missing = || Failure::entry_not_found(path, revision.as_str()).with(Detail::At(at.commit));
        let path = RepoPath::new(path).map_err(|_| missing())?;
        let entry = self.hub.entry(self.row.id, at.tree, path.as_str()).await?.ok_or_else(missing)?;
        if !matches!(entry.mode, Mode::File | Mode::Executable | Mode::Symlink) {
            return Err(missing());
        }
        let mut tx = self.hub.read().await?;
        let info = objects::blob_infos(&mut tx, self.row.id, &[entry.oid]).await?.first().copied();
        let info = info.ok_or_else(|| Failure::internal(format!("git blob {} is missing", entry.oid)))?;
        let xet = match info.lfs {
            Some((sha256, _)) => {
                xet::hashes_of(&mut tx, &[sha256]).await?.first().map(|(_, hash)| MerkleHash(*hash))
            }
            None => None,
        };
        if let Some((sha256, _)) = info.lfs
            && lfs::linked(&mut tx, self.row.id, &[sha256]).await?.is_empty()
        {
            return Err(Failure::entry_not_found(
                path.as_str(),
                "this revision: its content was permanently deleted",
            )
            .with(Detail::At(at.commit)));
        }
        Ok(File {
            commit: at.commit,
            path: path.as_str().to_owned(),
            oid: entry.oid,
            size: info.lfs.map_or(info.size, |(_, size)| size),
            large: info.lfs.map(|(sha256, _)| sha256),
            xet,
        })
    }

    /// The bytes of a file, from `range.start` up to but not including `range.end`.
    pub async fn open_file(&self, file: &File, range: Range<u64>) -> Reply<ByteStream> {
        self.check_content().await?;
        if let Some(sha256) = file.large {
            return self.hub.large(sha256, range).await;
        }
        let body = Bytes::from(self.hub.body(self.row.id, file.oid).await?);
        let end = (range.end as usize).min(body.len());
        let start = (range.start as usize).min(end);
        Ok(once(body.slice(start..end)))
    }

    /// The git blob itself: for a large file, its pointer.
    pub async fn raw(&self, file: &File) -> Reply<Bytes> {
        self.check_content().await?;
        Ok(Bytes::from(self.hub.body(self.row.id, file.oid).await?))
    }

    /// The text of a blob of this repository; `None` when it has more than `max` bytes, is no UTF-8 text, or only points
    /// to a large file.
    pub async fn blob_text(&self, oid: Oid, max: u64) -> Reply<Option<String>> {
        self.check_content().await?;
        let mut tx = self.hub.read().await?;
        // Ids of blobs tell nothing about who may see them; what other repositories hold is not looked at.
        let live = objects::live(&mut tx, self.row.id, &[oid]).await?;
        let info = objects::blob_infos(&mut tx, self.row.id, &[oid]).await?.first().copied();
        drop(tx);
        let is_blob = live.iter().any(|(_, kind)| *kind == i64::from(ObjectKind::Blob.pack_code()));
        let Some(info) = info.filter(|_| is_blob) else {
            return Err(Failure::not_found(format!("There is no file with the id {oid} in this repository")));
        };
        if info.lfs.is_some() || info.size > max {
            return Ok(None);
        }
        let body = self.hub.body(self.row.id, oid).await?;
        Ok(String::from_utf8(body).ok().filter(|text| !text.contains('\0')))
    }

    /// A small text file of a revision; `None` when there is none. Not for contents behind a gate.
    pub(crate) async fn small_text(&self, root: Oid, path: &str, max: u64) -> Reply<Option<String>> {
        self.hub.small_text(self.row.id, root, path, max).await
    }
}

impl Hub {
    /// A small text file of a tree; `None` when there is none.
    pub(crate) async fn small_text(
        &self,
        repo: i64,
        root: Oid,
        path: &str,
        max: u64,
    ) -> Reply<Option<String>> {
        let Some(entry) = self.entry(repo, root, path).await? else { return Ok(None) };
        if !matches!(entry.mode, Mode::File | Mode::Executable) {
            return Ok(None);
        }
        let bytes = self.peek(repo, entry.oid, 0..max, max).await?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }
}
