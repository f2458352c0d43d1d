//! Users, organizations and who belongs to which.

use stoa_core::{Namespace, Role, Sha256, Time};

use crate::value::args;
use crate::{Error, Row, Tx, sessions};

/// A user or an organization.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a row has the columns it has")]
pub struct Account {
    /// Row id.
    pub id: i64,
    /// Name as written.
    pub name: String,
    /// Whether it is an organization.
    pub is_org: bool,
    /// Name for display.
    pub fullname: String,
    /// Address; users only.
    pub email: Option<String>,
    /// Whether somebody who runs the hub says that the address is the user's.
    pub email_vouched: bool,
    /// A few words about it.
    pub details: Option<String>,
    /// Whether the user administers the hub.
    pub is_admin: bool,
    /// Whether new repositories of the organization are private.
    pub default_private: bool,
    /// Whether it may sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Time,
}

impl Account {
    /// The address by which others may know the user, if somebody vouches for it.
    pub fn vouched_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.email_vouched)
    }
}

/// What is needed to make an account.
#[expect(clippy::struct_excessive_bools, reason = "a row has the columns it has")]
pub struct NewAccount<'a> {
    /// Name.
    pub name: &'a Namespace,
    /// Whether it is an organization.
    pub is_org: bool,
    /// Name for display.
    pub fullname: &'a str,
    /// Address.
    pub email: Option<&'a str>,
    /// Whether somebody who runs the hub says that the address is the user's.
    pub email_vouched: bool,
    /// Argon2id hash.
    pub password: Option<&'a str>,
    /// Whether the user administers the hub.
    pub is_admin: bool,
    /// Whether new repositories of the organization are private.
    pub default_private: bool,
}

/// A member of an organization, or an organization of a member.
#[derive(Clone, Debug)]
pub struct Member {
    /// The other side.
    pub account: Account,
    /// The role.
    pub role: Role,
}

pub(crate) const COLUMNS: &str = "a.id, a.name, a.is_org, a.fullname, a.email, a.details, a.is_admin, a.default_private, \
                       a.disabled, a.created_at, a.email_vouched";
/// How many columns [`COLUMNS`] has.
pub(crate) const WIDTH: usize = 11;

pub(crate) fn account(row: &Row) -> Result<Account, Error> {
    Ok(Account {
        id: row.int(0)?,
        name: row.text(1)?,
        is_org: row.flag(2)?,
        fullname: row.text(3)?,
        email: row.opt_text(4)?,
        details: row.opt_text(5)?,
        is_admin: row.flag(6)?,
        default_private: row.flag(7)?,
        disabled: row.flag(8)?,
        created_at: row.time(9)?,
        email_vouched: row.flag(10)?,
    })
}

/// Makes an account; [`Error::Duplicate`] when the name is taken.
pub async fn create(tx: &mut Tx, new: &NewAccount<'_>, now: Time) -> Result<i64, Error> {
    tx.insert(
        "INSERT INTO accounts (key, name, is_org, fullname, email, details, password, is_admin, default_private, \
         disabled, created_at, email_vouched) VALUES ($1, $2, $3, $4, $5, NULL, $6, $7, $8, 0, $9, $10)",
        args![
            new.name.key(), new.name.as_str(), new.is_org, new.fullname, new.email, new.password, new.is_admin,
            new.default_private, now, new.email_vouched
        ],
    )
    .await
}

/// The account of a name, whatever its case.
pub async fn by_name(tx: &mut Tx, name: &str) -> Result<Option<Account>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM accounts a WHERE a.key = $1");
    tx.first(sql, args![name.to_ascii_lowercase()]).await?.as_ref().map(account).transpose()
}

/// The account of a row id.
pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<Account>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM accounts a WHERE a.id = $1");
    tx.first(sql, args![id]).await?.as_ref().map(account).transpose()
}

