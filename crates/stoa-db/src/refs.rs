//! Branches, tags and other refs. A ref moves by compare-and-swap, in the transaction that also writes what follows.

use stoa_core::{Oid, Time};

use crate::connect::list_of;
use crate::value::args;
use crate::{Error, Row, Tx, Value};

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

/// Those of some names that are refs.
pub async fn many(tx: &mut Tx, repo: i64, names: &[&str]) -> Result<Vec<Ref>, Error> {
    let mut found = Vec::new();
    for some in names.chunks(500) {
        let marks = list_of(1, some.len());
        let sql = format!("SELECT name, oid, target FROM refs WHERE repo_id = $1 AND name IN ({marks})");
        let mut values: Vec<Value> = args![repo];
        values.extend(some.iter().map(|name| Value::from(*name)));
        for row in tx.all(sql, values).await? {
            found.push(a_ref(&row)?);
        }
    }
    Ok(found)
}

/// Refs that no ref of this name can stand beside, at most 100: `a` is in the way of `a/b`, and `a/b` of `a`, because git
/// keeps refs as files in folders.
pub async fn in_the_way(tx: &mut Tx, repo: i64, name: &str) -> Result<Vec<String>, Error> {
    let above: Vec<&str> = name.match_indices('/').map(|(at, _)| &name[..at]).collect();
    // What begins with `name/` comes before what begins with the character after `/`.
    let sql = format!(
        "SELECT name FROM refs WHERE repo_id = $1 AND (name IN ({}) OR (name > $2 AND name < $3)) LIMIT 100",
        list_of(3, above.len())
    );
    let mut values: Vec<Value> = args![repo, format!("{name}/"), format!("{name}0")];
    values.extend(above.into_iter().map(Value::from));
    tx.all(sql, values).await?.iter().map(|row| row.text(0)).collect()
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

/// Makes, moves or deletes a ref: `from` is what it must be now, `to` what it names then and the commit behind that.
/// `false` when it is not at `from`.
pub async fn change(
    tx: &mut Tx,
    repo: i64,
    name: &str,
    from: Option<Oid>,
    to: Option<(Oid, Oid)>,
    now: Time,
) -> Result<bool, Error> {
    match (from, to) {
        (None, None) => Ok(get(tx, repo, name).await?.is_none()),
        (None, Some((oid, target))) => create(tx, repo, name, oid, target, now).await,
        (Some(from), Some((oid, target))) => {
            let sql = "UPDATE refs SET oid = $4, target = $5, updated_at = $6 \
                       WHERE repo_id = $1 AND name = $2 AND oid = $3";
            Ok(tx.exec(sql, args![repo, name, from, oid, target, now]).await? == 1)
        }
        (Some(from), None) => {
            let sql = "DELETE FROM refs WHERE repo_id = $1 AND name = $2 AND oid = $3";
            Ok(tx.exec(sql, args![repo, name, from]).await? == 1)
        }
    }
}

/// Deletes a ref; `false` when there was none.
pub async fn delete(tx: &mut Tx, repo: i64, name: &str) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM refs WHERE repo_id = $1 AND name = $2", args![repo, name]).await? == 1)
}
