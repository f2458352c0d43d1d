//! Who asks, and what they may do.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Failure, Namespace};

/// What someone wants to do to a repository, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Permission {
    /// See it and fetch its files.
    Read,
    /// Change its content.
    Write,
    /// Change its settings, move it, delete it.
    Admin,
}

/// The five roles of a member of an organization, weakest first (`features.md` ORG-02).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A member who sees only what is public.
    NoAccess,
    /// Sees private repositories.
    Read,
    /// Creates repositories and changes those they created.
    Contributor,
    /// Changes every repository.
    Write,
    /// Also manages members and settings.
    Admin,
}

impl Role {
    /// Every role, weakest first.
    pub const ALL: [Self; 5] = [Self::NoAccess, Self::Read, Self::Contributor, Self::Write, Self::Admin];

    /// The word clients use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoAccess => "no_access",
            Self::Read => "read",
            Self::Contributor => "contributor",
            Self::Write => "write",
            Self::Admin => "admin",
        }
    }

    /// The number kept in the database.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// The inverse of [`Self::code`]; unknown numbers give no access.
    pub fn from_code(code: i64) -> Self {
        Self::ALL.into_iter().find(|role| role.code() == code).unwrap_or(Self::NoAccess)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| {
            Failure::invalid(format!(
                "Role `{text}` must be one of no_access, read, contributor, write, admin"
            ))
        })
    }
}

/// The three kinds of access token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum TokenRole {
    /// Reads what its owner may read.
    #[serde(rename = "read")]
    Read,
    /// Does what its owner may do.
    #[serde(rename = "write")]
    Write,
    /// Does what its list of permissions says, and no more than its owner may.
    #[serde(rename = "fineGrained", alias = "fine-grained")]
    FineGrained,
}

impl TokenRole {
    /// The word clients use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::FineGrained => "fineGrained",
        }
    }
}

impl FromStr for TokenRole {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            "fine-grained" | "fineGrained" => Ok(Self::FineGrained),
            _ => {
                Err(Failure::invalid(format!("Token role `{text}` must be one of read, write, fine-grained")))
            }
        }
    }
}

/// What a fine-grained token may do: the shape `whoami-v2` shows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FineGrained {
    /// Permissions that hold for no particular repository.
    pub global: Vec<String>,
    /// Whether it opens gated repositories that its owner was let into.
    pub can_read_gated_repos: bool,
    /// Permissions on a user, an organization or a single repository.
    pub scoped: Vec<Scoped>,
}

/// One entry of [`FineGrained::scoped`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Scoped {
    /// What the permissions are about.
    pub entity: Entity,
    /// `repo.content.read`, `repo.write`, …
    pub permissions: Vec<String>,
}

/// A user, an organization, or a repository.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entity {
    /// The id clients show.
    #[serde(rename = "_id", default)]
    pub id: String,
    /// `user`, `org`, `model`, `dataset` or `space`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `ada` or `ada/model`.
    pub name: String,
}

/// How far the credential that was shown reaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Reading only.
    Read,
    /// Everything its owner may do.
    Write,
    /// What is listed.
    FineGrained(FineGrained),
}

/// Who is behind a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identity {
    /// Nobody showed a credential.
    Anonymous,
    /// A user.
    User {
        /// Row id.
        id: i64,
        /// Name.
        name: Namespace,
        /// Whether the user administers the hub.
        admin: bool,
        /// What the credential allows.
        scope: Scope,
    },
}

/// A request's origin: who, and from where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// Who.
    pub identity: Identity,
    /// From which address; counts downloads and appears in the audit log.
    pub ip: IpAddr,
}

impl Actor {
    /// Someone without a credential.
    pub fn anonymous() -> Self {
        Self { identity: Identity::Anonymous, ip: IpAddr::V4(Ipv4Addr::LOCALHOST) }
    }

    /// A user with all their rights.
    pub fn user(id: i64, name: Namespace, admin: bool) -> Self {
        Self {
            identity: Identity::User { id, name, admin, scope: Scope::Write },
            ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    /// The user's row id and name.
    pub fn signed_in(&self) -> Option<(i64, &Namespace)> {
        match &self.identity {
            Identity::Anonymous => None,
            Identity::User { id, name, .. } => Some((*id, name)),
        }
    }

    /// The user's row id and name, or `Unauthenticated`.
    pub fn need_user(&self) -> Result<(i64, &Namespace), Failure> {
        self.signed_in().ok_or_else(|| Failure::unauthenticated("Invalid username or password."))
    }

    /// Whether nobody showed a credential.
    pub fn is_anonymous(&self) -> bool {
        matches!(self.identity, Identity::Anonymous)
    }
}
