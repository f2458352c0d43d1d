//! Buckets and their files.

use stoa_core::{BucketId, Time};

use crate::connect::list_of;
use crate::value::args;
use crate::xet::Hash;
use crate::{Error, Row, Tx, Value};

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Row id.
    pub id: i64,
    /// Its address.
    pub name: BucketId,
    /// Who owns it.
    pub owner_id: i64,
    /// Whether only members see it.
    pub private: bool,
    /// Who made it.
    pub created_by: i64,
    /// When it was made.
    pub created_at: Time,
    /// Bytes of its files.
    pub size: i64,
    /// How many files it has.
    pub files: i64,
}

/// A file of a bucket.
#[derive(Clone, Debug)]
pub struct BucketFile {
    /// Its path.
    pub path: String,
    /// The file of chunks; `None` when it is empty.
    pub hash: Option<Hash>,
    /// Bytes.
    pub size: u64,
    /// When it was changed, as the client says.
    pub mtime: Option<Time>,
    /// When it came.
    pub uploaded_at: Time,
}

const COLUMNS: &str = "b.id, b.full_name, b.owner_id, b.private, b.created_by, b.created_at, b.size, b.files";
const FILES: &str = "SELECT b.path, f.hash, b.size, b.mtime, b.uploaded_at \
                     FROM bucket_files b LEFT JOIN xet_files f ON f.id = b.file_id WHERE b.bucket_id = $1";

fn bucket(row: &Row) -> Result<Bucket, Error> {
    let full = row.text(1)?;
    let name = BucketId::parse(&full).map_err(|_| Error::Malformed(format!("bucket name {full}")))?;
    Ok(Bucket {
        id: row.int(0)?,
        name,
        owner_id: row.int(2)?,
        private: row.flag(3)?,
        created_by: row.int(4)?,
        created_at: row.time(5)?,
        size: row.int(6)?,
        files: row.int(7)?,
    })
}

fn file(row: &Row) -> Result<BucketFile, Error> {
    Ok(BucketFile {
        path: row.text(0)?,
        hash: row.opt_sha256(1)?.map(|hash| hash.0),
        size: row.int(2)? as u64,
        mtime: row.opt_int(3)?.map(Time),
        uploaded_at: row.time(4)?,
    })
}

/// Makes a bucket; [`Error::Duplicate`] when the name is taken.
pub async fn create(
    tx: &mut Tx,
    name: &BucketId,
    owner: i64,
    private: bool,
    by: i64,
    now: Time,
) -> Result<i64, Error> {
    tx.insert(
        "INSERT INTO buckets (owner_id, key, full_name, private, created_by, created_at, size, files) \
         VALUES ($1, $2, $3, $4, $5, $6, 0, 0)",
        args![owner, name.key(), name.to_string(), private, by, now],
    )
    .await
}

/// The bucket of an address, whatever its case.
pub async fn by_name(tx: &mut Tx, name: &BucketId) -> Result<Option<Bucket>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM buckets b WHERE b.key = $1");
    tx.first(sql, args![name.key()]).await?.as_ref().map(bucket).transpose()
}

/// Buckets of an account after a row id, with a text in their name; only public ones unless `private` is set.
pub async fn of_owner(
    tx: &mut Tx,
    owner: i64,
    search: &str,
    private: bool,
    after: i64,
    limit: i64,
) -> Result<Vec<Bucket>, Error> {
    // The text is looked for behind the slash: every bucket of an account has the account's name.
    let sql = format!(
        "SELECT {COLUMNS} FROM buckets b WHERE b.owner_id = $1 AND b.id > $2 AND b.key IS NOT NULL \
         AND (b.private = 0 OR $3 = 1) AND instr(substr(b.key, instr(b.key, '/') + 1), $4) > 0 \
         ORDER BY b.id LIMIT $5"
    );
    let values = args![owner, after, private, search.to_ascii_lowercase(), limit];
    tx.all(sql, values).await?.iter().map(bucket).collect()
}

/// Changes who sees a bucket.
pub async fn set_private(tx: &mut Tx, id: i64, private: bool) -> Result<(), Error> {
    tx.exec("UPDATE buckets SET private = $2 WHERE id = $1", args![id, private]).await.map(drop)
}

/// Gives a bucket another address; [`Error::Duplicate`] when the name is taken.
pub async fn rename(tx: &mut Tx, id: i64, to: &BucketId, owner: i64) -> Result<(), Error> {
    tx.exec(
        "UPDATE buckets SET key = $2, full_name = $3, owner_id = $4 WHERE id = $1",
        args![id, to.key(), to.to_string(), owner],
    )
    .await
    .map(drop)
}

/// Takes a bucket's name away: nobody finds it from here on. [`drop_files`] does the rest.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<(), Error> {
    tx.exec("UPDATE buckets SET key = NULL, private = 1 WHERE id = $1", args![id]).await?;
    tx.exec("DELETE FROM bucket_sent WHERE bucket_id = $1", args![id]).await?;
    // See `xet::share`.
    tx.exec("DELETE FROM repo_xorbs WHERE repo_id = $1", args![-id]).await.map(drop)
}

/// Buckets that were deleted and may still have files.
pub async fn deleted(tx: &mut Tx, limit: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT id FROM buckets WHERE key IS NULL LIMIT $1";
    tx.all(sql, args![limit]).await?.iter().map(|row| row.int(0)).collect()
}

