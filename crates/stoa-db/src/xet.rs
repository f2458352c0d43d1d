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

pub(crate) const XORB: &str = "x.id, x.hash, x.packed, x.unpacked, x.chunks";

pub(crate) fn hash(row: &Row, column: usize) -> Result<Hash, Error> {
    row.sha256(column).map(|hash| hash.0)
}

pub(crate) fn xorb(row: &Row) -> Result<Xorb, Error> {
    Ok(Xorb {
        id: row.int(0)?,
        hash: hash(row, 1)?,
        packed: row.int(2)? as u64,
        unpacked: row.int(3)? as u64,
        chunks: row.blob(4)?,
    })
}

pub(crate) fn file(row: &Row) -> Result<File, Error> {
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

/// Lets a repository refer to a xorb in dedup answers. Buckets have no table of their own for this: a bucket stands in
/// `repo_xorbs` under its row id with a minus, which no repository has.
pub async fn share(tx: &mut Tx, repo: i64, xorb: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO repo_xorbs (repo_id, xorb_id) VALUES ($1, $2) ON CONFLICT (repo_id, xorb_id) DO NOTHING",
        args![repo, xorb],
    )
    .await
    .map(drop)
}

/// Postpones the sweep of xorbs, never to an earlier time than before, and takes a sentence back.
pub async fn touch(tx: &mut Tx, hashes: &[Hash], now: Time) -> Result<(), Error> {
    for some in hashes.chunks(500) {
        let sql = format!(
            "UPDATE xorbs SET touched_at = CASE WHEN touched_at < $1 THEN $1 ELSE touched_at END, condemned_at = NULL WHERE hash IN ({})",
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

/// Large files that still lie whole, in the order of their SHA-256, behind one of them.
pub async fn whole(tx: &mut Tx, after: Option<Sha256>, limit: i64) -> Result<Vec<(Sha256, u64)>, Error> {
    let sql = "SELECT oid, size FROM lfs_objects WHERE xet_file IS NULL AND oid > $1 ORDER BY oid LIMIT $2";
    let after: Vec<u8> = after.map(|oid| oid.0.to_vec()).unwrap_or_default();
    tx.all(sql, args![after, limit])
        .await?
        .iter()
        .map(|row| Ok((row.sha256(0)?, row.int(1)? as u64)))
        .collect()
}

/// Whether a repository may serve a file.
pub async fn may_read(tx: &mut Tx, repo: i64, file: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM lfs_objects o JOIN repo_lfs l ON l.oid = o.oid AND l.repo_id = $1 \
               WHERE o.xet_file = $2 LIMIT 1";
    Ok(tx.first(sql, args![repo, file]).await?.is_some())
}

/// Xorbs with a chunk that may be shown to a writer of a repository (or of a bucket, see [`share`]): those it sent
/// itself, and those of public repositories without a gate and of public buckets.
pub async fn with_chunk(tx: &mut Tx, chunk: &Hash, repo: i64, limit: i64) -> Result<Vec<Xorb>, Error> {
    let sql = format!(
        "SELECT {XORB} FROM xet_chunks c JOIN xorbs x ON x.id = c.xorb_id \
         WHERE c.chunk = $1 AND x.condemned_at IS NULL AND EXISTS ( \
           SELECT 1 FROM repo_xorbs s LEFT JOIN repos r ON r.id = s.repo_id \
           LEFT JOIN buckets b ON b.id = -s.repo_id WHERE s.xorb_id = x.id \
           AND (s.repo_id = $2 OR (r.private = 0 AND r.gated = 0 AND r.disabled = 0) OR b.private = 0)) \
         ORDER BY x.id DESC LIMIT $3"
    );
    tx.all(sql, args![&chunk[..], repo, limit]).await?.iter().map(xorb).collect()
}

/// The row ids of these xorbs, those that are here.
pub async fn xorb_ids(tx: &mut Tx, hashes: &[Hash]) -> Result<Vec<(Hash, i64)>, Error> {
    let mut found = Vec::with_capacity(hashes.len());
    for some in hashes.chunks(500) {
        let sql = format!("SELECT hash, id FROM xorbs WHERE hash IN ({})", list_of(0, some.len()));
        for row in tx.all(sql, some.iter().map(|hash| Value::from(&hash[..])).collect()).await? {
            found.push((hash(&row, 0)?, row.int(1)?));
        }
    }
    Ok(found)
}

/// Notes that a xorb lies in the store in another packing than before.
pub async fn repack(tx: &mut Tx, xorb: &Xorb) -> Result<(), Error> {
    let sql = "UPDATE xorbs SET packed = $2, unpacked = $3, chunks = $4 WHERE hash = $1";
    let values = args![&xorb.hash[..], xorb.packed as i64, xorb.unpacked as i64, xorb.chunks.as_slice()];
    tx.exec(sql, values).await.map(drop)
}

/// Those of these xorbs that are condemned, with their bytes in the store.
pub async fn condemned_among(tx: &mut Tx, hashes: &[Hash]) -> Result<Vec<(Hash, u64)>, Error> {
    let mut found = Vec::new();
    for some in hashes.chunks(500) {
        let sql = format!(
            "SELECT hash, packed FROM xorbs WHERE condemned_at IS NOT NULL AND hash IN ({})",
            list_of(0, some.len())
        );
        for row in tx.all(sql, some.iter().map(|hash| Value::from(&hash[..])).collect()).await? {
            found.push((hash(&row, 0)?, row.int(1)? as u64));
        }
    }
    Ok(found)
}

/// Whether a bucket of this number is there. No number comes twice.
pub async fn is_bucket(tx: &mut Tx, bucket: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM buckets WHERE id = $1 AND key IS NOT NULL";
    Ok(tx.first(sql, args![bucket]).await?.is_some())
}

/// Whether a repository of this number, made at this time, is there and not locked.
pub async fn is_repo(tx: &mut Tx, repo: i64, made: Time) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM repos WHERE id = $1 AND created_at = $2 AND disabled = 0";
    Ok(tx.first(sql, args![repo, made]).await?.is_some())
}

/// Whether a writer of a repository (or of a bucket, see [`share`]) may know that a xorb is here: it was sent there, to
/// a public repository without a gate or to a public bucket.
pub async fn may_refer(tx: &mut Tx, repo: i64, xorb: &Hash) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM xorbs x JOIN repo_xorbs s ON s.xorb_id = x.id \
               LEFT JOIN repos r ON r.id = s.repo_id LEFT JOIN buckets b ON b.id = -s.repo_id WHERE x.hash = $1 \
               AND (s.repo_id = $2 OR (r.private = 0 AND r.gated = 0 AND r.disabled = 0) OR b.private = 0) LIMIT 1";
    Ok(tx.first(sql, args![&xorb[..], repo]).await?.is_some())
}

/// The xorbs that hold a large file.
pub async fn xorbs_of(tx: &mut Tx, oid: Sha256) -> Result<Vec<i64>, Error> {
    let sql = "SELECT f.xorb_id FROM lfs_objects o JOIN xet_file_xorbs f ON f.file_id = o.xet_file WHERE o.oid = $1";
    tx.all(sql, args![oid]).await?.iter().map(|row| row.int(0)).collect()
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

/// Notes a xorb that the hub itself made, as touched at `now`.
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
