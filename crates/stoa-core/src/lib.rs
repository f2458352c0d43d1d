//! The vocabulary of stoa: names, ids, hashes, roles, time and failures.
//!
//! Every other crate speaks in these words. This crate must never know tokio, files, SQL or HTTP: its types are
//! parsed once, at the edge, and are then true wherever they appear.

mod actor;
mod clock;
mod failure;
mod hash;
mod path;
mod repo;
mod revision;

pub use actor::{Actor, Entity, FineGrained, Identity, Permission, Role, Scope, Scoped, TokenRole};
pub use clock::{Clock, ManualClock, SystemClock, Time};
pub use failure::{Detail, Failure, Kind, Reply};
pub use hash::{HashParseError, Oid, Sha256, hex};
pub use path::RepoPath;
pub use repo::{BucketId, Gate, Namespace, RepoId, RepoKind, RepoName, Visibility};
pub use revision::{RefName, Revision};
