//! Copy large files to another repository by reference:
//! `POST /api/{models|datasets|spaces}/{ns}/{name}/lfs-files/duplicate`, on the repository that has them.

use std::collections::HashSet;

use axum::Router;
use axum::routing::post;
use serde::{Deserialize, Serialize};
use stoa_core::{Detail, Failure, Kind, Reply as Checked, RepoId, RepoKind, Sha256};
use stoa_http::{App, Json, Reply, RepoOf};
use stoa_hub::{Read, Repo, Write};

use crate::route::of_repo;

/// Files of one request at most; `huggingface_hub` sends 500.
const MOST: usize = 1000;

pub(super) fn route() -> Router<App> {
    of_repo("/lfs-files/duplicate", &post(duplicate))
}

#[derive(Deserialize)]
struct Ask {
    target: Target,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "type", default)]
    kind: RepoKind,
    name: String,
}

#[derive(Deserialize)]
struct File {
    sha256: Sha256,
}

#[derive(Serialize)]
struct Answer {
    failed: Vec<Failed>,
}

#[derive(Serialize)]
struct Failed {
    sha256: Sha256,
    error: &'static str,
}

async fn duplicate(app: App, source: RepoOf<Read>, Json(ask): Json<Ask>) -> Reply<Json<Answer>> {
    if ask.files.len() > MOST {
        return Err(Failure::invalid(format!("At most {MOST} files can be copied at once")).into());
    }
    let target = open_target(&app, &source, &ask.target).await?;
    let mut seen = HashSet::new();
    let oids: Vec<Sha256> =
        ask.files.iter().map(|file| file.sha256).filter(|oid| seen.insert(*oid)).collect();
    let missing = target.link_from(&source, &oids).await?;
    let error = "The source repository does not have this file";
    Ok(Json(Answer { failed: missing.into_iter().map(|sha256| Failed { sha256, error }).collect() }))
}

async fn open_target(app: &App, source: &Repo<Read>, target: &Target) -> Checked<Repo<Write>> {
    let id = RepoId::parse(target.kind, &target.name)?;
    match app.hub.open::<Write>(source.actor(), &id).await {
        Err(Failure { kind: Kind::Moved, detail: Some(detail), .. }) => match *detail {
            // A redirect would replace the id in the address, which is the source's.
            Detail::MovedTo(to) => app.hub.open::<Write>(source.actor(), &to).await,
            _ => Err(Failure::repo_not_found()),
        },
        other => other,
    }
}