/// Row id and password hash of a user who may sign in.
pub async fn password(tx: &mut Tx, name: &str) -> Result<Option<(i64, Option<String>)>, Error> {
    let row = tx
        .first(
            "SELECT id, password FROM accounts WHERE key = $1 AND is_org = 0 AND disabled = 0",
            args![name.to_ascii_lowercase()],
        )
        .await?;
    row.map(|row| Ok((row.int(0)?, row.opt_text(1)?))).transpose()
}

/// Replaces a password hash.
pub async fn set_password(tx: &mut Tx, id: i64, hash: &str) -> Result<(), Error> {
    tx.exec("UPDATE accounts SET password = $2 WHERE id = $1", args![id, hash]).await.map(drop)
}

/// Replaces a user's address by one that somebody vouches for.
pub async fn set_email(tx: &mut Tx, id: i64, email: Option<&str>) -> Result<(), Error> {
    let sql = "UPDATE accounts SET email = $2, email_vouched = $3 WHERE id = $1";
    tx.exec(sql, args![id, email, email.is_some()]).await.map(drop)
}

/// Replaces what an account says about itself. An address that is another one than before has nobody to vouch for it.
pub async fn set_profile(
    tx: &mut Tx,
    id: i64,
    fullname: &str,
    details: Option<&str>,
    email: Option<&str>,
) -> Result<(), Error> {
    tx.exec(
        "UPDATE accounts SET fullname = $2, details = $3, email = $4, \
         email_vouched = CASE WHEN email = $4 THEN email_vouched ELSE 0 END WHERE id = $1",
        args![id, fullname, details, email],
    )
    .await
    .map(drop)
}

/// Changes whether new repositories of an organization are private.
pub async fn set_default_private(tx: &mut Tx, id: i64, private: bool) -> Result<(), Error> {
    tx.exec("UPDATE accounts SET default_private = $2 WHERE id = $1", args![id, private]).await.map(drop)
}

/// Deletes an organization, which must own nothing.
pub async fn delete_org(tx: &mut Tx, id: i64) -> Result<(), Error> {
    tx.exec("DELETE FROM members WHERE org_id = $1", args![id]).await?;
    tx.exec("DELETE FROM accounts WHERE id = $1 AND is_org = 1", args![id]).await.map(drop)
}

/// How many users administer the hub and may sign in: the last one cannot go.
pub async fn count_administrators(tx: &mut Tx) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM accounts WHERE is_org = 0 AND is_admin = 1 AND disabled = 0";
    tx.first(sql, vec![]).await?.map_or(Ok(0), |row| row.int(0))
}

/// Makes a user administer the hub, or no longer.
pub async fn set_admin(tx: &mut Tx, id: i64, admin: bool) -> Result<(), Error> {
    tx.exec("UPDATE accounts SET is_admin = $2 WHERE id = $1", args![id, admin]).await.map(drop)
}

/// Keeps a user from signing in, or no longer.
pub async fn set_disabled(tx: &mut Tx, id: i64, disabled: bool) -> Result<(), Error> {
    tx.exec("UPDATE accounts SET disabled = $2 WHERE id = $1", args![id, disabled]).await.map(drop)
}

/// Ends whatever a user is signed in by, but for tokens and keys, which they named and can see, and for the session of
/// `keep`.
pub async fn sign_out(tx: &mut Tx, id: i64, keep: Option<Sha256>) -> Result<(), Error> {
    for table in ["refresh_tokens", "device_codes"] {
        tx.exec(format!("DELETE FROM {table} WHERE user_id = $1"), args![id]).await?;
    }
    sessions::end_others(tx, id, keep).await.map(drop)
}

/// Takes from a user all that they have, are and may, but for the name and the row, which others refer to.
pub async fn close(tx: &mut Tx, id: i64) -> Result<(), Error> {
    sign_out(tx, id, None).await?;
    for sql in [
        "DELETE FROM tokens WHERE user_id = $1",
        "DELETE FROM signing_key_ids WHERE account_key IN (SELECT id FROM account_keys WHERE user_id = $1)",
        "DELETE FROM account_keys WHERE user_id = $1",
        "DELETE FROM members WHERE user_id = $1",
        "UPDATE repos SET likes = likes - 1 WHERE likes > 0 AND id IN (SELECT repo_id FROM likes WHERE user_id = $1)",
        "DELETE FROM likes WHERE user_id = $1",
        "DELETE FROM repo_access WHERE user_id = $1",
        "DELETE FROM locks WHERE owner_id = $1",
        "UPDATE accounts SET fullname = name, email = NULL, email_vouched = 0, details = NULL, password = NULL, \
         is_admin = 0, disabled = 1 WHERE id = $1",
    ] {
        tx.exec(sql, args![id]).await?;
    }
    Ok(())
}

