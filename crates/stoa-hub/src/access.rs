//! Permission as a type. [`Hub::open`] is the only way to a repository.

use std::marker::PhantomData;

use stoa_core::{
    Actor, Failure, FineGrained, Gate, Identity, Namespace, Permission, Reply, RepoId, Role, Scope,
};
use stoa_db::list::Sees;
use stoa_db::{Tx, accounts, repos};

use crate::Hub;

/// A permission in the type of a [`Repo`].
pub trait Access: Send + Sync + 'static {
    /// The permission.
    const NEED: Permission;
}

/// May see the repository and fetch its files.
pub enum Read {}
/// May change its content.
pub enum Write {}
/// May change its settings, move and delete it.
pub enum Admin {}

impl Access for Read {
    const NEED: Permission = Permission::Read;
}
impl Access for Write {
    const NEED: Permission = Permission::Write;
}
impl Access for Admin {
    const NEED: Permission = Permission::Admin;
}

/// A repository in the hands of someone who may do `A` to it.
pub struct Repo<A> {
    pub(crate) hub: Hub,
    pub(crate) row: repos::Repo,
    pub(crate) actor: Actor,
    /// The most the actor may do.
    pub(crate) most: Permission,
    /// Whether the actor's account may write, whatever the credential that was shown.
    pub(crate) inside: bool,
    access: PhantomData<A>,
}

impl<A> Clone for Repo<A> {
    fn clone(&self) -> Self {
        Self {
            hub: self.hub.clone(),
            row: self.row.clone(),
            actor: self.actor.clone(),
            most: self.most,
            inside: self.inside,
            access: PhantomData,
        }
    }
}

impl<A: Access> Repo<A> {
    /// Its address, spelled as its owner wrote it.
    pub fn id(&self) -> &RepoId {
        &self.row.name
    }

    /// What the database knows of it.
    pub fn row(&self) -> &repos::Repo {
        &self.row
    }

    /// Who opened it.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The most that whoever opened it may do.
    pub fn most(&self) -> Permission {
        self.most
    }

    /// The same repository for reading only.
    pub fn for_reading(&self) -> Repo<Read> {
        Repo {
            hub: self.hub.clone(),
            row: self.row.clone(),
            actor: self.actor.clone(),
            most: self.most,
            inside: self.inside,
            access: PhantomData,
        }
    }

    /// Whether the actor may fetch file contents, which a gate may forbid to those who may see the repository.
    pub async fn check_content(&self) -> Reply<()> {
        if self.row.gated == Gate::Open {
            return Ok(());
        }
        let kind = self.row.name.kind;
        let id = &self.row.name;
        let Some((user, _)) = self.actor.signed_in() else {
            return Err(Failure::gated(format!(
                "Access to {kind} {id} is restricted. You must have access to it and be authenticated to access \
                 it. Please log in."
            )));
        };
        let mut tx = self.hub.read().await?;
        let status = repos::access(&mut tx, self.row.id, user).await?;
        let allowed = match &self.actor.identity {
            Identity::User { scope: Scope::FineGrained(fine), .. } => {
                fine.can_read_gated_repos || fine_permission(fine, &Owned::from(&self.row)).is_some()
            }
            _ => true,
        };
        if (self.inside || status.as_deref() == Some("accepted")) && allowed {
            return Ok(());
        }
        Err(Failure::gated(format!(
            "Access to {kind} {id} is restricted and you are not in the authorized list. Ask its owner for access."
        )))
    }
}

/// What someone may do to a repository or a bucket.
pub(crate) struct Rights {
    /// With the credential that was shown.
    pub(crate) most: Permission,
    /// Whether their account may write to it.
    pub(crate) inside: bool,
}

/// What the rights on a repository or a bucket depend on.
pub(crate) struct Owned {
    /// `model`, `dataset`, `space` or `bucket`.
    pub(crate) kind: &'static str,
    /// Name of the owner.
    pub(crate) owner: String,
    /// `namespace/name`.
    pub(crate) name: String,
    /// Row id of the owner.
    pub(crate) owner_id: i64,
    /// Who made it.
    pub(crate) created_by: i64,
    /// Whether only members see it.
    pub(crate) private: bool,
}

impl From<&repos::Repo> for Owned {
    fn from(row: &repos::Repo) -> Self {
        Self {
            kind: row.name.kind.as_str(),
            owner: row.name.owner.to_string(),
            name: row.name.to_string(),
            owner_id: row.owner_id,
            created_by: row.created_by,
            private: row.private,
        }
    }
}

