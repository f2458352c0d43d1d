//! Rules about branches: `GET|POST /{repo}/settings/branches`, `POST /{repo}/settings/branches/remove`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::Reply as Result;
use stoa_http::{App, Reply, RepoOf};
use stoa_hub::{Admin, BranchRule, Repo};

use super::{address, of_repo};
use crate::parts::forms::Refused;
use crate::parts::frame::Frame;
use crate::parts::repo_header::{RepoHeader, Tab, section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    of_repo("/branches", &get(show).post(add)).merge(of_repo("/branches/remove", &post(remove)))
}

#[derive(Template)]
#[template(path = "repo_settings/branches.html")]
struct Branches {
    page: Frame,
    repo: Repo<Admin>,
    /// Whether the visitor likes it.
    liked: bool,
    refused: Option<Refused>,
    rules: Vec<BranchRule>,
    /// What was typed into the form.
    typed: BranchRule,
}

impl Branches {
    fn head(&self) -> RepoHeader<'_> {
        RepoHeader::new(&self.page, &self.repo, Tab::Settings, self.liked)
    }

    /// An address below that of the settings.
    fn below(&self, tail: &str) -> String {
        address(self.repo.id()) + tail
    }
}

async fn page(
    visit: &Visit,
    repo: Repo<Admin>,
    typed: BranchRule,
    refused: Option<Refused>,
) -> Reply<Branches> {
    let liked = repo.liked_by(&visit.who).await?;
    let rules = repo.branch_rules().await?;
    let page = visit.frame(section(repo.id().kind))?;
    Ok(Branches { page, repo, liked, refused, rules, typed })
}

/// What a new rule says unless it is told otherwise: what most want for `main`.
fn usual() -> BranchRule {
    BranchRule { pattern: "main".to_owned(), admins_only: false, may_rewrite: false, may_delete: false }
}

async fn show(visit: Visit, RepoOf(repo): RepoOf<Admin>) -> Reply<Response> {
    let shown = page(&visit, repo, usual(), None).await?;
    visit.show(&shown)
}

async fn answer(posted: &Posted, repo: Repo<Admin>, typed: BranchRule, done: Result<()>) -> Reply<Response> {
    match done {
        Ok(()) => Ok(posted.done(&format!("{}/branches", address(repo.id())), "notice-saved")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = page(&posted.visit, repo, typed, Some(Refused { form: "rule", message })).await?;
            posted.visit.show_as(status, &shown)
        }
    }
}

async fn add(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let rule = BranchRule {
        pattern: posted.shown("pattern", 300),
        admins_only: posted.ticked("admins_only"),
        may_rewrite: posted.ticked("may_rewrite"),
        may_delete: posted.ticked("may_delete"),
    };
    let mut rules = repo.branch_rules().await?;
    // A rule for the same branches is replaced.
    match rules.iter_mut().find(|known| known.pattern == rule.pattern) {
        Some(known) => *known = rule.clone(),
        None => rules.push(rule.clone()),
    }
    let added = repo.set_branch_rules(&rules).await;
    answer(&posted, repo, rule, added).await
}

async fn remove(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let mut rules = repo.branch_rules().await?;
    rules.retain(|rule| rule.pattern != posted.text("pattern"));
    let removed = repo.set_branch_rules(&rules).await;
    answer(&posted, repo, usual(), removed).await
}
