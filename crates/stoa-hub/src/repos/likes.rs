//! Likes.

use std::collections::HashMap;

use stoa_core::{Actor, Failure, Identity, Reply, RepoKind, Scope, Time};
use stoa_db::list::{self, Listed};
use stoa_db::{repos, stats};

use crate::access::Access;
use crate::{Hub, Liker, Repo};

impl<A: Access> Repo<A> {
    /// Likes the repository, or takes the like back.
    pub async fn like(&self, like: bool) -> Reply<()> {
        let (user, _) = self.actor.need_user()?;
        if matches!(self.actor.identity, Identity::User { scope: Scope::Read, .. }) {
            return Err(Failure::forbidden("Liking needs a token with the role write"));
        }
        let mut tx = self.hub.write().await?;
        if like {
            stats::like(&mut tx, user, self.row.id, self.hub.now()).await?;
        } else {
            stats::unlike(&mut tx, user, self.row.id).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Whether someone likes it; nobody who did not sign in does.
    pub async fn liked_by(&self, actor: &Actor) -> Reply<bool> {
        let Some((user, _)) = actor.signed_in() else { return Ok(false) };
        let mut tx = self.hub.read().await?;
        Ok(stats::likes(&mut tx, user, self.row.id).await?)
    }

    /// Who likes it: a page after the user's row `after`.
    pub async fn likers(&self, after: i64, limit: usize) -> Reply<Vec<Liker>> {
        let mut tx = self.hub.read().await?;
        Ok(stats::likers(&mut tx, self.row.id, after, limit as i64).await?)
    }
}

impl Hub {
    /// What a user likes, as far as the asker may see it: a page, and whether there are more.
    pub async fn likes_of(
        &self,
        actor: &Actor,
        user: &str,
        skip: usize,
        limit: usize,
    ) -> Reply<(Vec<(repos::Repo, Time)>, bool)> {
        let user = self.user(user).await?;
        let mut tx = self.read().await?;
        let mut likes = stats::likes_of(&mut tx, user.id, skip as i64, limit as i64 + 1).await?;
        let more = likes.len() > limit;
        likes.truncate(limit);
        let ids: Vec<i64> = likes.iter().map(|(id, _)| *id).collect();
        let rows = repos::by_ids(&mut tx, &ids).await?;
        let mut seen = Vec::with_capacity(likes.len());
        for (id, at) in likes {
            let Some(row) = rows.iter().find(|row| row.id == id) else { continue };
            if self.sees_repo(&mut tx, actor, row).await? {
                seen.push((row.clone(), at));
            }
        }
        Ok((seen, more))
    }

    /// What a user likes of one kind or of all, newest like first, as rows of a list that the asker may see: a page, and
    /// whether there are more.
    pub async fn liked(
        &self,
        actor: &Actor,
        user: &str,
        kind: Option<RepoKind>,
        skip: usize,
        limit: usize,
    ) -> Reply<(Vec<(Listed, Time)>, bool)> {
        self.check_reader(actor)?;
        let user = self.user(user).await?;
        let mut tx = self.read().await?;
        let mut likes = stats::liked(&mut tx, user.id, kind, skip as i64, limit as i64 + 1).await?;
        let more = likes.len() > limit;
        likes.truncate(limit);
        let sees = self.sees(&mut tx, actor).await?;
        let ids: Vec<i64> = likes.iter().map(|(id, _)| *id).collect();
        let times: HashMap<i64, Time> = likes.into_iter().collect();
        let rows = list::by_ids(&mut tx, &ids, &sees, true).await?;
        let dated = rows.into_iter().filter_map(|row| times.get(&row.repo.id).map(|at| (*at, row)));
        Ok((dated.map(|(at, row)| (row, at)).collect(), more))
    }

    /// The repositories of an account that the asker may see, newest change first: for settings pages.
    pub async fn repos_of(
        &self,
        actor: &Actor,
        owner: &str,
        skip: usize,
        limit: usize,
    ) -> Reply<(Vec<repos::Repo>, bool)> {
        let mut tx = self.read().await?;
        let Some(owner) = stoa_db::accounts::by_name(&mut tx, owner).await? else {
            return Err(Failure::not_found(format!("There is no user or organization `{owner}`")));
        };
        let mut rows = repos::of_owner(&mut tx, owner.id, skip as i64, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            if self.sees_repo(&mut tx, actor, &row).await? {
                seen.push(row);
            }
        }
        Ok((seen, more))
    }
}
