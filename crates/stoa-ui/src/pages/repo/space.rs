//! The place of a Space's app: Spaces do not run here yet, so their files stand there.

use stoa_core::{Reply, RepoKind, Revision};
use stoa_hub::{Entry, EntryKind};

use super::subject::Subject;

/// Entries of the root that are listed.
const ENTRIES: usize = 100;

/// What stands where the app would be.
pub(super) struct Space {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) emoji: Option<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) more: bool,
}

impl Space {
    /// Nothing for other repositories.
    pub(super) async fn read(subject: &Subject) -> Reply<Option<Self>> {
        if subject.kind() != RepoKind::Space {
            return Ok(None);
        }
        let at = Revision::new(subject.info.sha.to_string())?;
        let page = subject.repo.tree(&at, "", false, false, None, ENTRIES).await?;
        Ok(Some(Self {
            title: subject.text("title"),
            description: subject.text("short_description"),
            emoji: subject.text("emoji").map(|emoji| emoji.chars().take(8).collect()),
            more: page.next.is_some(),
            entries: page.entries,
        }))
    }

    /// The address of the page of an entry.
    pub(super) fn href(&self, subject: &Subject, entry: &Entry) -> String {
        subject.file_href(if self.is_folder(entry) { "tree" } else { "blob" }, &entry.path)
    }

    pub(super) fn is_folder(&self, entry: &Entry) -> bool {
        entry.kind == EntryKind::Folder
    }
}
