//! Who sees a repository and who gets its files, and the forms that move, copy and end it: `GET|POST /{repo}/settings`,
//! `POST /{repo}/settings/people`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::{Failure, Gate, Identity, Reply as Result, Role};
use stoa_http::{App, Reply, RepoOf};
use stoa_hub::{Admin, Repo, Settings};

use super::{address, of_repo};
use crate::parts::forms::{Confirm, Refused};
use crate::parts::frame::Frame;
use crate::parts::repo_header::{RepoHeader, Tab, section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    of_repo("", &get(show).post(save)).merge(of_repo("/people", &post(let_in)))
}

#[derive(Template)]
#[template(path = "repo_settings/general.html")]
pub(super) struct General {
    page: Frame,
    repo: Repo<Admin>,
    /// Whether the visitor likes it.
    liked: bool,
    /// `namespace/name`, which is typed to confirm what cannot be undone.
    full_name: String,
    refused: Option<Refused>,
    /// In whose name the visitor may keep it.
    owners: Vec<String>,
    branches: Vec<String>,
    /// What was typed into the forms that move and copy.
    owner: String,
    name: String,
    /// Who was to be let in.
    user: String,
}

impl General {
    fn head(&self) -> RepoHeader<'_> {
        RepoHeader::new(&self.page, &self.repo, Tab::Settings, self.liked)
    }

    /// Whether the visitor administers the hub.
    fn administers(&self) -> bool {
        matches!(self.repo.actor().identity, Identity::User { admin: true, .. })
    }

    fn gate(&self, gate: &str) -> bool {
        gate == gate_word(self.repo.row().gated)
    }

    fn is_owner(&self, owner: &str) -> bool {
        self.owner == owner
    }

    fn delete(&self) -> Confirm<'_> {
        self.page.confirm(self.below("/delete"), &self.full_name, "repo-delete")
    }

    /// An address below that of the settings.
    fn below(&self, tail: &str) -> String {
        address(self.repo.id()) + tail
    }
}

fn gate_word(gate: Gate) -> &'static str {
    match gate {
        Gate::Open => "open",
        Gate::Auto => "auto",
        Gate::Manual => "manual",
    }
}

/// The page with what was wrong with one of its forms.
pub(super) async fn page(visit: &Visit, repo: Repo<Admin>, refused: Option<Refused>) -> Reply<General> {
    let who = visit.app.hub.whoami(&visit.who, None).await?;
    let orgs = who.orgs.into_iter().filter(|org| org.role >= Role::Contributor).map(|org| org.account.name);
    let mut owners: Vec<String> = std::iter::once(who.account.name).chain(orgs).collect();
    let owner = repo.id().owner.to_string();
    if !owners.contains(&owner) {
        owners.push(owner.clone());
    }
    let liked = repo.liked_by(&visit.who).await?;
    let refs = repo.refs().await?;
    let branches = refs.branches.into_iter().map(|(name, _)| name.short().to_owned()).collect();
    let page = visit.frame(section(repo.id().kind))?;
    let name = repo.id().name.to_string();
    let full_name = repo.id().to_string();
    Ok(General { page, repo, liked, full_name, refused, owners, branches, owner, name, user: String::new() })
}

/// Goes on, or shows the page with what was wrong with a form of it.
pub(super) async fn answer(
    posted: &Posted,
    repo: Repo<Admin>,
    form: &'static str,
    done: Result<(String, &'static str)>,
) -> Reply<Response> {
    match done {
        Ok((to, notice)) => Ok(posted.done(&to, notice)),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let mut shown = page(&posted.visit, repo, Some(Refused { form, message })).await?;
            if posted.fields.one("owner").is_some() {
                (shown.owner, shown.name) = (posted.shown("owner", 100), posted.shown("name", 200));
            }
            shown.user = posted.shown("user", 100);
            posted.visit.show_as(status, &shown)
        }
    }
}

async fn show(visit: Visit, RepoOf(repo): RepoOf<Admin>) -> Reply<Response> {
    let shown = page(&visit, repo, None).await?;
    visit.show(&shown)
}

async fn save(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let saved = async {
        let private = match posted.text("visibility") {
            "private" => true,
            "public" => false,
            _ => return Err(Failure::invalid("The visibility must be public or private")),
        };
        let gated = match posted.text("gate") {
            "open" => Gate::Open,
            "auto" => Gate::Auto,
            "manual" => Gate::Manual,
            _ => return Err(Failure::invalid("The gate must be open, auto or manual")),
        };
        repo.change(Settings { private: Some(private), gated: Some(gated) }).await?;
        Ok((address(repo.id()), "notice-saved"))
    };
    let saved = saved.await;
    answer(&posted, repo, "access", saved).await
}

async fn let_in(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let decided = async {
        let accepted = match posted.text("decision") {
            "accept" => true,
            "reject" => false,
            _ => return Err(Failure::invalid("The decision must be accept or reject")),
        };
        repo.grant_access(posted.text("user").trim_start_matches('@'), accepted).await?;
        Ok((address(repo.id()), "notice-let-in"))
    };
    let decided = decided.await;
    answer(&posted, repo, "people", decided).await
}
