//! Browsers that are signed in.

use stoa_core::{Sha256, Time};

use crate::value::args;
use crate::{Error, Tx};

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Row id.
    pub id: i64,
    /// What the browser calls itself.
    pub agent: String,
    /// Address it signed in from.
    pub ip: String,
    /// When it signed in.
    pub created_at: Time,
    /// When it was last seen, give or take some minutes.
    pub used_at: Time,
}

/// Whose session a cookie belongs to.
#[derive(Clone, Debug)]
pub struct Holder {
    /// Row id of the session.
    pub id: i64,
    /// Row id of the user.
    pub user_id: i64,
    /// Name of the user.
    pub user_name: String,
    /// Whether the user administers the hub.
    pub is_admin: bool,
    /// When the session was last seen, as far as it was noted.
    pub used_at: Time,
    /// When it began.
    pub created_at: Time,
}

/// What is needed to begin a session.
pub struct NewSession<'a> {
    /// The user.
    pub user_id: i64,
    /// SHA-256 of the secret in the cookie.
    pub hash: Sha256,
    /// What the browser calls itself.
    pub agent: &'a str,
    /// Where it comes from.
    pub ip: &'a str,
    /// When the session ends unless it is used.
    pub expires_at: Time,
}

/// Begins a session, throws away those that ended, and the oldest of this user beyond `keep`.
pub async fn create(tx: &mut Tx, new: &NewSession<'_>, now: Time, keep: i64) -> Result<(), Error> {
    tx.exec("DELETE FROM sessions WHERE expires_at <= $1", args![now]).await?;
    tx.exec(
        "DELETE FROM sessions WHERE user_id = $1 AND id NOT IN \
         (SELECT id FROM sessions WHERE user_id = $1 ORDER BY used_at DESC, id DESC LIMIT $2)",
        args![new.user_id, keep - 1],
    )
    .await?;
    tx.exec(
        "INSERT INTO sessions (hash, user_id, agent, ip, created_at, used_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
        args![new.hash, new.user_id, new.agent, new.ip, now, new.expires_at],
    )
    .await
    .map(drop)
}

/// Whose session it is, if it has not ended and the user may sign in.
pub async fn holder(tx: &mut Tx, hash: Sha256, now: Time) -> Result<Option<Holder>, Error> {
    let row = tx
        .first(
            "SELECT s.id, a.id, a.name, a.is_admin, s.used_at, s.created_at FROM sessions s \
             JOIN accounts a ON a.id = s.user_id WHERE s.hash = $1 AND s.expires_at > $2 AND a.disabled = 0",
            args![hash, now],
        )
        .await?;
    row.map(|row| {
        Ok(Holder {
            id: row.int(0)?,
            user_id: row.int(1)?,
            user_name: row.text(2)?,
            is_admin: row.flag(3)?,
            used_at: row.time(4)?,
            created_at: row.time(5)?,
        })
    })
    .transpose()
}

/// Notes that a session was seen, and when it ends now.
pub async fn touch(tx: &mut Tx, id: i64, now: Time, expires_at: Time) -> Result<(), Error> {
    let sql = "UPDATE sessions SET used_at = $2, expires_at = $3 WHERE id = $1";
    tx.exec(sql, args![id, now, expires_at]).await.map(drop)
}

/// The sessions of a user that have not ended, last seen first.
pub async fn of_user(tx: &mut Tx, user: i64, now: Time) -> Result<Vec<Session>, Error> {
    let sql = "SELECT id, agent, ip, created_at, used_at FROM sessions WHERE user_id = $1 AND expires_at > $2 \
               ORDER BY used_at DESC, id DESC LIMIT 1000";
    tx.all(sql, args![user, now])
        .await?
        .iter()
        .map(|row| {
            Ok(Session {
                id: row.int(0)?,
                agent: row.text(1)?,
                ip: row.text(2)?,
                created_at: row.time(3)?,
                used_at: row.time(4)?,
            })
        })
        .collect()
}

/// Ends the session of a secret.
pub async fn end(tx: &mut Tx, hash: Sha256) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM sessions WHERE hash = $1", args![hash]).await? > 0)
}

/// Ends one session of a user; whether there was one.
pub async fn end_one(tx: &mut Tx, user: i64, id: i64) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM sessions WHERE user_id = $1 AND id = $2", args![user, id]).await? > 0)
}

/// Ends all sessions of a user but the one of `keep`; how many there were.
pub async fn end_others(tx: &mut Tx, user: i64, keep: Option<Sha256>) -> Result<u64, Error> {
    match keep {
        Some(keep) => {
            tx.exec("DELETE FROM sessions WHERE user_id = $1 AND hash <> $2", args![user, keep]).await
        }
        None => tx.exec("DELETE FROM sessions WHERE user_id = $1", args![user]).await,
    }
}
