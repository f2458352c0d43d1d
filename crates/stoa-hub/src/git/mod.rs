//! Git's own protocol: what a client is shown, what it is sent, and what it may bring.
//!
//! `advertise` lists refs, `select` finds the commits a client lacks, `contents` their objects, `send` writes the pack;
//! `receive` takes a push: `spool` and `unpack` read its pack, `intake` stores its objects meanwhile, `judge` holds it
//! against the rules, `keep` moves the refs. Packets and packs themselves are `stoa-git`'s.

mod advertise;
mod changes;
mod contents;
mod fetch;
mod graph;
mod intake;
mod judge;
mod keep;
mod pushed;
mod receive;
mod select;
mod send;
mod spool;
mod unpack;
mod walk;
mod wire;

use bytes::Bytes;
use stoa_core::{Actor, Reply, RepoId};

pub(crate) use graph::Graph;
pub(crate) use intake::LEASE;
pub(crate) use walk::Walk;
pub use wire::GitWire;

use crate::access::{Access, Read, Write};
use crate::{Hub, Repo};

/// Which half of the git protocol is spoken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GitService {
    /// Clone and fetch.
    UploadPack,
    /// Push.
    ReceivePack,
}

impl GitService {
    /// The name in addresses and commands.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::UploadPack, Self::ReceivePack].into_iter().find(|service| service.as_str() == name)
    }
}

impl<A: Access> Repo<A> {
    /// What a client is told first: refs and abilities, or in version 2 the abilities alone.
    pub async fn git_advertisement(&self, service: GitService, version: u8) -> Reply<Bytes> {
        self.advertise(service, version).await
    }
}

impl Repo<Read> {
    /// Answers what one or more requests ask for (`git-upload-pack` without the advertisement), until the input ends.
    pub async fn git_upload_pack(&self, wire: GitWire) -> Reply<()> {
        fetch::serve(self, wire).await
    }
}

impl Repo<Write> {
    /// Takes a push (`git-receive-pack` without the advertisement).
    pub async fn git_receive_pack(&self, wire: GitWire) -> Reply<()> {
        receive::serve(self, wire).await
    }
}

impl Hub {
    /// A whole conversation over a connection that lasts (SSH): advertisement, requests, answers. Failures that come
    /// before the first byte of an answer are returned; later ones are told to the client.
    pub async fn serve_git(
        &self,
        actor: &Actor,
        id: &RepoId,
        service: GitService,
        mut wire: GitWire,
    ) -> Reply<()> {
        match service {
            GitService::UploadPack => {
                let repo = self.open::<Read>(actor, id).await?;
                repo.check_content().await?;
                let first = repo.advertise(service, wire.version).await?;
                wire.first(first).await?;
                repo.git_upload_pack(wire).await
            }
            GitService::ReceivePack => {
                let repo = self.open::<Write>(actor, id).await?;
                let first = repo.advertise(service, wire.version).await?;
                wire.first(first).await?;
                repo.git_receive_pack(wire).await
            }
        }
    }
}
