//! Git objects and the table of commits that history is read from.

use stoa_core::{Oid, Sha256, Time};

use crate::connect::{rows_by_oid, rows_of};
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
    /// The body, or the delta to it, as a zlib stream; `None` when it lies in the object store.
    pub data: Option<Vec<u8>>,
    /// The large file that a pointer blob stands for.
    pub lfs: Option<(Sha256, u64)>,
    /// What `data` is a delta against; `None` when it is the whole object.
    pub base: Option<Base>,
    /// The push that brings it, while there is one.
    pub push: Option<i64>,
}

/// What a delta is based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// The object.
    pub oid: Oid,
    /// How many deltas led from here to a whole object when it was written, which keeps chains short. The base may have
    /// been here before in another form, so it is no promise.
    pub depth: u32,
    /// Bytes of the instructions before they were compressed.
    pub instructions: u64,
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

/// Deltas that are followed. Writers stop far below; this only ends what a damaged database would make endless.
const CHAIN: i64 = 4096;

/// At most this many rows go into one statement, so that a ref update never waits long behind a bulk insert.
pub const BATCH: usize = 200;

/// The columns that [`object`] reads, of the table or alias `o`.
const OBJECT: &str =
    "o.oid, o.kind, o.size, o.data, o.lfs_oid, o.lfs_size, o.base, o.depth, o.delta_size, o.push_id";
/// What makes an object count as there: the push that brought it is not under way.
const LIVE: &str = "(o.push_id IS NULL OR NOT EXISTS (SELECT 1 FROM pushes p WHERE p.id = o.push_id))";

/// Stores objects, bases first; answers how many of them were not there. Callers pass at most [`BATCH`]. Those that are
/// there stay as they are, but what a push under way brought becomes everybody's when it is stored without a push: as it
/// is given here, because what the push's bytes are based on may go with the push.
pub async fn put(tx: &mut Tx, repo: i64, objects: &[Object]) -> Result<usize, Error> {
    if objects.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "INSERT INTO objects (repo_id, oid, kind, size, data, lfs_oid, lfs_size, base, depth, delta_size, push_id) VALUES {} \
         ON CONFLICT (repo_id, oid) DO UPDATE SET push_id = NULL, data = excluded.data, base = excluded.base, \
         depth = excluded.depth, delta_size = excluded.delta_size \
         WHERE excluded.push_id IS NULL AND EXISTS (SELECT 1 FROM pushes p WHERE p.id = objects.push_id)",
        rows_of(objects.len(), 11)
    );
    let mut values = Vec::with_capacity(objects.len() * 11);
    for object in objects {
        values.extend(args![
            repo,
            object.oid,
            object.kind,
            object.size as i64,
            object.data.as_deref(),
            object.lfs.map(|(oid, _)| oid),
            object.lfs.map(|(_, size)| size as i64),
            object.base.map(|base| base.oid),
            object.base.map_or(0, |base| i64::from(base.depth)),
            object.base.map(|base| base.instructions as i64),
            object.push
        ]);
    }
    tx.exec(sql, values).await.map(|changed| changed as usize)
}

/// Replaces the form of an object that a push under way brought: `object` must be whole.
pub async fn make_whole(tx: &mut Tx, repo: i64, object: &Object) -> Result<(), Error> {
    let sql = "UPDATE objects SET data = $3, base = NULL, depth = 0, delta_size = NULL \
               WHERE repo_id = $1 AND oid = $2 AND base IS NOT NULL";
    tx.exec(sql, args![repo, object.oid, object.data.as_deref()]).await.map(drop)
}

/// One object.
pub async fn get(tx: &mut Tx, repo: i64, oid: Oid) -> Result<Option<Object>, Error> {
    let sql = format!("SELECT {OBJECT} FROM objects o WHERE o.repo_id = $1 AND o.oid = $2");
    tx.first(sql, args![repo, oid]).await?.as_ref().map(object).transpose()
}

