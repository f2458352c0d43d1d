//! `stoa token`: access tokens.

use std::time::Duration;

use clap::{Args, Subcommand};
use stoa_core::{Entity, Failure, FineGrained, Reply, RepoId, RepoKind, Scoped, TokenRole};
use stoa_hub::{Hub, Read};

use crate::config::Config;
use crate::{open, out};

/// What a fine-grained token can be allowed.
const PERMISSIONS: [&str; 3] = ["repo.access.read", "repo.content.read", "repo.write"];

/// Make, list and end access tokens.
#[derive(Subcommand)]
pub enum Token {
    /// Make a token and print it, alone, on standard output
    ///
    /// It is shown only this once. A fine-grained token does what --permission says to what --on names:
    /// stoa token create ada --name ci --role fine-grained --permission repo.write --on ada/model
    Create(Create),
    /// List the tokens of a user, without their secrets
    List {
        /// Name of the user
        user: String,
    },
    /// End a token
    Revoke {
        /// Name of the user
        user: String,
        /// Number of the token, as `stoa token list` shows it
        id: i64,
    },
}

/// What a token is made of.
#[derive(Args)]
pub struct Create {
    /// Name of the user
    user: String,
    /// What the token is for
    #[arg(long)]
    name: String,
    /// read, write or fine-grained
    #[arg(long)]
    role: TokenRole,
    /// repo.access.read, repo.content.read or repo.write; may be repeated
    #[arg(long, value_name = "PERMISSION", requires = "on")]
    permission: Vec<String>,
    /// A user, an organization or a repository: ada, ada/model, datasets/ada/data, spaces/ada/app; may be repeated
    #[arg(long, value_name = "ENTITY", requires = "permission")]
    on: Vec<String>,
    /// Let a fine-grained token read gated repositories that its user was let into
    #[arg(long)]
    read_gated: bool,
    /// Days until the token ends; without it, it works until it is revoked
    #[arg(long, value_name = "N")]
    days: Option<u32>,
}

impl Token {
    /// Runs the command.
    pub async fn run(self, config: &Config) -> Reply<()> {
        let opened = open::existing(config).await?;
        match self {
            Self::Create(create) => create.run(&opened.hub).await?,
            Self::List { user } => list(&opened.hub, &user).await?,
            Self::Revoke { user, id } => {
                let actor = opened.hub.operator(&user).await?;
                opened.hub.revoke_token(&actor, id).await?;
                out::line(format_args!("Token {id} of {user} no longer works"));
            }
        }
        opened.close().await;
        Ok(())
    }
}

impl Create {
    async fn run(self, hub: &Hub) -> Reply<()> {
        let fine = match self.role {
            TokenRole::FineGrained => Some(self.fine(hub).await?),
            _ if self.on.is_empty() && !self.read_gated => None,
            _ => {
                let message = "--permission, --on and --read-gated need --role fine-grained";
                return Err(Failure::invalid(message));
            }
        };
        let day = Duration::from_hours(24);
        let expires = self.days.map(|days| hub.now().after(day * days));
        let made = hub.create_token(&self.user, &self.name, self.role, fine.as_ref(), expires).await?;
        out::line(made.secret);
        Ok(())
    }

    async fn fine(&self, hub: &Hub) -> Reply<FineGrained> {
        if let Some(unknown) = self.permission.iter().find(|name| !PERMISSIONS.contains(&name.as_str())) {
            return Err(Failure::invalid(format!(
                "There is no permission `{unknown}`; choose among {}",
                PERMISSIONS.join(", ")
            )));
        }
        let mut scoped = Vec::new();
        for name in &self.on {
            scoped.push(Scoped { entity: entity(hub, name).await?, permissions: self.permission.clone() });
        }
        Ok(FineGrained { global: Vec::new(), can_read_gated_repos: self.read_gated, scoped })
    }
}

/// The user, organization or repository of a name, which must exist: a typing error would make a useless token.
async fn entity(hub: &Hub, name: &str) -> Reply<Entity> {
    let (kind, name) = if name.contains('/') {
        let id = repo_id(RepoKind::Model, name)?;
        let repo = hub.open::<Read>(&hub.root()?, &id).await.map_err(|failure| match failure.code {
            "RepoNotFound" => Failure::not_found(format!("There is no {} {id}", id.kind)),
            _ => failure,
        })?;
        (id.kind.as_str(), repo.id().to_string())
    } else if let Ok(account) = hub.user(name).await {
        ("user", account.name)
    } else {
        let account = hub.org(name).await;
        let unknown = |_| Failure::not_found(format!("There is no user or organization `{name}`"));
        ("org", account.map_err(unknown)?.name)
    };
    Ok(Entity { id: String::new(), kind: kind.to_owned(), name })
}

/// `ada/m`, or with `models/`, `datasets/` or `spaces/` before it, which is stronger than `kind`.
pub(super) fn repo_id(kind: RepoKind, text: &str) -> Reply<RepoId> {
    let text = text.trim_matches('/');
    match text.split_once('/').and_then(|(first, rest)| Some((RepoKind::from_plural(first)?, rest))) {
        Some((kind, rest)) => RepoId::parse(kind, rest),
        None => RepoId::parse(kind, text),
    }
}

async fn list(hub: &Hub, user: &str) -> Reply<()> {
    let actor = hub.operator(user).await?;
    for token in hub.tokens(&actor).await? {
        let day = |time: stoa_core::Time| time.to_string().chars().take(10).collect::<String>();
        out::line(format_args!(
            "{:>6}  {:<12} …{}  made {}  used {:<10}  ends {:<10}  {}",
            token.id,
            token.role,
            token.hint,
            day(token.created_at),
            token.used_at.map_or_else(|| "never".to_owned(), day),
            token.expires_at.map_or_else(|| "never".to_owned(), day),
            token.name
        ));
    }
    Ok(())
}