impl Hub {
    /// Opens a repository for someone, if they may do `A` to it. Whoever may not even see it learns nothing: a
    /// private repository and a missing one give the same answer.
    pub async fn open<A: Access>(&self, actor: &Actor, id: &RepoId) -> Reply<Repo<A>> {
        let mut tx = self.read().await?;
        let (row, moved) = match repos::by_name(&mut tx, id).await? {
            Some(row) => (Some(row), false),
            None => (repos::by_former_name(&mut tx, id).await?, true),
        };
        let Some(row) = row else { return Err(unseen(actor)) };
        let Some(Rights { most, inside }) = self.rights(&mut tx, actor, &Owned::from(&row)).await? else {
            return Err(unseen(actor));
        };
        if moved {
            return Err(Failure::moved(row.name));
        }
        if row.disabled && !matches!(actor.identity, Identity::User { admin: true, .. }) {
            return Err(Failure::disabled());
        }
        need::<A>(actor, most, &Owned::from(&row))?;
        Ok(Repo { hub: self.clone(), row, actor: actor.clone(), most, inside, access: PhantomData })
    }

    /// Opens a repository by its row, for reading.
    pub(crate) async fn open_row(&self, actor: &Actor, row: repos::Repo) -> Reply<Option<Repo<Read>>> {
        let mut tx = self.read().await?;
        let rights = self.rights(&mut tx, actor, &Owned::from(&row)).await?.filter(|_| !row.disabled);
        Ok(rights.map(|Rights { most, inside }| Repo {
            hub: self.clone(),
            row,
            actor: actor.clone(),
            most,
            inside,
            access: PhantomData,
        }))
    }

    /// Whether an actor may see a repository.
    pub(crate) async fn sees_repo(&self, tx: &mut Tx, actor: &Actor, row: &repos::Repo) -> Reply<bool> {
        Ok(self.rights(tx, actor, &Owned::from(row)).await?.is_some())
    }

    /// What an actor may do to something that somebody owns; `None` when they may not see it.
    pub(crate) async fn rights(&self, tx: &mut Tx, actor: &Actor, thing: &Owned) -> Reply<Option<Rights>> {
        let public = (!thing.private).then_some(Permission::Read);
        let Identity::User { id, admin, scope, .. } = &actor.identity else {
            let seen = public.filter(|_| self.policy().anonymous_read);
            return Ok(seen.map(|most| Rights { most, inside: false }));
        };
        let own = if *admin || thing.owner_id == *id {
            Some(Permission::Admin)
        } else {
            match accounts::role(tx, thing.owner_id, *id).await? {
                Some(Role::Admin | Role::Write) => Some(Permission::Admin),
                Some(Role::Contributor) if thing.created_by == *id => Some(Permission::Admin),
                Some(Role::Contributor | Role::Read) => Some(Permission::Read),
                Some(Role::NoAccess) | None => None,
            }
        };
        let inside = own >= Some(Permission::Write);
        let own = match scope {
            Scope::Write => own,
            Scope::Read => own.map(|own| own.min(Permission::Read)),
            Scope::FineGrained(fine) => own.zip(fine_permission(fine, thing)).map(|(a, b)| a.min(b)),
        };
        Ok(own.max(public).map(|most| Rights { most, inside }))
    }

    /// Whether someone may create repositories under a name, and the row id of that account.
    pub(crate) async fn may_create(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        owner: &Namespace,
        what: &str,
    ) -> Reply<i64> {
        let (user, _) = actor.need_user()?;
        let refused = || {
            Failure::forbidden(format!(
                "You don't have the rights to create a {what} under the namespace \"{owner}\""
            ))
        };
        let account = accounts::by_name(tx, owner.as_str()).await?.ok_or_else(refused)?;
        let Identity::User { admin, scope, .. } = &actor.identity else { return Err(refused()) };
        let role = if account.is_org {
            accounts::role(tx, account.id, user).await?.is_some_and(|role| role >= Role::Contributor)
        } else {
            account.id == user
        };
        let reaches = match scope {
            Scope::Write => true,
            Scope::Read => false,
            Scope::FineGrained(fine) => fine.scoped.iter().any(|scoped| {
                scoped.entity.name.eq_ignore_ascii_case(owner.as_str())
                    && matches!(scoped.entity.kind.as_str(), "user" | "org")
                    && scoped.permissions.iter().any(|p| p == "repo.write")
            }),
        };
        if reaches && (role || *admin) { Ok(account.id) } else { Err(refused()) }
    }

