//! What full-text search reads of a repository.

use stoa_core::{Oid, Reply, RepoKind, RepoPath};
use stoa_meta::card::{self, Card};

use crate::{Hub, cpu};

/// Bytes of a card that are searched.
const CARD: usize = 64 << 10;
/// Bytes of the program of a Space that are searched.
const PROGRAM: u64 = 16 << 10;
/// Keys of a card whose texts are searched beside what it says.
const TITLES: [&str; 3] = ["title", "pretty_name", "short_description"];
/// Bytes of a card that is read.
const README: u64 = 4 << 20;

/// A card, and the words in it.
pub(super) struct ReadCard {
    /// The card, if it can be read.
    pub(super) card: Option<Card>,
    /// Its titles and its words, without marks.
    pub(super) text: String,
}

impl Hub {
    /// Reads the card of a tree.
    pub(super) async fn read_card(&self, repo: i64, root: Oid) -> Reply<ReadCard> {
        let Some(readme) = self.small_text(repo, root, "README.md", README).await? else {
            return Ok(ReadCard { card: None, text: String::new() });
        };
        cpu::run(move || {
            // A card that was pushed broken before validation existed describes nothing, and breaks nothing.
            let parsed = Card::parse(&readme).ok();
            let titles = TITLES.iter().filter_map(|key| parsed.as_ref()?.data.get(*key)?.as_str());
            let mut text: String = titles.flat_map(|title| [start(title, 1_000), "\n\n"]).collect();
            text.push_str(start(card::split(&readme).body, CARD));
            Ok(ReadCard { card: parsed, text: card::plain_text(&text) })
        })
        .await
    }

    /// What full-text search reads of a tree: the words of its card, and of the program of a Space.
    pub(super) async fn search_text(
        &self,
        repo: i64,
        kind: RepoKind,
        root: Oid,
        read: &ReadCard,
    ) -> Reply<String> {
        let mut text = read.text.clone();
        if kind == RepoKind::Space {
            let named = read.card.as_ref().and_then(|card| card.data.get("app_file")?.as_str());
            let path = RepoPath::new(named.unwrap_or("app.py"));
            if let Ok(path) = path
                && let Some(program) = self.small_text(repo, root, path.as_str(), PROGRAM).await?
            {
                text.push(' ');
                text.extend(program.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
        }
        text.truncate(start(&text, CARD).len());
        Ok(text)
    }

    /// The same of a repository that is there already.
    pub(crate) async fn search_text_at(&self, repo: i64, kind: RepoKind, root: Oid) -> Reply<String> {
        let read = self.read_card(repo, root).await?;
        self.search_text(repo, kind, root, &read).await
    }
}

/// The beginning of a text, of so many bytes at most.
fn start(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most)]
}
