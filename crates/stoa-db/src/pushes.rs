//! Pushes under way: their objects are stored in many short transactions and count only when the last one is done.

use stoa_core::{Oid, Time};

use crate::connect::{list_of, rows_of};
use crate::value::args;
use crate::{Error, Tx, Value};

/// Notes that a push begins to store objects.
pub async fn begin(tx: &mut Tx, id: i64, repo: i64, lease: Time) -> Result<(), Error> {
    let sql = "INSERT INTO pushes (id, repo_id, lease, dead) VALUES ($1, $2, $3, 0)";
    tx.exec(sql, args![id, repo, lease]).await.map(drop)
}

/// Says that a push is alive; `false` when it was given up.
pub async fn renew(tx: &mut Tx, id: i64, lease: Time) -> Result<bool, Error> {
    let sql = "UPDATE pushes SET lease = $2 WHERE id = $1 AND dead = 0";
    Ok(tx.exec(sql, args![id, lease]).await? == 1)
}

/// Ends a push: what it brought counts from this transaction on. `false` when it was given up.
pub async fn end(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM pushes WHERE id = $1 AND dead = 0", args![id]).await? == 1)
}

/// An object that another push under way brought first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Its id.
    pub oid: Oid,
    /// What the other push's bytes of it are a delta on.
    pub base: Option<Oid>,
}

/// Notes which of some objects that a push brings belong to other pushes under way: whatever becomes of those, this one
/// can count on them. Answers them.
pub async fn claim(tx: &mut Tx, repo: i64, push: i64, oids: &[Oid]) -> Result<Vec<Shared>, Error> {
    let mut shared = Vec::new();
    for some in oids.chunks(500) {
        let sql = format!(
            "SELECT oid, base FROM objects WHERE repo_id = $1 AND push_id <> $2 AND oid IN ({}) \
             AND push_id IN (SELECT id FROM pushes)",
            list_of(2, some.len())
        );
        let mut values: Vec<Value> = args![repo, push];
        values.extend(some.iter().map(|oid| Value::from(*oid)));
        for row in tx.all(sql, values).await? {
            shared.push(Shared { oid: row.oid(0)?, base: row.opt_oid(1)? });
        }
    }
    for some in shared.chunks(200) {
        let sql = format!(
            "INSERT INTO push_claims (push_id, repo_id, oid) VALUES {} ON CONFLICT (push_id, oid) DO NOTHING",
            rows_of(some.len(), 3)
        );
        let values = some.iter().flat_map(|one| args![push, repo, one.oid]).collect();
        tx.exec(sql, values).await?;
    }
    Ok(shared)
}

/// Makes what a push claimed count from now on, whosever it is.
pub async fn take(tx: &mut Tx, repo: i64, push: i64) -> Result<(), Error> {
    let claimed = "SELECT oid FROM push_claims WHERE push_id = $2";
    if tx.first(format!("{claimed} AND repo_id = $1 LIMIT 1"), args![repo, push]).await?.is_none() {
        return Ok(());
    }
    let sql = format!(
        "UPDATE objects SET push_id = NULL WHERE repo_id = $1 AND oid IN ({claimed}) \
         AND push_id IN (SELECT id FROM pushes)"
    );
    tx.exec(sql, args![repo, push]).await?;
    tx.exec("DELETE FROM push_claims WHERE push_id = $1", args![push]).await.map(drop)
}

/// Gives up pushes whose lease ends before `at`; answers those to be cleared away: push and repository.
pub async fn give_up(tx: &mut Tx, at: Time, limit: i64) -> Result<Vec<(i64, i64)>, Error> {
    tx.exec("UPDATE pushes SET dead = 1 WHERE dead = 0 AND lease < $1", args![at]).await?;
    let sql = "SELECT id, repo_id FROM pushes WHERE dead = 1 LIMIT $1";
    tx.all(sql, args![limit]).await?.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}

/// Gives up one push; `false` when it has ended, and what it brought counts.
pub async fn give_up_one(tx: &mut Tx, id: i64) -> Result<bool, Error> {
    Ok(tx.exec("UPDATE pushes SET dead = 1 WHERE id = $1", args![id]).await? == 1)
}

/// Removes objects that a dead push brought, looking at `limit` of its repository's after `after`; answers where to go
/// on, `None` at the end. Their bytes in the object store go with the sweep of what has no row.
pub async fn clear(
    tx: &mut Tx,
    id: i64,
    repo: i64,
    after: &[u8],
    limit: i64,
) -> Result<Option<Vec<u8>>, Error> {
    let sql = "SELECT MAX(oid) FROM (SELECT oid FROM objects WHERE repo_id = $1 AND oid > $2 ORDER BY oid LIMIT $3) page";
    let last = tx.first(sql, args![repo, after, limit]).await?.map_or(Ok(None), |row| row.opt_blob(0))?;
    let Some(last) = last else {
        tx.exec("DELETE FROM push_claims WHERE push_id = $1", args![id]).await?;
        tx.exec("DELETE FROM pushes WHERE id = $1 AND dead = 1", args![id]).await?;
        return Ok(None);
    };
    let claimed = "FROM push_claims c JOIN pushes p ON p.id = c.push_id \
                   WHERE c.repo_id = objects.repo_id AND c.oid = objects.oid AND p.dead = 0";
    let sql = format!(
        "UPDATE objects SET push_id = (SELECT c.push_id {claimed} LIMIT 1) \
         WHERE repo_id = $1 AND oid > $2 AND oid <= $3 AND push_id = $4 AND EXISTS (SELECT 1 {claimed})"
    );
    tx.exec(sql, args![repo, after, last.as_slice(), id]).await?;
    let dead = "repo_id = $1 AND oid > $2 AND oid <= $3 AND push_id = $4";
    for table in ["commit_parents", "commits"] {
        let sql = format!(
            "DELETE FROM {table} WHERE repo_id = $1 AND oid IN (SELECT oid FROM objects WHERE {dead} AND kind = 1)"
        );
        tx.exec(sql, args![repo, after, last.as_slice(), id]).await?;
    }
    tx.exec(format!("DELETE FROM objects WHERE {dead}"), args![repo, after, last.as_slice(), id]).await?;
    Ok(Some(last))
}

/// How many pushes, claims, objects and commits there are, in all repositories.
pub async fn tally(tx: &mut Tx) -> Result<[i64; 4], Error> {
    let sql = "SELECT (SELECT COUNT(*) FROM pushes), (SELECT COUNT(*) FROM push_claims), \
               (SELECT COUNT(*) FROM objects), (SELECT COUNT(*) FROM commits)";
    let row = tx.first(sql, Vec::new()).await?;
    row.map_or(Ok([0; 4]), |row| Ok([row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?]))
}
