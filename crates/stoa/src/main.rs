//! stoa, the open AI hub that its owner runs: this binary reads the configuration, joins the parts and runs commands.
//!
//! Everything that is about the product lives in the crates below it. It must never hold business rules.

mod cli;
mod commands;
mod config;
mod free_space;
mod health;
mod logging;
mod open;
mod out;

use std::process::ExitCode;

use clap::Parser;
use stoa_core::{Failure, Kind, Reply};

use cli::Cli;

fn main() -> ExitCode {
    match start(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("stoa: {}", sentence(&failure));
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> Reply<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::unavailable(format!("Cannot start threads: {error}")))?;
    runtime.block_on(cli.run())
}

/// What went wrong; for a fault of ours with its cause, because here the reader is the operator.
fn sentence(failure: &Failure) -> String {
    match (failure.kind, &failure.source) {
        (Kind::Internal, Some(source)) => format!("{}: {source}", failure.message),
        _ => failure.message.clone(),
    }
}
