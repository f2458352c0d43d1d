//! The place of a Space's app: Spaces do not run here yet, so their files stand there.

use stoa_core::{Reply, RepoKind, Revision};
use stoa_hub::{Entry, EntryKind};

use super::subject::Subject;

/// Entries of the root that are listed.
const ENTRIES: usize = 100;

/// A file or folder of the root.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) href: String,
    /// The bytes of a file.
    pub(super) size: Option<u64>,
}

impl Line {
    fn of(subject: &Subject, entry: Entry) -> Self {
        let folder = entry.kind == EntryKind::Folder;
        Self {
            href: subject.file_href(if folder { "tree" } else { "blob" }, &entry.path),
            size: (!folder).then_some(entry.size),
            name: entry.path,
        }
    }
}

/// What stands where the app would be.
pub(super) struct Space {
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) emoji: Option<String>,
    pub(super) entries: Vec<Line>,
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
            entries: page.entries.into_iter().map(|entry| Line::of(subject, entry)).collect(),
        }))
    }
}
