//! A repository in a list: name, task, size, when it changed, downloads and likes. Its template is `repo_row.html`.

use askama::Template;
use askama::filters::HtmlSafe;
use stoa_core::{Gate, RepoKind, Time};
use stoa_hub::{Listed, RepoRow as Row};

use super::frame::Frame;

/// What a row shows.
#[derive(Template)]
#[template(path = "repo_row.html")]
pub(crate) struct RepoRow<'a> {
    page: &'a Frame,
    kind: &'static str,
    /// Address of the page.
    href: String,
    /// `namespace/name`.
    name: String,
    private: bool,
    gated: bool,
    task: Option<String>,
    params: Option<i64>,
    modified: Time,
    downloads: i64,
    likes: i64,
}

impl HtmlSafe for RepoRow<'_> {}

impl<'a> RepoRow<'a> {
    pub(crate) fn new(page: &'a Frame, listed: &Listed) -> Self {
        Self::of(page, &listed.repo)
    }

    pub(crate) fn of(page: &'a Frame, repo: &Row) -> Self {
        Self {
            page,
            kind: repo.name.kind.as_str(),
            href: format!("/{}", repo.name.path()),
            name: repo.name.to_string(),
            private: repo.private,
            gated: repo.gated != Gate::Open,
            task: repo.pipeline_tag.as_deref().map(task_label),
            params: repo.params.filter(|_| repo.name.kind == RepoKind::Model),
            modified: repo.modified_at,
            downloads: repo.downloads,
            likes: repo.likes,
        }
    }
}

/// How people call a task: `Text Generation` for `text-generation`.
pub(crate) fn task_label(id: &str) -> String {
    stoa_meta::tasks::find(id).map_or_else(|| id.to_owned(), |task| task.label.to_owned())
}
