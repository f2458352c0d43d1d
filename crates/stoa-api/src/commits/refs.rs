//! Branches, tags and other refs: `GET /api/{models|datasets|spaces}/{ns}/{name}/refs`.

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use stoa_core::{Oid, RefName};
use stoa_http::{App, Json, Params, Reply, RepoOf};
use stoa_hub::Read;

use crate::route::of_repo;

pub(super) fn route() -> Router<App> {
    of_repo("/refs", &get(refs))
}

/// `converts` is there even when it is empty, because `huggingface_hub` indexes it.
#[derive(Serialize)]
struct Answer {
    branches: Vec<RefJson>,
    tags: Vec<RefJson>,
    converts: Vec<RefJson>,
    #[serde(rename = "pullRequests", skip_serializing_if = "Option::is_none")]
    pull_requests: Option<Vec<RefJson>>,
}

#[derive(Serialize)]
struct RefJson {
    name: String,
    #[serde(rename = "ref")]
    full: String,
    #[serde(rename = "targetCommit")]
    target_commit: Oid,
}

async fn refs(repo: RepoOf<Read>, params: Params) -> Reply<Json<Answer>> {
    let pulls = params.on("include_prs")?;
    let set = repo.refs().await?;
    Ok(Json(Answer {
        branches: family(set.branches),
        tags: family(set.tags),
        converts: family(set.converts),
        pull_requests: pulls.then(|| family(set.pulls)),
    }))
}

fn family(refs: Vec<(RefName, Oid)>) -> Vec<RefJson> {
    refs.into_iter()
        .map(|(name, target_commit)| RefJson {
            name: name.short().to_owned(),
            full: name.to_string(),
            target_commit,
        })
        .collect()
}
