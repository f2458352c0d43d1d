//! Xorbs, the files made of them, and the chunks by which uploads find each other. Hashes are raw 32 bytes.

use stoa_core::{Sha256, Time};

use crate::connect::list_of;
use crate::value::args;
use crate::{Error, Row, Tx, Value};

/// A hash of Xet, raw.
pub type Hash = [u8; 32];

/// A xorb that is in the byte store.
#[derive(Clone, Debug)]
pub struct Xorb {
    /// Row id.
    pub id: i64,
    /// Its hash.
    pub hash: Hash,
    /// Bytes in the store.
    pub packed: u64,
    /// Bytes of content.
    pub unpacked: u64,
    /// The table of its chunks.
    pub chunks: Vec<u8>,
}

/// A file made of chunk ranges.
#[derive(Clone, Debug)]
pub struct File {
    /// Row id.
    pub id: i64,
    /// Its hash.
    pub hash: Hash,
    /// Bytes.
    pub size: u64,
    /// Its terms, as stored.
    pub terms: Vec<u8>,
}

const XORB: &str = "x.id, x.hash, x.packed, x.unpacked, x.chunks";

fn hash(row: &Row, column: usize) -> Result<Hash, Error> {
    row.sha256(column).map(|hash| hash.0)
}

fn xorb(row: &Row) -> Result<Xorb, Error> {
    Ok(Xorb {
        id: row.int(0)?,
        hash: hash(row, 1)?,
        packed: row.int(2)? as u64,
        unpacked: row.int(3)? as u64,
        chunks: row.blob(4)?,
    })
}

fn file(row: &Row) -> Result<File, Error> {
    Ok(File { id: row.int(0)?, hash: hash(row, 1)?, size: row.int(2)? as u64, terms: row.blob(3)? })
}

/// Notes a xorb that is wholly in the store and lets a repository refer to it; answers whether it is new.
pub async fn put_xorb(tx: &mut Tx, repo: i64, new: &Xorb, dedup: &[Hash], now: Time) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "INSERT INTO xorbs (hash, packed, unpacked, chunks, touched_at, condemned_at) \
             VALUES ($1, $2, $3, $4, $5, NULL) ON CONFLICT (hash) DO NOTHING",
            args![&new.hash[..], new.packed as i64, new.unpacked as i64, new.chunks.as_slice(), now],
        )
        .await?;
    touch(tx, &[new.hash], now).await?;
    let Some(row) = tx.first("SELECT id FROM xorbs WHERE hash = $1", args![&new.hash[..]]).await? else {
        return Err(Error::Malformed("a xorb vanished as it was stored".into()));
    };
    let id = row.int(0)?;
    for chunk in dedup {
        tx.exec(
            "INSERT INTO xet_chunks (chunk, xorb_id) VALUES ($1, $2) ON CONFLICT (chunk, xorb_id) DO NOTHING",
            args![&chunk[..], id],
        )
        .await?;
    }
    share(tx, repo, id).await?;
    Ok(changed == 1)
}

/// Lets a repository refer to a xorb in dedup answers.
pub async fn share(tx: &mut Tx, repo: i64, xorb: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO repo_xorbs (repo_id, xorb_id) VALUES ($1, $2) ON CONFLICT (repo_id, xorb_id) DO NOTHING",
        args![repo, xorb],
    )
    .await
    .map(drop)
}

/// Postpones the sweep of xorbs, and takes a sentence back.
pub async fn touch(tx: &mut Tx, hashes: &[Hash], now: Time) -> Result<(), Error> {
    for some in hashes.chunks(500) {
        let sql = format!(
            "UPDATE xorbs SET touched_at = $1, condemned_at = NULL WHERE hash IN ({})",
            list_of(1, some.len())
        );
        let mut values: Vec<Value> = args![now];
        values.extend(some.iter().map(|hash| Value::from(&hash[..])));
        tx.exec(sql, values).await?;
    }
    Ok(())
}

/// The xorbs of these hashes that are here, in no order.
pub async fn xorbs(tx: &mut Tx, hashes: &[Hash]) -> Result<Vec<Xorb>, Error> {
    let mut found = Vec::with_capacity(hashes.len());
    for some in hashes.chunks(500) {
        let sql = format!("SELECT {XORB} FROM xorbs x WHERE x.hash IN ({})", list_of(0, some.len()));
        for row in tx.all(sql, some.iter().map(|hash| Value::from(&hash[..])).collect()).await? {
            found.push(xorb(&row)?);
        }
    }
    Ok(found)
}

