//! What ends a repository or its history: `POST /{repo}/settings/squash`, `…/delete`, and for administrators of the hub
//! `…/disable`.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use stoa_core::Revision;
use stoa_http::{App, Reply};
use stoa_hub::{Admin, Write};

use super::general::answer;
use super::{address, of_repo};
use crate::visit::Posted;

pub(super) fn route() -> Router<App> {
    of_repo("/squash", &post(squash))
        .merge(of_repo("/delete", &post(delete)))
        .merge(of_repo("/disable", &post(disable)))
}

async fn squash(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let squashed = async {
        posted.confirmed(&repo.id().to_string())?;
        let branch = Revision::new(posted.text("branch"))?;
        let writable = posted.visit.app.hub.open::<Write>(&posted.visit.who, repo.id()).await?;
        writable.squash(&branch, Some("Squash history")).await?;
        Ok((address(repo.id()), "notice-squashed"))
    };
    let squashed = squashed.await;
    answer(&posted, repo, "squash", squashed).await
}

async fn delete(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let deleted = async {
        posted.confirmed(&repo.id().to_string())?;
        repo.delete().await?;
        Ok((format!("/{}", repo.id().owner), "notice-repo-deleted"))
    };
    let deleted = deleted.await;
    answer(&posted, repo, "delete", deleted).await
}

async fn disable(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Admin>().await?;
    let disabled = async {
        repo.disable(posted.text("disabled") == "yes").await?;
        Ok((address(repo.id()), "notice-saved"))
    };
    let disabled = disabled.await;
    answer(&posted, repo, "disable", disabled).await
}
