//! The rules of the hub, asked as pages and programs ask them.

mod changes;
mod commits;
mod support;
