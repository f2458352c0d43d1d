//! What the page of a repository is about: the repository, what it says about itself, and its files.

use serde_json::{Map, Value};
use stoa_core::{Permission, Reply, RepoKind, Revision};
use stoa_hub::{Entry, Info, Read, Repo};

use crate::markup::{path, segment};

/// Files looked at to choose code and to show formats.
const FILES: usize = 1_000;
/// Longest text of a card that is shown in one place, in characters.
const LONGEST: usize = 300;
/// Values of one key that are looked at.
const MANY: usize = 300;

/// A repository at a revision.
pub(super) struct Subject {
    pub(super) repo: Repo<Read>,
    pub(super) info: Info,
    /// The first files, in the order of their paths.
    pub(super) files: Vec<Entry>,
    /// The revision that was asked for; `main` when none was.
    revision: Option<Revision>,
}

impl Subject {
    pub(super) async fn read(repo: Repo<Read>, revision: Option<Revision>) -> Reply<Self> {
        let info = repo.info(revision.as_ref()).await?;
        let files = repo.files(info.tree, FILES).await?;
        Ok(Self { repo, info, files, revision })
    }

    pub(super) fn kind(&self) -> RepoKind {
        self.repo.id().kind
    }

    /// The address of its page.
    pub(super) fn href(&self) -> String {
        format!("/{}", self.repo.id().path())
    }

    /// The revision, as people wrote it.
    pub(super) fn revision(&self) -> &str {
        self.revision.as_ref().map_or("main", Revision::as_str)
    }

    /// Whether an older or another state than `main` is shown.
    pub(super) fn elsewhere(&self) -> bool {
        self.revision() != "main"
    }

    /// The address of a page about its files: `blob`, `resolve`, `tensors`.
    pub(super) fn file_href(&self, verb: &str, file: &str) -> String {
        format!("{}/{verb}/{}/{}", self.href(), segment(self.revision()), path(file))
    }

    /// Whether whoever looks may change its files.
    pub(super) fn writable(&self) -> bool {
        self.repo.most() >= Permission::Write
    }

    /// Whether nothing was put into it yet.
    pub(super) fn is_empty(&self) -> bool {
        !self.files.iter().any(|file| file.path != ".gitattributes" && file.path != "README.md")
    }

    /// What the hub knows of it by a name, as in repository info.
    pub(super) fn fact(&self, key: &str) -> Option<&Value> {
        self.info.facts.get(key)
    }

    fn card(&self) -> Option<&Map<String, Value>> {
        self.fact("cardData")?.as_object()
    }

    /// What the card says under a key.
    pub(super) fn said(&self, key: &str) -> Option<&Value> {
        self.card()?.get(key)
    }

    /// A text of the card, cut to a sensible length.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.said(key).and_then(short)
    }

    /// The texts of a key of the card: one, or a list.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        match self.said(key) {
            Some(Value::Array(many)) => many.iter().take(MANY).filter_map(short).collect(),
            Some(one) => short(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// Whether it has a tag.
    pub(super) fn tagged(&self, tag: &str) -> bool {
        self.info.tags.iter().any(|known| known == tag)
    }

    /// What follows a prefix such as `arxiv:` in its tags.
    pub(super) fn tags_after<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.info.tags.iter().filter_map(move |tag| tag.strip_prefix(prefix))
    }

    /// The files with an ending.
    pub(super) fn files_with<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.files.iter().filter(move |file| file.path.ends_with(ending))
    }
}

/// A text or a number as text that fits into a line; nothing for what is empty or has parts.
pub(super) fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => return None,
    };
    let cut: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    (!cut.is_empty()).then_some(cut)
}

/// The address of the list of repositories of a kind with a tag.
pub(super) fn list_href(kind: RepoKind, tag: &str) -> String {
    format!("/{}?other={}", kind.plural(), segment(tag))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_of_a_card_become_one_short_line_or_nothing() {
        assert_eq!(short(&json!(" a\nb ")).as_deref(), Some("a b"));
        assert_eq!(short(&json!(0.5)).as_deref(), Some("0.5"));
        assert_eq!(short(&json!("x".repeat(1_000))).map(|text| text.len()), Some(LONGEST));
        for nothing in [json!(null), json!(""), json!([1]), json!({ "a": 1 })] {
            assert_eq!(short(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_tag_in_an_address_stays_one_value() {
        let href = list_href(RepoKind::Model, "base_model:quantized:ada/m&x=1");
        assert_eq!(href, "/models?other=base_model%3Aquantized%3Aada%2Fm%26x%3D1");
    }
}
