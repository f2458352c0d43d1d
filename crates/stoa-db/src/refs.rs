//! Branches, tags and other refs. A ref moves by compare-and-swap, in the transaction that also writes what follows.

use stoa_core::{Oid, Time};

use crate::value::args;
use crate::{Error, Row, Tx};

/// A ref.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ref {
    /// Full name.
    pub name: String,
    /// What it names: a commit or an annotated tag.
    pub oid: Oid,
    /// The commit behind it.
    pub target: Oid,
}

fn a_ref(row: &Row) -> Result<Ref, Error> {
    Ok(Ref { name: row.text(0)?, oid: row.oid(1)?, target: row.oid(2)? })
}

/// The ref of a full name.
pub async fn get(tx: &mut Tx, repo: i64, name: &str) -> Result<Option<Ref>, Error> {
    let sql = "SELECT name, oid, target FROM refs WHERE repo_id = $1 AND name = $2";
    tx.first(sql, args![repo, name]).await?.as_ref().map(a_ref).transpose()
}

/// Every ref of a repository, by name.
pub async fn all(tx: &mut Tx, repo: i64) -> Result<Vec<Ref>, Error> {
    let sql = "SELECT name, oid, target FROM refs WHERE repo_id = $1 ORDER BY name LIMIT 100000";
    tx.all(sql, args![repo]).await?.iter().map(a_ref).collect()
}

/// Makes a ref; whether it is new.
pub async fn create(
    tx: &mut Tx,
    repo: i64,
    name: &str,
    oid: Oid,
    target: Oid,
    now: Time,
) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "INSERT INTO refs (repo_id, name, oid, target, updated_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (repo_id, name) DO NOTHING",
            args![repo, name, oid, target, now],
        )
        .await?;
    Ok(changed == 1)
}

/// Moves a branch from one commit to another; `false` when it did not stand on `from`.
pub async fn swap(tx: &mut Tx, repo: i64, name: &str, from: Oid, to: Oid, now: Time) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE refs SET oid = $4, target = $4, updated_at = $5 WHERE repo_id = $1 AND name = $2 AND oid = $3",
            args![repo, name, from, to, now],
        )
        .await?;
    Ok(changed == 1)
}

/// Deletes a ref; `false` when there was none.
pub async fn delete(tx: &mut Tx, repo: i64, name: &str) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM refs WHERE repo_id = $1 AND name = $2", args![repo, name]).await? == 1)
}
