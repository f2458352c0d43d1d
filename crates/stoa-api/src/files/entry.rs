//! The JSON of a file or folder, as `tree` and `paths-info` have it.

use serde::Serialize;
use stoa_core::{Oid, Sha256, Time};
use stoa_hub::{Entry, EntryKind};

/// A file or folder. What does not apply is left out: clients take `null` for a value.
#[derive(Serialize)]
pub(super) struct EntryJson {
    #[serde(rename = "type")]
    kind: &'static str,
    oid: Oid,
    size: u64,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lfs: Option<Lfs>,
    #[serde(rename = "xetHash", skip_serializing_if = "Option::is_none")]
    xet_hash: Option<String>,
    #[serde(rename = "lastCommit", skip_serializing_if = "Option::is_none")]
    last_commit: Option<LastCommit>,
}

#[derive(Serialize)]
struct Lfs {
    oid: Sha256,
    size: u64,
    #[serde(rename = "pointerSize")]
    pointer_size: u64,
}

#[derive(Serialize)]
struct LastCommit {
    id: Oid,
    title: String,
    date: Time,
}

impl From<Entry> for EntryJson {
    fn from(entry: Entry) -> Self {
        Self {
            kind: match entry.kind {
                EntryKind::File => "file",
                EntryKind::Folder => "directory",
            },
            oid: entry.oid,
            size: entry.size,
            path: entry.path,
            lfs: entry.large.map(|(oid, size, pointer_size)| Lfs { oid, size, pointer_size }),
            xet_hash: entry.xet.map(|hash| hash.to_string()),
            last_commit: entry.last_commit.map(|last| LastCommit {
                id: last.id,
                title: last.title,
                date: last.date,
            }),
        }
    }
}
