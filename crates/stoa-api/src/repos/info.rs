//! Repository info: `GET /api/{type}s/{ns}/{name}` and `GET /api/{type}s/{ns}/{name}/revision/{rev}`.

use axum::Router;
use axum::routing::get;
use serde_json::json;
use stoa_core::{Reply as Result, RepoId, RepoKind};
use stoa_hub::{Order, Read};
use stoa_http::{App, Json, Params, Reply, RepoOf, Segments, Who};

use crate::lists;
use crate::route::of_repo;
use crate::shape::{self, Object, Shown, views};

pub(super) fn route() -> Router<App> {
    of_repo("", &get(info)).merge(of_repo("/revision/{rev}", &get(info)))
}

/// Spaces named in the info of a model at most.
const SPACES: usize = 100;
/// Models made from a model are counted up to here.
const CHILDREN: usize = 1000;

async fn info(app: App, who: Who, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Json<Object>> {
    let kind = repo.id().kind;
    let expanded = views::expanded(kind, params.all("expand"))?;
    let blobs = params.on("blobs")?;
    let security = params.on("securityStatus")?;
    let whole = expanded.is_none();
    let names = expanded.unwrap_or_else(|| views::info(kind));
    let revision = at.find("rev").map(|_| at.rev()).transpose()?;
    let info = repo.info(revision.as_ref()).await?;
    let tree = info.tree;
    let mut shown = Shown::of_info(repo.row(), info)?;
    if names.contains(&"siblings") {
        shown.siblings = Some(if blobs {
            shape::files(&repo.sibling_files(tree).await?)?
        } else {
            shape::names(&repo.siblings(tree).await?)?
        });
    }
    if names.contains(&"spaces") {
        let tag = format!("model:{}", repo.id());
        let spaces = with_tag(&app, &who, RepoKind::Space, tag, SPACES).await?;
        shown.spaces = Some(spaces.iter().map(RepoId::to_string).collect());
    }
    if names.contains(&"childrenModelCount") {
        let tag = format!("base_model:{}", repo.id());
        shown.children = Some(with_tag(&app, &who, RepoKind::Model, tag, CHILDREN).await?.len());
    }
    let mut object = shown.object(&names);
    if security && whole {
        // Files are not scanned yet, and an empty list alone would read as "all safe".
        object.put("securityRepoStatus", json!({ "scansDone": false, "filesWithIssues": [] }));
    }
    Ok(Json(object))
}

/// Repositories with a tag, as far as the asker may see them, most used first.
async fn with_tag(app: &App, who: &Who, kind: RepoKind, tag: String, limit: usize) -> Result<Vec<RepoId>> {
    let order = if kind == RepoKind::Space { Order::Likes } else { Order::Downloads };
    let ask = lists::first(kind, Some(tag), order, limit);
    Ok(app.hub.list(who, ask).await?.repos.into_iter().map(|listed| listed.repo.name).collect())
}
