//! Two revisions side by side: `GET /{repo}/compare/{base}...{head}`, and the form that chooses them at
//! `GET /{repo}/compare`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Failure, Revision};
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::Read;

use super::commits::{Day, by_day};
use super::diff::{DiffView, Differences, Sides};
use super::place::{Place, web};
use crate::markup::segment;
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::{Visit, see_other};

/// Commits that are listed.
const COMMITS: usize = 100;

pub(super) fn route() -> Router<App> {
    web("/compare", &get(choose)).merge(web("/compare/{*spec}", &get(compare)))
}

#[derive(Template)]
#[template(path = "files/compare.html")]
struct ComparePage {
    page: Frame,
    place: Place,
    base: String,
    head: String,
    found: Option<Found>,
}

/// What was found between two revisions.
struct Found {
    ahead: usize,
    behind: usize,
    days: Vec<Day>,
    /// Whether more commits lie between than are listed.
    more: bool,
    diff: Differences,
}

impl ComparePage {
    fn differences<'a>(&'a self, found: &'a Found) -> DiffView<'a> {
        DiffView::new(&self.page, &found.diff)
    }
}

async fn choose(visit: Visit, repo: RepoOf<Read>, params: Params) -> Reply<Response> {
    let main = Revision::new("main")?;
    let place = Place::of(&repo, &main, "").await?;
    if let (Some(base), Some(head)) = (params.text("base"), params.text("head")) {
        let (base, head) = (Revision::new(base.trim())?, Revision::new(head.trim())?);
        let to = format!("{}/compare/{}...{}", place.home, segment(base.as_str()), segment(head.as_str()));
        return Ok(see_other(&to));
    }
    let other = place.branches.iter().find(|branch| branch.name != "main");
    let head = other.map_or_else(String::new, |branch| branch.name.clone());
    let page = visit.frame(section(repo.id().kind))?;
    visit.show(&ComparePage { page, place, base: "main".to_owned(), head, found: None })
}

async fn compare(visit: Visit, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Response> {
    let spec = at.get("spec")?.trim_matches('/');
    let wrong =
        || Failure::not_found("An address of a comparison ends in two revisions: compare/main...other");
    let (base, head) = spec.split_once("...").ok_or_else(wrong)?;
    let (base, head) = (Revision::new(base)?, Revision::new(head)?);
    let between = repo.compare(&base, &head, COMMITS).await?;
    let place = Place::of(&repo, &head, "").await?;
    let here = format!("{}/compare/{}...{}", place.home, segment(base.as_str()), segment(head.as_str()));
    let sides = Sides { from: between.from, to: between.head, page: &here };
    let diff = Differences::of(&place, sides, &params).await?;
    let more = between.ahead > between.commits.len();
    let days = by_day(&repo, &place, visit.words, between.commits).await?;
    let found = Found { ahead: between.ahead, behind: between.behind, days, more, diff };
    let page = visit.frame(section(repo.id().kind))?;
    let (base, head) = (base.as_str().to_owned(), head.as_str().to_owned());
    visit.show(&ComparePage { page, place, base, head, found: Some(found) })
}
