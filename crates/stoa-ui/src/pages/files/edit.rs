//! Writing a file: `GET|POST /{repo}/edit/{rev}/{path}` changes one, `GET|POST /{repo}/new/{rev}` makes one.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Failure, Kind, Reply as Checked, RepoPath, Revision};
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::{Repo, Write};

use super::card;
use super::change::{self, Change};
use super::content::{self, Text, View};
use super::place::{Place, checked, web};
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::{Posted, PostedFile, Visit, problem};

/// Bytes of a file that can be edited.
pub(super) const EDITABLE: u64 = 1 << 20;

pub(super) fn route() -> Router<App> {
    let new = get(begin).post(make);
    web("/edit/{rev}/{*path}", &get(open).post(save))
        .merge(web("/new/{rev}", &new))
        .merge(web("/new/{rev}/", &new))
}

#[derive(Template)]
#[template(path = "files/edit.html")]
struct EditPage {
    page: Frame,
    place: Place,
    new: bool,
    /// The path in the form.
    to: String,
    text: String,
    summary: String,
    description: String,
    /// The commit that the author looks at.
    base: String,
    problem: Option<String>,
    /// Where to see what others changed meanwhile.
    since: Option<String>,
    preview: Option<View>,
    /// Where the form begins with the template of a card.
    template: Option<String>,
}

impl EditPage {
    /// The summary of a commit that has no other.
    fn usual(&self) -> String {
        usual(if self.new { "" } else { &self.place.path }, &self.to)
    }
}

fn usual(from: &str, to: &str) -> String {
    match from {
        "" if to.is_empty() => "Create a file".to_owned(),
        "" => format!("Create {to}"),
        from if from == to => format!("Update {to}"),
        from => format!("Rename {from} to {to}"),
    }
}

async fn open(visit: Visit, repo: RepoOf<Write>, at: Segments) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    let place = change::writable(&repo, &revision, &path, visit.words).await?;
    let base = change::head(&repo, &revision).await?;
    let text = editable(&repo, &base, &path, &visit).await?;
    let shown = EditPage {
        page: visit.frame(section(repo.id().kind))?,
        place,
        new: false,
        to: path,
        text,
        summary: String::new(),
        description: String::new(),
        base,
        problem: None,
        since: None,
        preview: None,
        template: None,
    };
    visit.show(&shown)
}

/// The whole text of a file at a commit, if it can be edited.
async fn editable(repo: &Repo<Write>, commit: &str, path: &str, visit: &Visit) -> Checked<String> {
    let file = repo.file(&Revision::new(commit)?, path).await?;
    if file.size > EDITABLE || file.large.is_some() {
        return Err(Failure::too_large(visit.words.t("edit-too-large")));
    }
    match content::text(repo, &file, EDITABLE).await? {
        Some(Text { text, cut: false }) => Ok(text),
        _ => Err(Failure::invalid(visit.words.t("edit-no-text"))),
    }
}

async fn begin(visit: Visit, repo: RepoOf<Write>, at: Segments, params: Params) -> Reply<Response> {
    let revision = at.rev()?;
    let place = change::writable(&repo, &revision, "", visit.words).await?;
    let base = change::head(&repo, &revision).await?;
    let mut to = params.one("path").unwrap_or_default().trim_start_matches('/').to_owned();
    let is_card = to == "README.md";
    // A folder in the address is where the new file goes.
    if !to.is_empty() && !is_card && !to.ends_with('/') {
        to.push('/');
    }
    let filled = is_card && params.one("template").is_some();
    let text = if filled { card::template(repo.id().kind, &place.name()) } else { String::new() };
    let template =
        (!filled && !params.one("path").is_some_and(|path| !path.is_empty() && !is_card)).then(|| {
            format!(
                "{}/new/{}?path=README.md&template=1",
                place.home,
                crate::markup::segment(revision.as_str())
            )
        });
    let shown = EditPage {
        page: visit.frame(section(repo.id().kind))?,
        place,
        new: true,
        to,
        text,
        summary: String::new(),
        description: String::new(),
        base,
        problem: None,
        since: None,
        preview: None,
        template,
    };
    visit.show(&shown)
}

async fn save(at: Segments, PostedFile(posted): PostedFile) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    write(&posted, &revision, &path).await
}

async fn make(at: Segments, PostedFile(posted): PostedFile) -> Reply<Response> {
    write(&posted, &at.rev()?, "").await
}

/// Takes the form: shows what it will look like, or commits it. `from` is the file that is edited; empty for a new one.
async fn write(posted: &Posted, revision: &Revision, from: &str) -> Reply<Response> {
    let visit = &posted.visit;
    let repo = posted.open::<Write>().await?;
    let place = change::writable(&repo, revision, from, visit.words).await?;
    let mut shown = EditPage {
        page: visit.frame(section(repo.id().kind))?,
        place,
        new: from.is_empty(),
        to: posted.text("path").to_owned(),
        text: posted.fields.one("text").unwrap_or_default().replace("\r\n", "\n"),
        summary: posted.text("summary").to_owned(),
        description: posted.text("description").to_owned(),
        base: posted.text("base").to_owned(),
        problem: None,
        since: None,
        preview: None,
        template: None,
    };
    if posted.text("do") == "preview" {
        let text = shown.text.clone();
        shown.preview = Some(content::preview(&shown.place, &shown.to, text, &visit.origin).await?);
        return visit.show(&shown);
    }
    let failure = match commit(posted, &repo, revision, from, &shown).await {
        Ok(to) => return Ok(posted.done(&shown.place.at("blob", to.as_str()), "notice-file-saved")),
        Err(failure) => failure,
    };
    let mut status = StatusCode::PRECONDITION_FAILED;
    if failure.kind == Kind::Stale {
        // Sent again, the form replaces what it now tells about.
        let head = change::head(&repo, revision).await?;
        shown.since = change::since(&shown.place, &shown.base, &head);
        shown.problem = Some(visit.words.t("edit-stale"));
        shown.base = head;
    } else {
        let (refused, sentence) = problem(failure)?;
        (status, shown.problem) = (refused, Some(sentence));
    }
    visit.show_as(status, &shown)
}

async fn commit(
    posted: &Posted,
    repo: &Repo<Write>,
    revision: &Revision,
    from: &str,
    form: &EditPage,
) -> Checked<RepoPath> {
    let visit = &posted.visit;
    let to = checked(&form.to)?;
    if form.text.len() as u64 > EDITABLE {
        return Err(Failure::too_large(visit.words.t("edit-too-large")));
    }
    let mut text = form.text.clone();
    let mut source = None;
    if !from.is_empty() {
        let before = editable(repo, &form.base, from, visit).await?;
        // Forms send every line with the end that DOS gave it; files keep theirs.
        if before.contains("\r\n") {
            text = text.replace('\n', "\r\n");
        }
        if before == text && from == to.as_str() {
            return Err(Failure::invalid(visit.words.t("edit-nothing")));
        }
        source = Some(checked(from)?);
    }
    let (summary, description) = change::message(posted, usual(from, to.as_str()));
    let base = form.base.clone();
    let change =
        Change { from: source, to: Some((to.clone(), text.into_bytes())), base, summary, description };
    change::commit(repo, revision, &change, visit.words).await?;
    Ok(to)
}
