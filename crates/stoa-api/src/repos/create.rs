//! Create a repository: `POST /api/repos/create`.

use axum::Router;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stoa_core::{Failure, Reply as Result, RepoPath, Revision};
use stoa_hub::{Created, Draft, NewRepo, Write};
use stoa_http::{App, Json, Origin, Reply, Who};

use super::body;
use crate::route::{id_in_body, kind_in_body};

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/repos/create", post(create))
}

/// The body `create_repo` sends. Fields about running a Space (`hardware`, `sleepTimeSeconds`, …) are accepted and have
/// no effect: Spaces do not run yet.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ask {
    name: String,
    organization: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    visibility: Option<String>,
    /// Compat: clients before `huggingface_hub` 1.30, JS and Rust.
    private: Option<bool>,
    sdk: Option<String>,
    license: Option<String>,
    /// Compat: `@huggingface/hub` sends first files along.
    #[serde(default)]
    files: Vec<FirstFile>,
    template: Option<Value>,
    secrets: Option<Value>,
    variables: Option<Value>,
    volumes: Option<Value>,
    resource_group_id: Option<Value>,
}

#[derive(Deserialize)]
struct FirstFile {
    path: String,
    content: String,
    encoding: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    /// Compat: `RepoUrl` of `huggingface_hub` parses it.
    url: String,
    name: String,
    id: String,
}

async fn create(app: App, who: Who, origin: Origin, Json(ask): Json<Ask>) -> Reply<Json<Answer>> {
    let kind = kind_in_body(ask.kind.as_deref())?;
    let id = id_in_body(&who, kind, ask.organization.as_deref(), &ask.name)?;
    let private = body::private(kind, ask.visibility.as_deref(), ask.private)?;
    body::refuse(&[
        ("template", &ask.template),
        ("secrets", &ask.secrets),
        ("variables", &ask.variables),
        ("volumes", &ask.volumes),
        ("resourceGroupId", &ask.resource_group_id),
    ])?;
    let files = first_files(ask.files)?;
    let new = NewRepo { id, private, sdk: ask.sdk, license: ask.license };
    let Created { repo } = app.hub.create_repo(&who, new).await?;
    if !files.is_empty()
        && let Err(failure) = commit(&app, &who, &repo, files).await
    {
        // Half a repository would be in the way when the client tries again.
        repo.delete().await?;
        return Err(failure.into());
    }
    Ok(Json(Answer {
        url: app.url_of(&origin, repo.id()),
        name: repo.id().to_string(),
        id: repo.row().public_id(),
    }))
}

/// The files, decoded and with sane paths, before anything is made.
fn first_files(files: Vec<FirstFile>) -> Result<Vec<(RepoPath, Vec<u8>)>> {
    files
        .into_iter()
        .map(|file| {
            let content = match file.encoding.as_deref() {
                Some("base64") => STANDARD.decode(file.content.as_bytes()).map_err(|error| {
                    Failure::invalid(format!("The content of `{}` is not base64: {error}", file.path))
                })?,
                None | Some("utf-8") => file.content.into_bytes(),
                Some(_) => return Err(Failure::invalid("\"encoding\" must be one of [base64, utf-8]")),
            };
            Ok((RepoPath::new(file.path)?, content))
        })
        .collect()
}

async fn commit(
    app: &App,
    who: &Who,
    repo: &stoa_hub::Repo<stoa_hub::Admin>,
    files: Vec<(RepoPath, Vec<u8>)>,
) -> Result<()> {
    let repo = app.hub.open::<Write>(who, repo.id()).await?;
    let draft = Draft { summary: "Add first files".to_owned(), ..Draft::default() };
    let mut commit = repo.begin_commit(&Revision::new("main")?, draft).await?;
    for (path, content) in files {
        commit.put(path, content).await?;
    }
    commit.finish().await.map(drop)
}
