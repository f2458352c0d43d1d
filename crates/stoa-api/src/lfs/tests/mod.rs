//! What large files promise.

mod bad_input;
mod owners;
mod secrets;
mod transfer;
