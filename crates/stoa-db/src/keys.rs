//! Public keys of users: SSH keys and OpenPGP keys.

use stoa_core::Time;

use crate::value::args;
use crate::{Error, Row, Tx};

/// A public key of a user, without the key itself.
#[derive(Clone, Debug)]
pub struct Key {
    /// Row id.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// `ssh` or `gpg`.
    pub kind: String,
    /// What its owner calls it.
    pub title: String,
    /// What names it: unique among the keys of its kind.
    pub fingerprint: String,
    /// SSH: the algorithm. OpenPGP: the key id, which programs show for short.
    pub algorithm: String,
    /// OpenPGP: the addresses it claims, one a line.
    pub emails: String,
    /// OpenPGP: whether its owner took it back.
    pub revoked: bool,
    /// When it was added.
    pub created_at: Time,
    /// When it was last used to sign in, to the minute.
    pub used_at: Option<Time>,
    /// OpenPGP: when it ends.
    pub expires_at: Option<Time>,
}

/// What is needed to add a key.
pub struct NewKey<'a> {
    /// Whose it is.
    pub user_id: i64,
    /// `ssh` or `gpg`.
    pub kind: &'a str,
    /// What its owner calls it.
    pub title: &'a str,
    /// What names it.
    pub fingerprint: &'a str,
    /// Algorithm or key id.
    pub algorithm: &'a str,
    /// Addresses, one a line.
    pub emails: &'a str,
    /// Whether its owner took it back.
    pub revoked: bool,
    /// The key itself.
    pub data: &'a [u8],
    /// When it ends.
    pub expires_at: Option<Time>,
    /// OpenPGP: the ids by which signatures name it.
    pub signing_ids: &'a [String],
}

/// Keys of one user that [`of_user`] answers at most.
const MOST: i64 = 1000;
/// Keys that [`by_signing_id`] answers at most. Ids are long, so more than one is somebody's trick.
const SAME_ID: i64 = 4;

const COLUMNS: &str = "k.id, k.user_id, k.kind, k.title, k.fingerprint, k.algorithm, k.emails, k.revoked, \
                       k.created_at, k.used_at, k.expires_at";
/// How many columns [`COLUMNS`] has.
const WIDTH: usize = 11;

fn key(row: &Row) -> Result<Key, Error> {
    Ok(Key {
        id: row.int(0)?,
        user_id: row.int(1)?,
        kind: row.text(2)?,
        title: row.text(3)?,
        fingerprint: row.text(4)?,
        algorithm: row.text(5)?,
        emails: row.text(6)?,
        revoked: row.flag(7)?,
        created_at: row.time(8)?,
        used_at: row.opt_int(9)?.map(Time),
        expires_at: row.opt_int(10)?.map(Time),
    })
}

fn with_data(row: &Row) -> Result<(Key, Vec<u8>), Error> {
    Ok((key(row)?, row.blob(WIDTH)?))
}

/// Adds a key; [`Error::Duplicate`] when someone has it.
pub async fn create(tx: &mut Tx, new: &NewKey<'_>, now: Time) -> Result<i64, Error> {
    let id = tx
        .insert(
            "INSERT INTO account_keys (user_id, kind, title, fingerprint, algorithm, emails, revoked, data, \
             created_at, used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, $10)",
            args![
                new.user_id,
                new.kind,
                new.title,
                new.fingerprint,
                new.algorithm,
                new.emails,
                new.revoked,
                new.data,
                now,
                new.expires_at
            ],
        )
        .await?;
    for signing in new.signing_ids {
        tx.exec(
            "INSERT INTO signing_key_ids (key_id, account_key) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            args![signing, id],
        )
        .await?;
    }
    Ok(id)
}

/// The keys of a user, newest first.
pub async fn of_user(tx: &mut Tx, user: i64) -> Result<Vec<Key>, Error> {
    let sql =
        format!("SELECT {COLUMNS} FROM account_keys k WHERE k.user_id = $1 ORDER BY k.id DESC LIMIT {MOST}");
    tx.all(sql, args![user]).await?.iter().map(key).collect()
}

/// How many keys a user has.
pub async fn count(tx: &mut Tx, user: i64) -> Result<i64, Error> {
    let row = tx.first("SELECT COUNT(*) FROM account_keys WHERE user_id = $1", args![user]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Takes a key from a user; its fingerprint, if there was one.
pub async fn delete(tx: &mut Tx, user: i64, id: i64) -> Result<Option<String>, Error> {
    let sql = "DELETE FROM account_keys WHERE user_id = $1 AND id = $2 RETURNING fingerprint";
    let row = tx.first(sql, args![user, id]).await?;
    if row.is_some() {
        tx.exec("DELETE FROM signing_key_ids WHERE account_key = $1", args![id]).await?;
    }
    row.map(|row| row.text(0)).transpose()
}

/// The key of a fingerprint, with the key itself.
pub async fn by_fingerprint(
    tx: &mut Tx,
    kind: &str,
    fingerprint: &str,
) -> Result<Option<(Key, Vec<u8>)>, Error> {
    let sql =
        format!("SELECT {COLUMNS}, k.data FROM account_keys k WHERE k.kind = $1 AND k.fingerprint = $2");
    tx.first(sql, args![kind, fingerprint]).await?.as_ref().map(with_data).transpose()
}

/// The OpenPGP keys that a signature may mean by this id.
pub async fn by_signing_id(tx: &mut Tx, signing: &str) -> Result<Vec<(Key, Vec<u8>)>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, k.data FROM signing_key_ids s JOIN account_keys k ON k.id = s.account_key \
         WHERE s.key_id = $1 ORDER BY k.id LIMIT {SAME_ID}"
    );
    tx.all(sql, args![signing]).await?.iter().map(with_data).collect()
}

/// Notes that a key was used.
pub async fn touch(tx: &mut Tx, id: i64, now: Time) -> Result<(), Error> {
    tx.exec("UPDATE account_keys SET used_at = $2 WHERE id = $1", args![id, now]).await.map(drop)
}
