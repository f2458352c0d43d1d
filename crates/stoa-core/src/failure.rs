//! The one error that travels up to where a response is written.

use std::error::Error;
use std::fmt;

use crate::{Oid, RepoId};

/// The result of what the hub does.
pub type Reply<T> = Result<T, Failure>;

/// What kind of answer a failure deserves. `stoa-http` holds the only table from here to status codes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The request is wrong and will be wrong again.
    Invalid,
    /// A credential is missing or wrong.
    Unauthenticated,
    /// The credential is good and does not reach this far.
    Forbidden,
    /// There is no such thing, or the asker may not know of it.
    NotFound,
    /// The repository was renamed; see [`Detail::MovedTo`].
    Moved,
    /// The files need a permission that must be asked for.
    Gated,
    /// It exists already, or is in a state that forbids this.
    Conflict,
    /// The branch moved since the client looked at it.
    Stale,
    /// A limit was exceeded.
    TooLarge,
    /// A range of bytes begins behind the end.
    OutOfRange,
    /// Try again later.
    Busy,
    /// A part the hub depends on does not answer.
    Unavailable,
    /// The storage of the hub has no room left.
    Full,
    /// stoa does not do this (yet).
    Absent,
    /// Our fault. Logged once, where it becomes a response.
    Internal,
}

/// Facts that some answers carry beside the message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Where a renamed repository lives now.
    MovedTo(RepoId),
    /// The repository that is in the way (`exist_ok` reads its URL).
    Exists(RepoId),
    /// The same for what is no repository: the path of its page.
    ExistsAt(String),
    /// The commit in which an entry was not found (`X-Repo-Commit`).
    At(Oid),
}

/// Something did not work: what, why, and what to do, for the person who asked.
pub struct Failure {
    /// Decides the status.
    pub kind: Kind,
    /// The word in `X-Error-Code`, which clients branch on; empty when there is none.
    pub code: &'static str,
    /// The sentence shown to the person.
    pub message: String,
    /// Facts for the answer's headers or body.
    pub detail: Option<Box<Detail>>,
    /// What caused it, for the log only.
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), detail: None, source: None }
    }

    /// The request is wrong; `message` says what, where and what to do.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, "", message)
    }

    /// A credential is missing or wrong.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(Kind::Unauthenticated, "", message)
    }

    /// The credential that was shown is not one of ours. Clients compare this sentence.
    pub fn bad_credentials() -> Self {
        Self::unauthenticated("Invalid credentials in Authorization header")
    }

    /// The role or the token does not reach this far.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, "", message)
    }

    /// No such repository, or none that the asker may know of.
    pub fn repo_not_found() -> Self {
        Self::new(Kind::NotFound, "RepoNotFound", "Repository not found")
    }

    /// The same, for those who showed no credential: they may have to sign in.
    pub fn repo_not_found_anonymous() -> Self {
        Self::new(Kind::Unauthenticated, "RepoNotFound", "Invalid username or password.")
    }

    /// No such branch, tag or commit.
    pub fn revision_not_found(revision: &str) -> Self {
        let shown: String = revision.chars().take(255).collect::<String>().escape_debug().collect();
        Self::new(Kind::NotFound, "RevisionNotFound", format!("Invalid rev id: {shown}"))
    }

    /// No such file or folder in that commit.
    pub fn entry_not_found(path: &str, revision: &str) -> Self {
        let shown: String = path.chars().take(255).collect::<String>().escape_debug().collect();
        Self::new(Kind::NotFound, "EntryNotFound", format!("{shown} does not exist on \"{revision}\""))
    }

    /// No such thing, of a kind that clients have no code for.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, "", message)
    }

    /// The repository was renamed to `to`.
    pub fn moved(to: RepoId) -> Self {
        Self::new(Kind::Moved, "", format!("Repository moved to {to}")).with(Detail::MovedTo(to))
    }

    /// The files are behind a gate.
    pub fn gated(message: impl Into<String>) -> Self {
        Self::new(Kind::Gated, "GatedRepo", message)
    }

    /// An administrator switched the repository off. Clients compare this sentence.
    pub fn disabled() -> Self {
        Self::forbidden("Access to this resource is disabled.")
    }

    /// It exists already.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, "", message)
    }

    /// The branch moved. The sentence is the Hub's, and clients' tests compare it.
    pub fn stale() -> Self {
        Self::new(
            Kind::Stale,
            "",
            "The branch was updated since you opened this page. Please refresh and try again.",
        )
    }

    /// A limit was exceeded; `message` names the limit.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self::new(Kind::TooLarge, "", message)
    }

    /// Try again later.
    pub fn busy(message: impl Into<String>) -> Self {
        Self::new(Kind::Busy, "", message)
    }

    /// A part the hub depends on does not answer.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unavailable, "", message)
    }

    /// The storage of the hub has no room left, so that trying again is of no use until somebody makes some.
    pub fn full() -> Self {
        Self::new(Kind::Full, "", "The storage of the hub is full; tell its administrator")
    }

    /// stoa does not do this.
    pub fn absent(message: impl Into<String>) -> Self {
        Self::new(Kind::Absent, "NotImplemented", message)
    }

    /// Our fault, with its cause for the log. The person only sees that it failed and a request id.
    pub fn internal(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let mut failure = Self::new(Kind::Internal, "InternalError", "Something went wrong on the server");
        failure.source = Some(source.into());
        failure
    }

    /// Adds a fact for the answer.
    #[must_use]
    pub fn with(mut self, detail: Detail) -> Self {
        self.detail = Some(Box::new(detail));
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {:?}", self.kind, self.code, self.message)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}

/// Two failures are the same answer when kind, code and message agree.
impl PartialEq for Failure {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind && self.code == other.code && self.message == other.message
    }
}
