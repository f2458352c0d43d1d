//! What large files promise.

mod bad_input;
mod owners;
mod quota;
mod secrets;
mod transfer;
