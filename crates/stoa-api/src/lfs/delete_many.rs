//! Delete large files for good: `POST /api/{models|datasets|spaces}/{ns}/{name}/lfs-files/batch`.

use axum::Router;
use axum::routing::post;
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_core::{Failure, Reply as Checked};
use stoa_http::{App, Json, Reply, RepoOf};
use stoa_hub::Admin;

use super::delete::file_oid;
use crate::route::of_repo;

/// Files of one request at most, as on the Hub.
const MOST: usize = 1000;

pub(super) fn route() -> Router<App> {
    of_repo("/lfs-files/batch", &post(purge))
}

#[derive(Deserialize)]
struct Ask {
    deletions: Deletions,
}

#[derive(Deserialize)]
struct Deletions {
    sha: Vec<String>,
    #[serde(rename = "rewriteHistory", default)]
    rewrite_history: bool,
}

async fn purge(repo: RepoOf<Admin>, Json(ask): Json<Ask>) -> Reply<Json<Value>> {
    let Deletions { sha, rewrite_history } = ask.deletions;
    if sha.len() > MOST {
        return Err(Failure::invalid(format!("At most {MOST} files can be deleted at once")).into());
    }
    let files = sha.iter().map(|sha| file_oid(sha)).collect::<Checked<Vec<_>>>()?;
    repo.purge(&files, rewrite_history).await?;
    Ok(Json(json!({ "success": true })))
}
