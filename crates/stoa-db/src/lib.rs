//! Keeps facts: every table, query and migration of stoa, and the only crate that writes SQL.
//!
//! One module of free functions per family of tables; each takes the transaction it works in. The crate must never
//! know HTTP, blobs or policy: it stores what it is told and answers what it is asked.

pub mod accounts;
pub mod admin;
pub mod branch_rules;
pub mod buckets;
pub mod compact;
mod connect;
mod error;
pub mod graph;
pub mod keys;
pub mod lfs;
pub mod list;
pub mod locks;
mod migrate;
pub mod objects;
pub mod pushes;
pub mod refs;
pub mod repos;
pub mod scrub;
pub mod search;
pub mod sessions;
pub mod similar;
pub mod space;
pub mod stats;
pub mod sweep;
pub mod synthetic;
pub mod system;
pub mod tokens;
mod value;
pub mod xet;

pub use connect::{Config, Db, Tx};
pub use error::Error;
pub use value::{Row, Value};
