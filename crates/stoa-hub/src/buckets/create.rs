//! Making, listing, changing, moving and deleting buckets.

use stoa_core::{Actor, BucketId, Detail, Failure, Reply};
use stoa_db::list::Sees;
use stoa_db::{accounts, buckets};

use super::Bucket;
use crate::Hub;
use crate::access::Admin;

/// Files of a deleted bucket dropped in one transaction.
const BATCH: i64 = 1_000;

/// What is needed to make a bucket.
#[derive(Clone, Debug)]
pub struct NewBucket {
    /// Its address.
    pub id: BucketId,
    /// Who sees it; `None` takes the default of its owner.
    pub private: Option<bool>,
}

/// A page of the buckets of an account.
pub struct BucketList {
    /// The buckets.
    pub buckets: Vec<buckets::Bucket>,
    /// Where the next page begins.
    pub next: Option<i64>,
}

impl Hub {
    /// Makes a bucket. A name that exists already is a conflict that carries its address.
    pub async fn create_bucket(&self, actor: &Actor, new: NewBucket) -> Reply<Bucket<Admin>> {
        let (user, _) = actor.need_user()?;
        let mut tx = self.read().await?;
        let owner_id = self.may_create(&mut tx, actor, &new.id.owner, "bucket").await?;
        let owner = accounts::by_id(&mut tx, owner_id).await?.ok_or_else(Failure::repo_not_found)?;
        drop(tx);
        // The address is spelled as its owner is.
        let id = BucketId::new(owner.name, new.id.name.as_str())?;
        let private = new.private.unwrap_or(owner.default_private || self.policy().private_by_default);
        let mut tx = self.write().await?;
        match buckets::create(&mut tx, &id, owner_id, private, user, self.now()).await {
            Err(stoa_db::Error::Duplicate) => {
                let there = buckets::by_name(&mut tx, &id).await?.map_or(id, |row| row.name);
                let message = format!("A bucket called {there} already exists");
                return Err(Failure::conflict(message).with(Detail::ExistsAt(there.path())));
            }
            other => other?,
        };
        self.note(&mut tx, actor, "bucket.create", &id.path()).await?;
        tx.commit().await?;
        self.open_bucket(actor, &id).await
    }

    /// The buckets of an account that the asker may see, after a row id, with a text in their name.
    pub async fn buckets_of(
        &self,
        actor: &Actor,
        owner: &str,
        search: &str,
        after: i64,
        limit: usize,
    ) -> Reply<BucketList> {
        let mut tx = self.read().await?;
        let Some(owner) = accounts::by_name(&mut tx, owner).await? else {
            // Compat: the Hub cannot tell an account from a bucket without its namespace here.
            return Err(Failure::repo_not_found());
        };
        let private = match self.sees(&mut tx, actor).await? {
            Sees::All => true,
            Sees::PublicAnd(owners) => owners.contains(&owner.id),
        };
        let mut rows = buckets::of_owner(&mut tx, owner.id, search, private, after, limit as i64 + 1).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| row.id);
        Ok(BucketList { buckets: rows, next })
    }

    /// Ends what a deletion began: a hub that stopped in between does it at its next sweep.
    pub(crate) async fn drop_deleted_buckets(&self) -> Reply<()> {
        let mut tx = self.read().await?;
        let ids = buckets::deleted(&mut tx, BATCH).await?;
        drop(tx);
        for id in ids {
            self.drop_bucket_files(id).await?;
        }
        Ok(())
    }

    async fn drop_bucket_files(&self, id: i64) -> Reply<()> {
        loop {
            let mut tx = self.write().await?;
            let done = buckets::drop_files(&mut tx, id, BATCH).await?;
            tx.commit().await?;
            if done {
                return Ok(());
            }
        }
    }
}

impl Bucket<Admin> {
    /// Changes who sees it.
    pub async fn set_private(&self, private: bool) -> Reply<()> {
        let mut tx = self.hub.write().await?;
        buckets::set_private(&mut tx, self.row.id, private).await?;
        self.hub.note(&mut tx, &self.actor, "bucket.settings", &self.row.name.path()).await?;
        Ok(tx.commit().await?)
    }

    /// Gives it another name or owner. Its old address is free from here on.
    pub async fn rename(&self, to: &BucketId) -> Reply<BucketId> {
        let mut tx = self.hub.read().await?;
        let owner = self.hub.may_move(&mut tx, &self.actor, self.row.owner_id, &to.owner, "bucket").await?;
        drop(tx);
        let to = BucketId::new(owner.name, to.name.as_str())?;
        let mut tx = self.hub.write().await?;
        if owner.id != self.row.owner_id {
            self.hub.check_owner(&mut tx, owner.id, &to.owner, self.row.size as u64).await?;
        }
        match buckets::rename(&mut tx, self.row.id, &to, owner.id).await {
            Err(stoa_db::Error::Duplicate) => {
                return Err(Failure::conflict(format!("A bucket called {to} already exists")));
            }
            other => other?,
        }
        let subject = format!("{} -> {}", self.row.name.path(), to.path());
        self.hub.note(&mut tx, &self.actor, "bucket.move", &subject).await?;
        tx.commit().await?;
        Ok(to)
    }

    /// Deletes it: nobody sees it from here on. Its files go in small steps.
    pub async fn delete(&self) -> Reply<()> {
        let mut tx = self.hub.write().await?;
        buckets::delete(&mut tx, self.row.id).await?;
        self.hub.note(&mut tx, &self.actor, "bucket.delete", &self.row.name.path()).await?;
        tx.commit().await?;
        self.hub.drop_bucket_files(self.row.id).await
    }
}
