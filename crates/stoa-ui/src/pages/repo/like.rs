//! Liking a repository and taking it back: `POST /{ns}/{name}/like`.

use axum::Router;
use axum::response::Response;
use axum::routing::post;
use stoa_http::{App, Reply};
use stoa_hub::Read;

use super::of_repo;
use crate::markup::segment;
use crate::visit::{Posted, see_other};

pub(super) fn route() -> Router<App> {
    of_repo("/like", &post(like))
}

async fn like(posted: Posted) -> Reply<Response> {
    let repo = posted.open::<Read>().await?;
    let href = format!("/{}", repo.id().path());
    if posted.visit.need_user().is_err() {
        return Ok(see_other(&format!("/login?next={}", segment(&href))));
    }
    repo.like(posted.text("like") != "no").await?;
    Ok(see_other(&href))
}
