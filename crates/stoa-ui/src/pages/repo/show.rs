//! The page itself: head, tags, notices, card or files, and the column beside them.

use askama::Template;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use stoa_core::{Failure, RepoKind, Revision};
use stoa_http::{App, Params, Reply, RepoOf, repo_in_path};
use stoa_hub::Read;

use super::about::About;
use super::card::Card;
use super::data::Data;
use super::evaluation::Evaluation;
use super::family::Family;
use super::notices::Notices;
use super::of_repo;
use super::space::Space;
use super::subject::Subject;
use super::tags::Tags;
use super::usage::Usage;
use super::use_it::UseIt;
use crate::markup::{path, segment};
use crate::parts::frame::Frame;
use crate::parts::repo_header::{RepoHeader, Tab, section};
use crate::visit::{Visit, see_other};

pub(super) fn route() -> Router<App> {
    of_repo("", &get(show)).route("/models/{ns}/{name}", get(with_its_kind))
}

#[derive(Template)]
#[template(path = "repo/show.html")]
struct Show {
    page: Frame,
    subject: Subject,
    /// Whether whoever looks likes it.
    liked: bool,
    tags: Tags,
    notices: Notices,
    use_it: UseIt,
    card: Card,
    /// The place of the app, for Spaces.
    space: Option<Space>,
    usage: Usage,
    about: About,
    data: Option<Data>,
    evaluation: Evaluation,
    family: Family,
}

impl Show {
    fn header(&self) -> RepoHeader<'_> {
        RepoHeader::new(&self.page, &self.subject.repo, Tab::Card, self.liked)
    }
}

async fn show(visit: Visit, repo: RepoOf<Read>, params: Params) -> Reply<Response> {
    let RepoOf(repo) = repo;
    let revision = params.text("revision").map(Revision::new).transpose()?;
    if let Some(file) = params.text("show_file_info").or_else(|| params.text("show_tensors")) {
        let at = revision.as_ref().map_or("main", Revision::as_str);
        return Ok(see_other(&format!("/{}/tensors/{}/{}", repo.id().path(), segment(at), path(file))));
    }
    let liked = repo.liked_by(&visit.who).await?;
    let subject = Subject::read(repo, revision).await?;
    let page = visit.frame(section(subject.kind()))?;
    let shown = Show {
        liked,
        tags: Tags::of(&subject),
        notices: Notices::read(&visit, &subject).await?,
        use_it: UseIt::read(&visit, &subject, params.text("library")).await?,
        card: Card::read(&visit, &subject).await?,
        space: Space::read(&subject).await?,
        usage: Usage::read(&visit, &subject).await?,
        about: About::read(&visit, &subject).await?,
        data: Data::of(&subject),
        evaluation: Evaluation::of(&subject),
        family: Family::read(&visit, &subject).await?,
        page,
        subject,
    };
    visit.show(&shown)
}

/// `/models/ada/m` is another way to say `/ada/m`.
async fn with_its_kind(visit: Visit) -> Reply<Response> {
    let id = repo_in_path(&visit.path).filter(|id| id.kind == RepoKind::Model);
    let id = id.ok_or_else(Failure::repo_not_found)?;
    Ok((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, format!("/{}", id.path()))]).into_response())
}
