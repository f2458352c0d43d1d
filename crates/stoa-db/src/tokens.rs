//! Access tokens and the codes of the device login. Only hashes are stored.

use stoa_core::{Sha256, Time};

use crate::value::args;
use crate::{Error, Row, Tx};

/// An access token, without the token itself.
#[derive(Clone, Debug)]
pub struct Token {
    /// Row id.
    pub id: i64,
    /// Whose it is.
    pub user_id: i64,
    /// The name its owner gave it.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// `read`, `write` or `fineGrained`.
    pub role: String,
    /// Permissions of a fine-grained token, as JSON.
    pub scopes: Option<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it was last used, to the hour.
    pub used_at: Option<Time>,
    /// When it ends.
    pub expires_at: Option<Time>,
}

/// What is needed to make a token.
pub struct NewToken<'a> {
    /// Whose it is.
    pub user_id: i64,
    /// Its name.
    pub name: &'a str,
    /// SHA-256 of the token.
    pub hash: Sha256,
    /// Last four characters.
    pub hint: &'a str,
    /// Role.
    pub role: &'a str,
    /// Permissions as JSON.
    pub scopes: Option<&'a str>,
    /// When it ends.
    pub expires_at: Option<Time>,
}

/// The owner of a token that was shown, with the token.
#[derive(Clone, Debug)]
pub struct Holder {
    /// The token.
    pub token: Token,
    /// The owner's name.
    pub user_name: String,
    /// Whether the owner administers the hub.
    pub is_admin: bool,
}

const COLUMNS: &str =
    "t.id, t.user_id, t.name, t.hint, t.role, t.scopes, t.created_at, t.used_at, t.expires_at";

fn token(row: &Row) -> Result<Token, Error> {
    Ok(Token {
        id: row.int(0)?,
        user_id: row.int(1)?,
        name: row.text(2)?,
        hint: row.text(3)?,
        role: row.text(4)?,
        scopes: row.opt_text(5)?,
        created_at: row.time(6)?,
        used_at: row.opt_int(7)?.map(Time),
        expires_at: row.opt_int(8)?.map(Time),
    })
}

/// Stores a token.
pub async fn create(tx: &mut Tx, new: &NewToken<'_>, now: Time) -> Result<i64, Error> {
    tx.insert(
        "INSERT INTO tokens (user_id, name, hash, hint, role, scopes, created_at, used_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, $8)",
        args![new.user_id, new.name, new.hash, new.hint, new.role, new.scopes, now, new.expires_at],
    )
    .await
}

/// Who holds the token with this hash. Disabled users and ended tokens hold none.
pub async fn holder(tx: &mut Tx, hash: Sha256, now: Time) -> Result<Option<Holder>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, a.name, a.is_admin FROM tokens t JOIN accounts a ON a.id = t.user_id \
         WHERE t.hash = $1 AND a.disabled = 0 AND (t.expires_at IS NULL OR t.expires_at > $2)"
    );
    let row = tx.first(sql, args![hash, now]).await?;
    row.map(|row| Ok(Holder { token: token(&row)?, user_name: row.text(9)?, is_admin: row.flag(10)? }))
        .transpose()
}

/// The tokens of a user, newest first.
pub async fn of_user(tx: &mut Tx, user: i64) -> Result<Vec<Token>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM tokens t WHERE t.user_id = $1 ORDER BY t.id DESC LIMIT 1000");
    tx.all(sql, args![user]).await?.iter().map(token).collect()
}

/// Ends a token of a user; whether there was one.
pub async fn revoke(tx: &mut Tx, user: i64, id: i64) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM tokens WHERE user_id = $1 AND id = $2", args![user, id]).await? > 0)
}

/// Ends the token with this hash; whose it was.
pub async fn revoke_by_hash(tx: &mut Tx, hash: Sha256) -> Result<Option<i64>, Error> {
    let row = tx.first("DELETE FROM tokens WHERE hash = $1 RETURNING user_id", args![hash]).await?;
    row.map(|row| row.int(0)).transpose()
}

/// Notes that a token was used.
pub async fn touch(tx: &mut Tx, id: i64, now: Time) -> Result<(), Error> {
    tx.exec("UPDATE tokens SET used_at = $2 WHERE id = $1", args![id, now]).await.map(drop)
}

