//! The rules, tried on a hub without routes.

mod admin;
mod changes;
mod commits;
mod device;
mod likes;
mod orgs;
mod own;
mod quick;
mod search;
mod sign_up;
mod storage;
mod support;
