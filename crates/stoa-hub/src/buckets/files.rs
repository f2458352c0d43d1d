//! Files of a bucket: listing them, asking about some, reading one.

use std::ops::Range;

use bytes::Bytes;
use stoa_blob::{ByteStream, once};
use stoa_core::{Failure, Reply, Time};
use stoa_db::{Tx, buckets, xet};
use stoa_xet::MerkleHash;

use super::Bucket;
use crate::access::Access;

/// A file of a bucket.
#[derive(Clone, Debug)]
pub struct BucketFile {
    /// Its path.
    pub path: String,
    /// Its name in the store; all zeros when it is empty.
    pub hash: MerkleHash,
    /// Bytes.
    pub size: u64,
    /// When it was changed, as the client says.
    pub mtime: Option<Time>,
    /// When it came.
    pub uploaded_at: Time,
}

/// What a list of a bucket shows.
#[derive(Clone, Debug)]
pub enum BucketEntry {
    /// A file.
    File(BucketFile),
    /// The path of a folder that some file lies in.
    Folder(String),
}

/// A page of a list.
pub struct BucketPage {
    /// The entries, by path.
    pub entries: Vec<BucketEntry>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// Files read at a time while only one level is listed.
const STEP: i64 = 100;
/// Less than every character that a path may go on with.
const LEAST: char = '\u{1}';

impl From<buckets::BucketFile> for BucketFile {
    fn from(row: buckets::BucketFile) -> Self {
        Self {
            path: row.path,
            hash: row.hash.map_or(MerkleHash::ZERO, MerkleHash),
            size: row.size,
            mtime: row.mtime,
            uploaded_at: row.uploaded_at,
        }
    }
}

impl<A: Access> Bucket<A> {
    /// Lists the file at `prefix` and what lies below it: every file, or one level of files and folders.
    pub async fn tree(
        &self,
        prefix: &str,
        recursive: bool,
        from: Option<&str>,
        limit: usize,
    ) -> Reply<BucketPage> {
        let prefix = prefix.trim_matches('/');
        let mut tx = self.hub.read().await?;
        let mut entries = Vec::new();
        // `0` follows `/`: between `a/` and `a0` lies all that is below `a`.
        let (first, end) = match prefix {
            "" => (String::new(), None),
            prefix => (format!("{prefix}/"), Some(format!("{prefix}0"))),
        };
        if from.is_none()
            && !prefix.is_empty()
            && let Some(row) = buckets::file_at(&mut tx, self.row.id, prefix).await?
        {
            entries.push(BucketEntry::File(row.into()));
        }
        let from = from.filter(|from| *from > first.as_str()).map_or_else(|| first.clone(), str::to_owned);
        if !recursive {
            return self.level(&mut tx, entries, &first, from, end.as_deref(), limit).await;
        }
        let rows = buckets::files_from(&mut tx, self.row.id, &from, end.as_deref(), limit as i64 + 1).await?;
        let next = rows.get(limit).map(|row| row.path.clone());
        entries.extend(rows.into_iter().take(limit).map(|row| BucketEntry::File(row.into())));
        Ok(BucketPage { entries, next })
    }

    /// One level below `first`: what is in a folder is skipped.
    async fn level(
        &self,
        tx: &mut Tx,
        mut entries: Vec<BucketEntry>,
        first: &str,
        mut from: String,
        end: Option<&str>,
        limit: usize,
    ) -> Reply<BucketPage> {
        'step: loop {
            let rows = buckets::files_from(tx, self.row.id, &from, end, STEP).await?;
            let ended = (rows.len() as i64) < STEP;
            for row in rows {
                if entries.len() >= limit {
                    return Ok(BucketPage { entries, next: Some(row.path) });
                }
                if let Some((folder, _)) = row.path[first.len()..].split_once('/') {
                    let folder = format!("{first}{folder}");
                    from = format!("{folder}0");
                    entries.push(BucketEntry::Folder(folder));
                    continue 'step;
                }
                from = format!("{}{LEAST}", row.path);
                entries.push(BucketEntry::File(row.into()));
            }
            if ended {
                return Ok(BucketPage { entries, next: None });
            }
        }
    }

    /// The files at these paths, by path; those that are missing are left out.
    pub async fn paths(&self, paths: &[String]) -> Reply<Vec<BucketFile>> {
        let mut tx = self.hub.read().await?;
        let rows = buckets::files_at(&mut tx, self.row.id, paths).await?;
        let mut files: Vec<BucketFile> = rows.into_iter().map(BucketFile::from).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files.dedup_by(|a, b| a.path == b.path);
        Ok(files)
    }

    /// The file at a path.
    pub async fn file(&self, path: &str) -> Reply<BucketFile> {
        let mut tx = self.hub.read().await?;
        let row = buckets::file_at(&mut tx, self.row.id, path).await?;
        row.map(BucketFile::from).ok_or_else(|| Failure::entry_not_found(path, &self.row.name.to_string()))
    }

    /// The bytes of a file, from `range.start` up to but not including `range.end`.
    pub async fn open_file(&self, file: &BucketFile, range: Range<u64>) -> Reply<ByteStream> {
        if file.size == 0 {
            return Ok(once(Bytes::new()));
        }
        let mut tx = self.hub.read().await?;
        let row = xet::file_by_hash(&mut tx, &file.hash.0).await?;
        drop(tx);
        let row = row.ok_or_else(|| Failure::internal(format!("file {} is missing", file.hash)))?;
        self.hub.joined(&row, range).await
    }
}
