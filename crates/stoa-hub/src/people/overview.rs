//! What profiles show.

use stoa_core::{Actor, Identity, Reply, RepoKind, Role};
use stoa_db::accounts::{self, Account, Member};
use stoa_db::stats;

use crate::Hub;

/// Counts of what an account owns, as far as the asker may see.
#[derive(Clone, Copy, Debug, Default)]
pub struct Profile {
    /// Models.
    pub models: i64,
    /// Datasets.
    pub datasets: i64,
    /// Spaces.
    pub spaces: i64,
}

/// A user, for everyone.
pub struct UserOverview {
    /// The user.
    pub account: Account,
    /// What they own.
    pub profile: Profile,
    /// What they like.
    pub likes: i64,
    /// Where they belong.
    pub orgs: Vec<Member>,
}

/// An organization, for everyone.
pub struct OrgOverview {
    /// The organization.
    pub account: Account,
    /// What it owns.
    pub profile: Profile,
    /// How many belong to it.
    pub users: i64,
}

impl Hub {
    /// A user's profile.
    pub async fn user_overview(&self, actor: &Actor, name: &str) -> Reply<UserOverview> {
        let account = self.user(name).await?;
        let profile = self.profile(actor, &account).await?;
        let mut tx = self.read().await?;
        let likes = stats::count_likes_of(&mut tx, account.id).await?;
        let orgs = accounts::orgs_of(&mut tx, account.id).await?;
        Ok(UserOverview { account, profile, likes, orgs })
    }

    /// An organization's profile.
    pub async fn org_overview(&self, actor: &Actor, name: &str) -> Reply<OrgOverview> {
        let account = self.org(name).await?;
        let profile = self.profile(actor, &account).await?;
        let mut tx = self.read().await?;
        let users = accounts::count_members(&mut tx, account.id).await?;
        Ok(OrgOverview { account, profile, users })
    }

    async fn profile(&self, actor: &Actor, account: &Account) -> Reply<Profile> {
        let mut tx = self.read().await?;
        let inside = match &actor.identity {
            Identity::Anonymous => false,
            Identity::User { id, admin, .. } => {
                *admin
                    || *id == account.id
                    || accounts::role(&mut tx, account.id, *id).await?.is_some_and(|role| role >= Role::Read)
            }
        };
        Ok(Profile {
            models: stats::count_repos(&mut tx, account.id, RepoKind::Model, inside).await?,
            datasets: stats::count_repos(&mut tx, account.id, RepoKind::Dataset, inside).await?,
            spaces: stats::count_repos(&mut tx, account.id, RepoKind::Space, inside).await?,
        })
    }
}