/// A device login under way.
#[derive(Clone, Debug)]
pub struct Device {
    /// SHA-256 of the device code.
    pub hash: Sha256,
    /// The code the person types.
    pub user_code: String,
    /// Which program asks.
    pub client_id: String,
    /// Who approved.
    pub user_id: Option<i64>,
    /// Whether the person refused.
    pub denied: bool,
    /// When the codes end.
    pub expires_at: Time,
    /// When the program asked last.
    pub polled_at: Time,
}

/// Begins a device login.
pub async fn create_device(tx: &mut Tx, device: &Device) -> Result<(), Error> {
    tx.exec("DELETE FROM device_codes WHERE expires_at < $1", args![device.polled_at]).await?;
    tx.exec(
        "INSERT INTO device_codes (hash, user_code, client_id, user_id, denied, expires_at, polled_at) \
         VALUES ($1, $2, $3, NULL, 0, $4, $5)",
        args![device.hash, &device.user_code, &device.client_id, device.expires_at, device.polled_at],
    )
    .await
    .map(drop)
}

/// How many device logins are under way: their number is bounded.
pub async fn count_devices(tx: &mut Tx, now: Time) -> Result<i64, Error> {
    let row = tx.first("SELECT COUNT(*) FROM device_codes WHERE expires_at > $1", args![now]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

const DEVICE: &str =
    "SELECT hash, user_code, client_id, user_id, denied, expires_at, polled_at FROM device_codes";

fn device(row: &Row) -> Result<Device, Error> {
    Ok(Device {
        hash: row.sha256(0)?,
        user_code: row.text(1)?,
        client_id: row.text(2)?,
        user_id: row.opt_int(3)?,
        denied: row.flag(4)?,
        expires_at: row.time(5)?,
        polled_at: row.time(6)?,
    })
}

/// The device login with this device code.
pub async fn device_by_hash(tx: &mut Tx, hash: Sha256) -> Result<Option<Device>, Error> {
    tx.first(format!("{DEVICE} WHERE hash = $1"), args![hash]).await?.as_ref().map(device).transpose()
}

/// The device login with this user code.
pub async fn device_by_code(tx: &mut Tx, user_code: &str) -> Result<Option<Device>, Error> {
    tx.first(format!("{DEVICE} WHERE user_code = $1"), args![user_code])
        .await?
        .as_ref()
        .map(device)
        .transpose()
}

/// Notes that the program asked.
pub async fn poll_device(tx: &mut Tx, hash: Sha256, now: Time) -> Result<(), Error> {
    tx.exec("UPDATE device_codes SET polled_at = $2 WHERE hash = $1", args![hash, now]).await.map(drop)
}

/// A person approves or refuses, once; whether it took effect.
pub async fn decide_device(
    tx: &mut Tx,
    user_code: &str,
    user: Option<i64>,
    now: Time,
) -> Result<bool, Error> {
    let changed = tx
        .exec(
            "UPDATE device_codes SET user_id = $2, denied = $3 \
             WHERE user_code = $1 AND user_id IS NULL AND denied = 0 AND expires_at > $4",
            args![user_code, user, user.is_none(), now],
        )
        .await?;
    Ok(changed > 0)
}

/// Ends a device login: its code works once. Whether it was still there.
pub async fn take_device(tx: &mut Tx, hash: Sha256) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM device_codes WHERE hash = $1", args![hash]).await? > 0)
}

/// Stores a refresh token.
pub async fn create_refresh(tx: &mut Tx, hash: Sha256, user: i64, expires_at: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO refresh_tokens (hash, user_id, expires_at) VALUES ($1, $2, $3)",
        args![hash, user, expires_at],
    )
    .await
    .map(drop)
}

/// Uses a refresh token up; whose it was.
pub async fn take_refresh(tx: &mut Tx, hash: Sha256, now: Time) -> Result<Option<i64>, Error> {
    tx.exec("DELETE FROM refresh_tokens WHERE expires_at < $1", args![now]).await?;
    let row = tx.first("DELETE FROM refresh_tokens WHERE hash = $1 RETURNING user_id", args![hash]).await?;
    row.map(|row| row.int(0)).transpose()
}
