//! Secrets of the hub, the audit log and the state of the database.

use stoa_core::Time;

use crate::value::args;
use crate::{Error, Row, Tx};

/// A secret or setting that lives in the database.
pub async fn setting(tx: &mut Tx, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let row = tx.first("SELECT value FROM settings WHERE name = $1", args![name]).await?;
    row.map(|row| row.blob(0)).transpose()
}

/// Stores a setting unless there is one; answers the one that holds.
pub async fn setting_or(tx: &mut Tx, name: &str, value: &[u8]) -> Result<Vec<u8>, Error> {
    tx.exec(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        args![name, value],
    )
    .await?;
    Ok(setting(tx, name).await?.unwrap_or_else(|| value.to_vec()))
}

/// Stores a setting, whatever it was before.
pub async fn set_setting(tx: &mut Tx, name: &str, value: &[u8]) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        args![name, value],
    )
    .await
    .map(drop)
}

/// One line of the audit log.
pub struct Audit<'a> {
    /// Who.
    pub user_id: Option<i64>,
    /// From where.
    pub ip: &'a str,
    /// `repo.create`, …
    pub action: &'a str,
    /// What it was done to.
    pub subject: &'a str,
    /// More about it.
    pub detail: Option<&'a str>,
}

/// Writes a line of the audit log.
pub async fn audit(tx: &mut Tx, line: &Audit<'_>, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO audit (at, user_id, ip, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)",
        args![now, line.user_id, line.ip, line.action, line.subject, line.detail],
    )
    .await
    .map(drop)
}

/// A line of the audit log, as it is read.
#[derive(Clone, Debug)]
pub struct AuditLine {
    /// Row id; it grows with time.
    pub id: i64,
    /// When.
    pub at: Time,
    /// Who; nobody for strangers, for the operator's commands and for the hub itself.
    pub user: Option<String>,
    /// From where; `-` for the operator's commands.
    pub ip: String,
    /// `repo.create`, …
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// More about it.
    pub detail: Option<String>,
}

/// A page of the audit log, the last line first, before the line `before`.
pub async fn audit_lines(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<AuditLine>, Error> {
    let sql = "SELECT l.id, l.at, a.name, l.ip, l.action, l.subject, l.detail FROM audit l \
               LEFT JOIN accounts a ON a.id = l.user_id WHERE l.id < $1 ORDER BY l.id DESC LIMIT $2";
    let line = |row: &Row| {
        Ok(AuditLine {
            id: row.int(0)?,
            at: row.time(1)?,
            user: row.opt_text(2)?,
            ip: row.text(3)?,
            action: row.text(4)?,
            subject: row.text(5)?,
            detail: row.opt_text(6)?,
        })
    };
    tx.all(sql, args![before, limit]).await?.iter().map(line).collect()
}

/// Version of the tables, and whether the database passes its own quick check.
pub async fn check(tx: &mut Tx) -> Result<(i64, bool), Error> {
    let row = tx.first("SELECT MAX(version) FROM schema_version", vec![]).await?;
    let version = row.map_or(Ok(0), |row| row.int(0))?;
    let row = tx.first("PRAGMA quick_check(1)", vec![]).await?;
    let sound = row.map_or(Ok(String::new()), |row| row.text(0))? == "ok";
    Ok((version, sound))
}

/// What the database can tell about itself and its queues without reading through tables.
#[derive(Clone, Copy, Default, Debug)]
pub struct State {
    /// Version of the tables.
    pub schema: i64,
    /// Bytes it takes.
    pub bytes: u64,
    /// Large files that still lie whole; counted up to a thousand.
    pub waiting_files: i64,
    /// Pushes under way.
    pub pushes: i64,
}

/// See [`State`].
pub async fn state(tx: &mut Tx) -> Result<State, Error> {
    let mut number = async |sql: &str| -> Result<i64, Error> {
        let row = tx.first(sql, vec![]).await?;
        row.map_or(Ok(0), |row| row.int(0))
    };
    let pages = number("PRAGMA page_count").await?;
    let page = number("PRAGMA page_size").await?;
    Ok(State {
        schema: number("SELECT MAX(version) FROM schema_version").await?,
        bytes: pages.saturating_mul(page).max(0) as u64,
        waiting_files: number(
            "SELECT COUNT(*) FROM (SELECT 1 FROM lfs_objects WHERE xet_file IS NULL LIMIT 1000) t",
        )
        .await?,
        pushes: number("SELECT COUNT(*) FROM pushes WHERE dead = 0").await?,
    })
}
