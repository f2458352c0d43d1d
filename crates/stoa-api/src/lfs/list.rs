//! The large files of a repository, for those who may write to it:
//! `GET /api/{models|datasets|spaces}/{ns}/{name}/lfs-files`.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Sha256, Time};
use stoa_http::{App, Origin, Page, Params, Reply, RepoOf};
use stoa_hub::{LfsFile, Write};

use crate::cursor;
use crate::route::of_repo;

/// Files of a page at most.
const MOST: usize = 1000;

pub(super) fn route() -> Router<App> {
    of_repo("/lfs-files", &get(list))
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
    let skip: u32 = cursor::position(&params)?;
    let skip = skip as usize;
    let (files, more) = repo.lfs_files(skip, limit).await?;
    let next = more.then(|| cursor::link(&origin, &uri, skip + limit));
    Ok(Page { items: files.into_iter().map(FileJson::from).collect(), next })
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
