//! `stoa fsck`: checks that what the hub stores is there and is what it was.

use std::io::{IsTerminal, Write};

use clap::Args;
use stoa_core::{Failure, Reply, RepoKind};
use stoa_hub::{Read, Scrubbed};

use super::repo::open_repo;
use super::token::repo_id;
use crate::config::{Config, about_size};
use crate::{open, out};

/// What is checked.
#[derive(Args)]
pub struct Fsck {
    /// Read all bytes and hash them again, instead of looking whether they are there
    #[arg(long)]
    deep: bool,
    /// Only this repository: ada/model, datasets/ada/data, spaces/ada/app
    #[arg(long, value_name = "ID")]
    repo: Option<String>,
}

impl Fsck {
    /// Runs the command. Fails when something is wrong.
    pub async fn run(self, config: &Config) -> Reply<()> {
        let opened = open::existing(config).await?;
        let hub = &opened.hub;
        let mut faults = 0_u64;
        let mut counts: Vec<(&str, u64)> = Vec::new();
        let live = std::io::stderr().is_terminal();
        let mut tell = |said: Scrubbed| match said {
            Scrubbed::Fault(sentence) => {
                faults += 1;
                out::line(sentence);
            }
            Scrubbed::Done(what, count) => {
                note(&mut counts, what, count);
                if live {
                    let _ = write!(std::io::stderr(), "\r{count} {what} checked \u{1b}[K");
                }
            }
            Scrubbed::Leftovers(found) if found.count > 0 => out::line(format_args!(
                "{} stored objects ({}) belong to nothing, which is harmless; `stoa gc` deletes them",
                found.count,
                about_size(found.bytes)
            )),
            Scrubbed::Leftovers(_) => {}
        };
        match &self.repo {
            None => hub.scrub(self.deep, &mut tell).await?,
            Some(id) => {
                let id = repo_id(RepoKind::Model, id)?;
                open_repo::<Read>(hub, &hub.root()?, &id).await?.scrub(self.deep, &mut tell).await?;
            }
        }
        if live {
            let _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
        opened.close().await;
        let checked: Vec<String> = counts.iter().map(|(what, count)| format!("{count} {what}")).collect();
        match faults {
            0 if checked.is_empty() => out::line("Nothing to check; all is well"),
            0 => out::line(format_args!("Checked {}; all is well", checked.join(", "))),
            1 => return Err(Failure::invalid("One fault was found")),
            more => return Err(Failure::invalid(format!("{more} faults were found"))),
        }
        Ok(())
    }
}

fn note(counts: &mut Vec<(&'static str, u64)>, what: &'static str, count: u64) {
    match counts.iter_mut().find(|(known, _)| *known == what) {
        Some((_, last)) => *last = count,
        None => counts.push((what, count)),
    }
}
