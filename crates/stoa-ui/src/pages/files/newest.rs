//! The commit that changed a folder or file last, as a line above it; and the badge that tells whether a commit is signed.

use stoa_core::{Oid, Reply, Revision, Time};
use stoa_hub::{CommitView, Flaw, Verification};

use super::place::Place;
use crate::parts::frame::Frame;

/// A commit in a line.
pub(super) struct Newest {
    pub(super) title: String,
    pub(super) href: String,
    pub(super) short: String,
    pub(super) author: String,
    /// Address of the author's picture.
    pub(super) avatar: String,
    pub(super) at: Time,
    pub(super) badge: Option<Badge>,
}

impl Newest {
    /// The commit that changed the path of a place last, as far as history is looked at.
    pub(super) async fn of(place: &Place, commit: Oid) -> Reply<Option<Self>> {
        let at = Revision::new(commit.to_string())?;
        let mut last = commit;
        if !place.path.is_empty() {
            let found = place.repo.paths(&at, std::slice::from_ref(&place.path), true).await?;
            match found.into_iter().next().and_then(|entry| entry.last_commit) {
                Some(commit) => last = commit.id,
                None => return Ok(None),
            }
        }
        let view = place.repo.commit(&Revision::new(last.to_string())?).await?;
        Ok(Some(Self::from_view(place, view)))
    }

    fn from_view(place: &Place, view: CommitView) -> Self {
        let id = view.row.oid.to_string();
        Self {
            title: view.row.title,
            href: format!("{}/commit/{id}", place.home),
            short: id[..8].to_owned(),
            avatar: avatar(&view.author.name),
            author: view.author.name,
            at: view.row.at,
            badge: Badge::of(view.verification),
        }
    }
}

/// Where the picture for a name is. It is drawn from the name alone, whoever has it.
pub(super) fn avatar(name: &str) -> String {
    let known = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut name: String = name.chars().filter(known).take(96).collect();
    if !name.bytes().any(|b| b.is_ascii_alphanumeric()) {
        "unknown".clone_into(&mut name);
    }
    format!("/api/avatars/{name}")
}

/// What the signature of a commit proves; there is none for a commit without a signature.
pub(super) struct Badge {
    pub(super) verified: bool,
    /// Who signed, and the key.
    signer: Option<(String, String)>,
    flaw: Option<Flaw>,
}

impl Badge {
    pub(super) fn of(verification: Option<Verification>) -> Option<Self> {
        match verification? {
            Verification::Unsigned => None,
            Verification::Unverified(flaw) => Some(Self { verified: false, signer: None, flaw: Some(flaw) }),
            Verification::Verified { by, fingerprint, .. } => {
                Some(Self { verified: true, signer: Some((by, fingerprint)), flaw: None })
            }
        }
    }

    /// The word on the badge.
    pub(super) fn word(&self, page: &Frame) -> String {
        page.t(if self.verified { "commit-verified" } else { "commit-unverified" })
    }

    /// The sentence behind it.
    pub(super) fn sentence(&self, page: &Frame) -> String {
        if let Some((by, key)) = &self.signer {
            return page.words.with2("commit-signed-by", ("name", by), ("key", key));
        }
        page.t(match self.flaw {
            Some(Flaw::Unreadable) | None => "commit-flaw-unreadable",
            Some(Flaw::Wrong) => "commit-flaw-wrong",
            Some(Flaw::Weak) => "commit-flaw-weak",
            Some(Flaw::UnknownKey) => "commit-flaw-unknown-key",
            Some(Flaw::RevokedKey) => "commit-flaw-revoked",
            Some(Flaw::ExpiredKey) => "commit-flaw-expired",
            Some(Flaw::OutOfTime) => "commit-flaw-out-of-time",
            Some(Flaw::WrongEmail) => "commit-flaw-email",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_author_has_a_picture_at_a_harmless_address() {
        assert_eq!(avatar("ada"), "/api/avatars/ada");
        assert_eq!(avatar("Ada <b>\"/../x"), "/api/avatars/Adab..x");
        assert_eq!(avatar("\u{1f600}"), "/api/avatars/unknown");
        assert_eq!(avatar(".."), "/api/avatars/unknown");
    }
}