/// An object and, if it is a delta, what it is based on, down to a whole object; empty when it is not there.
pub async fn chain(tx: &mut Tx, repo: i64, oid: Oid) -> Result<Vec<Object>, Error> {
    let Some(first) = get(tx, repo, oid).await? else { return Ok(Vec::new()) };
    let Some(base) = first.base else { return Ok(vec![first]) };
    // CROSS JOIN: the few of the chain come first. Otherwise SQLite reads every object of the repository.
    let sql = format!(
        "WITH RECURSIVE chain (oid, step) AS ( \
           SELECT $2, 0 UNION ALL \
           SELECT b.base, c.step + 1 FROM chain c CROSS JOIN objects b \
           WHERE b.repo_id = $1 AND b.oid = c.oid AND b.base IS NOT NULL AND c.step < $3) \
         SELECT {OBJECT} FROM chain c CROSS JOIN objects o WHERE o.repo_id = $1 AND o.oid = c.oid ORDER BY c.step"
    );
    let mut chain = vec![first];
    for row in tx.all(sql, args![repo, base.oid, CHAIN]).await? {
        chain.push(object(&row)?);
    }
    Ok(chain)
}

/// Many objects and all that they are based on, in no order. Callers pass few, since each may come with a long chain.
pub async fn chains(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<Object>, Error> {
    if oids.is_empty() {
        return Ok(Vec::new());
    }
    let starts: Vec<String> = (0..oids.len()).map(|i| format!("(${})", i + 2)).collect();
    let sql = format!(
        "WITH RECURSIVE start (oid) AS (VALUES {}), chain (oid) AS ( \
           SELECT oid FROM start UNION \
           SELECT b.base FROM chain c CROSS JOIN objects b \
           WHERE b.repo_id = $1 AND b.oid = c.oid AND b.base IS NOT NULL) \
         SELECT {OBJECT} FROM chain c CROSS JOIN objects o WHERE o.repo_id = $1 AND o.oid = c.oid",
        starts.join(", ")
    );
    let mut values: Vec<Value> = args![repo];
    values.extend(oids.iter().map(|oid| Value::from(*oid)));
    tx.all(sql, values).await?.iter().map(object).collect()
}

/// Many objects, in no order; those that are not there are left out.
pub async fn many(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<Object>, Error> {
    let sql = format!("SELECT {OBJECT} FROM objects o WHERE o.repo_id = $1 AND o.oid IN (ids)");
    rows_by_oid(tx, &sql, repo, oids).await?.iter().map(object).collect()
}

/// Id, kind and size of many objects; those that are not there are left out.
pub async fn shapes(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<(Oid, i64, u64)>, Error> {
    let sql = "SELECT oid, kind, size FROM objects WHERE repo_id = $1 AND oid IN (ids)";
    let rows = rows_by_oid(tx, sql, repo, oids).await?;
    rows.iter().map(|row| Ok((row.oid(0)?, row.int(1)?, row.int(2)? as u64))).collect()
}

/// Those of some objects that are there with all that they lead to, and their kind: none that a push under way brought.
pub async fn live(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<(Oid, i64)>, Error> {
    let sql =
        format!("SELECT o.oid, o.kind FROM objects o WHERE o.repo_id = $1 AND o.oid IN (ids) AND {LIVE}");
    let rows = rows_by_oid(tx, &sql, repo, oids).await?;
    rows.iter().map(|row| Ok((row.oid(0)?, row.int(1)?))).collect()
}

/// What may be a base: how deep it is, and its size. Those that do not count as there are left out.
#[derive(Clone, Copy, Debug)]
pub struct Depth {
    /// SHA-1.
    pub oid: Oid,
    /// How many deltas lead from it to a whole object: 0 for a whole one.
    pub depth: u32,
    /// Bytes of the body.
    pub size: u64,
}

/// See [`Depth`].
pub async fn depths(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<Depth>, Error> {
    let sql = format!(
        "SELECT o.oid, o.depth, o.size FROM objects o WHERE o.repo_id = $1 AND o.oid IN (ids) AND {LIVE}"
    );
    let rows = rows_by_oid(tx, &sql, repo, oids).await?;
    let depth =
        |row: &Row| Ok(Depth { oid: row.oid(0)?, depth: row.int(1)? as u32, size: row.int(2)? as u64 });
    rows.iter().map(depth).collect()
}

/// What listings need of many blobs; those that are not there are left out.
pub async fn blob_infos(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<BlobInfo>, Error> {
    let sql = "SELECT oid, size, lfs_oid, lfs_size FROM objects WHERE repo_id = $1 AND oid IN (ids)";
    let rows = rows_by_oid(tx, sql, repo, oids).await?;
    let info = |row: &Row| {
        let lfs = row.opt_sha256(2)?.zip(row.opt_int(3)?.map(|size| size as u64));
        Ok(BlobInfo { oid: row.oid(0)?, size: row.int(1)? as u64, lfs })
    };
    rows.iter().map(info).collect()
}

/// Those objects that have their bytes in their row and at most `size` bytes unpacked: all but monstrous commits do.
/// Callers pass at most a page.
pub async fn get_small(tx: &mut Tx, repo: i64, oids: &[Oid], size: u64) -> Result<Vec<Object>, Error> {
    let mut found = many(tx, repo, oids).await?;
    found.retain(|object| object.size <= size && object.data.is_some());
    Ok(found)
}

/// The objects of a repository in order of id, after `after`: for export and copies.
pub async fn page(tx: &mut Tx, repo: i64, after: &[u8], limit: i64) -> Result<Vec<Object>, Error> {
    let sql = format!(
        "SELECT {OBJECT} FROM objects o WHERE o.repo_id = $1 AND o.oid > $2 AND {LIVE} ORDER BY o.oid LIMIT $3"
    );
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
        base: match (row.opt_oid(6)?, row.opt_int(8)?) {
            (Some(oid), Some(instructions)) => {
                Some(Base { oid, depth: row.int(7)? as u32, instructions: instructions as u64 })
            }
            _ => None,
        },
        push: row.opt_int(9)?,
    })
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

/// Many commits, in no order; those that are not there are left out.
pub async fn commits(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<CommitRow>, Error> {
    let sql = format!("SELECT {COMMIT} FROM commits c WHERE c.repo_id = $1 AND c.oid IN (ids)");
    rows_by_oid(tx, &sql, repo, oids).await?.iter().map(commit_row).collect()
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
           SELECT p.parent FROM reach r CROSS JOIN commit_parents p WHERE p.repo_id = $1 AND p.oid = r.oid) \
         SELECT {COMMIT} FROM reach r CROSS JOIN commits c WHERE c.repo_id = $1 AND c.oid = r.oid \
         ORDER BY c.at DESC, c.generation DESC LIMIT $3 OFFSET $4"
    );
    tx.all(sql, args![repo, from, limit, skip]).await?.iter().map(commit_row).collect()
}

/// How many commits are reachable from a commit.
pub async fn count_history(tx: &mut Tx, repo: i64, from: Oid) -> Result<i64, Error> {
    let sql = "WITH RECURSIVE reach (oid) AS ( \
                 SELECT $2 UNION \
                 SELECT p.parent FROM reach r CROSS JOIN commit_parents p WHERE p.repo_id = $1 AND p.oid = r.oid) \
               SELECT COUNT(*) FROM reach";
    let row = tx.first(sql, args![repo, from]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// First line and time of some commits, in no order; those that are not there are left out.
pub async fn titles(tx: &mut Tx, repo: i64, oids: &[Oid]) -> Result<Vec<(Oid, String, Time)>, Error> {
    let sql = "SELECT oid, title, at FROM commits WHERE repo_id = $1 AND oid IN (ids)";
    let rows = rows_by_oid(tx, sql, repo, oids).await?;
    rows.iter().map(|row| Ok((row.oid(0)?, row.text(1)?, row.time(2)?))).collect()
}

/// Copies the rows of every commit of one repository into another.
pub async fn copy_commits(tx: &mut Tx, from: i64, to: i64) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO commits (repo_id, oid, tree, generation, at, author, title, body, introduced) \
         SELECT $2, oid, tree, generation, at, author, title, body, introduced FROM commits WHERE repo_id = $1",
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
