//! Who belongs to which organization, and as what.

use stoa_core::{Actor, Failure, Identity, Reply, Role};
use stoa_db::Tx;
use stoa_db::accounts::{self, Account, Member};

use super::orgs::{managed, org};
use super::rights;
use crate::Hub;

/// A member of an organization, as the asker sees them.
#[derive(Clone, Debug)]
pub struct OrgMember {
    /// The user.
    pub account: Account,
    /// The role; who is what is for those inside.
    pub role: Option<Role>,
}

impl Hub {
    /// Gives a user a role in an organization (the operator's command). The last admin keeps the role.
    pub async fn set_member(&self, name: &str, user: &str, role: Role) -> Reply<()> {
        let user = self.user(user).await?;
        let mut tx = self.write().await?;
        let org = org(&mut tx, name).await?;
        keep_an_admin(&mut tx, &org, &user, Some(role)).await?;
        accounts::set_member(&mut tx, org.id, user.id, role, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a user out of an organization (the operator's command).
    pub async fn remove_member(&self, name: &str, user: &str) -> Reply<()> {
        let user = self.user(user).await?;
        let mut tx = self.write().await?;
        let org = org(&mut tx, name).await?;
        take_out(&mut tx, &org, &user).await?;
        Ok(tx.commit().await?)
    }

    /// Brings a user into an organization, as one of its admins or as an administrator of the hub.
    pub async fn add_member(&self, actor: &Actor, org: &str, user: &str, role: Role) -> Reply<()> {
        let mut tx = self.write().await?;
        let org = managed(&mut tx, actor, org).await?;
        let account = accounts::by_name(&mut tx, user).await?.filter(|user| !user.is_org && !user.disabled);
        let Some(account) = account else {
            return Err(Failure::not_found(format!("There is no user `{user}`")));
        };
        if accounts::role(&mut tx, org.id, account.id).await?.is_some() {
            return Err(Failure::conflict(format!(
                "`{}` is a member of `{}` already",
                account.name, org.name
            )));
        }
        accounts::set_member(&mut tx, org.id, account.id, role, self.now()).await?;
        let subject = format!("{} {} {role}", org.name, account.name);
        self.note(&mut tx, actor, "org.addMember", &subject).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a member of an organization another role, as one of its admins or as an administrator of the hub.
    pub async fn change_role(&self, actor: &Actor, org: &str, user: &str, role: Role) -> Reply<()> {
        let mut tx = self.write().await?;
        let org = managed(&mut tx, actor, org).await?;
        let user = member(&mut tx, &org, user).await?;
        keep_an_admin(&mut tx, &org, &user, Some(role)).await?;
        accounts::set_member(&mut tx, org.id, user.id, role, self.now()).await?;
        let subject = format!("{} {} {role}", org.name, user.name);
        self.note(&mut tx, actor, "org.changeRole", &subject).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a user out of an organization, as one of its admins or as an administrator of the hub.
    pub async fn drop_member(&self, actor: &Actor, org: &str, user: &str) -> Reply<()> {
        let mut tx = self.write().await?;
        let org = managed(&mut tx, actor, org).await?;
        let user = member(&mut tx, &org, user).await?;
        take_out(&mut tx, &org, &user).await?;
        self.note(&mut tx, actor, "org.dropMember", &format!("{} {}", org.name, user.name)).await?;
        Ok(tx.commit().await?)
    }

    /// Takes the asker out of an organization.
    pub async fn leave_org(&self, actor: &Actor, name: &str) -> Reply<()> {
        let (_, user) = rights::whole(actor, "Leaving an organization")?;
        let mut tx = self.write().await?;
        let org = org(&mut tx, name).await?;
        let user = member(&mut tx, &org, user.as_str()).await?;
        take_out(&mut tx, &org, &user).await?;
        self.note(&mut tx, actor, "org.leave", &org.name).await?;
        Ok(tx.commit().await?)
    }

    /// A page of the members of an organization, by name, after the name `after`, as the asker sees them.
    pub async fn members(
        &self,
        actor: &Actor,
        name: &str,
        after: &str,
        limit: usize,
    ) -> Reply<Vec<OrgMember>> {
        let mut tx = self.read().await?;
        let org = org(&mut tx, name).await?;
        let inside = match &actor.identity {
            Identity::Anonymous => false,
            Identity::User { id, admin, .. } => {
                *admin || accounts::role(&mut tx, org.id, *id).await?.is_some()
            }
        };
        let after = after.to_ascii_lowercase();
        let members = accounts::members_of(&mut tx, org.id, &after, limit as i64).await?;
        let shown = |Member { account, role }| OrgMember { account, role: inside.then_some(role) };
        Ok(members.into_iter().map(shown).collect())
    }
}

/// A member of an organization.
async fn member(tx: &mut Tx, org: &Account, user: &str) -> Reply<Account> {
    if let Some(user) = accounts::by_name(tx, user).await?
        && accounts::role(tx, org.id, user.id).await?.is_some()
    {
        return Ok(user);
    }
    Err(Failure::not_found(format!("There is no such member of `{}`", org.name)))
}

/// Takes a user out of an organization that keeps an admin.
async fn take_out(tx: &mut Tx, org: &Account, user: &Account) -> Reply<()> {
    keep_an_admin(tx, org, user, None).await?;
    if accounts::remove_member(tx, org.id, user.id).await? {
        return Ok(());
    }
    Err(Failure::not_found(format!("`{}` is not a member of `{}`", user.name, org.name)))
}

/// Refuses to give the last admin of an organization another role, or none.
async fn keep_an_admin(tx: &mut Tx, org: &Account, user: &Account, role: Option<Role>) -> Reply<()> {
    let was = accounts::role(tx, org.id, user.id).await?;
    if was == Some(Role::Admin) && role != Some(Role::Admin) && accounts::count_admins(tx, org.id).await? == 1
    {
        return Err(Failure::conflict(format!("`{}` is the last admin of `{}`", user.name, org.name)));
    }
    Ok(())
}
