//! The binary as a person runs it.

mod binary;
mod commands;
mod serve;
