//! Tokens of the content-addressed store: what a client may do, to which repository, until when. They carry their own
//! proof, so that no request of an upload asks the database who is there.

use std::sync::Arc;

use stoa_core::{Failure, Reply};

use crate::access::{Access, Write};
use crate::{Hub, Repo};

/// How long a token holds, in seconds. Clients fetch a new one when the end comes near.
const HOLDS: i64 = 3600 * 4;
/// How long after its end a token is still taken: clients never ask again when it is refused.
const LEEWAY: i64 = 120;

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
    /// The repository the token is for.
    pub(crate) repo: i64,
    write: bool,
}

impl<A: Access> Repo<A> {
    /// A token that fetches this repository's large files.
    pub async fn xet_read_token(&self) -> Reply<XetToken> {
        self.check_content().await?;
        self.hub.xet_token("read", self.row.id).await
    }
}

impl Repo<Write> {
    /// A token that sends large files to this repository (and fetches them).
    pub async fn xet_write_token(&self) -> Reply<XetToken> {
        self.hub.xet_token("write", self.row.id).await
    }
}

impl Hub {
    async fn xet_token(&self, scope: &str, repo: i64) -> Reply<XetToken> {
        let expires = self.now().secs() + HOLDS;
        let signature = self.0.key.sign(&["xet", scope, &repo.to_string(), &expires.to_string()]);
        let access_token = format!("xet_{scope}_{repo}_{expires}_{signature}");
        Ok(XetToken { access_token, expires, epoch: self.xet_epoch().await? })
    }

    /// The number in the store's address.
    pub(crate) async fn xet_epoch(&self) -> Reply<i64> {
        let mut tx = self.read().await?;
        let bytes = stoa_db::system::setting(&mut tx, "xet-epoch").await?;
        Ok(bytes
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| text.parse().ok())
            .unwrap_or(1))
    }

    /// Who shows this token.
    pub fn xet_session(&self, token: &str) -> Reply<XetSession> {
        let wrong = || Failure::unauthenticated("This token is not one of this store");
        let mut parts = token.strip_prefix("xet_").ok_or_else(wrong)?.splitn(4, '_');
        let (Some(scope), Some(repo), Some(expires), Some(signature)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        if !self.0.key.verify(&["xet", scope, repo, expires], signature) {
            return Err(wrong());
        }
        let (Ok(repo), Ok(expires)) = (repo.parse(), expires.parse::<i64>()) else { return Err(wrong()) };
        if expires + LEEWAY < self.now().secs() {
            return Err(Failure::unauthenticated("This token has expired. Ask the hub for a new one"));
        }
        Ok(XetSession { hub: self.clone(), repo, write: scope == "write" })
    }
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

    /// Refuses those whose token only reads.
    pub(crate) fn need_write(&self) -> Reply<()> {
        if self.write { Ok(()) } else { Err(Failure::forbidden("This token only reads")) }
    }
}
