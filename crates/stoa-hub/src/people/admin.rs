//! What those who administer the hub do with the accounts on it.

use stoa_core::{Actor, Failure, Reply};
use stoa_db::Tx;
use stoa_db::accounts::{self, Account};
use stoa_db::admin::{self, OrgRow, UserRow};
use stoa_db::system::{self, AuditLine};

use super::accounts::check_email;
use super::rights::administrator;
use crate::Hub;

/// Characters of a text that is looked for.
const SEARCH: usize = 100;
/// Rows on a page at most.
const PAGE: usize = 500;

impl Hub {
    /// A page of all users whose name, display name or address contains a text, by name, after the name `after`; and
    /// whether there are more.
    pub async fn admin_users(
        &self,
        actor: &Actor,
        search: &str,
        after: &str,
        limit: usize,
    ) -> Reply<(Vec<UserRow>, bool)> {
        administrator(actor)?;
        let (search, after, limit) = (wanted(search), after.to_ascii_lowercase(), limit.min(PAGE));
        let mut tx = self.read().await?;
        let mut rows = admin::users(&mut tx, &search, &after, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok((rows, more))
    }

    /// The same of organizations.
    pub async fn admin_orgs(
        &self,
        actor: &Actor,
        search: &str,
        after: &str,
        limit: usize,
    ) -> Reply<(Vec<OrgRow>, bool)> {
        administrator(actor)?;
        let (search, after, limit) = (wanted(search), after.to_ascii_lowercase(), limit.min(PAGE));
        let mut tx = self.read().await?;
        let mut rows = admin::orgs(&mut tx, &search, &after, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok((rows, more))
    }

    /// Keeps a user from signing in, by password, token or key, and ends their logins; or lets them in again.
    pub async fn set_disabled(&self, actor: &Actor, user: &str, disabled: bool) -> Reply<()> {
        let mut tx = self.write().await?;
        let user = somebody_else(&mut tx, actor, user).await?;
        if disabled {
            keep_an_administrator(&mut tx, &user).await?;
            accounts::sign_out(&mut tx, user.id, None).await?;
        }
        accounts::set_disabled(&mut tx, user.id, disabled).await?;
        let action = if disabled { "user.disable" } else { "user.enable" };
        self.note(&mut tx, actor, action, &user.name).await?;
        Ok(tx.commit().await?)
    }

    /// Makes a user administer the hub, or no longer. The last one stays.
    pub async fn set_admin(&self, actor: &Actor, user: &str, admin: bool) -> Reply<()> {
        administrator(actor)?;
        let mut tx = self.write().await?;
        let user = user_of(&mut tx, user).await?;
        if admin && user.disabled {
            return Err(Failure::conflict(format!("`{}` may not sign in. Change that first", user.name)));
        }
        if !admin {
            keep_an_administrator(&mut tx, &user).await?;
        }
        accounts::set_admin(&mut tx, user.id, admin).await?;
        let action = if admin { "user.makeAdmin" } else { "user.removeAdmin" };
        self.note(&mut tx, actor, action, &user.name).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a user a new password and ends their logins. The password is told once; the user should replace it.
    pub async fn reset_password(&self, actor: &Actor, user: &str) -> Reply<String> {
        administrator(actor)?;
        let password = new_password()?;
        let hash = self.0.passwords.hash(&password).await?;
        let mut tx = self.write().await?;
        let user = somebody_else(&mut tx, actor, user).await?;
        accounts::set_password(&mut tx, user.id, &hash).await?;
        accounts::sign_out(&mut tx, user.id, None).await?;
        self.note(&mut tx, actor, "user.resetPassword", &user.name).await?;
        tx.commit().await?;
        Ok(password)
    }

    /// Replaces or removes a user's address. Whoever does this vouches for it: commits signed by the user count as
    /// verified only under this address.
    pub async fn vouch_email(&self, actor: &Actor, user: &str, email: Option<&str>) -> Reply<()> {
        administrator(actor)?;
        check_email(email)?;
        let mut tx = self.write().await?;
        let user = user_of(&mut tx, user).await?;
        accounts::set_email(&mut tx, user.id, email).await?;
        self.note(&mut tx, actor, "user.email", &user.name).await?;
        Ok(tx.commit().await?)
    }

    /// A page of the audit log, the last line first; before the line `before` if there is one.
    pub async fn audit(&self, actor: &Actor, before: Option<i64>, limit: usize) -> Reply<Vec<AuditLine>> {
        administrator(actor)?;
        let mut tx = self.read().await?;
        let before = before.unwrap_or(i64::MAX);
        Ok(system::audit_lines(&mut tx, before, limit.min(PAGE) as i64).await?)
    }
}

/// A password for somebody else: twenty characters that nobody confuses, in groups; 100 bits.
pub fn new_password() -> Reply<String> {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut bytes = [0_u8; 20];
    getrandom::fill(&mut bytes).map_err(|error| Failure::internal(error.to_string()))?;
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % 32])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// A text as it is looked for.
fn wanted(search: &str) -> String {
    search.trim().chars().take(SEARCH).collect::<String>().to_lowercase()
}

/// A user of a name.
async fn user_of(tx: &mut Tx, name: &str) -> Reply<Account> {
    let user = accounts::by_name(tx, name).await?.filter(|account| !account.is_org);
    user.ok_or_else(|| Failure::not_found(format!("There is no user `{name}`")))
}

/// A user who is not the administrator who asks: one's own password is changed by who knows it, and nobody locks
/// themselves out.
async fn somebody_else(tx: &mut Tx, actor: &Actor, name: &str) -> Reply<Account> {
    let (id, _) = administrator(actor)?;
    let user = user_of(tx, name).await?;
    if user.id == id {
        return Err(Failure::conflict("Administrators do this to others, not to themselves"));
    }
    Ok(user)
}

/// Refuses to take the last administrator who may sign in.
async fn keep_an_administrator(tx: &mut Tx, user: &Account) -> Reply<()> {
    if user.is_admin && !user.disabled && accounts::count_administrators(tx).await? == 1 {
        return Err(Failure::conflict(format!("`{}` is the last administrator of this hub", user.name)));
    }
    Ok(())
}