/// How many users there are.
pub async fn count_users(tx: &mut Tx) -> Result<i64, Error> {
    let row = tx.first("SELECT COUNT(*) FROM accounts WHERE is_org = 0", vec![]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Gives a user a role in an organization, or changes it.
pub async fn set_member(tx: &mut Tx, org: i64, user: i64, role: Role, now: Time) -> Result<(), Error> {
    tx.exec(
        "INSERT INTO members (org_id, user_id, role, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (org_id, user_id) DO UPDATE SET role = excluded.role",
        args![org, user, role.code(), now],
    )
    .await
    .map(drop)
}

/// Takes a user out of an organization; whether they were in it.
pub async fn remove_member(tx: &mut Tx, org: i64, user: i64) -> Result<bool, Error> {
    Ok(tx.exec("DELETE FROM members WHERE org_id = $1 AND user_id = $2", args![org, user]).await? > 0)
}

/// A user's role in an organization.
pub async fn role(tx: &mut Tx, org: i64, user: i64) -> Result<Option<Role>, Error> {
    let row =
        tx.first("SELECT role FROM members WHERE org_id = $1 AND user_id = $2", args![org, user]).await?;
    row.map(|row| row.int(0).map(Role::from_code)).transpose()
}

/// The organizations of a user, by name.
pub async fn orgs_of(tx: &mut Tx, user: i64) -> Result<Vec<Member>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, m.role FROM members m JOIN accounts a ON a.id = m.org_id WHERE m.user_id = $1 \
         ORDER BY a.key LIMIT 1000"
    );
    tx.all(sql, args![user]).await?.iter().map(member).collect()
}

/// A page of the members of an organization, by name, after the name `after`.
pub async fn members_of(tx: &mut Tx, org: i64, after: &str, limit: i64) -> Result<Vec<Member>, Error> {
    let sql = format!(
        "SELECT {COLUMNS}, m.role FROM members m JOIN accounts a ON a.id = m.user_id \
         WHERE m.org_id = $1 AND a.key > $2 ORDER BY a.key LIMIT $3"
    );
    tx.all(sql, args![org, after, limit]).await?.iter().map(member).collect()
}

/// How many members an organization has.
pub async fn count_members(tx: &mut Tx, org: i64) -> Result<i64, Error> {
    let row = tx.first("SELECT COUNT(*) FROM members WHERE org_id = $1", args![org]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// How many admins an organization has: the last one cannot leave.
pub async fn count_admins(tx: &mut Tx, org: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM members WHERE org_id = $1 AND role = $2";
    let row = tx.first(sql, args![org, Role::Admin.code()]).await?;
    row.map_or(Ok(0), |row| row.int(0))
}

/// Users or organizations whose name begins with `prefix`, by name; not those who may not sign in.
pub async fn by_prefix(tx: &mut Tx, prefix: &str, orgs: bool, limit: i64) -> Result<Vec<Account>, Error> {
    let low = prefix.to_ascii_lowercase();
    let high = format!("{low}\u{10ffff}");
    let sql = format!(
        "SELECT {COLUMNS} FROM accounts a WHERE a.key >= $1 AND a.key < $2 AND a.is_org = $3 AND a.disabled = 0 \
         ORDER BY a.key LIMIT $4"
    );
    tx.all(sql, args![low, high, orgs, limit]).await?.iter().map(account).collect()
}

fn member(row: &Row) -> Result<Member, Error> {
    Ok(Member { account: account(row)?, role: Role::from_code(row.int(WIDTH)?) })
}
