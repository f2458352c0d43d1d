//! A commit as one JSON object, as older programs send it.

use serde::Deserialize;
use stoa_core::Reply;
use stoa_hub::Draft;

use super::operation::{Change, Deleted, File, Header, LargeFile};
use super::whole;

/// Bytes of such a commit at most: it is read whole. What is larger comes line by line.
pub(super) const MOST: usize = 32 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Legacy<'a> {
    #[serde(default)]
    summary: String,
    description: Option<String>,
    parent_commit: Option<String>,
    #[serde(default, borrow)]
    files: Vec<File<'a>>,
    #[serde(default)]
    lfs_files: Vec<LargeFile>,
    #[serde(default)]
    deleted_files: Vec<Deleted>,
    #[serde(default)]
    deleted_folders: Vec<Deleted>,
    #[serde(default)]
    deleted_entries: Vec<Deleted>,
}

/// Parses the object into what its lines would have said.
pub(super) fn parse(body: &[u8]) -> Reply<(Draft, Vec<Change>)> {
    let legacy: Legacy<'_> = whole::parse(body)?;
    let mut changes = Vec::new();
    for deleted in
        legacy.deleted_files.into_iter().chain(legacy.deleted_folders).chain(legacy.deleted_entries)
    {
        changes.push(deleted.try_into()?);
    }
    for file in legacy.files {
        changes.push(file.try_into()?);
    }
    for file in legacy.lfs_files {
        changes.push(file.try_into()?);
    }
    let header = Header {
        summary: legacy.summary,
        description: legacy.description,
        parent_commit: legacy.parent_commit,
    };
    Ok((header.into(), changes))
}
