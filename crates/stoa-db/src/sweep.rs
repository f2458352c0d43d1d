//! What nobody needs any more, and forgetting it. Every deletion asks again, in its own transaction, whether somebody
//! needs the thing meanwhile.

use stoa_core::{Oid, Sha256, Time};

use crate::connect::list_of;
use crate::value::args;
use crate::xet::{Hash, hash};
use crate::{Error, Tx, Value};

/// Times before which things must have been left alone to be due.
#[derive(Clone, Copy, Debug)]
pub struct Due {
    /// Large files that no repository links, by when they came.
    pub orphans: Time,
    /// Files of chunks without a name, by when they were made.
    pub files: Time,
    /// Xorbs that no file refers to, by when they were touched.
    pub xorbs: Time,
    /// Xorbs that are condemned, by when they were.
    pub condemned: Time,
}

/// Things and their bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, bytes: u64) {
        self.count += 1;
        self.bytes += bytes;
    }
}

/// A large file that no repository links.
#[derive(Clone, Copy, Debug)]
pub struct Orphan {
    /// SHA-256.
    pub oid: Sha256,
    /// Bytes.
    pub size: u64,
    /// Whether its bytes lie whole in the store.
    pub whole: bool,
}

const ORPHAN: &str = "o.created_at < $1 AND NOT EXISTS (SELECT 1 FROM repo_lfs l WHERE l.oid = o.oid)";

