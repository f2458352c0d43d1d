//! Names of repositories and of those who own them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Failure;

/// What a repository holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RepoKind {
    /// Weights, tokenizers, configurations.
    #[default]
    Model,
    /// Data files.
    Dataset,
    /// The code of an application.
    Space,
}

impl RepoKind {
    /// Every kind, in the order pages show them.
    pub const ALL: [Self; 3] = [Self::Model, Self::Dataset, Self::Space];

    /// `model`, `dataset` or `space`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Dataset => "dataset",
            Self::Space => "space",
        }
    }

    /// `models`, `datasets` or `spaces`: the segment after `/api/`.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Model => "models",
            Self::Dataset => "datasets",
            Self::Space => "spaces",
        }
    }

    /// What stands before `namespace/name` in web, git and resolve URLs: models have no prefix.
    pub fn url_prefix(self) -> &'static str {
        match self {
            Self::Model => "",
            Self::Dataset => "datasets/",
            Self::Space => "spaces/",
        }
    }

    /// The number kept in the database.
    pub fn code(self) -> i64 {
        match self {
            Self::Model => 0,
            Self::Dataset => 1,
            Self::Space => 2,
        }
    }

    /// The inverse of [`Self::code`].
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The inverse of [`Self::plural`].
    pub fn from_plural(plural: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.plural() == plural)
    }
}

impl fmt::Display for RepoKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RepoKind {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        match text {
            "model" => Ok(Self::Model),
            "dataset" => Ok(Self::Dataset),
            "space" => Ok(Self::Space),
            "bucket" => Err(Failure::invalid("Buckets have addresses of their own, below /api/buckets")),
            "kernel" => Err(Failure::absent(format!(
                "stoa does not host repositories of type {text} yet; use model, dataset or space"
            ))),
            _ => Err(Failure::invalid("Repository type must be one of model, dataset, space")),
        }
    }
}

/// Who can see a repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visibility {
    /// Everyone, without an account.
    Public,
    /// Those with a role on it.
    Private,
}

impl Visibility {
    /// From the `private` flag of the older clients.
    pub fn from_private(private: bool) -> Self {
        if private { Self::Private } else { Self::Public }
    }

    /// Whether the flag `private` is set.
    pub fn is_private(self) -> bool {
        self == Self::Private
    }
}

/// Whether readers of a public repository must ask before they get its files.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Gate {
    /// No gate.
    #[default]
    Open,
    /// Asking is enough.
    Auto,
    /// A person decides.
    Manual,
}

impl Gate {
    /// The number kept in the database.
    pub fn code(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Auto => 1,
            Self::Manual => 2,
        }
    }

    /// The inverse of [`Self::code`]; unknown numbers are the strictest gate.
    pub fn from_code(code: i64) -> Self {
        match code {
            0 => Self::Open,
            1 => Self::Auto,
            _ => Self::Manual,
        }
    }
}

/// `false`, `"auto"` or `"manual"`, as clients expect `gated`.
impl Serialize for Gate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Open => serializer.serialize_bool(false),
            Self::Auto => serializer.serialize_str("auto"),
            Self::Manual => serializer.serialize_str("manual"),
        }
    }
}

/// The name of a user or an organization.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Namespace(String);

/// First path segments that belong to the hub itself and can therefore not be user names.
const RESERVED: &[&str] = &[
    "administration",
    "api",
    "apps",
    "blog",
    "buckets",
    "cas",
    "chat",
    "collections",
    "datasets",
    "device",
    "docs",
    "healthz",
    "jobs",
    "join",
    "kernels",
    "lfs",
    "login",
    "logout",
    "mcp",
    "me",
    "metrics",
    "models",
    "new",
    "new-bucket",
    "new-dataset",
    "new-space",
    "notifications",
    "oauth",
    "organizations",
    "papers",
    "posts",
    "preferences",
    "pricing",
    "resolve",
    "robots.txt",
    "favicon.ico",
    "scim",
    "search",
    "settings",
    "shards",
    "signup",
    "spaces",
    "static",
    "tasks",
    "uploads",
    "users",
    "v1",
    "v2",
    "xet",
    "xorbs",
];

impl Namespace {
    /// Longest name of a user or organization, in characters.
    pub const MAX: usize = 42;

    /// Parses a name of a user or organization.
    pub fn new(name: impl Into<String>) -> Result<Self, Failure> {
        let name = name.into();
        check_name("User or organization name", &name, Self::MAX)?;
        if Self::is_reserved(&name) {
            return Err(Failure::invalid(format!("The name `{name}` is reserved by the hub")));
        }
        Ok(Self(name))
    }

