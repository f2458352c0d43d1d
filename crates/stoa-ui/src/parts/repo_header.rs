//! The head of every page of a repository: its name, what it is, likes, and the way to its other pages. Its template is
//! `repo_header.html`.

use askama::Template;
use askama::filters::HtmlSafe;
use stoa_core::{Gate, Permission, RepoKind};
use stoa_hub::{Access, Repo};

use super::frame::{Frame, Section};

/// Which page of a repository is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Tab {
    Card,
    Files,
    Settings,
    /// One that is not there yet.
    Absent,
}

/// What the head shows.
#[derive(Template)]
#[template(path = "repo_header.html")]
#[expect(clippy::struct_excessive_bools, reason = "each is a badge or a button of the head")]
pub(crate) struct RepoHeader<'a> {
    page: &'a Frame,
    kind: &'static str,
    /// Address of the repository's page.
    href: String,
    owner: String,
    name: String,
    private: bool,
    gated: bool,
    disabled: bool,
    likes: i64,
    liked: bool,
    tab: Tab,
    /// Whether whoever looks may change its settings.
    admin: bool,
}

impl HtmlSafe for RepoHeader<'_> {}

impl<'a> RepoHeader<'a> {
    /// `liked`: whether whoever looks likes it.
    pub(crate) fn new<A: Access>(page: &'a Frame, repo: &Repo<A>, tab: Tab, liked: bool) -> Self {
        let row = repo.row();
        Self {
            page,
            kind: row.name.kind.as_str(),
            href: format!("/{}", row.name.path()),
            owner: row.name.owner.to_string(),
            name: row.name.name.to_string(),
            private: row.private,
            gated: row.gated != Gate::Open,
            disabled: row.disabled,
            likes: row.likes,
            liked,
            tab,
            admin: repo.most() >= Permission::Admin,
        }
    }

    fn is(&self, tab: &str) -> bool {
        matches!((self.tab, tab), (Tab::Card, "card") | (Tab::Files, "files") | (Tab::Settings, "settings"))
    }

    /// The key of what the first page of such a repository is called.
    fn card(&self) -> &'static str {
        match self.kind {
            "dataset" => "tab-dataset-card",
            "space" => "tab-app",
            _ => "tab-model-card",
        }
    }
}

/// The entry of the main menu that repositories of a kind belong to.
pub(crate) fn section(kind: RepoKind) -> Section {
    match kind {
        RepoKind::Model => Section::Models,
        RepoKind::Dataset => Section::Datasets,
        RepoKind::Space => Section::Spaces,
    }
}
