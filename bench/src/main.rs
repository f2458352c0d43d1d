//! Measures stoa: how fast lists are on a catalogue the size of the public Hub, and how fast requests are beside
//! nginx and Olah. `bench/run.sh` runs all of it; this crate must never be part of the product.

mod content;
mod figures;
mod lists;
mod questions;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use stoa_core::{Clock as _, SystemClock};
use stoa_db::Config;
use stoa_db::synthetic::{self, Size};

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Fills the database of an empty data folder with a synthetic catalogue.
    Seed {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
        /// A fiftieth of the public Hub instead of all of it.
        #[arg(long)]
        quick: bool,
    },
    /// Times list pages and look-ups in a seeded database.
    Lists {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
        /// Questions of each class, for each of two people.
        #[arg(long, default_value_t = 200)]
        samples: usize,
        /// Only classes whose name contains this.
        #[arg(long, default_value = "")]
        only: String,
        /// One client, and the time of processors instead of the clock's: for machines that are busy otherwise.
        #[arg(long)]
        cpu: bool,
        /// The file whose table `lists` is replaced.
        #[arg(long)]
        readme: Option<PathBuf>,
    },
}

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Seed { data, quick } => seed(&Config::in_folder(&data), quick).await,
        Command::Lists { data, samples, only, cpu, readme } => {
            let plan = lists::Plan { samples, only: &only, cpu };
            lists::run(&Config::in_folder(&data), &plan, readme.as_deref()).await
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn seed(config: &Config, quick: bool) -> Outcome {
    let now = SystemClock.now();
    let content = content::content(now)?;
    let size = if quick { Size::QUICK } else { Size::HUB };
    let start = Instant::now();
    let mut say = |step: &str| eprintln!("{:7.1} s  {step}", start.elapsed().as_secs_f64());
    synthetic::fill(config, size, &content, now, &mut say).await?;
    say("done");
    Ok(())
}
