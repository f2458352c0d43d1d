//! List the files of a bucket: `GET /api/buckets/{ns}/{name}/tree[/{prefix}]`. Without `recursive` or with `true` every
//! file below the prefix, without folders; with `false` one level of files and folders.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use serde::Serialize;
use stoa_core::Time;
use stoa_http::{App, Origin, Page, Params, Reply, Segments, decode_cursor, encode_cursor, next_link};
use stoa_hub::{BucketEntry, BucketFile, Read};

use super::place::BucketOf;

/// Entries of a page at most.
const MOST: usize = 1000;

pub(super) fn route() -> Router<App> {
    ["/tree", "/tree/", "/tree/{*path}"].into_iter().fold(Router::new(), |router, rest| {
        router.route(&format!("/api/buckets/{{ns}}/{{name}}{rest}"), get(tree))
    })
}

/// A file or folder. What does not apply is left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EntryJson {
    #[serde(rename = "type")]
    kind: &'static str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    xet_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mtime: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uploaded_at: Option<Time>,
}

impl From<BucketFile> for EntryJson {
    fn from(file: BucketFile) -> Self {
        Self {
            kind: "file",
            path: file.path,
            size: Some(file.size),
            xet_hash: Some(file.hash.to_string()),
            mtime: file.mtime,
            uploaded_at: Some(file.uploaded_at),
        }
    }
}

impl From<BucketEntry> for EntryJson {
    fn from(entry: BucketEntry) -> Self {
        match entry {
            BucketEntry::File(file) => file.into(),
            BucketEntry::Folder(path) => {
                Self { kind: "directory", path, size: None, xet_hash: None, mtime: None, uploaded_at: None }
            }
        }
    }
}

async fn tree(
    bucket: BucketOf<Read>,
    at: Segments,
    params: Params,
    origin: Origin,
    uri: Uri,
) -> Reply<Page<EntryJson>> {
    let recursive = params.flag("recursive")?.unwrap_or(true);
    let limit = params.limit(MOST, MOST)?;
    let from = params.text("cursor").map(decode_cursor).transpose()?;
    let page = bucket.tree(at.path(), recursive, from.as_deref(), limit).await?;
    let next = page.next.map(|from| next_link(&origin, &uri, "cursor", &encode_cursor(&from)));
    Ok(Page { items: page.entries.into_iter().map(EntryJson::from).collect(), next })
}
