//! Buckets: files without history, known by what is in them alone.

mod batch;
mod create;
mod files;

pub use batch::{BucketChange, BucketSource};
pub use create::{BucketList, NewBucket};
pub use files::{BucketEntry, BucketFile, BucketPage};

use std::marker::PhantomData;

use stoa_core::{Actor, BucketId, Permission, Reply};
use stoa_db::buckets;

use crate::Hub;
use crate::access::{Access, Owned, Rights, need, unseen};

/// A bucket in the hands of someone who may do `A` to it.
pub struct Bucket<A> {
    pub(crate) hub: Hub,
    pub(crate) row: buckets::Bucket,
    pub(crate) actor: Actor,
    most: Permission,
    access: PhantomData<A>,
}

impl<A: Access> Bucket<A> {
    /// Its address, spelled as its owner wrote it.
    pub fn id(&self) -> &BucketId {
        &self.row.name
    }

    /// What the database knows of it.
    pub fn row(&self) -> &buckets::Bucket {
        &self.row
    }

    /// The most that whoever opened it may do.
    pub fn most(&self) -> Permission {
        self.most
    }
}

impl Hub {
    /// Opens a bucket for someone, if they may do `A` to it, by the rules of [`Hub::open`]: whoever may not see it gets
    /// the answer of one that does not exist.
    pub async fn open_bucket<A: Access>(&self, actor: &Actor, id: &BucketId) -> Reply<Bucket<A>> {
        let mut tx = self.read().await?;
        let row = buckets::by_name(&mut tx, id).await?.ok_or_else(|| unseen(actor))?;
        let owned = Owned::from(&row);
        let rights = self.rights(&mut tx, actor, &owned).await?;
        let Rights { most, .. } = rights.ok_or_else(|| unseen(actor))?;
        need::<A>(actor, most, &owned)?;
        Ok(Bucket { hub: self.clone(), row, actor: actor.clone(), most, access: PhantomData })
    }
}

impl From<&buckets::Bucket> for Owned {
    fn from(row: &buckets::Bucket) -> Self {
        Self {
            kind: "bucket",
            owner: row.name.owner.to_string(),
            name: row.name.to_string(),
            owner_id: row.owner_id,
            created_by: row.created_by,
            private: row.private,
        }
    }
}
