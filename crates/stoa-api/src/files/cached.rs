//! Fetch a file by commit: `HEAD|GET /api/resolve-cache/{models|datasets|spaces}/{ns}/{name}/{sha}/{path}`.
//!
//! The Hub redirects small files here; stoa does not, but clients remember such addresses.

use axum::Router;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Actor, Failure, RepoId, RepoKind, Revision};
use stoa_http::{App, Origin, Params, Reply, Segments, Who};
use stoa_hub::Read;

use super::resolve::send;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/resolve-cache/{kind}/{ns}/{name}/{rev}/{*path}", get(cached))
}

async fn cached(
    app: App,
    who: Who,
    method: Method,
    at: Segments,
    params: Params,
    origin: Origin,
    asked: HeaderMap,
) -> Reply<Response> {
    let kind = RepoKind::from_plural(at.get("kind")?).ok_or_else(|| unseen(&who))?;
    let id = RepoId::new(kind, at.get("ns")?, at.get("name")?).map_err(|_| unseen(&who))?;
    let repo = app.hub.open::<Read>(&who, &id).await?;
    let revision = Revision::new(at.get("rev")?)?;
    send(&repo, &revision, at.path(), &method, &params, &origin, &asked).await
}

/// The answer about a repository that cannot exist; the same as for one that the asker may not see.
fn unseen(actor: &Actor) -> Failure {
    if actor.is_anonymous() { Failure::repo_not_found_anonymous() } else { Failure::repo_not_found() }
}
