//! Large files: which are here, and which repository may serve which.

use stoa_core::{Oid, Sha256, Time};

use crate::connect::list_of;
use crate::value::args;
use crate::{Error, Row, Tx, Value};

/// A large file of a repository.
#[derive(Clone, Debug)]
pub struct RepoFile {
    /// SHA-256.
    pub oid: Sha256,
    /// Bytes.
    pub size: u64,
    /// The path it was last committed under.
    pub filename: Option<String>,
    /// When it came.
    pub pushed_at: Time,
}

/// A multipart upload under way.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// For which repository.
    pub repo_id: i64,
    /// The SHA-256 it must have.
    pub oid: Sha256,
    /// The bytes it must have.
    pub size: u64,
    /// Bytes of every part but the last.
    pub part_size: u64,
}

/// The size of a large file that is wholly here.
pub async fn size(tx: &mut Tx, oid: Sha256) -> Result<Option<u64>, Error> {
    let row = tx.first("SELECT size FROM lfs_objects WHERE oid = $1", args![oid]).await?;
    row.map(|row| row.int(0).map(|size| size as u64)).transpose()
}

/// Notes that a large file is wholly here.
pub async fn put(tx: &mut Tx, oid: Sha256, size: u64, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO lfs_objects (oid, size, created_at) VALUES ($1, $2, $3) ON CONFLICT (oid) DO NOTHING",
        args![oid, size as i64, now],
    )
    .await
    .map(drop)
}

/// Lets a repository serve a large file.
pub async fn link(tx: &mut Tx, repo: i64, oid: Sha256, size: u64, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO repo_lfs (repo_id, oid, size, filename, pushed_at) VALUES ($1, $2, $3, NULL, $4) \
         ON CONFLICT (repo_id, oid) DO NOTHING",
        args![repo, oid, size as i64, now],
    )
    .await
    .map(drop)
}

/// Remembers under which path a large file was committed.
pub async fn name(tx: &mut Tx, repo: i64, oid: Sha256, filename: &str) -> Result<(), Error> {
    tx.exec("UPDATE repo_lfs SET filename = $3 WHERE repo_id = $1 AND oid = $2", args![repo, oid, filename])
        .await
        .map(drop)
}

/// Which of these files a repository may serve.
pub async fn linked(tx: &mut Tx, repo: i64, oids: &[Sha256]) -> Result<Vec<(Sha256, u64)>, Error> {
    let mut found = Vec::with_capacity(oids.len());
    for some in oids.chunks(500) {
        let sql = format!(
            "SELECT oid, size FROM repo_lfs WHERE repo_id = $1 AND oid IN ({})",
            list_of(1, some.len())
        );
        let mut values: Vec<Value> = args![repo];
        values.extend(some.iter().map(|oid| Value::from(*oid)));
        for row in tx.all(sql, values).await? {
            found.push((row.sha256(0)?, row.int(1)? as u64));
        }
    }
    Ok(found)
}

/// Repositories that may serve a file: the asker may already read one of them.
pub async fn holders(tx: &mut Tx, oid: Sha256, limit: i64) -> Result<Vec<i64>, Error> {
    // Public repositories first: they answer for everybody.
    let sql = "SELECT l.repo_id FROM repo_lfs l JOIN repos r ON r.id = l.repo_id \
               WHERE l.oid = $1 AND r.disabled = 0 ORDER BY r.private, r.gated, l.repo_id LIMIT $2";
    tx.all(sql, args![oid, limit]).await?.iter().map(|row| row.int(0)).collect()
}

/// The large files of a repository, newest first, `skip` of them left out.
pub async fn of_repo(tx: &mut Tx, repo: i64, skip: i64, limit: i64) -> Result<Vec<RepoFile>, Error> {
    let sql = "SELECT oid, size, filename, pushed_at FROM repo_lfs WHERE repo_id = $1 \
               ORDER BY pushed_at DESC, oid LIMIT $2 OFFSET $3";
    tx.all(sql, args![repo, limit, skip]).await?.iter().map(repo_file).collect()
}

/// The same, the largest first.
pub async fn largest_of_repo(tx: &mut Tx, repo: i64, skip: i64, limit: i64) -> Result<Vec<RepoFile>, Error> {
    let sql = "SELECT oid, size, filename, pushed_at FROM repo_lfs WHERE repo_id = $1 \
               ORDER BY size DESC, oid LIMIT $2 OFFSET $3";
    tx.all(sql, args![repo, limit, skip]).await?.iter().map(repo_file).collect()
}

