//! The rules of the hub: who may do what to which repository, what it changes, and what happens next.
//!
//! A [`Hub`] joins the database and the byte store. [`Hub::open`] is the only way to a repository, and what it returns
//! says in its type what the asker may do: `Repo<Read>`, `Repo<Write>` or `Repo<Admin>`. This crate must never know
//! routes, status codes or HTML.

mod access;
mod buckets;
mod commits;
mod config;
mod cpu;
mod files;
mod git;
mod health;
mod maintenance;
mod people;
mod recent;
mod repos;
mod search;
mod sign;
mod store;
mod totals;
mod xet;

use std::sync::Arc;

use quick_cache::sync::Cache;
use stoa_blob::Blobs;
use stoa_core::{Clock, Failure, Reply, Time};
use stoa_db::list::Private;
use stoa_db::{Db, Tx, system};

use recent::Recent;

pub use access::{Access, Admin, Read, Repo, Write};
pub use buckets::{
    Bucket, BucketChange, BucketEntry, BucketFile, BucketList, BucketPage, BucketSource, NewBucket,
};
pub use commits::{CommitView, Commits, Committed, Comparison, Draft, Person, Planned, Sample, Verification};
pub use config::{Limits, Policy, SignUp};
pub use files::{
    Changes, Entry, EntryKind, File, FileChange, Large, LastCommit, LfsAnswer, LfsFile, LfsPart, Lock,
    LockAsk, LockPage, PathHistory, Readme, Sending, Side, SideKind, Storage, Tensor, TensorFormat, Tensors,
    TreePage, UploadTicket,
};
pub use git::{GitService, GitWire};
pub use health::Health;
pub use maintenance::Maintenance;
pub use people::{
    Browser, DeviceLogin, DevicePoll, Grant, LfsOperation, LfsPass, NewProfile, NewToken, NewUser, OrgMember,
    OrgOverview, Profile, SessionMade, TokenMade, UserOverview, Who, new_password,
};
pub use repos::{
    BaseModel, BranchRule, Created, Day, Info, ListAsk, ListPage, NewRepo, RELATIONS, RefSet, Related,
    Relatives, Settings, TagCounts,
};
pub use search::{QuickAsk, QuickFound, TextHit};
pub use stoa_blob::ByteStream;
pub use stoa_db::accounts::{Account, Member};
pub use stoa_db::admin::{Counts, OrgRow, UserRow};
pub use stoa_db::buckets::Bucket as BucketRow;
pub use stoa_db::keys::Key as AccountKey;
pub use stoa_db::list::{Count as Counted, Listed, Order};
pub use stoa_db::objects::CommitRow;
pub use stoa_db::repos::Repo as RepoRow;
pub use stoa_db::sessions::Session;
pub use stoa_db::stats::Liker;
pub use stoa_db::system::AuditLine;
pub use stoa_db::tokens::Token;
pub use stoa_keys::{Flaw, KeyKind};
pub use stoa_xet::{DirtyWindows, MAX_SHARD, MAX_UPLOAD as MAX_XORB, MerkleHash, Subtree};
pub use totals::Totals;
pub use xet::{
    Compacted, Fetch, Grace, Reconstructed, Scrubbed, ShardStep, Space, Swept, Tally, XetSession, XetTerm,
    XetToken,
};

/// The hub. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) db: Db,
    pub(crate) blobs: Blobs,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    pub(crate) key: sign::Key,
    pub(crate) trees: store::TreeCache,
    /// How many commits lead to one, by repository and commit.
    pub(crate) counts: Cache<(i64, stoa_core::Oid), i64>,
    /// The tags of each kind.
    pub(crate) tag_counts: Recent<stoa_core::RepoKind, TagCounts>,
    /// Private repositories of each kind, by kind and number.
    pub(crate) private: Recent<(stoa_core::RepoKind, i64), Arc<Private>>,
    /// Which commits changed the entries of folders last.
    pub(crate) last_commits: files::LastCommits,
    pub(crate) downloads: repos::Downloads,
    pub(crate) passwords: people::Passwords,
    pub(crate) arrivals: people::Arrivals,
    pub(crate) tables: xet::TableCache,
    pub(crate) turns: commits::Turns,
    pub(crate) totals: totals::Cached,
    pub(crate) rounds: health::Rounds,
    /// Shards in memory at a time, each up to 64 MiB.
    pub(crate) shards: Arc<tokio::sync::Semaphore>,
    /// Large files that become chunks while they come, each with about 250 MiB in memory.
    pub(crate) packers: tokio::sync::Semaphore,
}

impl Hub {
    /// Joins the parts. Makes the hub's secret on the first start.
    pub async fn new(
        db: Db,
        blobs: Blobs,
        clock: Arc<dyn Clock>,
        policy: Policy,
        limits: Limits,
    ) -> Reply<Self> {
        let packers = limits.packers.min(1_000);
        let fresh = sign::Key::random()?;
        let mut tx = db.write().await?;
        let key = system::setting_or(&mut tx, "url-signing-key", fresh.as_bytes()).await?;
        tx.commit().await?;
        Ok(Self(Arc::new(Parts {
            db,
            blobs,
            clock,
            policy,
            limits,
            key: sign::Key::from_bytes(&key)?,
            trees: store::TreeCache::new(),
            counts: Cache::new(10_000),
            tag_counts: Recent::new(8),
            private: Recent::new(8),
            last_commits: files::LastCommits::new(),
            downloads: repos::Downloads::new(),
            passwords: people::Passwords::new(),
            arrivals: people::Arrivals::default(),
            tables: xet::TableCache::new(),
            turns: commits::Turns::default(),
            totals: totals::Cached::default(),
            rounds: health::Rounds::default(),
            shards: Arc::new(tokio::sync::Semaphore::new(3)),
            packers: tokio::sync::Semaphore::new(packers),
        })))
    }

    /// The 32 bytes that the key of the SSH server is made from: one for the hub, whichever of its nodes answers. Made
    /// when it is first asked for.
    pub async fn ssh_host_seed(&self) -> Reply<[u8; 32]> {
        let fresh = sign::Key::random()?;
        let mut tx = self.write().await?;
        let seed = system::setting_or(&mut tx, "ssh-host-key", fresh.as_bytes()).await?;
        tx.commit().await?;
        let damaged = |_| Failure::internal("the key of the SSH server in the database is damaged");
        <[u8; 32]>::try_from(seed.as_slice()).map_err(damaged)
    }

    /// The present moment.
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The rules in force.
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.0.blobs
    }

    pub(crate) async fn read(&self) -> Reply<Tx> {
        Ok(self.0.db.read().await?)
    }

    pub(crate) async fn write(&self) -> Reply<Tx> {
        Ok(self.0.db.write().await?)
    }
}

/// An error of the byte store, as the person who sent or asked for the bytes should see it.
pub(crate) fn blob_failure(error: stoa_blob::Error) -> Failure {
    use stoa_blob::Error;
    match error {
        Error::WrongSize { .. } | Error::WrongHash { .. } | Error::InvalidKey(_) => {
            Failure::invalid(error.to_string())
        }
        Error::TooLarge { .. } => Failure::too_large(error.to_string()),
        Error::Interrupted(_) => {
            Failure::invalid("The upload broke off before its end; nothing was stored. Send it again")
        }
        Error::Full(_) => Failure::full(),
        other => Failure::internal(other),
    }
}

/// A fault in a git object that the hub itself wrote or verified.
pub(crate) fn git_failure(error: stoa_git::Error) -> Failure {
    Failure::internal(error)
}
