//! Making users, and what commands of the operator do with them.

use std::net::IpAddr;

use stoa_core::{Actor, Failure, Identity, Namespace, Reply, Role, Scope};
use stoa_db::accounts::{self, Account, NewAccount};
use stoa_db::{Tx, system};

use crate::Hub;

/// What is needed to make a user.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    /// Name.
    pub name: String,
    /// Name for display; the name itself when empty.
    pub fullname: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Password; without one the user signs in by token only.
    pub password: Option<String>,
    /// Whether the user administers the hub.
    pub admin: bool,
}

impl Hub {
    /// Makes a user (the operator's command).
    pub async fn create_user(&self, new: NewUser) -> Reply<Account> {
        self.insert_user(new, None).await
    }

    /// Makes a user. `by` is whom the audit log names; nobody for the operator's commands.
    pub(super) async fn insert_user(&self, new: NewUser, by: Option<&Actor>) -> Reply<Account> {
        let name = Namespace::new(new.name)?;
        check_email(new.email.as_deref())?;
        let password = match &new.password {
            Some(password) => Some(self.0.passwords.hash(password).await?),
            None => None,
        };
        let fullname = display_name(&new.fullname, &name)?;
        let new = NewAccount {
            name: &name,
            is_org: false,
            fullname: &fullname,
            email: new.email.as_deref(),
            email_vouched: by.is_none() && new.email.is_some(),
            password: password.as_deref(),
            is_admin: new.admin,
            default_private: false,
        };
        self.create_account(&new, None, by).await
    }

    pub(super) async fn create_account(
        &self,
        new: &NewAccount<'_>,
        founder: Option<i64>,
        by: Option<&Actor>,
    ) -> Reply<Account> {
        let now = self.now();
        let mut tx = self.write().await?;
        let id = match accounts::create(&mut tx, new, now).await {
            Err(stoa_db::Error::Duplicate) => return Err(taken(new.name)),
            other => other?,
        };
        if let Some(founder) = founder {
            accounts::set_member(&mut tx, id, founder, Role::Admin, now).await?;
        }
        let action = if new.is_org { "org.create" } else { "user.create" };
        match by {
            Some(actor) => self.note(&mut tx, actor, action, new.name.as_str()).await?,
            None => self.note_operator(&mut tx, action, new.name.as_str()).await?,
        }
        let account = accounts::by_id(&mut tx, id).await?;
        tx.commit().await?;
        account.ok_or_else(|| Failure::internal("an account vanished as it was made"))
    }

    /// A line of the audit log about what a command of the operator did.
    async fn note_operator(&self, tx: &mut Tx, action: &str, subject: &str) -> Reply<()> {
        let line = system::Audit { user_id: None, ip: "-", action, subject, detail: None };
        Ok(system::audit(tx, &line, self.now()).await?)
    }

    /// A user of a name.
    pub async fn user(&self, name: &str) -> Reply<Account> {
        let mut tx = self.read().await?;
        let account = accounts::by_name(&mut tx, name).await?.filter(|account| !account.is_org);
        account.ok_or_else(|| Failure::not_found(format!("There is no user `{name}`")))
    }

    /// How many users there are: a hub without any is new.
    pub async fn count_users(&self) -> Reply<i64> {
        let mut tx = self.read().await?;
        Ok(accounts::count_users(&mut tx).await?)
    }

    /// Signs a user in by password.
    pub async fn sign_in(&self, name: &str, password: &str, from: IpAddr) -> Reply<Actor> {
        let mut tx = self.read().await?;
        let found = accounts::password(&mut tx, name).await?;
        drop(tx);
        let stored = found.as_ref().and_then(|(_, hash)| hash.clone());
        if !self.0.passwords.verify(name, from, password, stored, self.now()).await? {
            return Err(Failure::unauthenticated("Wrong user name or password"));
        }
        let account = self.user(name).await?;
        let mut actor = Actor::user(account.id, Namespace::new(account.name)?, account.is_admin);
        actor.ip = from;
        Ok(actor)
    }

    /// Replaces a user's password (the operator's command).
    pub async fn set_password(&self, name: &str, password: &str) -> Reply<()> {
        let account = self.user(name).await?;
        let hash = self.0.passwords.hash(password).await?;
        let mut tx = self.write().await?;
        accounts::set_password(&mut tx, account.id, &hash).await?;
        Ok(tx.commit().await?)
    }

    /// Replaces or removes a user's e-mail address (the operator's command). Whoever runs the hub vouches for it:
    /// commits signed by the user count as verified only under this address.
    pub async fn set_email(&self, name: &str, email: Option<&str>) -> Reply<()> {
        check_email(email)?;
        let account = self.user(name).await?;
        let mut tx = self.write().await?;
        accounts::set_email(&mut tx, account.id, email).await?;
        self.note_operator(&mut tx, "user.email", &account.name).await?;
        Ok(tx.commit().await?)
    }

    /// Someone with all rights of a user: for the operator's commands, which run on the machine itself.
    pub async fn operator(&self, user: &str) -> Reply<Actor> {
        let account = self.user(user).await?;
        Ok(Actor::user(account.id, Namespace::new(account.name)?, account.is_admin))
    }

    /// Someone who may see and change everything: for the operator's commands.
    pub fn root(&self) -> Reply<Actor> {
        let mut actor = Actor::anonymous();
        actor.identity =
            Identity::User { id: 0, name: Namespace::new("operator")?, admin: true, scope: Scope::Write };
        Ok(actor)
    }
}

/// Refuses a name that somebody has.
pub(super) fn taken(name: &Namespace) -> Failure {
    Failure::conflict(format!("The name `{name}` is taken"))
}

pub(super) fn check_email(email: Option<&str>) -> Reply<()> {
    match email {
        Some(email)
            if email.len() > 254 || !email.contains('@') || email.chars().any(char::is_whitespace) =>
        {
            Err(Failure::invalid(format!("`{email}` is not an e-mail address")))
        }
        _ => Ok(()),
    }
}

pub(super) fn display_name(fullname: &str, name: &Namespace) -> Reply<String> {
    let fullname = fullname.trim();
    if fullname.chars().count() > 128 || fullname.chars().any(char::is_control) {
        return Err(Failure::invalid("A display name has at most 128 characters, all printable"));
    }
    Ok(if fullname.is_empty() { name.to_string() } else { fullname.to_owned() })
}
