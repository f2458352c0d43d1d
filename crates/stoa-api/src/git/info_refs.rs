//! Begin to fetch or push: `GET /{ns}/{name}[.git]/info/refs?service=git-upload-pack|git-receive-pack`, the same below
//! `/models`, `/datasets` and `/spaces`. Protocol versions 0, 1 and 2 (`Git-Protocol`).

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use bytes::BytesMut;
use stoa_core::Failure;
use stoa_http::{App, Params, Reply, RepoOf};
use stoa_hub::{GitService, Read, Write};

use super::talk;
use crate::files::place;

pub(super) fn route() -> Router<App> {
    place::web("/info/refs", &get(info_refs))
}

async fn info_refs(app: App, repo: RepoOf<Read>, params: Params, headers: HeaderMap) -> Reply<Response> {
    let service = params.text("service").and_then(GitService::from_name).ok_or_else(|| {
        Failure::forbidden(
            "Only git's smart protocol is spoken here; use git 1.6.6 or later, without GIT_SMART_HTTP=0",
        )
    })?;
    let version = talk::version(&headers);
    let refs = match service {
        GitService::UploadPack => {
            repo.check_content().await?;
            repo.git_advertisement(service, version).await?
        }
        GitService::ReceivePack => {
            let repo = app.hub.open::<Write>(repo.actor(), repo.id()).await?;
            repo.git_advertisement(service, version.min(1)).await?
        }
    };
    let mut body = BytesMut::with_capacity(refs.len() + 64);
    if version < 2 || service == GitService::ReceivePack {
        let line = format!("# service={}\n", service.as_str());
        body.extend_from_slice(format!("{:04x}{line}0000", line.len() + 4).as_bytes());
    }
    body.extend_from_slice(&refs);
    Ok(talk::answer(service, "advertisement", body.freeze().into()))
}
