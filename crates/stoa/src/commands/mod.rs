//! One file per command.

pub mod config;
pub mod doctor;
mod first_start;
pub mod fsck;
pub mod gc;
mod git_ssh;
pub mod key;
pub mod org;
pub mod repo;
pub mod serve;
pub mod space;
pub mod token;
pub mod user;
