//! List files and folders: `GET /api/{models|datasets|spaces}/{ns}/{name}/tree/{rev}[/{path}]`.

use axum::Router;
use axum::http::Uri;
use axum::routing::get;
use stoa_http::{
    App, Origin, Page, Params, Reply, RepoOf, Segments, decode_cursor, encode_cursor, next_link,
};
use stoa_hub::Read;

use super::entry::EntryJson;
use crate::route::of_repo;

/// Entries of a page at most.
const MOST: usize = 1000;
/// The same when each entry is given its last commit, for which the history is walked.
const MOST_EXPANDED: usize = 100;

pub(super) fn route() -> Router<App> {
    of_repo("/tree/{rev}", &get(tree))
        .merge(of_repo("/tree/{rev}/", &get(tree)))
        .merge(of_repo("/tree/{rev}/{*path}", &get(tree)))
}

async fn tree(
    repo: RepoOf<Read>,
    at: Segments,
    params: Params,
    origin: Origin,
    uri: Uri,
) -> Reply<Page<EntryJson>> {
    let (revision, path) = at.revision_and_path()?;
    let (recursive, expand) = (params.on("recursive")?, params.on("expand")?);
    let most = if expand { MOST_EXPANDED } else { MOST };
    let limit = params.limit(most, most)?;
    let after = params.text("cursor").map(decode_cursor).transpose()?;
    let page = repo.tree(&revision, &path, recursive, expand, after.as_deref(), limit).await?;
    let next = page.next.map(|after| next_link(&origin, &uri, "cursor", &encode_cursor(&after)));
    Ok(Page { items: page.entries.into_iter().map(EntryJson::from).collect(), next })
}