/// Notes a file made of xorbs that are here; answers its row. A file that is known keeps its first terms.
pub async fn put_file(tx: &mut Tx, new: &File, xorbs: &[i64], now: Time) -> Result<i64, Error> {
    let changed = tx
        .exec(
            "INSERT INTO xet_files (hash, size, terms, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (hash) DO NOTHING",
            args![&new.hash[..], new.size as i64, new.terms.as_slice(), now],
        )
        .await?;
    let Some(row) = tx.first("SELECT id FROM xet_files WHERE hash = $1", args![&new.hash[..]]).await? else {
        return Err(Error::Malformed("a file vanished as it was stored".into()));
    };
    let id = row.int(0)?;
    if changed == 1 {
        for xorb in xorbs {
            tx.exec(
                "INSERT INTO xet_file_xorbs (file_id, xorb_id) VALUES ($1, $2) \
                 ON CONFLICT (file_id, xorb_id) DO NOTHING",
                args![id, *xorb],
            )
            .await?;
        }
    }
    Ok(id)
}

/// The file of a hash.
pub async fn file_by_hash(tx: &mut Tx, of: &Hash) -> Result<Option<File>, Error> {
    let sql = "SELECT f.id, f.hash, f.size, f.terms FROM xet_files f WHERE f.hash = $1";
    tx.first(sql, args![&of[..]]).await?.as_ref().map(file).transpose()
}

/// The file that holds a large file; `None` when its bytes lie whole under their SHA-256 (or are not here).
pub async fn file_of(tx: &mut Tx, oid: Sha256) -> Result<Option<File>, Error> {
    let sql = "SELECT f.id, f.hash, f.size, f.terms FROM lfs_objects o JOIN xet_files f ON f.id = o.xet_file \
               WHERE o.oid = $1";
    tx.first(sql, args![oid]).await?.as_ref().map(file).transpose()
}

/// The hashes of the files that hold these large files.
pub async fn hashes_of(tx: &mut Tx, oids: &[Sha256]) -> Result<Vec<(Sha256, Hash)>, Error> {
    let mut found = Vec::with_capacity(oids.len());
    for some in oids.chunks(500) {
        let sql = format!(
            "SELECT o.oid, f.hash FROM lfs_objects o JOIN xet_files f ON f.id = o.xet_file WHERE o.oid IN ({})",
            list_of(0, some.len())
        );
        for row in tx.all(sql, some.iter().map(|oid| Value::from(*oid)).collect()).await? {
            found.push((row.sha256(0)?, hash(&row, 1)?));
        }
    }
    Ok(found)
}

/// The SHA-256 under which a file is known, if somebody verified it.
pub async fn sha256_of(tx: &mut Tx, file: i64) -> Result<Option<Sha256>, Error> {
    let row = tx.first("SELECT oid FROM lfs_objects WHERE xet_file = $1 LIMIT 1", args![file]).await?;
    row.map(|row| row.sha256(0)).transpose()
}

/// Notes that a large file is held by a file of chunks; a file that lies whole keeps its place until it is moved.
pub async fn put_large(tx: &mut Tx, oid: Sha256, size: u64, file: i64, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO lfs_objects (oid, size, created_at, xet_file) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (oid) DO NOTHING",
        args![oid, size as i64, now, file],
    )
    .await
    .map(drop)
}

/// Moves a large file that lay whole to a file of chunks; whether it lay whole.
pub async fn move_large(tx: &mut Tx, oid: Sha256, file: i64) -> Result<bool, Error> {
    let sql = "UPDATE lfs_objects SET xet_file = $2 WHERE oid = $1 AND xet_file IS NULL";
    Ok(tx.exec(sql, args![oid, file]).await? == 1)
}

/// Large files that still lie whole.
pub async fn whole(tx: &mut Tx, limit: i64) -> Result<Vec<(Sha256, u64)>, Error> {
    let sql = "SELECT oid, size FROM lfs_objects WHERE xet_file IS NULL ORDER BY oid LIMIT $1";
    tx.all(sql, args![limit]).await?.iter().map(|row| Ok((row.sha256(0)?, row.int(1)? as u64))).collect()
}

/// Whether a repository may serve a file.
pub async fn may_read(tx: &mut Tx, repo: i64, file: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM lfs_objects o JOIN repo_lfs l ON l.oid = o.oid AND l.repo_id = $1 \
               WHERE o.xet_file = $2 LIMIT 1";
    Ok(tx.first(sql, args![repo, file]).await?.is_some())
}

/// Xorbs with a chunk that may be shown to a writer of a repository: those it sent itself, and those of public
/// repositories without a gate.
pub async fn with_chunk(tx: &mut Tx, chunk: &Hash, repo: i64, limit: i64) -> Result<Vec<Xorb>, Error> {
    let sql = format!(
        "SELECT {XORB} FROM xet_chunks c JOIN xorbs x ON x.id = c.xorb_id \
         WHERE c.chunk = $1 AND x.condemned_at IS NULL AND EXISTS ( \
           SELECT 1 FROM repo_xorbs s JOIN repos r ON r.id = s.repo_id WHERE s.xorb_id = x.id \
           AND (r.id = $2 OR (r.private = 0 AND r.gated = 0 AND r.disabled = 0))) \
         ORDER BY x.id DESC LIMIT $3"
    );
    tx.all(sql, args![&chunk[..], repo, limit]).await?.iter().map(xorb).collect()
}