/// Files that no repository links: what can be thrown away.
pub async fn orphans(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<Orphan>, Error> {
    let sql = format!("SELECT o.oid, o.size, o.xet_file IS NULL FROM lfs_objects o WHERE {ORPHAN} LIMIT $2");
    let rows = tx.all(sql, args![before, limit]).await?;
    rows.iter()
        .map(|row| Ok(Orphan { oid: row.sha256(0)?, size: row.int(1)? as u64, whole: row.flag(2)? }))
        .collect()
}

/// Forgets a large file, unless a repository linked it meanwhile; whether it was forgotten.
pub async fn forget_large(tx: &mut Tx, oid: Sha256) -> Result<bool, Error> {
    let sql =
        "DELETE FROM lfs_objects WHERE oid = $1 AND NOT EXISTS (SELECT 1 FROM repo_lfs l WHERE l.oid = $1)";
    Ok(tx.exec(sql, args![oid]).await? > 0)
}

/// Files of chunks that no large file and no bucket names, with their bytes.
pub async fn unnamed_files(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<(i64, u64)>, Error> {
    let sql = "SELECT f.id, f.size FROM xet_files f WHERE f.created_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM lfs_objects o WHERE o.xet_file = f.id) \
               AND NOT EXISTS (SELECT 1 FROM bucket_files b WHERE b.file_id = f.id) LIMIT $2";
    tx.all(sql, args![before, limit]).await?.iter().map(|row| Ok((row.int(0)?, row.int(1)? as u64))).collect()
}

/// Forgets a file of chunks unless a large file or a bucket names it meanwhile.
pub async fn forget_file(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM xet_files WHERE id = $1 \
               AND NOT EXISTS (SELECT 1 FROM lfs_objects o WHERE o.xet_file = $1) \
               AND NOT EXISTS (SELECT 1 FROM bucket_files b WHERE b.file_id = $1)";
    if tx.exec(sql, args![id]).await? == 0 {
        return Ok(false);
    }
    // What it used of its xorbs may be needed by nobody now.
    let sql = "UPDATE xorbs SET weighed = 0 WHERE weighed = 1 \
               AND id IN (SELECT f.xorb_id FROM xet_file_xorbs f WHERE f.file_id = $1)";
    tx.exec(sql, args![id]).await?;
    tx.exec("DELETE FROM xet_file_xorbs WHERE file_id = $1", args![id]).await?;
    tx.exec("DELETE FROM bucket_sent WHERE file_id = $1", args![id]).await?;
    Ok(true)
}

/// Xorbs that no file refers to and nothing touched since a time: row and bytes in the store.
pub async fn unused_xorbs(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<(i64, u64)>, Error> {
    let sql = "SELECT x.id, x.packed FROM xorbs x WHERE x.touched_at < $1 AND x.condemned_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = x.id) LIMIT $2";
    tx.all(sql, args![before, limit]).await?.iter().map(|row| Ok((row.int(0)?, row.int(1)? as u64))).collect()
}

/// Condemns a xorb: no dedup answer shows it any more. `false` when somebody touched it or refers to it meanwhile.
pub async fn condemn(tx: &mut Tx, id: i64, before: Time, now: Time) -> Result<bool, Error> {
    let sql = "UPDATE xorbs SET condemned_at = $3 WHERE id = $1 AND touched_at < $2 AND condemned_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = $1)";
    if tx.exec(sql, args![id, before, now]).await? == 0 {
        return Ok(false);
    }
    tx.exec("DELETE FROM xet_chunks WHERE xorb_id = $1", args![id]).await?;
    Ok(true)
}

/// Xorbs condemned before a time that nothing saved since: row, hash, bytes in the store.
pub async fn condemned(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<(i64, Hash, u64)>, Error> {
    let sql = "SELECT x.id, x.hash, x.packed FROM xorbs x WHERE x.condemned_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = x.id) LIMIT $2";
    let rows = tx.all(sql, args![before, limit]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, hash(row, 1)?, row.int(2)? as u64))).collect()
}

/// Forgets a condemned xorb unless something saved it meanwhile.
pub async fn forget_xorb(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM xorbs WHERE id = $1 AND condemned_at IS NOT NULL \
               AND NOT EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = $1)";
    if tx.exec(sql, args![id]).await? == 0 {
        return Ok(false);
    }
    tx.exec("DELETE FROM xet_chunks WHERE xorb_id = $1", args![id]).await?;
    tx.exec("DELETE FROM repo_xorbs WHERE xorb_id = $1", args![id]).await?;
    Ok(true)
}

/// What a sweep would take, one thing after the other, without taking it: large files and how many bytes of them lie
/// whole, files of chunks, xorbs to be condemned, xorbs condemned long enough.
#[derive(Clone, Copy, Debug)]
pub struct Forecast {
    /// Large files that no repository links.
    pub large: Tally,
    /// Bytes of those that lie whole.
    pub whole: u64,
    /// Files of chunks that would have no name then.
    pub files: Tally,
    /// Xorbs that no file would refer to then.
    pub unused: Tally,
    /// Xorbs condemned long enough.
    pub condemned: Tally,
}

/// See [`Forecast`].
pub async fn forecast(tx: &mut Tx, due: &Due) -> Result<Forecast, Error> {
    let sql = format!(
        "SELECT COUNT(*), COALESCE(SUM(o.size), 0), COALESCE(SUM(CASE WHEN o.xet_file IS NULL THEN o.size ELSE 0 END), 0) \
         FROM lfs_objects o WHERE {ORPHAN}"
    );
    let row = tx.first(sql, args![due.orphans]).await?.ok_or_else(none)?;
    let large = Tally { count: row.int(0)? as u64, bytes: row.int(1)? as u64 };
    let whole = row.int(2)? as u64;
    let unnamed = going();
    let sql = format!("SELECT COUNT(*), COALESCE(SUM(g.size), 0) FROM ({unnamed}) g");
    let files = tally(tx, sql, args![due.orphans, due.files]).await?;
    let sql = format!(
        "WITH going AS ({unnamed}) SELECT COUNT(*), COALESCE(SUM(x.packed), 0) FROM xorbs x \
         WHERE x.touched_at < $3 AND x.condemned_at IS NULL AND NOT EXISTS ( \
           SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = x.id AND f.file_id NOT IN (SELECT id FROM going))"
    );
    let unused = tally(tx, sql, args![due.orphans, due.files, due.xorbs]).await?;
    let sql = "SELECT COUNT(*), COALESCE(SUM(x.packed), 0) FROM xorbs x WHERE x.condemned_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = x.id)";
    let condemned = tally(tx, sql.to_owned(), args![due.condemned]).await?;
    Ok(Forecast { large, whole, files, unused, condemned })
}

/// Files of chunks that a sweep would forget, as a query; `$1` and `$2` are [`Due::orphans`] and [`Due::files`].
pub(crate) fn going() -> String {
    format!(
        "SELECT f.id, f.size FROM xet_files f WHERE f.created_at < $2 \
         AND NOT EXISTS (SELECT 1 FROM lfs_objects o WHERE o.xet_file = f.id AND NOT ({ORPHAN})) \
         AND NOT EXISTS (SELECT 1 FROM bucket_files b WHERE b.file_id = f.id)"
    )
}

/// Those of these files of chunks that a sweep would forget.
pub async fn going_among(tx: &mut Tx, due: &Due, files: &[i64]) -> Result<Vec<i64>, Error> {
    let mut found = Vec::new();
    for some in files.chunks(500) {
        let sql = format!("SELECT g.id FROM ({}) g WHERE g.id IN ({})", going(), list_of(2, some.len()));
        let mut values = args![due.orphans, due.files];
        values.extend(some.iter().map(|id| Value::Int(*id)));
        for row in tx.all(sql, values).await? {
            found.push(row.int(0)?);
        }
    }
    Ok(found)
}

async fn tally(tx: &mut Tx, sql: String, args: Vec<Value>) -> Result<Tally, Error> {
    let row = tx.first(sql, args).await?.ok_or_else(none)?;
    Ok(Tally { count: row.int(0)? as u64, bytes: row.int(1)? as u64 })
}

fn none() -> Error {
    Error::Malformed("a count has no row".into())
}

/// Whether a xorb has a row.
pub async fn knows_xorb(tx: &mut Tx, hash: &Hash) -> Result<bool, Error> {
    Ok(tx.first("SELECT 1 FROM xorbs WHERE hash = $1", args![&hash[..]]).await?.is_some())
}

/// Whether a large file is meant to lie whole.
pub async fn knows_whole(tx: &mut Tx, oid: Sha256) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM lfs_objects WHERE oid = $1 AND xet_file IS NULL";
    Ok(tx.first(sql, args![oid]).await?.is_some())
}

/// Whether a multipart upload is under way.
pub async fn knows_upload(tx: &mut Tx, id: &str) -> Result<bool, Error> {
    Ok(tx.first("SELECT 1 FROM lfs_uploads WHERE id = $1", args![id]).await?.is_some())
}

/// Whether the bytes of a git object are meant to lie in the byte store.
pub async fn knows_git_bytes(tx: &mut Tx, repo: i64, oid: Oid) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM objects WHERE repo_id = $1 AND oid = $2 AND data IS NULL";
    Ok(tx.first(sql, args![repo, oid]).await?.is_some())
}
