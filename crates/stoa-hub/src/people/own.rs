//! What users do with their own account.

use std::net::IpAddr;

use stoa_core::{Actor, Failure, Namespace, Reply, Role};
use stoa_db::accounts::{self, Account};
use stoa_db::{Tx, buckets, repos};

use super::accounts::{check_email, display_name};
use super::rights;
use super::tokens::hash;
use crate::Hub;

/// Characters of what an account says about itself, at most.
const DETAILS: usize = 500;

/// What users and organizations say about themselves.
#[derive(Clone, Debug, Default)]
pub struct NewProfile {
    /// Name for display; the name itself when empty.
    pub fullname: String,
    /// A few words.
    pub details: String,
    /// Address; users only.
    pub email: Option<String>,
}

impl Hub {
    /// Replaces the asker's password, if they know the one they have, and ends the logins of programs and browsers, but for
    /// the session of the secret `keep`.
    pub async fn change_password(
        &self,
        actor: &Actor,
        current: &str,
        new: &str,
        keep: Option<&str>,
    ) -> Reply<()> {
        let (id, name) = rights::whole(actor, "Changing the password")?;
        self.check_own_password(name, actor.ip, current).await?;
        let hashed = self.0.passwords.hash(new).await?;
        let mut tx = self.write().await?;
        accounts::set_password(&mut tx, id, &hashed).await?;
        accounts::sign_out(&mut tx, id, keep.map(hash)).await?;
        self.note(&mut tx, actor, "user.password", name.as_str()).await?;
        Ok(tx.commit().await?)
    }

    /// Replaces what the asker says about themselves. Nobody vouches for an address that the user chose, so it neither
    /// verifies commits nor stands in them until an administrator does ([`Hub::vouch_email`]).
    pub async fn set_profile(&self, actor: &Actor, new: NewProfile) -> Reply<Account> {
        let (id, name) = rights::whole(actor, "Changing a profile")?;
        let email = new.email.as_deref().map(str::trim).filter(|email| !email.is_empty());
        check_email(email)?;
        let fullname = display_name(&new.fullname, name)?;
        let details = details(&new.details)?;
        let mut tx = self.write().await?;
        accounts::set_profile(&mut tx, id, &fullname, details.as_deref(), email).await?;
        self.note(&mut tx, actor, "user.profile", name.as_str()).await?;
        let account = accounts::by_id(&mut tx, id).await?;
        tx.commit().await?;
        account.ok_or_else(Failure::bad_credentials)
    }

    /// Closes the asker's account for good: what it says, its keys, tokens, likes and memberships go, and nobody signs
    /// in to it. The name stays taken, so that nobody can pass for the user. Repositories and buckets must be gone.
    pub async fn close_account(&self, actor: &Actor, password: &str) -> Reply<()> {
        let (id, name) = rights::whole(actor, "Closing an account")?;
        self.check_own_password(name, actor.ip, password).await?;
        let mut tx = self.write().await?;
        let account = accounts::by_id(&mut tx, id).await?.ok_or_else(Failure::bad_credentials)?;
        owns_nothing(&mut tx, &account).await?;
        for org in accounts::orgs_of(&mut tx, id).await?.iter().filter(|org| org.role == Role::Admin) {
            if accounts::count_admins(&mut tx, org.account.id).await? == 1 {
                let org = &org.account.name;
                return Err(Failure::conflict(format!(
                    "`{name}` is the last admin of `{org}`. Make somebody else its admin, or delete it"
                )));
            }
        }
        if account.is_admin && accounts::count_administrators(&mut tx).await? == 1 {
            return Err(Failure::conflict(format!("`{name}` is the last administrator of this hub")));
        }
        accounts::close(&mut tx, id).await?;
        self.note(&mut tx, actor, "user.close", name.as_str()).await?;
        Ok(tx.commit().await?)
    }

    /// Whoever holds a session or a token must know the password besides. Guessing is slowed down as at the sign-in.
    async fn check_own_password(&self, name: &Namespace, from: IpAddr, password: &str) -> Reply<()> {
        let mut tx = self.read().await?;
        let stored = accounts::password(&mut tx, name.as_str()).await?.and_then(|(_, hash)| hash);
        drop(tx);
        if stored.is_none() {
            return Err(Failure::conflict(
                "This account has no password yet. An administrator of the hub can give it the first one",
            ));
        }
        if !self.0.passwords.verify(name.as_str(), from, password, stored, self.now()).await? {
            return Err(Failure::forbidden("The current password is another one"));
        }
        Ok(())
    }
}

/// Refuses to let an account go that still owns something.
pub(super) async fn owns_nothing(tx: &mut Tx, account: &Account) -> Reply<()> {
    let owns = !repos::of_owner(tx, account.id, 0, 1).await?.is_empty()
        || !buckets::of_owner(tx, account.id, "", true, 0, 1).await?.is_empty();
    if !owns {
        return Ok(());
    }
    let name = &account.name;
    Err(Failure::conflict(format!("`{name}` still owns repositories or buckets. Delete or move them first")))
}

/// A few words of an account about itself; `None` when there are none.
pub(super) fn details(text: &str) -> Reply<Option<String>> {
    let text = text.trim();
    if text.chars().count() > DETAILS || text.chars().any(|c| c.is_control() && c != '\n' && c != '\r') {
        return Err(Failure::invalid(format!(
            "A description has at most {DETAILS} characters, all printable"
        )));
    }
    Ok((!text.is_empty()).then(|| text.replace("\r\n", "\n")))
}
