//! Locks of files: at most one for each path of a repository.

use std::fmt::Write as _;

use stoa_core::Time;

use crate::value::args;
use crate::{Error, Row, Tx, Value};

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// What clients call it.
    pub id: String,
    /// The file.
    pub path: String,
    /// Row id of the user whose lock it is.
    pub owner_id: i64,
    /// Name of that user.
    pub owner: String,
    /// Since when.
    pub locked_at: Time,
}

/// Which locks of a repository are asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter<'a> {
    /// Only the lock of this id.
    pub id: Option<&'a str>,
    /// Only the lock of this path.
    pub path: Option<&'a str>,
    /// Only locks of other users than this one.
    pub not_of: Option<i64>,
    /// Only those behind this path, in the order of paths.
    pub after: Option<&'a str>,
}

/// Makes a lock; `false` when the path has one already.
pub async fn create(
    tx: &mut Tx,
    repo: i64,
    id: &str,
    path: &str,
    owner: i64,
    now: Time,
) -> Result<bool, Error> {
    let made = tx
        .exec(
            "INSERT INTO locks (id, repo_id, path, owner_id, locked_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (repo_id, path) DO NOTHING",
            args![id, repo, path, owner, now],
        )
        .await?;
    Ok(made == 1)
}

/// Locks of a repository in the order of their paths, at most `limit`.
pub async fn find(tx: &mut Tx, repo: i64, filter: &Filter<'_>, limit: i64) -> Result<Vec<Lock>, Error> {
    let mut sql = String::from(
        "SELECT l.id, l.path, l.owner_id, a.name, l.locked_at FROM locks l JOIN accounts a ON a.id = l.owner_id \
         WHERE l.repo_id = $1",
    );
    let mut values: Vec<Value> = args![repo];
    let mut and = |condition: &str, value: Value| {
        values.push(value);
        let _ = write!(sql, " AND {condition} ${}", values.len());
    };
    for (condition, value) in [("l.id =", filter.id), ("l.path =", filter.path), ("l.path >", filter.after)] {
        if let Some(value) = value {
            and(condition, value.into());
        }
    }
    if let Some(user) = filter.not_of {
        and("l.owner_id <>", user.into());
    }
    values.push(limit.into());
    let _ = write!(sql, " ORDER BY l.path LIMIT ${}", values.len());
    tx.all(sql, values).await?.iter().map(lock).collect()
}

fn lock(row: &Row) -> Result<Lock, Error> {
    Ok(Lock {
        id: row.text(0)?,
        path: row.text(1)?,
        owner_id: row.int(2)?,
        owner: row.text(3)?,
        locked_at: row.time(4)?,
    })
}

/// How many locks a repository has.
pub async fn count(tx: &mut Tx, repo: i64) -> Result<u64, Error> {
    let row = tx.first("SELECT COUNT(*) FROM locks WHERE repo_id = $1", args![repo]).await?;
    row.map_or(Ok(0), |row| row.int(0)).map(|count| count as u64)
}

/// Removes a lock; whether there was one.
pub async fn delete(tx: &mut Tx, repo: i64, id: &str) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM locks WHERE repo_id = $1 AND id = $2", args![repo, id]).await? == 1)
}
