//! The rules of the hub, asked as pages and programs ask them.

mod changes;
mod commits;
mod history;
mod numbers;
mod relatives;
mod support;
mod tensors;
