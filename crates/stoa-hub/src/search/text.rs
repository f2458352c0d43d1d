//! Full-text search over the names and cards of repositories.

use std::collections::HashMap;

use stoa_core::{Actor, Failure, Reply, RepoKind};
use stoa_db::list::{self, Listed};
use stoa_db::search::{self, Ask};
use stoa_db::{objects, repos};

use crate::Hub;

/// Words of one search at most.
const WORDS: usize = 8;
/// Characters of one word at most.
const WORD: usize = 64;
/// Characters of one search at most.
const LONGEST: usize = 300;
/// Results that can be seen of one search, on all its pages.
const DEEPEST: usize = 200;
/// Repositories whose text is stored at a time, on a hub from before there was a search.
const BATCH: i64 = 100;

/// A repository that was found by its words.
#[derive(Clone, Debug)]
pub struct TextHit {
    /// The repository, with its facts.
    pub listed: Listed,
    /// A few lines of its card, in pieces; those that were looked for are marked. It is text, not HTML.
    pub snippet: Vec<(String, bool)>,
}

impl Hub {
    /// Repositories that the asker may see and that have all words in their name or card, the best first: a page, and
    /// whether there are more. The last word may be the beginning of one.
    pub async fn full_text(
        &self,
        actor: &Actor,
        text: &str,
        kind: Option<RepoKind>,
        skip: usize,
        limit: usize,
    ) -> Reply<(Vec<TextHit>, bool)> {
        self.check_reader(actor)?;
        let limit = limit.min(DEEPEST.saturating_sub(skip));
        let mut tx = self.read().await?;
        let sees = self.sees(&mut tx, actor).await?;
        let more = usize::from(skip + limit < DEEPEST);
        let ask = Ask { phrases: phrases(text), kind, sees: sees.clone(), skip, limit: limit + more };
        let mut hits = if limit == 0 { Vec::new() } else { search::find(&mut tx, &ask).await? };
        let more = hits.len() > limit;
        hits.truncate(limit);
        let ids: Vec<i64> = hits.iter().map(|hit| hit.id).collect();
        let mut snippets: HashMap<i64, _> = hits.into_iter().map(|hit| (hit.id, hit.snippet)).collect();
        let rows = list::by_ids(&mut tx, &ids, &sees, true).await?;
        let found = rows.into_iter().map(|listed| {
            let snippet = snippets.remove(&listed.repo.id).unwrap_or_default();
            TextHit { listed, snippet }
        });
        Ok((found.collect(), more))
    }

    /// Stores the text of some repositories that have none yet, behind a row id; the last one, or `None` when all have
    /// theirs. Later changes bring their text along.
    pub(crate) async fn read_some(&self, after: i64) -> Reply<Option<i64>> {
        let mut tx = self.read().await?;
        let ids = search::missing(&mut tx, after, BATCH).await?;
        drop(tx);
        for id in &ids {
            let text = match self.text_of(*id).await {
                Ok(text) => text,
                Err(failure) => {
                    // One that cannot be read must not hold up the others, nor be tried for ever.
                    tracing::warn!(repo.id = id, error = ?failure, "the text of a repository cannot be read");
                    String::new()
                }
            };
            let mut tx = self.write().await?;
            search::put_missing(&mut tx, *id, &text).await?;
            tx.commit().await?;
        }
        Ok(ids.last().copied())
    }

    async fn text_of(&self, repo: i64) -> Reply<String> {
        let mut tx = self.read().await?;
        let row = repos::by_id(&mut tx, repo).await?.ok_or_else(Failure::repo_not_found)?;
        let Some(head) = row.head else { return Ok(String::new()) };
        let commit = objects::commit(&mut tx, repo, head).await?.ok_or_else(Failure::repo_not_found)?;
        drop(tx);
        self.search_text_at(repo, row.name.kind, commit.tree).await
    }
}

/// What somebody typed as phrases: words, where signs within a word part it into words that follow each other.
fn phrases(text: &str) -> Vec<String> {
    let text: String = text.chars().take(LONGEST).collect();
    let phrase = |word: &str| {
        let word: String = word.chars().take(WORD).collect();
        let parts: Vec<&str> =
            word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    };
    text.split_whitespace().map(phrase).filter(|phrase| !phrase.is_empty()).take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_typed_becomes_a_few_short_words() {
        for (text, expected) in [
            ("Bert", vec!["Bert"]),
            ("  gpt-2   large ", vec!["gpt 2", "large"]),
            ("ada/my_model.v2", vec!["ada my model v2"]),
            ("\"a\" OR (b NEAR/3 c) -d title:e *", vec!["a", "OR", "b", "NEAR 3", "c", "d", "title e"]),
            ("--- *** \"\"", vec![]),
            ("", vec![]),
            ("日本語", vec!["日本語"]),
        ] {
            assert_eq!(phrases(text), expected, "{text:?}");
        }
        assert_eq!(phrases(&"a ".repeat(1_000)).len(), WORDS);
        assert_eq!(phrases(&"a".repeat(1_000)), ["a".repeat(WORD)]);
    }
}
