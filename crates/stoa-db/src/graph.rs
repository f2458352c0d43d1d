//! The graph of commits, as fetch and push walk it, and which objects each commit brought.

use std::collections::HashMap;

use stoa_core::{Oid, Time};

use crate::connect::{rows_by_oid, rows_of};
use crate::objects::CommitRow;
use crate::value::args;
use crate::{Error, Row, Tx, Value};

/// A commit with what a walk needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// SHA-1.
    pub oid: Oid,
    /// Its root tree.
    pub tree: Oid,
    /// Longest way to a root, counted in commits.
    pub generation: i64,
    /// Committer's time.
    pub at: Time,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
}

/// A commit to be stored, with all that follows from it.
#[derive(Clone, Debug)]
pub struct NewCommit {
    /// Its row; [`put_commits`] needs the right generation, [`put_commit`] works it out.
    pub row: CommitRow,
    /// Its parents, in order.
    pub parents: Vec<Oid>,
    /// The ids of what it brought, one after the other; `None` leaves that for later.
    pub introduced: Option<Vec<u8>>,
}

/// Most commits that [`put_commits`] takes at once.
pub const BATCH: usize = 200;

/// Stores commits, skipping those that are there; their objects must be there or be stored in the same transaction.
pub async fn put_commits(tx: &mut Tx, repo: i64, commits: &[NewCommit]) -> Result<(), Error> {
    for some in commits.chunks(BATCH) {
        let sql = format!(
            "INSERT INTO commits (repo_id, oid, tree, generation, at, author, title, body, introduced) \
             VALUES {} ON CONFLICT (repo_id, oid) DO NOTHING",
            rows_of(some.len(), 9)
        );
        let mut values = Vec::with_capacity(some.len() * 9);
        for NewCommit { row, introduced, .. } in some {
            values.extend(args![
                repo,
                row.oid,
                row.tree,
                row.generation,
                row.at,
                &row.author,
                &row.title,
                &row.body,
                introduced.as_deref()
            ]);
        }
        tx.exec(sql, values).await?;
        let edges: Vec<(Oid, usize, Oid)> = some
            .iter()
            .flat_map(|commit| {
                commit
                    .parents
                    .iter()
                    .enumerate()
                    .map(|(position, parent)| (commit.row.oid, position, *parent))
            })
            .collect();
        for edges in edges.chunks(BATCH) {
            let sql = format!(
                "INSERT INTO commit_parents (repo_id, oid, position, parent) VALUES {} \
                 ON CONFLICT (repo_id, oid, position) DO NOTHING",
                rows_of(edges.len(), 4)
            );
            let values =
                edges.iter().flat_map(|(oid, at, parent)| args![repo, *oid, *at as i64, *parent]).collect();
            tx.exec(sql, values).await?;
        }
    }
    Ok(())
}

/// The generation of a commit with these parents, which must be stored.
async fn generation(tx: &mut Tx, repo: i64, parents: &[Oid]) -> Result<i64, Error> {
    let known = generations(tx, repo, parents).await?;
    Ok(known.into_iter().map(|(_, generation)| generation).max().unwrap_or(0) + 1)
}

/// Stores a commit whose generation follows from its parents, which must be stored.
pub async fn put_commit(tx: &mut Tx, repo: i64, mut commit: NewCommit) -> Result<(), Error> {
    commit.row.generation = generation(tx, repo, &commit.parents).await?;
    put_commits(tx, repo, &[commit]).await
}

/// The generations of many commits; those that are not there are left out.
pub async fn generations(tx: &mut Tx, repo: i64, commits: &[Oid]) -> Result<Vec<(Oid, i64)>, Error> {
    let sql = "SELECT oid, generation FROM commits WHERE repo_id = $1 AND oid IN (ids)";
    let rows = rows_by_oid(tx, sql, repo, commits).await?;
    rows.iter().map(|row| Ok((row.oid(0)?, row.int(1)?))).collect()
}

/// Commits and what comes before them, `limit` rows of parents at most, in no order. Every commit that is answered has
/// all its parents named, whether they are answered too or not.
pub async fn ancestors(tx: &mut Tx, repo: i64, from: &[Oid], limit: i64) -> Result<Vec<Node>, Error> {
    if from.is_empty() {
        return Ok(Vec::new());
    }
    let starts: Vec<String> = (0..from.len()).map(|i| format!("(${})", i + 3)).collect();
    let sql = format!(
        "WITH RECURSIVE start (oid) AS (VALUES {}), reach (oid) AS ( \
           SELECT oid FROM start UNION \
           SELECT p.parent FROM reach r CROSS JOIN commit_parents p \
           WHERE p.repo_id = $1 AND p.oid = r.oid LIMIT $2) \
         SELECT c.oid, c.tree, c.generation, c.at, p.parent FROM reach r CROSS JOIN commits c \
           LEFT JOIN commit_parents p ON p.repo_id = $1 AND p.oid = r.oid \
           WHERE c.repo_id = $1 AND c.oid = r.oid ORDER BY r.oid, p.position",
        starts.join(", ")
    );
    let mut values: Vec<Value> = args![repo, limit];
    values.extend(from.iter().map(|oid| Value::from(*oid)));
    nodes(&tx.all(sql, values).await?)
}

