//! What is true of the whole: its architecture, and the binary as a person runs it.

mod architecture;
mod binary;
mod commands;
mod reference;
mod serve;
mod store;
