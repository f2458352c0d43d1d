//! Sending files with a browser: `GET /{repo}/upload/{rev}`. `?path=` names the folder they go to.
//!
//! The page is a form for the script `upload.js`, which does what other clients do: it asks which files are large, sends
//! those through LFS, and commits the rest with them.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use serde_json::{Map, Value};
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::Write;

use super::change;
use super::place::{Place, web};
use crate::markup::segment;
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::Visit;
use crate::words::Words;

/// Files of one commit that the script makes at most.
const FILES: usize = 2_000;

/// What the script says: the name it knows a text by, and its key. `{…}` in the texts are filled by the script.
const SAID: &[(&str, &str)] = &[
    ("waiting", "upload-waiting"),
    ("reading", "upload-reading"),
    ("sending", "upload-sending"),
    ("sent", "upload-sent"),
    ("here", "upload-here"),
    ("committing", "upload-committing"),
    ("done", "upload-done"),
    ("ignored", "upload-ignored"),
    ("same", "upload-same"),
    ("failed", "upload-failed"),
    ("lost", "upload-lost"),
    ("again", "upload-again"),
    ("remove", "upload-remove"),
    ("overall", "upload-overall"),
    ("split", "upload-split"),
    ("finished", "upload-finished"),
    ("cancelled", "upload-cancelled"),
    ("nothing", "upload-nothing"),
    ("many", "upload-many"),
    ("more", "upload-more"),
    ("unreadable", "upload-unreadable"),
];

pub(super) fn route() -> Router<App> {
    web("/upload/{rev}", &get(upload)).merge(web("/upload/{rev}/", &get(upload)))
}

#[derive(Template)]
#[template(path = "files/upload.html")]
struct UploadPage {
    page: Frame,
    place: Place,
    folder: String,
    /// Where the API about the repository is.
    api: String,
    /// The revision as it stands in an address.
    revision: String,
    files_of_a_commit: usize,
    /// What the script says, as JSON.
    words: String,
}

async fn upload(visit: Visit, repo: RepoOf<Write>, at: Segments, params: Params) -> Reply<Response> {
    let revision = at.rev()?;
    let place = change::writable(&repo, &revision, "", visit.words).await?;
    let shown = UploadPage {
        page: visit.frame(section(repo.id().kind))?,
        folder: params.one("path").unwrap_or_default().trim_matches('/').to_owned(),
        api: format!("/api/{}/{}", place.kind(), place.id()),
        revision: segment(revision.as_str()),
        files_of_a_commit: FILES.min(visit.app.hub.limits().commit_changes),
        words: said(visit.words),
        place,
    };
    visit.show(&shown)
}

fn said(words: Words) -> String {
    let blank = |name: &'static str| (name, format!("{{{name}}}"));
    let texts = SAID.iter().map(|(name, key)| {
        let text = words.with2(key, blank("one"), blank("two"));
        ((*name).to_owned(), Value::String(text))
    });
    Value::Object(texts.collect::<Map<_, _>>()).to_string()
}
