//! Pages of a repository that are not there yet say so, with status 501: discussions, the viewer of data.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Reply, RepoOf};
use stoa_hub::{Read, Repo};

use super::of_repo;
use crate::parts::frame::Frame;
use crate::parts::repo_header::{RepoHeader, Tab, section};
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    let mut router = Router::new();
    for tail in ["/discussions", "/discussions/{*rest}", "/community"] {
        router = router.merge(of_repo(tail, &get(community)));
    }
    for tail in ["/viewer", "/viewer/{*rest}", "/embed/{*rest}"] {
        router = router.route(&format!("/datasets/{{ns}}/{{name}}{tail}"), get(viewer));
    }
    router
}

#[derive(Template)]
#[template(path = "repo/absent.html")]
struct Absent {
    page: Frame,
    repo: Repo<Read>,
    liked: bool,
    title: &'static str,
    text: &'static str,
}

impl Absent {
    fn header(&self) -> RepoHeader<'_> {
        RepoHeader::new(&self.page, &self.repo, Tab::Absent, self.liked)
    }
}

async fn community(visit: Visit, repo: RepoOf<Read>) -> Reply<Response> {
    draw(&visit, repo.0, "tab-community", "repo-absent-community").await
}

async fn viewer(visit: Visit, repo: RepoOf<Read>) -> Reply<Response> {
    draw(&visit, repo.0, "tab-viewer", "repo-absent-viewer").await
}

async fn draw(visit: &Visit, repo: Repo<Read>, title: &'static str, text: &'static str) -> Reply<Response> {
    let liked = repo.liked_by(&visit.who).await?;
    let page = visit.frame(section(repo.id().kind))?;
    visit.show_as(StatusCode::NOT_IMPLEMENTED, &Absent { page, repo, liked, title, text })
}
