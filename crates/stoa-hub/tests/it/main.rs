//! The rules, tried on a hub without routes.

mod device;
mod sign_up;
mod support;
