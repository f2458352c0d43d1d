//! Delete a large file for good: `DELETE /api/{models|datasets|spaces}/{ns}/{name}/lfs-files/{oid}`.

use axum::Router;
use axum::routing::delete;
use serde_json::{Value, json};
use stoa_core::{Failure, Reply as Checked, Sha256};
use stoa_http::{App, Json, Params, Reply, RepoOf, Segments};
use stoa_hub::Admin;

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/lfs-files/{oid}", &delete(purge))
}

async fn purge(repo: RepoOf<Admin>, at: Segments, params: Params) -> Reply<Json<Value>> {
    let file = file_oid(at.get("oid")?)?;
    repo.purge(&[file], params.on("rewriteHistory")?).await?;
    Ok(Json(json!({ "success": true })))
}

/// The file that a client means by a `fileOid`.
pub(super) fn file_oid(text: &str) -> Checked<Sha256> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(80).collect::<String>().escape_debug().collect();
        Failure::invalid(format!(
            "`{shown}` is no id of a large file: take `fileOid` from the list of lfs-files"
        ))
    })
}
