//! What large files take, altogether and for whom.

use crate::value::args;
use crate::{Error, Tx};

/// Who is asked about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    /// Users and organizations.
    Owner,
    /// Repositories.
    Repo,
}

/// What somebody's large files take.
#[derive(Clone, Debug)]
pub struct Space {
    /// Who: the name of an account, or the kind and the address of a repository.
    pub name: (Option<i64>, String),
    /// Large files, counted in every repository that has them.
    pub files: u64,
    /// Their bytes.
    pub logical: u64,
    /// Bytes of distinct files.
    pub distinct: u64,
    /// Bytes in the store that hold them, shared ones included.
    pub stored: u64,
}

/// The accounts or repositories with the most bytes.
pub async fn largest(tx: &mut Tx, by: By, limit: i64) -> Result<Vec<Space>, Error> {
    let sql = match by {
        By::Owner => {
            "SELECT a.id, NULL, a.name, COUNT(*), SUM(l.size) FROM repo_lfs l JOIN repos r ON r.id = l.repo_id \
             JOIN accounts a ON a.id = r.owner_id GROUP BY a.id ORDER BY 5 DESC, a.name LIMIT $1"
        }
        By::Repo => {
            "SELECT r.id, r.kind, r.full_name, COUNT(*), SUM(l.size) FROM repo_lfs l \
             JOIN repos r ON r.id = l.repo_id GROUP BY r.id ORDER BY 5 DESC, r.full_name LIMIT $1"
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

/// Bytes of the distinct files of somebody, and of what holds them in the store.
async fn held(tx: &mut Tx, by: By, id: i64) -> Result<(u64, u64), Error> {
    let mine = match by {
        By::Owner => {
            "SELECT DISTINCT l.oid FROM repos r JOIN repo_lfs l ON l.repo_id = r.id WHERE r.owner_id = $1"
        }
        By::Repo => "SELECT l.oid FROM repo_lfs l WHERE l.repo_id = $1",
    };
    let sql = format!(
        "SELECT COALESCE(SUM(o.size), 0), COALESCE(SUM(CASE WHEN o.xet_file IS NULL THEN o.size ELSE 0 END), 0) \
         FROM lfs_objects o WHERE o.oid IN ({mine})"
    );
    let (distinct, whole) = tx
        .first(sql, args![id])
        .await?
        .map_or(Ok((0, 0)), |row| Ok::<_, Error>((row.int(0)?, row.int(1)?)))?;
    let sql = format!(
        "SELECT COALESCE(SUM(x.packed), 0) FROM xorbs x WHERE x.id IN ( \
           SELECT f.xorb_id FROM lfs_objects o JOIN xet_file_xorbs f ON f.file_id = o.xet_file WHERE o.oid IN ({mine}))"
    );
    let packed = tx.first(sql, args![id]).await?.map_or(Ok(0), |row| row.int(0))?;
    Ok((distinct as u64, (whole + packed) as u64))
}

/// What all large files take: how many links, logical bytes, distinct bytes, bytes in the store.
pub async fn total(tx: &mut Tx) -> Result<Space, Error> {
    let sql = "SELECT (SELECT COUNT(*) FROM repo_lfs), (SELECT COALESCE(SUM(size), 0) FROM repo_lfs), \
               (SELECT COALESCE(SUM(size), 0) FROM lfs_objects), \
               (SELECT COALESCE(SUM(size), 0) FROM lfs_objects WHERE xet_file IS NULL), \
               (SELECT COALESCE(SUM(packed), 0) FROM xorbs)";
    let Some(row) = tx.first(sql, vec![]).await? else {
        return Err(Error::Malformed("a sum has no row".into()));
    };
    Ok(Space {
        name: (None, "all".to_owned()),
        files: row.int(0)? as u64,
        logical: row.int(1)? as u64,
        distinct: row.int(2)? as u64,
        stored: (row.int(3)? + row.int(4)?) as u64,
    })
}
