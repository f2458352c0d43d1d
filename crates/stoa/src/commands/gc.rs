//! `stoa gc`: throws away what nobody needs.

use clap::Args;
use stoa_core::Reply;
use stoa_hub::{Compacted, Grace, Swept, Tally};

use crate::config::{Config, about_size};
use crate::{open, out};

/// What is swept, and how hard.
#[derive(Args)]
pub struct Gc {
    /// Say what would go; change nothing
    #[arg(long)]
    dry_run: bool,
    /// Days for which what nobody needs is kept, instead of `limits.orphan_days` and what clients remember
    ///
    /// With less than 22, clients are made to forget what they sent, and send it again when they need it.
    #[arg(long, value_name = "N")]
    grace_days: Option<u16>,
    /// Keep nothing that is not needed at this moment
    ///
    /// Clients are made to forget what they sent. Uploads under way may fail and have to begin again.
    #[arg(long, conflicts_with = "grace_days")]
    now: bool,
    /// Also move what is used out of chunk containers (xorbs) of which less than half is used
    ///
    /// The hub does this by itself, in small steps. What is not used goes a day later.
    #[arg(long)]
    compact: bool,
}

impl Gc {
    /// Runs the command.
    pub async fn run(self, config: &Config) -> Reply<()> {
        let opened = open::existing(config).await?;
        let grace = match self.grace_days {
            Some(days) => Grace::Days(u32::from(days)),
            None if self.now => Grace::None,
            None => Grace::Usual,
        };
        let hub = &opened.hub;
        if self.dry_run {
            print(&hub.sweep_forecast(grace).await?, "would go", "would be free");
            if self.compact {
                print_compacted(&hub.compact_forecast(grace).await?, "would be moved", "would be free");
            }
            out::line("Nothing was changed");
        } else {
            print(&hub.sweep(grace).await?, "went", "are free");
            if self.compact {
                // After the sweep, which makes xorbs of which little is used.
                print_compacted(&hub.compact(grace).await?, "were moved", "will be free");
            }
        }
        opened.close().await;
        Ok(())
    }
}

fn print(swept: &Swept, went: &str, free: &str) {
    let head = format!("What {went}");
    out::line(format_args!("{head:<48} {:>10} {:>12}", "count", "bytes"));
    let rows: [(&str, &Tally); 6] = [
        ("uploads in parts that nobody finished", &swept.uploads),
        ("large files that no repository links", &swept.large),
        ("files of chunks without a name", &swept.files),
        ("xorbs that no file refers to (condemned)", &swept.condemned),
        ("xorbs condemned before (deleted)", &swept.xorbs),
        ("stored objects that belong to nothing", &swept.leftovers),
    ];
    for (what, tally) in rows {
        out::line(format_args!("{what:<48} {:>10} {:>12}", tally.count, about_size(tally.bytes)));
    }
    out::line(format_args!("{} in the store {free}", about_size(swept.freed())));
    print_epoch(swept.epoch);
}

fn print_compacted(done: &Compacted, moved: &str, free: &str) {
    out::line(format_args!(
        "{} xorbs ({}) of which little is used: {} {moved}, {} more {free} when they go, a day later",
        done.xorbs.count,
        about_size(done.xorbs.bytes),
        about_size(done.moved),
        about_size(done.saved()),
    ));
    print_epoch(done.epoch);
}

fn print_epoch(epoch: Option<i64>) {
    if let Some(epoch) = epoch {
        out::line(format_args!(
            "Clients were made to forget what they sent (the store is at epoch {epoch} now)"
        ));
    }
}
