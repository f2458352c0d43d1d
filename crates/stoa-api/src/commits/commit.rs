//! Commit: `POST /api/{models|datasets|spaces}/{ns}/{name}/commit/{rev}`.
//!
//! The body is one JSON object per line: first the header, then a change per line. It may have a gigabyte and is never
//! whole in memory: each line is decoded, hashed and stored before the next one is read.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::routing::post;
use bytes::Bytes;
use serde::Serialize;
use stoa_core::{Failure, Oid, Reply as Checked, Revision};
use stoa_http::{App, Json, Origin, Params, Reply, RepoOf, Segments, stream_body};
use stoa_hub::{Commits, Committed, Draft, Repo, Write};

use super::lines::Lines;
use super::operation::{Change, Operation};
use super::{legacy, no_pull_request};
use crate::route::of_repo;

/// Bytes of a line beside the content of a file: its path, or the description of a header.
const SLACK: usize = 2 << 20;
/// Lines longer than this are decoded off the async threads.
const LONG: usize = 64 << 10;

pub(super) fn route() -> Router<App> {
    of_repo("/commit/{*rev}", &post(commit))
}

#[derive(Serialize)]
struct Answer {
    success: bool,
    #[serde(rename = "commitOid")]
    commit_oid: Oid,
    #[serde(rename = "commitUrl")]
    commit_url: String,
    #[serde(rename = "hookOutput")]
    hook_output: &'static str,
}

async fn commit(
    app: App,
    repo: RepoOf<Write>,
    at: Segments,
    params: Params,
    origin: Origin,
    headers: HeaderMap,
    body: Body,
) -> Reply<Json<Answer>> {
    no_pull_request(&params)?;
    let revision = Revision::new(at.get("rev")?)?;
    let limits = app.hub.limits();
    let json = is_json(&headers);
    let line = limits.regular_file as usize / 3 * 4 + SLACK;
    let longest = if json { line.max(legacy::MOST) } else { line };
    let mut lines = Lines::new(stream_body(body, limits.commit_bytes), longest);
    let Some((number, first)) = lines.next().await? else {
        return Err(Failure::invalid(
            "The commit is empty: send a header and changes, one JSON object per line",
        )
        .into());
    };
    // Some programs send lines as `application/json`, so the first line decides.
    let made = if json && (first.len() > SLACK || Operation::parse(number, &first).is_err()) {
        of_object(&repo, &revision, lines.whole(first, legacy::MOST).await?).await?
    } else {
        of_lines(&repo, &revision, lines, (number, first)).await?
    };
    let commit_url = format!("{}/commit/{}", app.url_of(&origin, repo.id()), made.oid);
    Ok(Json(Answer { success: true, commit_oid: made.oid, commit_url, hook_output: "" }))
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("application/json")
}

async fn of_lines(
    repo: &Repo<Write>,
    revision: &Revision,
    mut lines: Lines,
    first: (usize, Bytes),
) -> Checked<Committed> {
    let Operation::Header(draft) = parse(first).await? else {
        return Err(Failure::invalid("Line 1: the first line of a commit must have the key `header`"));
    };
    let mut commits = repo.begin_commit(revision, draft).await?;
    while let Some((number, line)) = lines.next().await? {
        match parse((number, line)).await? {
            Operation::Change(change) => add(change, &mut commits, revision, number).await?,
            Operation::Header(_) => {
                return Err(Failure::invalid(format!("Line {number}: a commit has only one header")));
            }
        }
    }
    commits.finish().await
}

async fn of_object(repo: &Repo<Write>, revision: &Revision, body: Bytes) -> Checked<Committed> {
    let (draft, changes): (Draft, Vec<Change>) = off_thread(body.len(), move || legacy::parse(&body)).await?;
    let mut commits = repo.begin_commit(revision, draft).await?;
    for change in changes {
        change.add(&mut commits, revision).await?;
    }
    commits.finish().await
}

async fn add(change: Change, commits: &mut Commits, revision: &Revision, number: usize) -> Checked<()> {
    change.add(commits, revision).await.map_err(|mut failure| {
        failure.message = format!("Line {number}: {}", failure.message);
        failure
    })
}

async fn parse((number, line): (usize, Bytes)) -> Checked<Operation> {
    off_thread(line.len(), move || Operation::parse(number, &line)).await
}

/// Runs `work` over so many bytes where it holds up nobody.
async fn off_thread<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> Checked<T> + Send + 'static,
) -> Checked<T> {
    if bytes <= LONG {
        return work();
    }
    tokio::task::spawn_blocking(work).await.map_err(Failure::internal)?
}