fn repo_file(row: &Row) -> Result<RepoFile, Error> {
    Ok(RepoFile {
        oid: row.sha256(0)?,
        size: row.int(1)? as u64,
        filename: row.opt_text(2)?,
        pushed_at: row.time(3)?,
    })
}

/// Ids of the pointer blobs of a repository that stand for a large file.
pub async fn pointers(tx: &mut Tx, repo: i64, oid: Sha256) -> Result<Vec<Oid>, Error> {
    let sql = "SELECT oid FROM objects WHERE repo_id = $1 AND lfs_oid = $2 LIMIT 100";
    tx.all(sql, args![repo, oid]).await?.iter().map(|row| row.oid(0)).collect()
}

/// Takes a large file from a repository; whether it had it.
pub async fn unlink(tx: &mut Tx, repo: i64, oid: Sha256) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM repo_lfs WHERE repo_id = $1 AND oid = $2", args![repo, oid]).await? > 0)
}

/// Bytes of a repository's large files.
pub async fn used(tx: &mut Tx, repo: i64) -> Result<i64, Error> {
    let row = tx.first("SELECT COALESCE(SUM(size), 0) FROM repo_lfs WHERE repo_id = $1", args![repo]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Lets one repository serve every large file of another.
pub async fn copy_links(tx: &mut Tx, from: i64, to: i64, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO repo_lfs (repo_id, oid, size, filename, pushed_at) \
         SELECT $2, oid, size, filename, $3 FROM repo_lfs WHERE repo_id = $1",
        args![from, to, now],
    )
    .await
    .map(drop)
}

/// Bytes of the large files of an account, each counted in every repository that has it, and of its buckets.
pub async fn used_by_owner(tx: &mut Tx, owner: i64) -> Result<u64, Error> {
    let sql = "SELECT (SELECT COALESCE(SUM(l.size), 0) FROM repos r JOIN repo_lfs l ON l.repo_id = r.id \
                 WHERE r.owner_id = $1) + (SELECT COALESCE(SUM(b.size), 0) FROM buckets b \
                 WHERE b.owner_id = $1 AND b.key IS NOT NULL)";
    let row = tx.first(sql, args![owner]).await?;
    row.map_or(Ok(0), |row| row.int(0)).map(|bytes| bytes as u64)
}

/// Which of these sizes some large file of a repository has.
pub async fn linked_sizes(tx: &mut Tx, repo: i64, sizes: &[u64]) -> Result<Vec<u64>, Error> {
    let mut found = Vec::new();
    for some in sizes.chunks(500) {
        let sql = format!(
            "SELECT DISTINCT size FROM repo_lfs WHERE repo_id = $1 AND size IN ({})",
            list_of(1, some.len())
        );
        let mut values: Vec<Value> = args![repo];
        values.extend(some.iter().map(|size| Value::Int(*size as i64)));
        for row in tx.all(sql, values).await? {
            found.push(row.int(0)? as u64);
        }
    }
    Ok(found)
}

/// Begins a multipart upload.
pub async fn begin_upload(tx: &mut Tx, upload: &Upload, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO lfs_uploads (id, repo_id, oid, size, part_size, started_at) VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            &upload.id, upload.repo_id, upload.oid, upload.size as i64, upload.part_size as i64, now
        ],
    )
    .await
    .map(drop)
}

/// A multipart upload under way.
pub async fn upload(tx: &mut Tx, id: &str) -> Result<Option<Upload>, Error> {
    let sql = "SELECT id, repo_id, oid, size, part_size FROM lfs_uploads WHERE id = $1";
    let row = tx.first(sql, args![id]).await?;
    row.map(|row| {
        Ok(Upload {
            id: row.text(0)?,
            repo_id: row.int(1)?,
            oid: row.sha256(2)?,
            size: row.int(3)? as u64,
            part_size: row.int(4)? as u64,
        })
    })
    .transpose()
}

/// Ends a multipart upload.
pub async fn end_upload(tx: &mut Tx, id: &str) -> Result<(), Error> {
    tx.exec("DELETE FROM lfs_uploads WHERE id = $1", args![id]).await.map(drop)
}

/// Multipart uploads that nobody finished.
pub async fn stale_uploads(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<String>, Error> {
    let sql = "SELECT id FROM lfs_uploads WHERE started_at < $1 LIMIT $2";
    tx.all(sql, args![before, limit]).await?.iter().map(|row| row.text(0)).collect()
}