    /// Whether someone may take what an account owns to another account; answers that account.
    pub(crate) async fn may_move(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        from: i64,
        to: &Namespace,
        what: &str,
    ) -> Reply<accounts::Account> {
        let owner_id = self.may_create(tx, actor, to, what).await?;
        let from = accounts::by_id(tx, from).await?.ok_or_else(Failure::repo_not_found)?;
        let owner = accounts::by_id(tx, owner_id).await?.ok_or_else(Failure::repo_not_found)?;
        if from.id != owner.id && from.is_org {
            // Out of an organization: its admins only, and not into somebody else's account.
            let admin = match &actor.identity {
                Identity::User { admin: true, .. } => true,
                Identity::User { id, .. } => accounts::role(tx, from.id, *id).await? == Some(Role::Admin),
                Identity::Anonymous => false,
            };
            if !admin {
                return Err(Failure::forbidden(format!(
                    "Only an admin of {} can move a {} out of it",
                    from.name,
                    if what == "bucket" { what } else { "repository" }
                )));
            }
        }
        Ok(owner)
    }

    /// What someone sees in lists.
    pub(crate) async fn sees(&self, tx: &mut Tx, actor: &Actor) -> Reply<Sees> {
        let Identity::User { id, admin, scope, .. } = &actor.identity else {
            return Ok(Sees::PublicAnd(Vec::new()));
        };
        if *admin && *scope != Scope::Read && !matches!(scope, Scope::FineGrained(_)) {
            return Ok(Sees::All);
        }
        let orgs = accounts::orgs_of(tx, *id).await?;
        let mut owners: Vec<(i64, String)> = orgs
            .into_iter()
            .filter(|member| member.role >= Role::Read)
            .map(|member| (member.account.id, member.account.name))
            .collect();
        if let Some((id, name)) = actor.signed_in() {
            owners.push((id, name.to_string()));
        }
        if let Scope::FineGrained(fine) = scope {
            // Lists show an account's private repositories only to tokens that reach the whole account.
            owners.retain(|(_, name)| {
                fine.scoped.iter().any(|scoped| {
                    scoped.entity.name.eq_ignore_ascii_case(name)
                        && scoped.permissions.iter().any(|p| reading(p) || p == "repo.write")
                })
            });
        }
        Ok(Sees::PublicAnd(owners.into_iter().map(|(id, _)| id).collect()))
    }
}

/// Refuses those who may see a thing and may not do `A` to it.
pub(crate) fn need<A: Access>(actor: &Actor, most: Permission, thing: &Owned) -> Reply<()> {
    if most >= A::NEED {
        return Ok(());
    }
    if actor.is_anonymous() {
        return Err(Failure::unauthenticated("Invalid username or password."));
    }
    let what = if A::NEED == Permission::Write { "write to" } else { "change the settings of" };
    Err(Failure::forbidden(format!("You don't have the rights to {what} the {} {}", thing.kind, thing.name)))
}

/// The answer to those who may not see a repository.
pub(crate) fn unseen(actor: &Actor) -> Failure {
    if actor.is_anonymous() { Failure::repo_not_found_anonymous() } else { Failure::repo_not_found() }
}

fn reading(permission: &str) -> bool {
    matches!(permission, "repo.content.read" | "repo.access.read")
}

/// What a fine-grained token allows on a repository or a bucket.
fn fine_permission(fine: &FineGrained, thing: &Owned) -> Option<Permission> {
    let about = fine.scoped.iter().filter(|scoped| {
        let entity = &scoped.entity;
        match entity.kind.as_str() {
            "user" | "org" => entity.name.eq_ignore_ascii_case(&thing.owner),
            kind => kind == thing.kind && entity.name.eq_ignore_ascii_case(&thing.name),
        }
    });
    about
        .flat_map(|scoped| &scoped.permissions)
        .filter_map(|permission| match permission.as_str() {
            "repo.write" => Some(Permission::Admin),
            // Of passes only (`people/passes.rs`): nobody can put it into a token.
            "repo.content.write" => Some(Permission::Write),
            name if reading(name) => Some(Permission::Read),
            _ => None,
        })
        .max()
}
