//! Changes to the files of a bucket, many at a time and all in one transaction.

use std::collections::HashMap;

use stoa_core::{BucketId, Failure, Kind, Reply, RepoId, RepoPath, Time};
use stoa_db::{Tx, buckets, xet};
use stoa_xet::MerkleHash;

use super::Bucket;
use crate::access::{Read, Write};
use crate::xet::Holder;

/// A change to one path.
#[derive(Clone, Debug)]
pub enum BucketChange {
    /// A file that this bucket was sent, or that lies elsewhere and is copied without its bytes.
    Put {
        /// Where to.
        path: RepoPath,
        /// Its name in the store; all zeros for an empty file.
        file: MerkleHash,
        /// Where it is copied from; `None`: it was sent.
        from: Option<BucketSource>,
        /// When it was changed.
        mtime: Option<Time>,
        /// What it is.
        content_type: Option<String>,
    },
    /// A file goes. One that is not there is gone already.
    Remove(RepoPath),
}

/// Where a file is copied from.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum BucketSource {
    /// A repository.
    Repo(RepoId),
    /// A bucket.
    Bucket(BucketId),
}

impl Bucket<Write> {
    /// Makes the changes, first what comes, then what goes. Answers those that could not be made, with the reason; all
    /// others are made, or on a failure none.
    pub async fn change(&self, changes: Vec<BucketChange>) -> Reply<Vec<(RepoPath, String)>> {
        let sources = self.open_sources(&changes).await?;
        let (puts, removals): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|change| matches!(change, BucketChange::Put { .. }));
        let now = self.hub.now();
        let (mut failed, mut files, mut size) = (Vec::new(), 0, 0);
        let mut tx = self.hub.write().await?;
        for change in puts.into_iter().chain(removals) {
            match change {
                BucketChange::Put { path, file, from, mtime, content_type } => {
                    let source = from.as_ref().map_or(Ok(None), |from| match sources.get(from) {
                        Some(Ok(holder)) => Ok(Some(*holder)),
                        Some(Err(why)) => Err(why.clone()),
                        None => Err("The source was not looked at".to_owned()),
                    });
                    let found = match source {
                        Ok(source) => self.find(&mut tx, file, source).await?,
                        Err(why) => Err(why),
                    };
                    let (row, bytes) = match found {
                        Ok(found) => found,
                        Err(why) => {
                            failed.push((path, why));
                            continue;
                        }
                    };
                    let content_type = content_type.as_deref();
                    let new =
                        buckets::NewFile { path: path.as_str(), file: row, size: bytes, mtime, content_type };
                    let old = buckets::put(&mut tx, self.row.id, &new, now).await?;
                    files += i64::from(old.is_none());
                    size += bytes as i64 - old.unwrap_or(0) as i64;
                }
                BucketChange::Remove(path) => {
                    if let Some(old) = buckets::remove(&mut tx, self.row.id, path.as_str()).await? {
                        files -= 1;
                        size -= old as i64;
                    }
                }
            }
        }
        if size > 0 {
            let (owner, name) = (self.row.owner_id, &self.row.name.owner);
            self.hub.check_owner(&mut tx, owner, name, size.unsigned_abs()).await?;
        }
        if !buckets::grow(&mut tx, self.row.id, files, size).await? {
            return Err(Failure::repo_not_found());
        }
        tx.commit().await?;
        Ok(failed)
    }

    /// The file of a hash, when this bucket may have it: row and bytes, or why not.
    async fn find(
        &self,
        tx: &mut Tx,
        file: MerkleHash,
        from: Option<Holder>,
    ) -> Reply<Result<(Option<i64>, u64), String>> {
        if file == MerkleHash::ZERO {
            return Ok(Ok((None, 0)));
        }
        let here = Holder::Bucket(self.row.id);
        if let Some(row) = xet::file_by_hash(tx, &file.0).await? {
            let may = match from {
                Some(from) => from.may_read(tx, row.id).await?,
                None => {
                    buckets::was_sent(tx, self.row.id, row.id).await? || here.may_read(tx, row.id).await?
                }
            };
            if may {
                return Ok(Ok((Some(row.id), row.size)));
            }
        }
        // One answer for what is missing and for what lies where the asker does not see it.
        Ok(Err(match from {
            Some(_) => format!("The source has no file {file}"),
            None => format!("The file {file} was not sent to this bucket; send it first"),
        }))
    }

    /// Everything that files are copied from: who holds it, or why not.
    async fn open_sources(
        &self,
        changes: &[BucketChange],
    ) -> Reply<HashMap<BucketSource, Result<Holder, String>>> {
        let mut sources = HashMap::new();
        for change in changes {
            let BucketChange::Put { from: Some(from), .. } = change else { continue };
            if sources.contains_key(from) {
                continue;
            }
            let opened = match self.open_source(from).await {
                Ok(holder) => Ok(holder),
                Err(failure) if matches!(failure.kind, Kind::Internal | Kind::Busy | Kind::Unavailable) => {
                    return Err(failure);
                }
                Err(failure) => Err(failure.message),
            };
            sources.insert(from.clone(), opened);
        }
        Ok(sources)
    }

    async fn open_source(&self, from: &BucketSource) -> Reply<Holder> {
        match from {
            BucketSource::Repo(id) => {
                let repo = self.hub.open::<Read>(&self.actor, id).await?;
                repo.check_content().await?;
                Ok(Holder::Repo(repo.row.id))
            }
            BucketSource::Bucket(id) => {
                Ok(Holder::Bucket(self.hub.open_bucket::<Read>(&self.actor, id).await?.row.id))
            }
        }
    }
}
