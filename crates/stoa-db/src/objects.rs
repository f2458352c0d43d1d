//! Git objects and the table of commits that history is read from.

use stoa_core::{Oid, Sha256, Time};

use crate::connect::{list_of, rows_of};
use crate::value::args;
use crate::{Error, Row, Tx, Value};

/// A git object as it is stored.
#[derive(Clone, Debug)]
pub struct Object {
    /// SHA-1.
    pub oid: Oid,
    /// Pack type: 1 commit, 2 tree, 3 blob, 4 tag.
    pub kind: i64,
    /// Bytes of the body.
    pub size: u64,
    /// The body as a zlib stream; `None` when it lies in the object store.
    pub data: Option<Vec<u8>>,
    /// The large file that a pointer blob stands for.
    pub lfs: Option<(Sha256, u64)>,
}

/// What a listing shows of a blob.
#[derive(Clone, Copy, Debug)]
pub struct BlobInfo {
    /// SHA-1.
    pub oid: Oid,
    /// Bytes of the blob.
    pub size: u64,
    /// The large file that a pointer blob stands for.
    pub lfs: Option<(Sha256, u64)>,
}

/// A commit as history shows it.
#[derive(Clone, Debug)]
pub struct CommitRow {
    /// SHA-1.
    pub oid: Oid,
    /// Its root tree.
    pub tree: Oid,
    /// Longest way to a root, counted in commits; a root has 1.
    pub generation: i64,
    /// Committer's time.
    pub at: Time,
    /// Author's name.
    pub author: String,
    /// First line of the message.
    pub title: String,
    /// The rest of the message.
    pub body: String,
}

/// At most this many rows go into one statement, so that a ref update never waits long behind a bulk insert.
pub const BATCH: usize = 200;

/// Stores objects, skipping those that are there. Callers pass at most [`BATCH`].
pub async fn put(tx: &mut Tx, repo: i64, objects: &[Object]) -> Result<(), Error> {
    if objects.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO objects (repo_id, oid, kind, size, data, lfs_oid, lfs_size) VALUES {} \
         ON CONFLICT (repo_id, oid) DO NOTHING",
        rows_of(objects.len(), 7)
    );
    let mut values = Vec::with_capacity(objects.len() * 7);
    for object in objects {
        values.extend(args![
            repo,
            object.oid,
            object.kind,
            object.size as i64,
            object.data.as_deref(),
            object.lfs.map(|(oid, _)| oid),
            object.lfs.map(|(_, size)| size as i64)
        ]);
    }
    tx.exec(sql, values).await.map(drop)
}

/// One object.
pub async fn get(tx: &mut Tx, repo: i64, oid: Oid) -> Result<Option<Object>, Error> {
    let sql = "SELECT oid, kind, size, data, lfs_oid, lfs_size FROM objects WHERE repo_id = $1 AND oid = $2";
    tx.first(sql, args![repo, oid]).await?.as_ref().map(object).transpose()
}

