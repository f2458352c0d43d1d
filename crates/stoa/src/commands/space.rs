//! `stoa space`: what large files and buckets take, and for whom.

use clap::{Args, ValueEnum};
use stoa_core::Reply;
use stoa_hub::Space as Row;

use crate::config::{Config, about_size};
use crate::{open, out};

/// Rows at most.
const MOST: usize = 50;

/// What is counted.
#[derive(Args)]
pub struct Space {
    /// Whose files
    #[arg(long, value_enum, default_value_t = By::Repo)]
    by: By,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Users and organizations
    Owner,
    /// Repositories and buckets
    Repo,
}

impl Space {
    /// Runs the command.
    pub async fn run(self, config: &Config) -> Reply<()> {
        let opened = open::existing(config).await?;
        let (rows, total) = opened.hub.space(self.by == By::Repo, MOST).await?;
        let columns = ["files", "logical", "distinct", "stored", "saved"];
        let [files, logical, distinct, stored, saved] = columns;
        out::line(format_args!(
            "{files:>9} {logical:>11} {distinct:>11} {stored:>11} {saved:>11}  {}",
            if self.by == By::Repo { "repository or bucket" } else { "owner" }
        ));
        rows.iter().for_each(line);
        line(&total);
        opened.close().await;
        Ok(())
    }
}

fn line(row: &Row) {
    let [logical, distinct, stored, saved] =
        [row.logical, row.distinct, row.stored, row.saved()].map(about_size);
    out::line(format_args!(
        "{:>9} {logical:>11} {distinct:>11} {stored:>11} {saved:>11}  {}",
        row.files, row.name
    ));
}
