//! What a repository stores: `GET /{repo}/settings/storage`, `POST /{repo}/settings/storage/delete`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::{Failure, Reply as Result, Sha256};
use stoa_http::{App, Params, Reply, RepoOf};
use stoa_hub::{Admin, Repo, Storage};

use super::{address, of_repo};
use crate::parts::forms::Refused;
use crate::parts::frame::Frame;
use crate::parts::repo_header::{RepoHeader, Tab, section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    of_repo("/storage", &get(show)).merge(of_repo("/storage/delete", &post(delete)))
}

/// Files of a page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "repo_settings/storage.html")]
struct StoragePage {
    page: Frame,
    repo: Repo<Admin>,
    /// Whether the visitor likes it.
    liked: bool,
    refused: Option<Refused>,
    storage: Storage,
    next: Option<String>,
}

impl StoragePage {
    fn head(&self) -> RepoHeader<'_> {
        RepoHeader::new(&self.page, &self.repo, Tab::Settings, self.liked)
    }

    /// An address below that of the settings.
    fn below(&self, tail: &str) -> String {
        address(self.repo.id()) + tail
    }

    fn full_name(&self) -> String {
        self.repo.id().to_string()
    }
}

async fn page(visit: &Visit, repo: Repo<Admin>, skip: usize, refused: Option<Refused>) -> Reply<StoragePage> {
    let liked = repo.liked_by(&visit.who).await?;
    let storage = repo.storage(skip, PAGE).await?;
    let next = storage.more.then(|| format!("?skip={}", skip + PAGE));
    let page = visit.frame(section(repo.id().kind))?;
    Ok(StoragePage { page, repo, liked, refused, storage, next })
}

async fn show(visit: Visit, RepoOf(repo): RepoOf<Admin>, params: Params) -> Reply<Response> {
    let skip = params.parsed::<u32>("skip")?.unwrap_or(0) as usize;
    let shown = page(&visit, repo, skip, None).await?;
    visit.show(&shown)
}

async fn delete(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let deleted: Result<()> = async {
        let files: Vec<Sha256> = posted
            .fields
            .all("file")
            .take(PAGE)
            .map(|text| text.parse().map_err(|_| Failure::invalid("A file is named by its SHA-256")))
            .collect::<Result<_>>()?;
        if files.is_empty() {
            return Err(Failure::invalid(posted.visit.words.t("storage-choose")));
        }
        posted.confirmed(&repo.id().to_string())?;
        repo.purge(&files, posted.text("rewrite") == "yes").await
    }
    .await;
    match deleted {
        Ok(()) => Ok(posted.done(&format!("{}/storage", address(repo.id())), "notice-files-deleted")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = page(&posted.visit, repo, 0, Some(Refused { form: "files", message })).await?;
            posted.visit.show_as(status, &shown)
        }
    }
}
