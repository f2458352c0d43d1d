//! The files of a folder: `GET /{repo}/tree/{rev}[/{path}]`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::Revision;
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::{Entry, EntryKind, LastCommit, Read};

use super::content::{self, Text};
use super::newest::Newest;
use super::place::{Place, web};
use crate::markup::{Markup, segment};
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::Visit;

/// Entries of a page.
const PAGE: usize = 1_000;
/// Files whose sizes are added up.
const SUMMED: usize = 2_000;
/// Bytes of a README that are shown below its folder.
const README: u64 = 512 << 10;

pub(super) fn route() -> Router<App> {
    let page = get(tree);
    web("/tree/{rev}", &page).merge(web("/tree/{rev}/", &page)).merge(web("/tree/{rev}/{*path}", &page))
}

#[derive(Template)]
#[template(path = "files/tree.html")]
struct TreePage {
    page: Frame,
    place: Place,
    /// The page that the menu of revisions leads to.
    kind: &'static str,
    newest: Option<Newest>,
    commits: Option<i64>,
    rows: Vec<Row>,
    /// Whether the page is not the first one of the folder.
    later: bool,
    next: Option<String>,
    /// Files and bytes below the folder, if they are few enough to be added up.
    total: Option<(i64, u64)>,
    readme: Option<(String, Markup)>,
    /// Nothing is here but what every repository begins with.
    bare: bool,
}

struct Row {
    name: String,
    href: String,
    folder: bool,
    size: u64,
    /// How a large file is stored.
    mark: Option<&'static str>,
    download: String,
    last: Option<Last>,
}

struct Last {
    commit: LastCommit,
    href: String,
}

async fn tree(visit: Visit, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    let after = params.text("after");
    let listed = repo.tree(&revision, &path, false, true, after, PAGE).await?;
    let place = Place::of(&repo, &revision, &path).await?;
    let newest = Newest::of(&place, listed.commit).await?;
    let commits = if path.is_empty() { Some(repo.commits(&revision, 0, 1).await?.1) } else { None };
    let readme = readme(&place, &visit, &listed.entries).await?;
    let total = total(&place, &listed.commit.to_string()).await?;
    let bare = path.is_empty() && listed.entries.iter().all(|entry| entry.path == ".gitattributes");
    let next = listed.next.map(|after| format!("{}?after={}", place.here("tree"), segment(&after)));
    let mut rows: Vec<Row> = listed.entries.into_iter().map(|entry| row(&place, entry)).collect();
    // Folders first; within them git's order.
    rows.sort_by_key(|row| !row.folder);
    let page = visit.frame(section(repo.id().kind))?;
    visit.show(&TreePage {
        page,
        place,
        kind: "tree",
        newest,
        commits,
        rows,
        later: after.is_some(),
        next,
        total,
        readme,
        bare,
    })
}

fn row(place: &Place, entry: Entry) -> Row {
    let folder = entry.kind == EntryKind::Folder;
    let last =
        entry.last_commit.map(|commit| Last { href: format!("{}/commit/{}", place.home, commit.id), commit });
    Row {
        name: entry.path.rsplit('/').next().unwrap_or_default().to_owned(),
        href: place.at(if folder { "tree" } else { "blob" }, &entry.path),
        folder,
        size: entry.size,
        mark: match (&entry.xet, &entry.large) {
            (Some(_), _) => Some("Xet"),
            (None, Some(_)) => Some("LFS"),
            (None, None) => None,
        },
        download: format!("{}?download=true", place.at("resolve", &entry.path)),
        last,
    }
}

/// How many files lie below a folder, and their bytes.
async fn total(place: &Place, commit: &str) -> Reply<Option<(i64, u64)>> {
    let commit = Revision::new(commit)?;
    let below = place.repo.tree(&commit, &place.path, true, false, None, SUMMED).await?;
    if below.next.is_some() {
        return Ok(None);
    }
    let files = below.entries.iter().filter(|entry| entry.kind == EntryKind::File);
    Ok(Some(files.fold((0, 0), |(count, bytes), file| (count + 1, file.size.saturating_add(bytes)))))
}

/// The README of a folder; the one at the root of `main` is the card, which has a page of its own.
async fn readme(place: &Place, visit: &Visit, entries: &[Entry]) -> Reply<Option<(String, Markup)>> {
    if place.path.is_empty() && place.revision == "main" {
        return Ok(None);
    }
    let is_readme = |entry: &&Entry| {
        let name = entry.path.rsplit('/').next().unwrap_or_default();
        entry.kind == EntryKind::File && entry.size <= README && name.eq_ignore_ascii_case("readme.md")
    };
    let Some(entry) = entries.iter().find(is_readme) else { return Ok(None) };
    if place.repo.check_content().await.is_err() {
        return Ok(None);
    }
    let file = place.repo.file(&Revision::new(place.revision.as_str())?, &entry.path).await?;
    let Some(Text { text, .. }) = content::text(&place.repo, &file, README).await? else { return Ok(None) };
    let prose = content::prose(place, (&file.path, &file.etag()), text, &visit.origin).await?;
    Ok(Some((entry.path.rsplit('/').next().unwrap_or_default().to_owned(), prose)))
}
