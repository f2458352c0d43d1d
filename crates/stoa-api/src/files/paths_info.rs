//! Ask about some files and folders: `POST /api/{models|datasets|spaces}/{ns}/{name}/paths-info/{rev}`.
//!
//! Compat: `huggingface_hub` sends a form with repeated `paths`, other clients send JSON. Paths that do not exist are
//! left out of the answer.

use axum::Router;
use axum::routing::post;
use stoa_core::{Failure, Revision};
use stoa_http::{App, Fields, Json, Reply, RepoOf, Segments};
use stoa_hub::Read;

use super::entry::EntryJson;
use crate::route::of_repo;

/// Paths of one request at most.
const MOST: usize = 2000;

pub(super) fn route() -> Router<App> {
    of_repo("/paths-info/{*rev}", &post(paths_info))
}

async fn paths_info(repo: RepoOf<Read>, at: Segments, Fields(fields): Fields) -> Reply<Json<Vec<EntryJson>>> {
    let revision = Revision::new(at.get("rev")?)?;
    let paths: Vec<String> = fields.all("paths").map(str::to_owned).collect();
    if paths.len() > MOST {
        return Err(Failure::invalid(format!("At most {MOST} paths can be asked about at once")).into());
    }
    let entries = repo.paths(&revision, &paths, fields.on("expand")?).await?;
    Ok(Json(entries.into_iter().map(EntryJson::from).collect()))
}
