//! Tokens of the content-addressed store: what a client may do, to which repository or bucket, until when. They carry
//! their own proof, so that no request of an upload asks the database who is there.

use std::fmt;
use std::sync::Arc;

use stoa_core::{Failure, Reply, Time};
use stoa_db::{Tx, buckets, xet};

use crate::access::{Access, Write};
use crate::{Bucket, Hub, Repo};

/// How long a token holds, in seconds. Clients fetch a new one when the end comes near.
const HOLDS: i64 = 3600 * 4;
/// How long after its end a token is still taken: clients never ask again when it is refused.
const LEEWAY: i64 = 120;
/// The setting that holds the number in the store's address.
pub(super) const EPOCH: &str = "xet-epoch";

/// A token for the content-addressed store.
#[derive(Clone, Debug)]
pub struct XetToken {
    /// What the client shows.
    pub access_token: String,
    /// Until when, in seconds since the epoch.
    pub expires: i64,
    /// The number that the store's address carries. It changes when something was swept that clients may remember.
    pub epoch: i64,
}

/// Someone who shows a token of the store.
#[derive(Clone)]
pub struct XetSession {
    pub(crate) hub: Hub,
    /// What the token is for.
    pub(crate) holder: Holder,
    /// When that was made. The database may give the number of a repository that is gone to another one.
    made: Time,
    write: bool,
}

/// What has files of chunks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Holder {
    /// The row id of a repository.
    Repo(i64),
    /// The row id of a bucket.
    Bucket(i64),
}

impl Holder {
    /// The number under which it shares xorbs; see `stoa_db::xet::share`.
    pub(crate) fn share(self) -> i64 {
        match self {
            Self::Repo(id) => id,
            Self::Bucket(id) => -id,
        }
    }

    /// Whether it may serve a file.
    pub(crate) async fn may_read(self, tx: &mut Tx, file: i64) -> Reply<bool> {
        Ok(match self {
            Self::Repo(id) => xet::may_read(tx, id, file).await?,
            Self::Bucket(id) => buckets::may_read(tx, id, file).await?,
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let id = text.get(1..)?.parse().ok()?;
        match text.as_bytes()[0] {
            b'r' => Some(Self::Repo(id)),
            b'b' => Some(Self::Bucket(id)),
            _ => None,
        }
    }
}

/// `r12` or `b7`.
impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repo(id) => write!(f, "r{id}"),
            Self::Bucket(id) => write!(f, "b{id}"),
        }
    }
}

impl<A: Access> Repo<A> {
    /// A token that fetches this repository's large files.
    pub async fn xet_read_token(&self) -> Reply<XetToken> {
        self.check_content().await?;
        self.hub.xet_token("read", Holder::Repo(self.row.id), self.row.created_at).await
    }
}

impl Repo<Write> {
    /// A token that sends large files to this repository (and fetches them).
    pub async fn xet_write_token(&self) -> Reply<XetToken> {
        self.hub.xet_token("write", Holder::Repo(self.row.id), self.row.created_at).await
    }
}

impl<A: Access> Bucket<A> {
    /// A token that fetches this bucket's files.
    pub async fn xet_read_token(&self) -> Reply<XetToken> {
        self.hub.xet_token("read", Holder::Bucket(self.row.id), self.row.created_at).await
    }
}

impl Bucket<Write> {
    /// A token that sends files to this bucket (and fetches them).
    pub async fn xet_write_token(&self) -> Reply<XetToken> {
        self.hub.xet_token("write", Holder::Bucket(self.row.id), self.row.created_at).await
    }
}

impl Hub {
    async fn xet_token(&self, scope: &str, holder: Holder, made: Time) -> Reply<XetToken> {
        let expires = self.now().secs() + HOLDS;
        let (id, made) = (holder.to_string(), made.0.to_string());
        let signature = self.0.key.sign(&["xet", scope, &id, &made, &expires.to_string()]);
        let access_token = format!("xet_{scope}_{id}_{made}_{expires}_{signature}");
        Ok(XetToken { access_token, expires, epoch: self.xet_epoch().await? })
    }

    /// The number in the store's address.
    pub(crate) async fn xet_epoch(&self) -> Reply<i64> {
        epoch(&mut self.read().await?).await
    }

    /// Who shows this token.
    pub fn xet_session(&self, token: &str) -> Reply<XetSession> {
        let wrong = || Failure::unauthenticated("This token is not one of this store");
        let mut parts = token.strip_prefix("xet_").ok_or_else(wrong)?.splitn(5, '_');
        let mut part = || parts.next();
        let (Some(scope), Some(holder), Some(made), Some(expires), Some(signature)) =
            (part(), part(), part(), part(), part())
        else {
            return Err(wrong());
        };
        if !self.0.key.verify(&["xet", scope, holder, made, expires], signature) {
            return Err(wrong());
        }
        let holder = Holder::parse(holder).ok_or_else(wrong)?;
        let (Ok(made), Ok(expires)) = (made.parse(), expires.parse::<i64>()) else {
            return Err(wrong());
        };
        if expires + LEEWAY < self.now().secs() {
            return Err(Failure::unauthenticated("This token has expired. Ask the hub for a new one"));
        }
        Ok(XetSession { hub: self.clone(), holder, made: Time(made), write: scope == "write" })
    }
}

/// The number in the store's address, read each time: `stoa gc` may raise it beside a running server.
pub(super) async fn epoch(tx: &mut Tx) -> Reply<i64> {
    let bytes = stoa_db::system::setting(tx, EPOCH).await?;
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.and_then(|text| text.parse().ok()).unwrap_or(1))
}

impl XetSession {
    /// Refuses those whose token only reads, before their body is read.
    pub fn check_write(&self) -> Reply<()> {
        self.need_write()
    }

    /// A place among the shards that are in memory at a time.
    pub async fn shard_slot(&self) -> Reply<impl Drop + Send + use<>> {
        Arc::clone(&self.hub.0.shards).acquire_owned().await.map_err(Failure::internal)
    }

    /// Refuses those whose repository or bucket is gone or locked since they got their token.
    pub(crate) async fn need_holder(&self, tx: &mut Tx) -> Reply<()> {
        let there = match self.holder {
            Holder::Repo(id) => xet::is_repo(tx, id, self.made).await?,
            Holder::Bucket(id) => xet::is_bucket(tx, id).await?,
        };
        if there { Ok(()) } else { Err(Failure::repo_not_found()) }
    }

    /// Refuses those whose token only reads.
    pub(crate) fn need_write(&self) -> Reply<()> {
        if self.write { Ok(()) } else { Err(Failure::forbidden("This token only reads")) }
    }
}
