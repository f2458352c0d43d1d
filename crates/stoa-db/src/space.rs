//! What large files take, altogether and for whom.

use crate::value::args;
use crate::{Error, Tx};

/// Who is asked about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// Users and organizations.
    Owner,
    /// Repositories and buckets.
    Repo,
}

/// What somebody's large files take.
#[derive(Clone, Debug)]
pub struct Space {
    /// Who: the name of an account, the kind and the address of a repository, or the path of a bucket.
    pub name: (Option<i64>, String),
    /// Large files, counted in every repository that has them, and files of buckets.
    pub files: u64,
    /// Their bytes.
    pub logical: u64,
    /// Bytes of distinct files.
    pub distinct: u64,
    /// Bytes in the store that hold them, shared ones included.
    pub stored: u64,
}

/// The accounts, or repositories and buckets, with the most bytes.
pub async fn largest(tx: &mut Tx, by: By, limit: i64) -> Result<Vec<Space>, Error> {
    let sql = match by {
        By::Owner => {
            "SELECT a.id, NULL, a.name, SUM(t.files), SUM(t.bytes) FROM ( \
               SELECT r.owner_id AS owner_id, COUNT(*) AS files, SUM(l.size) AS bytes \
               FROM repo_lfs l JOIN repos r ON r.id = l.repo_id GROUP BY r.owner_id \
               UNION ALL SELECT owner_id, SUM(files), SUM(size) FROM buckets \
               WHERE key IS NOT NULL AND files > 0 GROUP BY owner_id) t \
             JOIN accounts a ON a.id = t.owner_id GROUP BY a.id ORDER BY 5 DESC, a.name LIMIT $1"
        }
        By::Repo => {
            "SELECT r.id, r.kind, r.full_name, COUNT(*), SUM(l.size) FROM repo_lfs l \
             JOIN repos r ON r.id = l.repo_id GROUP BY r.id \
             UNION ALL SELECT -b.id, NULL, 'buckets/' || b.full_name, b.files, b.size FROM buckets b \
             WHERE b.key IS NOT NULL AND b.files > 0 ORDER BY 5 DESC, 3 LIMIT $1"
        }
    };
    let mut found = Vec::new();
    for row in tx.all(sql, args![limit]).await? {
        let (distinct, stored) = held(tx, by, row.int(0)?).await?;
        found.push(Space {
            name: (row.opt_int(1)?, row.text(2)?),
            files: row.int(3)? as u64,
            logical: row.int(4)? as u64,
            distinct,
            stored,
        });
    }
    Ok(found)
}

/// What the large files of one repository take: how many they are, their bytes, and the bytes that hold them in the store,
/// those that others share included.
pub async fn of_repo(tx: &mut Tx, repo: i64) -> Result<(u64, u64, u64), Error> {
    let sql = "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM repo_lfs WHERE repo_id = $1";
    let Some(row) = tx.first(sql, args![repo]).await? else {
        return Err(Error::Malformed("a sum has no row".into()));
    };
    let (_, stored) = held(tx, By::Repo, repo).await?;
    Ok((row.int(0)? as u64, row.int(1)? as u64, stored))
}

/// Bytes of the distinct files of somebody, and of what holds them in the store. A bucket has its row id with a minus.
async fn held(tx: &mut Tx, by: By, id: i64) -> Result<(u64, u64), Error> {
    // Large files of repositories, and files of chunks of buckets.
    let (large, chunked) = match by {
        By::Owner => (
            "SELECT l.oid FROM repos r JOIN repo_lfs l ON l.repo_id = r.id WHERE r.owner_id = $1",
            "SELECT b.file_id FROM buckets k JOIN bucket_files b ON b.bucket_id = k.id \
             WHERE k.owner_id = $1 AND k.key IS NOT NULL AND b.file_id IS NOT NULL",
        ),
        By::Repo => (
            "SELECT l.oid FROM repo_lfs l WHERE l.repo_id = $1",
            "SELECT b.file_id FROM bucket_files b WHERE b.bucket_id = -$1 AND b.file_id IS NOT NULL",
        ),
    };
    let sql = format!(
        "SELECT COALESCE(SUM(o.size), 0) FROM lfs_objects o WHERE o.xet_file IS NULL AND o.oid IN ({large})"
    );
    let whole = sum(tx, sql, id).await?;
    // What is in a repository and in a bucket is one file of chunks.
    let files = format!(
        "SELECT o.xet_file FROM lfs_objects o WHERE o.xet_file IS NOT NULL AND o.oid IN ({large}) UNION {chunked}"
    );
    let sql = format!("SELECT COALESCE(SUM(f.size), 0) FROM xet_files f WHERE f.id IN ({files})");
    let distinct = sum(tx, sql, id).await?;
    let sql = format!(
        "SELECT COALESCE(SUM(x.packed), 0) FROM xorbs x WHERE x.id IN ( \
           SELECT g.xorb_id FROM xet_file_xorbs g WHERE g.file_id IN ({files}))"
    );
    let packed = sum(tx, sql, id).await?;
    Ok((whole + distinct, whole + packed))
}

async fn sum(tx: &mut Tx, sql: String, id: i64) -> Result<u64, Error> {
    tx.first(sql, args![id]).await?.map_or(Ok(0), |row| Ok(row.int(0)? as u64))
}

/// What all large files take: how often they are held, logical bytes, distinct bytes, bytes in the store.
pub async fn total(tx: &mut Tx) -> Result<Space, Error> {
    let sql = "SELECT (SELECT COUNT(*) FROM repo_lfs), (SELECT COALESCE(SUM(size), 0) FROM repo_lfs), \
               (SELECT COALESCE(SUM(files), 0) FROM buckets WHERE key IS NOT NULL), \
               (SELECT COALESCE(SUM(size), 0) FROM buckets WHERE key IS NOT NULL), \
               (SELECT COALESCE(SUM(size), 0) FROM lfs_objects), \
               (SELECT COALESCE(SUM(f.size), 0) FROM xet_files f \
                 WHERE EXISTS (SELECT 1 FROM bucket_files b WHERE b.file_id = f.id) \
                 AND NOT EXISTS (SELECT 1 FROM lfs_objects o WHERE o.xet_file = f.id)), \
               (SELECT COALESCE(SUM(size), 0) FROM lfs_objects WHERE xet_file IS NULL), \
               (SELECT COALESCE(SUM(packed), 0) FROM xorbs)";
    let Some(row) = tx.first(sql, vec![]).await? else {
        return Err(Error::Malformed("a sum has no row".into()));
    };
    let both = |column: usize| Ok::<_, Error>((row.int(column)? + row.int(column + 1)?) as u64);
    Ok(Space {
        name: (None, "all".to_owned()),
        files: (row.int(0)? + row.int(2)?) as u64,
        logical: (row.int(1)? + row.int(3)?) as u64,
        distinct: both(4)?,
        stored: both(6)?,
    })
}
