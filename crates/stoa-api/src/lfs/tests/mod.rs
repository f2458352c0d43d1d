//! What large files promise.

mod bad_input;
mod locks;
mod locks_and_commits;
mod owners;
mod quota;
mod secrets;
mod transfer;