/// Every commit of a repository, in no order, at most `limit` rows of parents; `None` when there are more.
pub async fn all(tx: &mut Tx, repo: i64, limit: i64) -> Result<Option<Vec<Node>>, Error> {
    let sql = "SELECT c.oid, c.tree, c.generation, c.at, p.parent FROM commits c \
               LEFT JOIN commit_parents p ON p.repo_id = c.repo_id AND p.oid = c.oid \
               WHERE c.repo_id = $1 ORDER BY c.oid, p.position LIMIT $2";
    let rows = tx.all(sql, args![repo, limit]).await?;
    if rows.len() as i64 == limit { Ok(None) } else { nodes(&rows).map(Some) }
}

/// A commit and what it brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The commit.
    pub node: Node,
    /// The ids of what it brought, one after the other; `None` when nobody has worked it out or it is too much.
    pub introduced: Option<Vec<u8>>,
}

/// A commit and its first parents, newest first, `limit` at most. What a commit brought comes along if it has `most`
/// bytes or fewer.
pub async fn line(tx: &mut Tx, repo: i64, from: Oid, limit: i64, most: i64) -> Result<Vec<Step>, Error> {
    let sql = "WITH RECURSIVE line (oid, depth) AS ( \
                 SELECT $2, 1 UNION ALL \
                 SELECT p.parent, l.depth + 1 FROM line l CROSS JOIN commit_parents p \
                   WHERE p.repo_id = $1 AND p.oid = l.oid AND p.position = 0 AND l.depth < $3) \
               SELECT c.oid, c.tree, c.generation, c.at, p.parent, \
                 CASE WHEN LENGTH(c.introduced) <= $4 THEN c.introduced END \
               FROM line l CROSS JOIN commits c LEFT JOIN commit_parents p ON p.repo_id = $1 AND p.oid = l.oid \
               WHERE c.repo_id = $1 AND c.oid = l.oid ORDER BY l.depth, p.position";
    let rows = tx.all(sql, args![repo, from, limit, most]).await?;
    let mut brought: HashMap<Oid, Option<Vec<u8>>> = HashMap::with_capacity(rows.len());
    for row in &rows {
        brought.insert(row.oid(0)?, row.opt_blob(5)?);
    }
    let step = |node: Node| Step { introduced: brought.remove(&node.oid).flatten(), node };
    Ok(nodes(&rows)?.into_iter().map(step).collect())
}

/// Rows with the same commit stand together, one for each parent.
fn nodes(rows: &[Row]) -> Result<Vec<Node>, Error> {
    let mut nodes: Vec<Node> = Vec::new();
    for row in rows {
        let oid = row.oid(0)?;
        let parent = row.opt_oid(4)?;
        match nodes.last_mut() {
            Some(last) if last.oid == oid => last.parents.extend(parent),
            _ => nodes.push(Node {
                oid,
                tree: row.oid(1)?,
                generation: row.int(2)?,
                at: row.time(3)?,
                parents: parent.into_iter().collect(),
            }),
        }
    }
    Ok(nodes)
}

/// What some commits brought: ids one after the other. Commits of which nobody has worked it out are left out.
pub async fn introduced(tx: &mut Tx, repo: i64, commits: &[Oid]) -> Result<HashMap<Oid, Vec<u8>>, Error> {
    let sql =
        "SELECT oid, introduced FROM commits WHERE repo_id = $1 AND introduced IS NOT NULL AND oid IN (ids)";
    let rows = rows_by_oid(tx, sql, repo, commits).await?;
    rows.iter().map(|row| Ok((row.oid(0)?, row.blob(1)?))).collect()
}

/// Keeps what a commit brought.
pub async fn set_introduced(tx: &mut Tx, repo: i64, commit: Oid, ids: &[u8]) -> Result<(), Error> {
    let sql = "UPDATE commits SET introduced = $3 WHERE repo_id = $1 AND oid = $2 AND introduced IS NULL";
    tx.exec(sql, args![repo, commit, ids]).await.map(drop)
}
