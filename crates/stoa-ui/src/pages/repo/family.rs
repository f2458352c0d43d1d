//! Where a repository stands among others: the models it comes from, what was made from it, and what uses it.

use stoa_core::{Reply, RepoKind};
use stoa_hub::{Counted, Related};

use super::subject::{Subject, list_href};
use crate::visit::Visit;

/// Relatives of one sort that are named.
const NAMED: usize = 3;

/// Keys of what the relation to a base is called.
const FROM: &[(&str, &str)] = &[
    ("adapter", "repo-adapter-of"),
    ("finetune", "repo-finetune-of"),
    ("merge", "repo-merge-of"),
    ("quantized", "repo-quantized-from"),
];
/// Keys of what those made from this one are called.
const MADE: &[(&str, &str)] = &[
    ("adapter", "repo-adapters"),
    ("finetune", "repo-finetunes"),
    ("merge", "repo-merges"),
    ("quantized", "repo-quantizations"),
];

/// A model that this one comes from.
pub(super) struct Base {
    /// The key of the relation.
    pub(super) relation: &'static str,
    pub(super) id: String,
    /// Nothing when it is not on this hub.
    pub(super) href: Option<String>,
}

/// Repositories of one sort.
pub(super) struct Branch {
    /// The key of what they are called.
    pub(super) title: &'static str,
    pub(super) icon: &'static str,
    /// How many, as people read it.
    pub(super) count: String,
    /// The list of all of them.
    pub(super) href: String,
    /// Name and address of the first.
    pub(super) first: Vec<(String, String)>,
}

/// Everything that is related.
pub(super) struct Family {
    pub(super) bases: Vec<Base>,
    /// Models made from this one.
    pub(super) made: Vec<Branch>,
    /// What uses it: models trained on a dataset, Spaces.
    pub(super) used: Vec<Branch>,
}

impl Family {
    pub(super) async fn read(visit: &Visit, subject: &Subject) -> Reply<Self> {
        let relatives = subject.repo.relatives(NAMED).await?;
        let id = subject.repo.id();
        let key = |table: &[(&str, &'static str)], relation: &str| {
            table.iter().find(|(known, _)| *known == relation).map(|(_, key)| *key)
        };
        let base = |base: stoa_hub::BaseModel| Base {
            relation: base.relation.and_then(|relation| key(FROM, &relation)).unwrap_or("repo-finetune-of"),
            href: base.repo.map(|repo| format!("/{}", repo.name.path())),
            id: base.id.chars().take(200).collect(),
        };
        let mut made = Vec::new();
        for (relation, children) in relatives.children {
            let title = key(MADE, relation).unwrap_or("repo-finetunes");
            let tag = format!("base_model:{relation}:{id}");
            made.extend(branch(visit, RepoKind::Model, title, &tag, children));
        }
        let mut used = Vec::new();
        let tag = format!("dataset:{id}");
        used.extend(branch(visit, RepoKind::Model, "repo-trained", &tag, relatives.trained));
        let tag = format!("{}:{id}", subject.kind());
        used.extend(branch(visit, RepoKind::Space, "repo-spaces", &tag, relatives.spaces));
        Ok(Self { bases: relatives.bases.into_iter().map(base).collect(), made, used })
    }

    /// Whether there is a tree to draw.
    pub(super) fn has_tree(&self) -> bool {
        !self.bases.is_empty() || !self.made.is_empty()
    }
}

fn branch(visit: &Visit, kind: RepoKind, title: &'static str, tag: &str, related: Related) -> Option<Branch> {
    let Counted { count, .. } = related.count;
    (count > 0).then(|| Branch {
        title,
        icon: kind.as_str(),
        count: shown(visit, related.count),
        href: list_href(kind, tag),
        first: related
            .first
            .into_iter()
            .map(|listed| (listed.repo.name.to_string(), format!("/{}", listed.repo.name.path())))
            .collect(),
    })
}

/// A count, with a plus when there may be more.
fn shown(visit: &Visit, counted: Counted) -> String {
    let more = if counted.at_least { "+" } else { "" };
    format!("{}{more}", visit.words.number(i64::try_from(counted.count).unwrap_or(i64::MAX)))
}
