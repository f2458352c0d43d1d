//! Making users and organizations, and who belongs to which.

use stoa_core::{Actor, Failure, Identity, Namespace, Reply, Role, Scope};
use stoa_db::accounts::{self, Account, Member, NewAccount};
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

    /// Makes an organization whose first admin is `owner` (the operator's command).
    pub async fn create_org(
        &self,
        name: &str,
        fullname: &str,
        owner: &str,
        default_private: bool,
    ) -> Reply<Account> {
        let owner = self.user(owner).await?;
        self.insert_org(name, fullname, owner.id, default_private, None).await
    }

    /// Makes an organization whose first admin is a user. `by` is whom the audit log names.
    pub(super) async fn insert_org(
        &self,
        name: &str,
        fullname: &str,
        founder: i64,
        default_private: bool,
        by: Option<&Actor>,
    ) -> Reply<Account> {
        let name = Namespace::new(name)?;
        let fullname = display_name(fullname, &name)?;
        let new = NewAccount {
            name: &name,
            is_org: true,
            fullname: &fullname,
            email: None,
            email_vouched: false,
            password: None,
            is_admin: false,
            default_private,
        };
        self.create_account(&new, Some(founder), by).await
    }

    async fn create_account(
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

    /// An organization of a name.
    pub async fn org(&self, name: &str) -> Reply<Account> {
        let mut tx = self.read().await?;
        let account = accounts::by_name(&mut tx, name).await?.filter(|account| account.is_org);
        account.ok_or_else(|| Failure::not_found(format!("There is no organization `{name}`")))
    }

    /// Gives a user a role in an organization (the operator's command). The last admin keeps the role.
    pub async fn set_member(&self, org: &str, user: &str, role: Role) -> Reply<()> {
        let (org, user) = (self.org(org).await?, self.user(user).await?);
        let mut tx = self.write().await?;
        let was = accounts::role(&mut tx, org.id, user.id).await?;
        if was == Some(Role::Admin)
            && role != Role::Admin
            && accounts::count_admins(&mut tx, org.id).await? == 1
        {
            return Err(Failure::conflict(format!("`{}` is the last admin of `{}`", user.name, org.name)));
        }
        accounts::set_member(&mut tx, org.id, user.id, role, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a member of an organization another role, as one of its admins or as an administrator of the hub.
    pub async fn change_role(&self, actor: &Actor, org: &str, user: &str, role: Role) -> Reply<()> {
        let (id, _) = actor.need_user()?;
        let org = self.org(org).await?;
        let mut tx = self.read().await?;
        let own = accounts::role(&mut tx, org.id, id).await?;
        let user = accounts::by_name(&mut tx, user).await?.filter(|user| !user.is_org);
        let member = match &user {
            Some(user) => accounts::role(&mut tx, org.id, user.id).await?.is_some(),
            None => false,
        };
        drop(tx);
        let Identity::User { admin, scope: Scope::Write, .. } = &actor.identity else {
            return Err(Failure::forbidden("Changing roles needs a token with the role write"));
        };
        if own != Some(Role::Admin) && !admin {
            return Err(Failure::forbidden(format!("Only admins of `{}` can change roles in it", org.name)));
        }
        let Some(user) = user.filter(|_| member) else {
            return Err(Failure::not_found(format!("There is no such member of `{}`", org.name)));
        };
        self.set_member(&org.name, &user.name, role).await
    }

    /// Takes a user out of an organization (the operator's command).
    pub async fn remove_member(&self, org: &str, user: &str) -> Reply<()> {
        let (org, user) = (self.org(org).await?, self.user(user).await?);
        let mut tx = self.write().await?;
        let was = accounts::role(&mut tx, org.id, user.id).await?;
        if was == Some(Role::Admin) && accounts::count_admins(&mut tx, org.id).await? == 1 {
            return Err(Failure::conflict(format!("`{}` is the last admin of `{}`", user.name, org.name)));
        }
        if !accounts::remove_member(&mut tx, org.id, user.id).await? {
            return Err(Failure::not_found(format!("`{}` is not a member of `{}`", user.name, org.name)));
        }
        Ok(tx.commit().await?)
    }

    /// A page of the members of an organization, after the name `after`.
    pub async fn members(&self, org: &str, after: &str, limit: usize) -> Reply<Vec<Member>> {
        let org = self.org(org).await?;
        let mut tx = self.read().await?;
        Ok(accounts::members_of(&mut tx, org.id, after, limit as i64).await?)
    }

    /// How many users there are: a hub without any is new.
    pub async fn count_users(&self) -> Reply<i64> {
        let mut tx = self.read().await?;
        Ok(accounts::count_users(&mut tx).await?)
    }

    /// Signs a user in by password.
    pub async fn sign_in(&self, name: &str, password: &str) -> Reply<Actor> {
        let mut tx = self.read().await?;
        let found = accounts::password(&mut tx, name).await?;
        drop(tx);
        let stored = found.as_ref().and_then(|(_, hash)| hash.clone());
        if !self.0.passwords.verify(name, password, stored, self.now()).await? {
            return Err(Failure::unauthenticated("Wrong user name or password"));
        }
        let account = self.user(name).await?;
        Ok(Actor::user(account.id, Namespace::new(account.name)?, account.is_admin))
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
