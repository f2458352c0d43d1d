//! One file: `GET /{repo}/blob/{rev}/{path}`. `?code=true` or `?plain=1` shows its text, whatever it is.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use stoa_core::Kind;
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::Read;

use super::content::{self, View};
use super::edit::EDITABLE;
use super::newest::Newest;
use super::place::{Place, web};
use crate::markup::segment;
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::{Visit, see_other};

pub(super) fn route() -> Router<App> {
    web("/blob/{rev}/{*path}", &get(blob))
}

#[derive(Template)]
#[template(path = "files/blob.html")]
struct BlobPage {
    page: Frame,
    place: Place,
    /// The page that the menu of revisions leads to.
    kind: &'static str,
    newest: Option<Newest>,
    size: u64,
    lines: Option<usize>,
    language: Option<&'static str>,
    sha256: Option<String>,
    xet: Option<String>,
    /// Whether it can be shown as something else than its text.
    rendered: bool,
    /// Whether its text is shown.
    source: bool,
    permalink: String,
    /// Where the tensors of weights are shown.
    tensors: String,
    editable: bool,
    view: View,
}

impl BlobPage {
    fn is_code(&self) -> bool {
        matches!(self.view, View::Code { .. })
    }
}

async fn blob(visit: Visit, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    let place = Place::of(&repo, &revision, &path).await?;
    let file = match repo.file(&revision, &path).await {
        // A folder has a page of another name.
        Err(failure) if failure.kind == Kind::NotFound => {
            repo.tree(&revision, &path, false, false, None, 1).await.map_err(|_| failure)?;
            return Ok(see_other(&place.here("tree")));
        }
        file => file?,
    };
    let source = params.one("code") == Some("true") || params.one("plain") == Some("1");
    let (view, lines) = content::view(&place, &file, source, &visit.origin).await?;
    let newest = Newest::of(&place, file.commit).await?;
    let status = if matches!(view, View::Gated(_)) { StatusCode::FORBIDDEN } else { StatusCode::OK };
    let shown = BlobPage {
        page: visit.frame(section(repo.id().kind))?,
        kind: "blob",
        newest,
        size: file.size,
        lines,
        language: stoa_render::language(&path).filter(|_| matches!(view, View::Code { .. })),
        sha256: file.large.map(|sha256| sha256.to_string()),
        xet: file.xet.map(|hash| hash.to_string()),
        rendered: content::has_source(&path) && !matches!(view, View::Gated(_) | View::Binary | View::Empty),
        source,
        permalink: place.at_revision("blob", &file.commit.to_string(), &path),
        tensors: format!("{}?show_file_info={}", place.home, segment(&path)),
        editable: place.writable && file.large.is_none() && file.size <= EDITABLE && lines.is_some(),
        place,
        view,
    };
    visit.show_as(status, &shown)
}
