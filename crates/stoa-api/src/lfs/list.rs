//! The large files of a repository, for those who may write to it:
//! `GET /api/{models|datasets|spaces}/{ns}/{name}/lfs-files`.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Failure, Reply as Checked, Sha256, Time};
use stoa_http::{App, Origin, Page, Params, RepoOf, Reply, decode_cursor, encode_cursor, next_link};
use stoa_hub::{LfsFile, Write};

use crate::files::place;

/// Files of a page at most.
const MOST: usize = 1000;

pub(super) fn route() -> Router<App> {
    place::api("/lfs-files", get(list))
}

#[derive(Serialize)]
struct FileJson {
    /// What the file is called when it is to be deleted: its SHA-256.
    #[serde(rename = "fileOid")]
    file_oid: Sha256,
    /// The path it was last committed under; empty when it was only sent.
    filename: String,
    oid: Sha256,
    #[serde(rename = "pushedAt")]
    pushed_at: Time,
    size: u64,
    /// The Hub tells a ref here. A large file here belongs to the repository, whatever its refs.
    #[serde(rename = "ref")]
    at: Option<String>,
}

async fn list(repo: RepoOf<Write>, params: Params, origin: Origin, uri: Uri) -> Reply<Page<FileJson>> {
    let limit = params.limit(MOST, MOST)?;
    let skip = params.text("cursor").map(skipped).transpose()?.unwrap_or(0);
    let (files, more) = repo.lfs_files(skip, limit).await?;
    let next = more.then(|| next_link(&origin, &uri, "cursor", &encode_cursor(&(skip + limit).to_string())));
    Ok(Page { items: files.into_iter().map(FileJson::from).collect(), next })
}

fn skipped(cursor: &str) -> Checked<usize> {
    let skip = decode_cursor(cursor)?.parse::<u32>();
    skip.map(|skip| skip as usize)
        .map_err(|_| Failure::invalid("The parameter `cursor` is not one this hub gave out; start at the first page"))
}

impl From<LfsFile> for FileJson {
    fn from(file: LfsFile) -> Self {
        Self {
            file_oid: file.oid,
            filename: file.filename.unwrap_or_default(),
            oid: file.oid,
            pushed_at: file.pushed_at,
            size: file.size,
            at: None,
        }
    }
}
