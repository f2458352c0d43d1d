//! What the routes of files promise, and what all routes that name a repository promise together.

mod bad_input;
mod fetch;
mod list;
pub(crate) mod support;
mod unseen;
