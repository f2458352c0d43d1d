//! Settings of a repository, and moving it to another name or owner.

use stoa_core::{Failure, Gate, Identity, Reply, RepoId};
use stoa_db::repos;

use crate::Repo;
use crate::access::Admin;

/// Settings to change; `None` leaves one as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// Who sees it.
    pub private: Option<bool>,
    /// The gate.
    pub gated: Option<Gate>,
}

impl Repo<Admin> {
    /// Changes settings.
    pub async fn change(&self, settings: Settings) -> Reply<()> {
        let mut tx = self.hub.write().await?;
        if let Some(private) = settings.private {
            repos::set_private(&mut tx, self.row.id, private).await?;
        }
        if let Some(gate) = settings.gated {
            repos::set_gated(&mut tx, self.row.id, gate).await?;
        }
        self.hub.note(&mut tx, &self.actor, "repo.settings", &self.row.name.path()).await?;
        Ok(tx.commit().await?)
    }

    /// Switches the repository off or on; administrators of the hub only.
    pub async fn disable(&self, disabled: bool) -> Reply<()> {
        if !matches!(self.actor.identity, Identity::User { admin: true, .. }) {
            return Err(Failure::forbidden("Only an administrator of the hub can do this"));
        }
        let mut tx = self.hub.write().await?;
        repos::set_disabled(&mut tx, self.row.id, disabled).await?;
        let action = if disabled { "repo.disable" } else { "repo.removeDisable" };
        self.hub.note(&mut tx, &self.actor, action, &self.row.name.path()).await?;
        Ok(tx.commit().await?)
    }

    /// Gives the repository another name or owner. Its old address leads to the new one from here on.
    pub async fn rename(&self, to: &RepoId) -> Reply<RepoId> {
        if to.kind != self.row.name.kind {
            return Err(Failure::invalid("A repository cannot change its type"));
        }
        let mut tx = self.hub.read().await?;
        let from = self.row.owner_id;
        let owner = self.hub.may_move(&mut tx, &self.actor, from, &to.owner, to.kind.as_str()).await?;
        drop(tx);
        let to = RepoId::new(to.kind, owner.name, to.name.as_str())?;
        let mut tx = self.hub.write().await?;
        if owner.id != self.row.owner_id {
            let brings = stoa_db::lfs::used(&mut tx, self.row.id).await? as u64;
            self.hub.check_owner(&mut tx, owner.id, &to.owner, brings).await?;
        }
        match repos::rename(&mut tx, &self.row, &to, owner.id, self.hub.now()).await {
            Err(stoa_db::Error::Duplicate) => {
                return Err(Failure::conflict(format!(
                    "A {} repository called {to} already exists",
                    to.kind
                )));
            }
            other => other?,
        }
        let subject = format!("{} -> {}", self.row.name.path(), to.path());
        self.hub.note(&mut tx, &self.actor, "repo.move", &subject).await?;
        tx.commit().await?;
        Ok(to)
    }

    /// Lets a user through the gate, or turns them away.
    pub async fn grant_access(&self, user: &str, accepted: bool) -> Reply<()> {
        let user = self.hub.user(user).await?;
        let status = if accepted { "accepted" } else { "rejected" };
        let mut tx = self.hub.write().await?;
        repos::set_access(&mut tx, self.row.id, user.id, status, self.hub.now()).await?;
        Ok(tx.commit().await?)
    }
}
