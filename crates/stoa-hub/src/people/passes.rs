//! Passes of git-lfs over SSH: a short-lived credential for one account, one repository and one direction. It carries
//! its own proof, so it is kept nowhere; who holds it is asked anew each time it is shown.

use stoa_core::{
    Actor, Entity, Failure, FineGrained, Identity, Namespace, Reply, RepoId, Scope, Scoped, Time,
};
use stoa_db::{accounts, repos};

use crate::access::{Read, Write};
use crate::{Hub, Repo};

/// What every pass begins with.
const PREFIX: &str = "stoa_lfs_";
/// The first part of what is signed; no other signature of the hub begins with it.
const PURPOSE: &str = "lfs-pass";
/// How long a pass holds, in seconds. Git-lfs asks for a new one over SSH when it ends.
const HOLDS: i64 = 3600;

/// Which way git-lfs wants to move files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LfsOperation {
    /// To the client.
    Download,
    /// To the hub.
    Upload,
}

impl LfsOperation {
    /// The word of git-lfs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Upload => "upload",
        }
    }

    /// The inverse of [`Self::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Download, Self::Upload].into_iter().find(|operation| operation.as_str() == word)
    }

    /// What it lets its holder do to the repository.
    fn permission(self) -> &'static str {
        match self {
            Self::Download => "repo.content.read",
            Self::Upload => "repo.content.write",
        }
    }
}

/// A pass for git-lfs.
pub struct LfsPass {
    /// What the client shows as a bearer token; nothing for visitors without an account, who need none.
    pub token: Option<String>,
    /// The repository, spelled as its owner wrote it.
    pub id: RepoId,
    /// Seconds until it ends.
    pub expires_in: i64,
}

impl Hub {
    /// A pass with which git-lfs moves large files of a repository over HTTP, for someone who may.
    pub async fn lfs_pass(&self, actor: &Actor, id: &RepoId, operation: LfsOperation) -> Reply<LfsPass> {
        let repo: Repo<Read> = match operation {
            LfsOperation::Download => self.open::<Read>(actor, id).await?,
            LfsOperation::Upload => self.open::<Write>(actor, id).await?.for_reading(),
        };
        let pass = |token| LfsPass { token, id: repo.row.name.clone(), expires_in: HOLDS };
        let Some((user, _)) = actor.signed_in() else { return Ok(pass(None)) };
        let mut tx = self.read().await?;
        let account = accounts::by_id(&mut tx, user).await?.ok_or_else(Failure::bad_credentials)?;
        let word = operation.as_str();
        // The database may give the number of an account or a repository that is gone to another one.
        let numbers = [account.id, account.created_at.0, repo.row.id, repo.row.created_at.0];
        let expires = self.now().secs() + HOLDS;
        let body = format!("{}_{expires}", numbers.map(|number| number.to_string()).join("_"));
        let signature = self.0.key.sign(&[PURPOSE, word, &body]);
        Ok(pass(Some(format!("{PREFIX}{word}_{body}_{signature}"))))
    }

    /// Whether a token is meant to be a pass.
    pub(super) fn is_pass(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// Who shows this pass, with no rights beyond its repository and its direction.
    pub(super) async fn actor_of_pass(&self, token: &str) -> Reply<Actor> {
        let wrong = Failure::bad_credentials;
        let rest = token.strip_prefix(PREFIX).ok_or_else(wrong)?;
        let (word, rest) = rest.split_once('_').ok_or_else(wrong)?;
        let (body, signature) = rest.rsplit_once('_').ok_or_else(wrong)?;
        if !self.0.key.verify(&[PURPOSE, word, body], signature) {
            return Err(wrong());
        }
        let operation = LfsOperation::parse(word).ok_or_else(wrong)?;
        let numbers =
            body.split('_').map(str::parse).collect::<Result<Vec<i64>, _>>().map_err(|_| wrong())?;
        let [user, user_made, repo, repo_made, expires] = numbers[..] else { return Err(wrong()) };
        if expires <= self.now().secs() {
            return Err(Failure::unauthenticated("This pass of git-lfs has expired; run the command again"));
        }
        let mut tx = self.read().await?;
        let account = accounts::by_id(&mut tx, user).await?;
        let account = account.filter(|a| a.created_at == Time(user_made) && !a.disabled && !a.is_org);
        let repo = repos::by_id(&mut tx, repo).await?.filter(|row| row.created_at == Time(repo_made));
        let (Some(account), Some(repo)) = (account, repo) else { return Err(wrong()) };
        let entity = Entity {
            id: String::new(),
            kind: repo.name.kind.as_str().to_owned(),
            name: repo.name.to_string(),
        };
        let permissions = vec![operation.permission().to_owned()];
        let scoped = vec![Scoped { entity, permissions }];
        let mut actor = Actor::anonymous();
        actor.identity = Identity::User {
            id: account.id,
            name: Namespace::new(account.name)?,
            admin: account.is_admin,
            scope: Scope::FineGrained(FineGrained { scoped, ..FineGrained::default() }),
        };
        Ok(actor)
    }
}
