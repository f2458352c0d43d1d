//! The rules, tried on a hub without routes.

mod admin;
mod changes;
mod commits;
mod device;
mod history;
mod likes;
mod numbers;
mod orgs;
mod own;
mod quick;
mod relatives;
mod search;
mod sign_up;
mod storage;
mod support;
mod tensors;
