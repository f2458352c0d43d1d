//! Organizations: making, describing and deleting them.

use stoa_core::{Actor, Failure, Identity, Namespace, Reply, Role};
use stoa_db::Tx;
use stoa_db::accounts::{self, Account, NewAccount};

use super::accounts::display_name;
use super::own::{details, owns_nothing};
use super::rights;
use crate::Hub;

/// Organizations that one user may be admin of and still found another.
const MOST: usize = 100;

impl Hub {
    /// An organization of a name.
    pub async fn org(&self, name: &str) -> Reply<Account> {
        let mut tx = self.read().await?;
        org(&mut tx, name).await
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

    /// Makes an organization whose first admin is the asker.
    pub async fn found_org(
        &self,
        actor: &Actor,
        name: &str,
        fullname: &str,
        default_private: bool,
    ) -> Reply<Account> {
        let (id, _) = rights::whole(actor, "Making an organization")?;
        let mut tx = self.read().await?;
        let orgs = accounts::orgs_of(&mut tx, id).await?;
        drop(tx);
        if orgs.iter().filter(|org| org.role == Role::Admin).count() >= MOST {
            return Err(Failure::conflict(format!(
                "You are an admin of {MOST} organizations, which is the most. Delete those you no longer need"
            )));
        }
        self.insert_org(name, fullname, id, default_private, Some(actor)).await
    }

    /// Replaces what an organization says about itself, and whether its new repositories are private.
    pub async fn set_org(
        &self,
        actor: &Actor,
        org: &str,
        fullname: &str,
        about: &str,
        default_private: bool,
    ) -> Reply<Account> {
        let mut tx = self.write().await?;
        let org = managed(&mut tx, actor, org).await?;
        let fullname = display_name(fullname, &Namespace::new(org.name.as_str())?)?;
        let about = details(about)?;
        accounts::set_profile(&mut tx, org.id, &fullname, about.as_deref(), None).await?;
        accounts::set_default_private(&mut tx, org.id, default_private).await?;
        self.note(&mut tx, actor, "org.settings", &org.name).await?;
        let org = accounts::by_id(&mut tx, org.id).await?;
        tx.commit().await?;
        org.ok_or_else(|| Failure::internal("an organization vanished as it was changed"))
    }

    /// Deletes an organization that owns no repositories and no buckets. Its name is free from here on.
    pub async fn delete_org(&self, actor: &Actor, org: &str) -> Reply<()> {
        let mut tx = self.write().await?;
        let org = managed(&mut tx, actor, org).await?;
        owns_nothing(&mut tx, &org).await?;
        accounts::delete_org(&mut tx, org.id).await?;
        self.note(&mut tx, actor, "org.delete", &org.name).await?;
        Ok(tx.commit().await?)
    }
}

/// An organization of a name.
pub(super) async fn org(tx: &mut Tx, name: &str) -> Reply<Account> {
    let org = accounts::by_name(tx, name).await?.filter(|account| account.is_org);
    org.ok_or_else(|| Failure::not_found(format!("There is no organization `{name}`")))
}

/// An organization that the asker may manage: as one of its admins, or as an administrator of the hub.
pub(super) async fn managed(tx: &mut Tx, actor: &Actor, name: &str) -> Reply<Account> {
    let (id, _) = rights::whole(actor, "Managing an organization")?;
    let org = org(tx, name).await?;
    let administers = matches!(actor.identity, Identity::User { admin: true, .. });
    if !administers && accounts::role(tx, org.id, id).await? != Some(Role::Admin) {
        return Err(Failure::forbidden(format!("Only admins of `{}` can do this", org.name)));
    }
    Ok(org)
}
