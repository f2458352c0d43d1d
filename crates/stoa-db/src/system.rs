//! Secrets of the hub, the audit log and the state of the database.

use stoa_core::Time;

use crate::value::args;
use crate::{Error, Tx};

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

/// Version of the tables, and whether the database passes its own quick check.
pub async fn check(tx: &mut Tx) -> Result<(i64, bool), Error> {
    let row = tx.first("SELECT MAX(version) FROM schema_version", vec![]).await?;
    let version = row.map_or(Ok(0), |row| row.int(0))?;
    let row = tx.first("PRAGMA quick_check(1)", vec![]).await?;
    let sound = row.map_or(Ok(String::new()), |row| row.text(0))? == "ok";
    Ok((version, sound))
}
