//! Lists of repositories: `GET /api/models`, `GET /api/datasets`, `GET /api/spaces`.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use stoa_core::{Reply as Result, RepoKind};
use stoa_hub::{ListPage, Read};
use stoa_http::{App, Origin, Page, Params, Reply, Who, encode_cursor, next_link};

use super::ask::{self, Wanted};
use crate::shape::{self, Object, Shown};

pub(super) fn route() -> Router<App> {
    RepoKind::ALL.into_iter().fold(Router::new(), |router, kind| {
        let list = move |app: App, who: Who, params: Params, origin: Origin, uri: Uri| async move {
            list(kind, &app, &who, &params, &origin, &uri).await
        };
        router.route(&format!("/api/{}", kind.plural()), get(list))
    })
}

async fn list(
    kind: RepoKind,
    app: &App,
    who: &Who,
    params: &Params,
    origin: &Origin,
    uri: &Uri,
) -> Reply<Page<Object>> {
    who.need_reader(&app.hub)?;
    let Wanted { ask, names, nothing, linked } = ask::read(kind, params)?;
    if nothing {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let page = app.hub.list(who, ask).await?;
    let next = page.next.as_ref().map(|next| next_link(origin, uri, "cursor", &encode_cursor(next)));
    // What is left out here makes the page shorter; clients follow `Link`, not the length.
    let items = objects(app, who, page, &names, |facts| !linked || is_linked(facts)).await?;
    Ok(Page { items, next })
}

/// The items of a page.
pub(super) async fn objects(
    app: &App,
    who: &Who,
    page: ListPage,
    names: &[&'static str],
    keep: impl Fn(&str) -> bool,
) -> Result<Vec<Object>> {
    let with_files = names.contains(&"siblings");
    let mut items = Vec::with_capacity(page.repos.len());
    for listed in page.repos.into_iter().filter(|listed| keep(&listed.facts)) {
        let id = listed.repo.name.clone();
        let mut shown = Shown::of_listed(listed.repo, listed.tags, &listed.facts)?;
        // A repository that went away meanwhile has no files; the list goes on.
        if with_files && let Ok(repo) = app.hub.open::<Read>(who, &id).await {
            let tree = repo.info(None).await?.tree;
            shown.siblings = Some(shape::names(&repo.siblings(tree).await?)?);
        }
        items.push(shown.object(names));
    }
    Ok(items)
}

/// Whether the facts of a Space name a model or a dataset.
fn is_linked(facts: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Links {
        models: Option<Vec<String>>,
        datasets: Option<Vec<String>>,
    }
    serde_json::from_str::<Links>(facts).is_ok_and(|links| links.models.is_some() || links.datasets.is_some())
}
