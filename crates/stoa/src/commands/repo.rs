//! `stoa repo`: repositories, as the operator sees them.

use std::path::PathBuf;

use clap::Subcommand;
use stoa_core::{Actor, Failure, Reply, RepoId, RepoKind};
use stoa_hub::{Access, Admin, Hub, ListAsk, Order, Read};

use super::token::repo_id;
use crate::config::Config;
use crate::{open, out};

/// List, export and delete repositories.
#[derive(Subcommand)]
pub enum Repo {
    /// List all repositories: address, visibility and bytes of large files
    List {
        /// Only of this kind: model, dataset or space
        #[arg(long)]
        kind: Option<RepoKind>,
    },
    /// Write a repository into a folder, as a bare git repository
    ///
    /// Large files stay git-lfs pointers.
    Export {
        /// model, dataset or space
        #[arg(long, default_value = "model")]
        kind: RepoKind,
        /// namespace/name; `datasets/` or `spaces/` before it says the kind as well
        id: String,
        /// Folder to write, which must be empty or missing
        dir: PathBuf,
    },
    /// Delete a repository and all that is in it
    Delete {
        /// model, dataset or space
        #[arg(long, default_value = "model")]
        kind: RepoKind,
        /// namespace/name; `datasets/` or `spaces/` before it says the kind as well
        id: String,
        /// Really delete it
        #[arg(long)]
        yes: bool,
    },
}

impl Repo {
    /// Runs the command.
    pub async fn run(self, config: &Config) -> Reply<()> {
        let opened = open::existing(config).await?;
        let hub = &opened.hub;
        let root = hub.root()?;
        match self {
            Self::List { kind } => {
                for kind in RepoKind::ALL.into_iter().filter(|one| kind.is_none_or(|kind| kind == *one)) {
                    list(hub, &root, kind).await?;
                }
            }
            Self::Export { kind, id, dir } => {
                let repo = open_repo::<Read>(hub, &root, &repo_id(kind, &id)?).await?;
                let count = repo.export_git(&dir).await?;
                out::line(format_args!("Wrote {count} objects of {} to {}", repo.id().path(), dir.display()));
            }
            Self::Delete { kind, id, yes } => {
                let repo = open_repo::<Admin>(hub, &root, &repo_id(kind, &id)?).await?;
                let path = repo.id().path();
                if !yes {
                    let message = format!("This deletes {path} and all that is in it; say so with --yes");
                    return Err(Failure::invalid(message));
                }
                repo.delete().await?;
                out::line(format_args!("Deleted {path}"));
            }
        }
        opened.close().await;
        Ok(())
    }
}

pub(super) async fn open_repo<A: Access>(hub: &Hub, root: &Actor, id: &RepoId) -> Reply<stoa_hub::Repo<A>> {
    hub.open::<A>(root, id).await.map_err(|failure| match failure.code {
        "RepoNotFound" => Failure::not_found(format!("There is no {} {id}", id.kind)),
        _ => failure,
    })
}

async fn list(hub: &Hub, root: &Actor, kind: RepoKind) -> Reply<()> {
    let mut cursor = None;
    loop {
        let ask = ListAsk {
            kind,
            author: None,
            tags: Vec::new(),
            search: Vec::new(),
            gated: None,
            params: (None, None),
            order: Order::Created,
            cursor,
            limit: 1000,
            facts: false,
        };
        let page = hub.list(root, ask).await?;
        for listed in page.repos {
            let repo = listed.repo;
            let visibility = if repo.private { "private" } else { "public" };
            out::line(format_args!("{visibility:<8} {:>15}  {}", repo.storage, repo.name.path()));
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(());
        }
    }
}