/// Drops some files of a deleted bucket, and with the last the bucket; whether that was all.
pub async fn drop_files(tx: &mut Tx, id: i64, limit: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM bucket_files WHERE bucket_id = $1 AND path IN ( \
                 SELECT path FROM bucket_files WHERE bucket_id = $1 LIMIT $2)";
    if tx.exec(sql, args![id, limit]).await? > 0 {
        return Ok(false);
    }
    tx.exec("DELETE FROM buckets WHERE id = $1 AND key IS NULL", args![id]).await?;
    Ok(true)
}

/// The file at a path.
pub async fn file_at(tx: &mut Tx, bucket: i64, path: &str) -> Result<Option<BucketFile>, Error> {
    let sql = format!("{FILES} AND b.path = $2");
    tx.first(sql, args![bucket, path]).await?.as_ref().map(file).transpose()
}

/// The files at these paths, in no order.
pub async fn files_at(tx: &mut Tx, bucket: i64, paths: &[String]) -> Result<Vec<BucketFile>, Error> {
    let mut found = Vec::with_capacity(paths.len());
    for some in paths.chunks(500) {
        let sql = format!("{FILES} AND b.path IN ({})", list_of(1, some.len()));
        let mut values: Vec<Value> = args![bucket];
        values.extend(some.iter().map(Value::from));
        for row in tx.all(sql, values).await? {
            found.push(file(&row)?);
        }
    }
    Ok(found)
}

/// Files by path, from `from` up to but not including `to`; without `to` all that follow.
pub async fn files_from(
    tx: &mut Tx,
    bucket: i64,
    from: &str,
    to: Option<&str>,
    limit: i64,
) -> Result<Vec<BucketFile>, Error> {
    let (sql, values) = match to {
        Some(to) => (
            format!("{FILES} AND b.path >= $2 AND b.path < $3 ORDER BY b.path LIMIT $4"),
            args![bucket, from, to, limit],
        ),
        None => (format!("{FILES} AND b.path >= $2 ORDER BY b.path LIMIT $3"), args![bucket, from, limit]),
    };
    tx.all(sql, values).await?.iter().map(file).collect()
}

/// What is needed to put a file into a bucket.
pub struct NewFile<'a> {
    /// Its path.
    pub path: &'a str,
    /// Row of the file of chunks; `None` when it is empty.
    pub file: Option<i64>,
    /// Bytes.
    pub size: u64,
    /// When it was changed, as the client says.
    pub mtime: Option<Time>,
    /// What it is, as the client says.
    pub content_type: Option<&'a str>,
}

/// Puts a file at a path; answers the bytes of the file that lay there.
pub async fn put(tx: &mut Tx, bucket: i64, new: &NewFile<'_>, now: Time) -> Result<Option<u64>, Error> {
    let old = size_at(tx, bucket, new.path).await?;
    tx.exec(
        "INSERT INTO bucket_files (bucket_id, path, file_id, size, mtime, content_type, uploaded_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (bucket_id, path) DO UPDATE SET \
         file_id = excluded.file_id, size = excluded.size, mtime = excluded.mtime, \
         content_type = excluded.content_type, uploaded_at = excluded.uploaded_at",
        args![bucket, new.path, new.file, new.size as i64, new.mtime, new.content_type, now],
    )
    .await?;
    Ok(old)
}

/// Takes the file at a path away; answers its bytes.
pub async fn remove(tx: &mut Tx, bucket: i64, path: &str) -> Result<Option<u64>, Error> {
    let old = size_at(tx, bucket, path).await?;
    if old.is_some() {
        tx.exec("DELETE FROM bucket_files WHERE bucket_id = $1 AND path = $2", args![bucket, path]).await?;
    }
    Ok(old)
}

async fn size_at(tx: &mut Tx, bucket: i64, path: &str) -> Result<Option<u64>, Error> {
    let sql = "SELECT size FROM bucket_files WHERE bucket_id = $1 AND path = $2";
    tx.first(sql, args![bucket, path]).await?.map(|row| Ok(row.int(0)? as u64)).transpose()
}

/// Changes what a bucket says of its size; whether it is there.
pub async fn grow(tx: &mut Tx, bucket: i64, files: i64, size: i64) -> Result<bool, Error> {
    let sql = "UPDATE buckets SET files = files + $2, size = size + $3 WHERE id = $1 AND key IS NOT NULL";
    Ok(tx.exec(sql, args![bucket, files, size]).await? == 1)
}

/// Notes that a bucket was sent a file.
pub async fn sent(tx: &mut Tx, bucket: i64, file: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO bucket_sent (bucket_id, file_id) VALUES ($1, $2) ON CONFLICT (bucket_id, file_id) DO NOTHING",
        args![bucket, file],
    )
    .await
    .map(drop)
}

/// Whether a bucket was sent a file.
pub async fn was_sent(tx: &mut Tx, bucket: i64, file: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM bucket_sent WHERE bucket_id = $1 AND file_id = $2";
    Ok(tx.first(sql, args![bucket, file]).await?.is_some())
}

/// Whether a bucket may serve a file.
pub async fn may_read(tx: &mut Tx, bucket: i64, file: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM bucket_files WHERE file_id = $2 AND bucket_id = $1 LIMIT 1";
    Ok(tx.first(sql, args![bucket, file]).await?.is_some())
}
