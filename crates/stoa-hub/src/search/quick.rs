//! What a search field shows while people type: names of repositories and accounts.

use stoa_core::{Actor, Reply, RepoKind};
use stoa_db::accounts::{self, Account};
use stoa_db::list::Order;
use stoa_db::repos::Repo;

use crate::{Hub, ListAsk};

/// Characters that are looked for.
const LONGEST: usize = 100;
/// Words that are looked for.
const WORDS: usize = 8;
/// Results of each kind at most.
const MOST: usize = 20;

/// What to look for.
#[derive(Clone, Debug)]
pub struct QuickAsk {
    /// What was typed.
    pub text: String,
    /// Which kinds of repositories.
    pub kinds: Vec<RepoKind>,
    /// Whether users, too.
    pub users: bool,
    /// Whether organizations, too.
    pub orgs: bool,
    /// Results of each kind.
    pub limit: usize,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct QuickFound {
    /// What was looked for: what was typed, as far as it counts.
    pub text: String,
    /// Models.
    pub models: Vec<Repo>,
    /// Datasets.
    pub datasets: Vec<Repo>,
    /// Spaces.
    pub spaces: Vec<Repo>,
    /// Users.
    pub users: Vec<Account>,
    /// Organizations.
    pub orgs: Vec<Account>,
}

impl Hub {
    /// Repositories whose name contains every word, the trending ones first, and accounts whose name begins with the
    /// text; as far as the asker may see them.
    pub async fn quick_search(&self, actor: &Actor, ask: &QuickAsk) -> Reply<QuickFound> {
        self.check_reader(actor)?;
        let text: String = ask.text.trim().chars().take(LONGEST).collect();
        let limit = ask.limit.min(MOST);
        let words: Vec<String> = text.split_whitespace().take(WORDS).map(str::to_owned).collect();
        let mut found = QuickFound::default();
        for kind in RepoKind::ALL.into_iter().filter(|kind| ask.kinds.contains(kind)) {
            let page = self.list(actor, named(kind, &words, limit)).await?;
            let repos = page.repos.into_iter().map(|listed| listed.repo).collect();
            match kind {
                RepoKind::Model => found.models = repos,
                RepoKind::Dataset => found.datasets = repos,
                RepoKind::Space => found.spaces = repos,
            }
        }
        if !text.is_empty() {
            let mut tx = self.read().await?;
            if ask.users {
                found.users = accounts::by_prefix(&mut tx, &text, false, limit as i64).await?;
            }
            if ask.orgs {
                found.orgs = accounts::by_prefix(&mut tx, &text, true, limit as i64).await?;
            }
        }
        Ok(QuickFound { text, ..found })
    }
}

/// Repositories with every word in their name.
fn named(kind: RepoKind, words: &[String], limit: usize) -> ListAsk {
    ListAsk {
        kind,
        author: None,
        tags: Vec::new(),
        search: words.to_vec(),
        gated: None,
        params: (None, None),
        order: Order::Trending,
        cursor: None,
        limit,
        facts: false,
    }
}
