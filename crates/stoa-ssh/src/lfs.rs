//! `git-lfs-authenticate`: tells git-lfs where a repository's large files are, and with what pass.

use std::net::IpAddr;

use serde_json::json;
use stoa_core::{Actor, Reply, RepoId};
use stoa_hub::LfsOperation;

use crate::Shared;

/// One line of JSON for git-lfs. Visitors without an account get no pass: they ask as everyone may.
pub(crate) async fn authenticate(
    shared: &Shared,
    actor: &Actor,
    id: &RepoId,
    operation: LfsOperation,
    local: IpAddr,
) -> Reply<String> {
    let pass = shared.hub.lfs_pass(actor, id, operation).await?;
    let mut answer = json!({
        "href": format!("{}/{}.git/info/lfs", shared.config.http.url(local), pass.id.path()),
        "header": {},
        "expires_in": pass.expires_in,
    });
    if let Some(token) = pass.token {
        answer["header"]["Authorization"] = format!("Bearer {token}").into();
    }
    Ok(format!("{answer}\n"))
}