/// Files of chunks that no large file names, made before a time: what a sweep takes first.
pub async fn unnamed_files(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<i64>, Error> {
    let sql = "SELECT f.id FROM xet_files f WHERE f.created_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM lfs_objects o WHERE o.xet_file = f.id) LIMIT $2";
    tx.all(sql, args![before, limit]).await?.iter().map(|row| row.int(0)).collect()
}

/// Forgets a file of chunks unless a large file names it meanwhile.
pub async fn forget_file(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    let sql = "DELETE FROM xet_files WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM lfs_objects o WHERE o.xet_file = $1)";
    if tx.exec(sql, args![id]).await? == 0 {
        return Ok(false);
    }
    tx.exec("DELETE FROM xet_file_xorbs WHERE file_id = $1", args![id]).await?;
    Ok(true)
}

/// Xorbs that no file refers to and nothing touched since a time, condemned or not.
pub async fn unused_xorbs(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<(i64, Hash, u64)>, Error> {
    let sql = "SELECT x.id, x.hash, x.packed FROM xorbs x WHERE x.touched_at < $1 AND x.condemned_at IS NULL \
               AND NOT EXISTS (SELECT 1 FROM xet_file_xorbs f WHERE f.xorb_id = x.id) LIMIT $2";
    tx.all(sql, args![before, limit])
        .await?
        .iter()
        .map(|row| Ok((row.int(0)?, hash(row, 1)?, row.int(2)? as u64)))
        .collect()
}

/// Condemns a xorb: no dedup answer shows it any more.
pub async fn condemn(tx: &mut Tx, id: i64, now: Time) -> Result<(), Error> {
    tx.exec("DELETE FROM xet_chunks WHERE xorb_id = $1", args![id]).await?;
    tx.exec("UPDATE xorbs SET condemned_at = $2 WHERE id = $1", args![id, now]).await.map(drop)
}

/// Xorbs condemned before a time that nothing saved since.
pub async fn condemned(tx: &mut Tx, before: Time, limit: i64) -> Result<Vec<(i64, Hash)>, Error> {
    let sql = "SELECT x.id, x.hash FROM xorbs x WHERE x.condemned_at < $1 LIMIT $2";
    tx.all(sql, args![before, limit]).await?.iter().map(|row| Ok((row.int(0)?, hash(row, 1)?))).collect()
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

/// Every xorb after a row id, for the scrub.
pub async fn xorb_page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<Xorb>, Error> {
    let sql = format!("SELECT {XORB} FROM xorbs x WHERE x.id > $1 ORDER BY x.id LIMIT $2");
    tx.all(sql, args![after, limit]).await?.iter().map(xorb).collect()
}

/// What large files take: bytes as people see them (per repository), bytes of distinct files, bytes in the store.
pub async fn space(tx: &mut Tx) -> Result<(i64, i64, i64), Error> {
    let one = |row: Option<Row>| row.map_or(Ok(0), |row| row.int(0));
    let logical = one(tx.first("SELECT COALESCE(SUM(size), 0) FROM repo_lfs", vec![]).await?)?;
    let distinct = one(tx.first("SELECT COALESCE(SUM(size), 0) FROM lfs_objects", vec![]).await?)?;
    let whole = one(tx
        .first("SELECT COALESCE(SUM(size), 0) FROM lfs_objects WHERE xet_file IS NULL", vec![])
        .await?)?;
    let packed = one(tx.first("SELECT COALESCE(SUM(packed), 0) FROM xorbs", vec![]).await?)?;
    Ok((logical, distinct, whole + packed))
}

/// How many of these xorbs are here.
pub async fn count_xorbs(tx: &mut Tx, hashes: &[Hash]) -> Result<i64, Error> {
    let mut count = 0;
    for some in hashes.chunks(500) {
        let sql = format!("SELECT COUNT(*) FROM xorbs WHERE hash IN ({})", list_of(0, some.len()));
        let row = tx.first(sql, some.iter().map(|hash| Value::from(&hash[..])).collect()).await?;
        count += row.map_or(Ok(0), |row| row.int(0))?;
    }
    Ok(count)
}

/// Lets a xorb be found by a chunk.
pub async fn find_by(tx: &mut Tx, chunk: &Hash, xorb: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO xet_chunks (chunk, xorb_id) VALUES ($1, $2) ON CONFLICT (chunk, xorb_id) DO NOTHING",
        args![&chunk[..], xorb],
    )
    .await
    .map(drop)
}

/// Notes a xorb that the hub itself made.
pub async fn put_own_xorb(tx: &mut Tx, new: &Xorb, dedup: &[Hash], now: Time) -> Result<(), Error> {
    put_xorb(tx, 0, new, dedup, now).await.map(drop)
}

/// Lets every repository that may serve a large file refer to a xorb that holds it.
pub async fn share_with_holders(tx: &mut Tx, oid: Sha256, xorb: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO repo_xorbs (repo_id, xorb_id) SELECT repo_id, $2 FROM repo_lfs WHERE oid = $1 \
         ON CONFLICT (repo_id, xorb_id) DO NOTHING",
        args![oid, xorb],
    )
    .await
    .map(drop)
}
