//! Where a repository is: `POST /{repo}/settings/move` gives it another name or owner, `POST /{repo}/settings/duplicate`
//! copies it.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use stoa_core::{Reply as Result, RepoId, RepoKind};
use stoa_http::{App, Reply};
use stoa_hub::Admin;

use super::general::answer;
use super::{address, of_repo};
use crate::visit::Posted;

pub(super) fn route() -> Router<App> {
    of_repo("/move", &post(rename)).merge(of_repo("/duplicate", &post(duplicate)))
}

/// The address that the form names.
fn target(posted: &Posted, kind: RepoKind) -> Result<RepoId> {
    RepoId::new(kind, posted.text("owner"), posted.text("name"))
}

async fn rename(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let moved = async {
        let to = repo.rename(&target(&posted, repo.id().kind)?).await?;
        Ok((address(&to), "notice-repo-moved"))
    };
    let moved = moved.await;
    answer(&posted, repo, "move", moved).await
}

async fn duplicate(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let copied = async {
        let to = target(&posted, repo.id().kind)?;
        let copy = posted.visit.app.hub.duplicate(&posted.visit.who, &repo.for_reading(), &to, None).await?;
        Ok((format!("/{}", copy.id().path()), "notice-repo-copied"))
    };
    let copied = copied.await;
    answer(&posted, repo, "duplicate", copied).await
}