    /// Whether addresses that begin with `name` belong to the hub itself, so that nobody can be called that.
    pub fn is_reserved(name: &str) -> bool {
        RESERVED.contains(&name.to_ascii_lowercase().as_str())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which the name is unique: names differ by more than case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a repository within its namespace.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct RepoName(String);

impl RepoName {
    /// Longest repository name, in characters; the limit the clients check too.
    pub const MAX: usize = 96;

    /// Parses a repository name.
    pub fn new(name: impl Into<String>) -> Result<Self, Failure> {
        let name = name.into();
        check_name("Repository name", &name, Self::MAX)?;
        let lower = name.to_ascii_lowercase();
        if [".git", ".ipynb"].iter().any(|suffix| lower.ends_with(suffix)) {
            return Err(Failure::invalid(format!("Repository name `{name}` cannot end with .git or .ipynb")));
        }
        Ok(Self(name))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which the name is unique in its namespace.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The full address of a repository.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct RepoId {
    /// What it holds.
    pub kind: RepoKind,
    /// Who owns it.
    pub owner: Namespace,
    /// Its name there.
    pub name: RepoName,
}

impl RepoId {
    /// Parses both halves of an id.
    pub fn new(kind: RepoKind, owner: impl Into<String>, name: impl Into<String>) -> Result<Self, Failure> {
        Ok(Self { kind, owner: Namespace::new(owner)?, name: RepoName::new(name)? })
    }

    /// Parses `namespace/name`.
    pub fn parse(kind: RepoKind, id: &str) -> Result<Self, Failure> {
        let (owner, name) = id.split_once('/').ok_or_else(|| {
            Failure::invalid(format!("Repository id `{id}` must have the form namespace/name"))
        })?;
        Self::new(kind, owner, name)
    }

    /// `namespace/name`, or with `datasets/` or `spaces/` before it: the path of its page.
    pub fn path(&self) -> String {
        format!("{}{}/{}", self.kind.url_prefix(), self.owner, self.name)
    }

    /// The key under which it is unique within its kind.
    pub fn key(&self) -> String {
        format!("{}/{}", self.owner.key(), self.name.key())
    }
}

/// `namespace/name`, without the kind.
impl fmt::Display for RepoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// The full address of a bucket.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct BucketId {
    /// Who owns it.
    pub owner: Namespace,
    /// Its name there.
    pub name: RepoName,
}

impl BucketId {
    /// Parses both halves of an id.
    pub fn new(owner: impl Into<String>, name: impl Into<String>) -> Result<Self, Failure> {
        Ok(Self { owner: Namespace::new(owner)?, name: RepoName::new(name)? })
    }

    /// Parses `namespace/name`.
    pub fn parse(id: &str) -> Result<Self, Failure> {
        let (owner, name) = id
            .split_once('/')
            .ok_or_else(|| Failure::invalid(format!("Bucket id `{id}` must have the form namespace/name")))?;
        Self::new(owner, name)
    }

    /// `buckets/namespace/name`: the path of its page.
    pub fn path(&self) -> String {
        format!("buckets/{self}")
    }

    /// The key under which it is unique.
    pub fn key(&self) -> String {
        format!("{}/{}", self.owner.key(), self.name.key())
    }
}

/// `namespace/name`.
impl fmt::Display for BucketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// The rules that `huggingface_hub` enforces on its side, so that what it accepts is what the hub accepts.
fn check_name(what: &str, name: &str, max: usize) -> Result<(), Failure> {
    let shown: String = name.chars().take(64).collect();
    if name.is_empty() {
        return Err(Failure::invalid(format!("{what} cannot be empty")));
    }
    if name.len() > max {
        return Err(Failure::invalid(format!("{what} `{shown}…` is longer than {max} characters")));
    }
    if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')) {
        return Err(Failure::invalid(format!(
            "{what} `{shown}` may only contain letters, digits, `_`, `-` and `.`"
        )));
    }
    if name.contains("--") || name.contains("..") {
        return Err(Failure::invalid(format!("{what} `{shown}` cannot contain `--` or `..`")));
    }
    if name.starts_with(['-', '.']) || name.ends_with(['-', '.']) {
        return Err(Failure::invalid(format!("{what} `{shown}` cannot start or end with `-` or `.`")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_clients_accept_are_accepted() {
        for name in ["m", "_m", "bert-base.v1", "A_b", "a".repeat(96).as_str()] {
            assert!(RepoName::new(name).is_ok(), "{name}");
        }
        assert!(Namespace::new("__DUMMY_USER__").is_ok());
    }

    #[test]
    fn names_the_clients_refuse_are_refused() {
        for name in
            ["", "a--b", "a..b", "x.git", "-a", "a-", ".a", "a.", "a/b", "é", "a b", "a\0", &"a".repeat(97)]
        {
            assert!(RepoName::new(name).is_err(), "{name}");
        }
        assert!(Namespace::new("api").is_err());
        assert!(Namespace::new("Datasets").is_err());
    }
}