/// What listings need of many blobs; those that are not there are left out.
pub async fn blob_infos(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<BlobInfo>, Error> {
    let mut found = Vec::with_capacity(oids.len());
    for some in oids.chunks(500) {
        let sql = format!(
            "SELECT oid, size, lfs_oid, lfs_size FROM objects WHERE repo_id = $1 AND oid IN ({})",
            list_of(1, some.len())
        );
        let mut values: Vec<Value> = args![repo];
        values.extend(some.iter().map(|oid| Value::from(*oid)));
        for row in tx.all(sql, values).await? {
            let lfs = row.opt_sha256(2)?.zip(row.opt_int(3)?.map(|size| size as u64));
            found.push(BlobInfo { oid: row.oid(0)?, size: row.int(1)? as u64, lfs });
        }
    }
    Ok(found)
}

/// The objects of a repository in order of row, after row `after`: for export and copies.
pub async fn page(tx: &mut Tx, repo: i64, after: &[u8], limit: i64) -> Result<Vec<Object>, Error> {
    let sql = "SELECT oid, kind, size, data, lfs_oid, lfs_size FROM objects \
               WHERE repo_id = $1 AND oid > $2 ORDER BY oid LIMIT $3";
    tx.all(sql, args![repo, after, limit]).await?.iter().map(object).collect()
}

/// Commit ids that begin with these hexadecimal digits, at most two: enough to tell whether one is meant.
pub async fn by_prefix(tx: &mut Tx, repo: i64, low: &[u8], high: &[u8]) -> Result<Vec<Oid>, Error> {
    let sql = "SELECT oid FROM commits WHERE repo_id = $1 AND oid >= $2 AND oid <= $3 ORDER BY oid LIMIT 2";
    tx.all(sql, args![repo, low, high]).await?.iter().map(|row| row.oid(0)).collect()
}

fn object(row: &Row) -> Result<Object, Error> {
    Ok(Object {
        oid: row.oid(0)?,
        kind: row.int(1)?,
        size: row.int(2)? as u64,
        data: row.opt_blob(3)?,
        lfs: row.opt_sha256(4)?.zip(row.opt_int(5)?.map(|size| size as u64)),
    })
}

/// Stores a commit's row; its generation follows from its parents, which must be stored.
pub async fn put_commit(tx: &mut Tx, repo: i64, commit: &CommitRow, parents: &[Oid]) -> Result<(), Error> {
    let mut generation = 0;
    for (position, parent) in parents.iter().enumerate() {
        let sql = "SELECT generation FROM commits WHERE repo_id = $1 AND oid = $2";
        let row = tx.first(sql, args![repo, *parent]).await?;
        generation = generation.max(row.map_or(Ok(0), |row| row.int(0))?);
        tx.exec(
            "INSERT INTO commit_parents (repo_id, oid, position, parent) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (repo_id, oid, position) DO NOTHING",
            args![repo, commit.oid, position as i64, *parent],
        )
        .await?;
    }
    tx.exec(
        "INSERT INTO commits (repo_id, oid, tree, generation, at, author, title, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (repo_id, oid) DO NOTHING",
        args![
            repo,
            commit.oid,
            commit.tree,
            generation + 1,
            commit.at,
            &commit.author,
            &commit.title,
            &commit.body
        ],
    )
    .await
    .map(drop)
}

const COMMIT: &str = "c.oid, c.tree, c.generation, c.at, c.author, c.title, c.body";

fn commit_row(row: &Row) -> Result<CommitRow, Error> {
    Ok(CommitRow {
        oid: row.oid(0)?,
        tree: row.oid(1)?,
        generation: row.int(2)?,
        at: row.time(3)?,
        author: row.text(4)?,
        title: row.text(5)?,
        body: row.text(6)?,
    })
}

/// One commit.
pub async fn commit(tx: &mut Tx, repo: i64, oid: Oid) -> Result<Option<CommitRow>, Error> {
    let sql = format!("SELECT {COMMIT} FROM commits c WHERE c.repo_id = $1 AND c.oid = $2");
    tx.first(sql, args![repo, oid]).await?.as_ref().map(commit_row).transpose()
}

/// The parents of a commit, in order.
pub async fn parents(tx: &mut Tx, repo: i64, oid: Oid) -> Result<Vec<Oid>, Error> {
    let sql = "SELECT parent FROM commit_parents WHERE repo_id = $1 AND oid = $2 ORDER BY position";
    tx.all(sql, args![repo, oid]).await?.iter().map(|row| row.oid(0)).collect()
}

/// Everything reachable from a commit, newest first; a page of it.
pub async fn history(
    tx: &mut Tx,
    repo: i64,
    from: Oid,
    skip: i64,
    limit: i64,
) -> Result<Vec<CommitRow>, Error> {
    let sql = format!(
        "WITH RECURSIVE reach (oid) AS ( \
           SELECT $2 UNION \
           SELECT p.parent FROM reach r JOIN commit_parents p ON p.repo_id = $1 AND p.oid = r.oid) \
         SELECT {COMMIT} FROM reach r JOIN commits c ON c.repo_id = $1 AND c.oid = r.oid \
         ORDER BY c.at DESC, c.generation DESC LIMIT $3 OFFSET $4"
    );
    tx.all(sql, args![repo, from, limit, skip]).await?.iter().map(commit_row).collect()
}

/// How many commits are reachable from a commit.
pub async fn count_history(tx: &mut Tx, repo: i64, from: Oid) -> Result<i64, Error> {
    let sql = "WITH RECURSIVE reach (oid) AS ( \
                 SELECT $2 UNION \
                 SELECT p.parent FROM reach r JOIN commit_parents p ON p.repo_id = $1 AND p.oid = r.oid) \
               SELECT COUNT(*) FROM reach";
    let row = tx.first(sql, args![repo, from]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// The first parents of a commit down to the root, newest first, at most `limit`: oid, tree, time, title.
pub async fn first_parents(tx: &mut Tx, repo: i64, from: Oid, limit: i64) -> Result<Vec<CommitRow>, Error> {
    let sql = format!(
        "WITH RECURSIVE line (oid, depth) AS ( \
           SELECT $2, 0 UNION ALL \
           SELECT p.parent, l.depth + 1 FROM line l JOIN commit_parents p \
             ON p.repo_id = $1 AND p.oid = l.oid AND p.position = 0 WHERE l.depth < $3) \
         SELECT {COMMIT} FROM line l JOIN commits c ON c.repo_id = $1 AND c.oid = l.oid ORDER BY l.depth"
    );
    tx.all(sql, args![repo, from, limit]).await?.iter().map(commit_row).collect()
}

/// Copies every object and commit of one repository into another.
pub async fn copy_page(
    tx: &mut Tx,
    from: i64,
    to: i64,
    after: &[u8],
    limit: i64,
) -> Result<Option<Vec<u8>>, Error> {
    let last = tx
        .first(
            "SELECT MAX(oid) FROM (SELECT oid FROM objects WHERE repo_id = $1 AND oid > $2 ORDER BY oid LIMIT $3) page",
            args![from, after, limit],
        )
        .await?
        .map_or(Ok(None), |row| row.opt_blob(0))?;
    let Some(last) = last else { return Ok(None) };
    tx.exec(
        "INSERT INTO objects (repo_id, oid, kind, size, data, lfs_oid, lfs_size) \
         SELECT $2, oid, kind, size, data, lfs_oid, lfs_size FROM objects \
         WHERE repo_id = $1 AND oid > $3 AND oid <= $4 ON CONFLICT (repo_id, oid) DO NOTHING",
        args![from, to, after, last.as_slice()],
    )
    .await?;
    Ok(Some(last))
}

/// Copies the rows of every commit of one repository into another.
pub async fn copy_commits(tx: &mut Tx, from: i64, to: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO commits (repo_id, oid, tree, generation, at, author, title, body) \
         SELECT $2, oid, tree, generation, at, author, title, body FROM commits WHERE repo_id = $1",
        args![from, to],
    )
    .await?;
    tx.exec(
        "INSERT INTO commit_parents (repo_id, oid, position, parent) \
         SELECT $2, oid, position, parent FROM commit_parents WHERE repo_id = $1",
        args![from, to],
    )
    .await
    .map(drop)
}
