//! `stoa key`: public keys of users.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use stoa_core::{Failure, Reply, Time};
use stoa_hub::{Hub, KeyKind};

use crate::config::Config;
use crate::{open, out};

/// Bytes that are read of a key at most; the hub refuses fewer than these.
const MOST: u64 = 256 * 1024;

/// Add, list and delete public keys: SSH keys for git and signatures, OpenPGP keys for signatures.
#[derive(Subcommand)]
pub enum Key {
    /// Add a public key
    ///
    /// The file is one that ends in .pub, or what `gpg --armor --export` prints. An OpenPGP key that the user has
    /// already is replaced, so that its revocation or later end counts.
    Add {
        /// Name of the user
        user: String,
        /// File with the key; without it, standard input
        file: Option<PathBuf>,
        /// What to call it; without it, what the key calls itself
        #[arg(long)]
        title: Option<String>,
    },
    /// List the public keys of a user
    List {
        /// Name of the user
        user: String,
    },
    /// Delete a public key
    Delete {
        /// Name of the user
        user: String,
        /// Number of the key, as `stoa key list` shows it
        id: i64,
    },
}

impl Key {
    /// Runs the command.
    pub async fn run(self, config: &Config) -> Reply<()> {
        let opened = open::existing(config).await?;
        match self {
            Self::Add { user, file, title } => {
                let text = read(file.as_deref())?;
                let kind = if text.contains("-----BEGIN PGP") { KeyKind::Gpg } else { KeyKind::Ssh };
                let actor = opened.hub.operator(&user).await?;
                let key = opened.hub.add_key(&actor, kind, title.as_deref(), &text).await?;
                out::line(format_args!("{user} has the {} key {}", key.kind, key.fingerprint));
            }
            Self::List { user } => list(&opened.hub, &user).await?,
            Self::Delete { user, id } => {
                let actor = opened.hub.operator(&user).await?;
                opened.hub.delete_key(&actor, id).await?;
                out::line(format_args!("Key {id} of {user} is gone"));
            }
        }
        opened.close().await;
        Ok(())
    }
}

fn read(file: Option<&Path>) -> Reply<String> {
    let mut text = String::new();
    let (read, from) = match file {
        Some(path) => {
            let file = std::fs::File::open(path);
            (file.and_then(|file| file.take(MOST).read_to_string(&mut text)), path.display().to_string())
        }
        None => (std::io::stdin().lock().take(MOST).read_to_string(&mut text), "standard input".to_owned()),
    };
    read.map_err(|error| Failure::invalid(format!("Cannot read a key from {from}: {error}")))?;
    Ok(text)
}

async fn list(hub: &Hub, user: &str) -> Reply<()> {
    let actor = hub.operator(user).await?;
    for key in hub.keys(&actor).await? {
        let day = |time: Time| time.to_string().chars().take(10).collect::<String>();
        let ends =
            if key.revoked { "revoked".to_owned() } else { key.expires_at.map_or("never".to_owned(), day) };
        out::line(format_args!(
            "{:>6}  {}  {}  added {}  used {:<10}  ends {:<10}  {}",
            key.id,
            key.kind,
            key.fingerprint,
            day(key.created_at),
            key.used_at.map_or_else(|| "never".to_owned(), day),
            ends,
            key.title
        ));
    }
    Ok(())
}
