//! Removing a file or a folder: `GET|POST /{repo}/delete/{rev}/{path}`.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Failure, Kind};
use stoa_http::{App, Reply, RepoOf, Segments};
use stoa_hub::{EntryKind, Write};

use super::change::{self, Change};
use super::place::{Place, checked, web};
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    web("/delete/{rev}/{*path}", &get(ask).post(remove))
}

#[derive(Template)]
#[template(path = "files/delete.html")]
struct DeletePage {
    page: Frame,
    place: Place,
    folder: bool,
    /// The commit that was looked at.
    base: String,
    summary: String,
    problem: Option<String>,
    since: Option<String>,
}

async fn ask(visit: Visit, repo: RepoOf<Write>, at: Segments) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    let place = change::writable(&repo, &revision, &path, visit.words).await?;
    let base = change::head(&repo, &revision).await?;
    let found = repo.paths(&revision, std::slice::from_ref(&path), false).await?;
    let entry = found.first().ok_or_else(|| Failure::entry_not_found(&path, revision.as_str()))?;
    let page = visit.frame(section(repo.id().kind))?;
    let folder = entry.kind == EntryKind::Folder;
    visit.show(&DeletePage { page, place, folder, base, summary: String::new(), problem: None, since: None })
}

async fn remove(at: Segments, posted: Posted) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    let visit = &posted.visit;
    let repo = posted.open::<Write>().await?;
    let place = change::writable(&repo, &revision, &path, visit.words).await?;
    let (summary, description) = change::message(&posted, format!("Delete {path}"));
    let base = posted.text("base").to_owned();
    let change = Change { from: Some(checked(&path)?), to: None, base, summary, description };
    let Err(failure) = change::commit(&repo, &revision, &change, visit.words).await else {
        return Ok(posted.done(&place.folder_page(), "notice-file-deleted"));
    };
    let head = change::head(&repo, &revision).await?;
    let stale = failure.kind == Kind::Stale;
    let (status, problem) = if stale {
        (StatusCode::PRECONDITION_FAILED, visit.words.t("delete-stale"))
    } else {
        problem(failure)?
    };
    let since = if stale { change::since(&place, &change.base, &head) } else { None };
    let page = visit.frame(section(repo.id().kind))?;
    let summary = posted.text("summary").to_owned();
    let shown = DeletePage { page, place, folder: false, base: head, summary, problem: Some(problem), since };
    visit.show_as(status, &shown)
}
