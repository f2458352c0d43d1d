//! What a visitor must know before anything else: another revision, a newer version, a gate, a switch.

use stoa_core::{Gate, Reply, RepoId, RepoKind};
use stoa_hub::Read;

use super::subject::{Subject, short};
use crate::visit::Visit;

/// Newer versions that are followed.
const STEPS: usize = 5;
/// Longest text of a gate, in characters.
const PROMPT: usize = 4_000;

/// The notices of a page.
pub(super) struct Notices {
    /// The newest version of the model: name and address.
    pub(super) newer: Option<(String, String)>,
    /// The gate, when there is one.
    pub(super) gate: Option<Guarded>,
}

/// A gate.
pub(super) struct Guarded {
    /// Whether whoever looks is let through.
    pub(super) open: bool,
    /// What the owner says about it.
    pub(super) prompt: Option<String>,
    pub(super) owner: String,
}

impl Notices {
    pub(super) async fn read(visit: &Visit, subject: &Subject) -> Reply<Self> {
        let gate = if subject.repo.row().gated == Gate::Open {
            None
        } else {
            let text = |key| subject.said(key).and_then(|value| value.as_str());
            let prompt = text("extra_gated_prompt").or_else(|| text("extra_gated_description"));
            Some(Guarded {
                open: subject.repo.check_content().await.is_ok(),
                prompt: prompt.map(|text| text.trim().chars().take(PROMPT).collect()),
                owner: subject.repo.id().owner.to_string(),
            })
        };
        Ok(Self { newer: newest(visit, subject).await?, gate })
    }
}

/// Follows `new_version` from card to card as far as it leads on this hub.
async fn newest(visit: &Visit, subject: &Subject) -> Reply<Option<(String, String)>> {
    if subject.kind() != RepoKind::Model {
        return Ok(None);
    }
    let mut seen = vec![subject.repo.id().clone()];
    let mut next = subject.text("new_version");
    let mut newest = None;
    for _ in 0..STEPS {
        let Some(Ok(id)) = next.take().map(|id| RepoId::parse(RepoKind::Model, &id)) else { break };
        if seen.contains(&id) {
            break;
        }
        let Ok(repo) = visit.app.hub.open::<Read>(&visit.who, &id).await else { break };
        let facts = repo.info(None).await?.facts;
        next = facts.get("cardData").and_then(|card| card.get("new_version")).and_then(short);
        newest = Some((id.to_string(), format!("/{}", repo.id().path())));
        seen.push(id);
    }
    Ok(newest)
}
