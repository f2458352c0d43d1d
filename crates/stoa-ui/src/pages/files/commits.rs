//! What was changed, newest first: `GET /{repo}/commits/{rev}[/{path}]`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Failure, Oid, Time};
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::{CommitRow, Read, Repo};

use super::newest::{Badge, avatar};
use super::place::{Place, web};
use crate::markup::segment;
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::Visit;
use crate::words::Words;

/// Commits of a page.
const PAGE: usize = 50;

pub(super) fn route() -> Router<App> {
    let page = get(commits);
    web("/commits/{rev}", &page)
        .merge(web("/commits/{rev}/", &page))
        .merge(web("/commits/{rev}/{*path}", &page))
}

#[derive(Template)]
#[template(path = "files/commits.html")]
struct CommitsPage {
    page: Frame,
    place: Place,
    /// The page that the menu of revisions leads to.
    kind: &'static str,
    days: Vec<Day>,
    total: Option<i64>,
    previous: Option<String>,
    next: Option<String>,
    /// The page ends before it is full, since looking further back takes long.
    early: bool,
}

/// The commits of a day.
pub(super) struct Day {
    pub(super) name: String,
    pub(super) commits: Vec<Item>,
}

/// A commit in a list.
pub(super) struct Item {
    pub(super) title: String,
    /// The rest of the message.
    pub(super) body: String,
    pub(super) href: String,
    /// The files as they were then.
    pub(super) files: String,
    pub(super) short: String,
    pub(super) author: String,
    pub(super) avatar: String,
    pub(super) at: Time,
    pub(super) badge: Option<Badge>,
}

async fn commits(visit: Visit, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Response> {
    let (revision, path) = at.revision_and_path()?;
    let place = Place::of(&repo, &revision, &path).await?;
    let here = place.here("commits");
    let (rows, total, previous, next, early);
    if path.is_empty() {
        let number: usize = params.parsed("p")?.unwrap_or(0);
        let skip = number.checked_mul(PAGE).filter(|skip| i64::try_from(*skip).is_ok());
        let skip = skip.ok_or_else(|| Failure::invalid("The parameter `p` is too large"))?;
        let (found, count) = repo.commits(&revision, skip, PAGE).await?;
        let more = !found.is_empty() && (count as u64) > (skip + found.len()) as u64;
        (rows, total, early) = (found, Some(count), false);
        previous = number.checked_sub(1).map(|before| match before {
            0 => here.clone(),
            before => format!("{here}?p={before}"),
        });
        next = more.then(|| format!("{here}?p={}", number + 1));
    } else {
        let after = params.text("after");
        let found = repo.history(&revision, &path, after, PAGE).await?;
        (rows, total, early) = (found.commits, None, found.early);
        previous = after.map(|_| here.clone());
        next = found.next.map(|after| format!("{here}?after={}", segment(&after)));
    }
    let days = by_day(&repo, &place, visit.words, rows).await?;
    let page = visit.frame(section(repo.id().kind))?;
    visit.show(&CommitsPage { page, place, kind: "commits", days, total, previous, next, early })
}

/// Commits under the days on which they were made.
pub(super) async fn by_day(
    repo: &Repo<Read>,
    place: &Place,
    words: Words,
    rows: Vec<CommitRow>,
) -> Reply<Vec<Day>> {
    let oids: Vec<Oid> = rows.iter().map(|row| row.oid).collect();
    let verifications = repo.verifications(&oids).await?;
    let mut days: Vec<Day> = Vec::new();
    for (row, verification) in rows.into_iter().zip(verifications) {
        let name = words.day(row.at);
        let id = row.oid.to_string();
        let item = Item {
            title: row.title,
            body: row.body.trim().to_owned(),
            href: format!("{}/commit/{id}", place.home),
            files: place.at_revision("tree", &id, ""),
            short: id[..8].to_owned(),
            avatar: avatar(&row.author),
            author: row.author,
            at: row.at,
            badge: Badge::of(verification),
        };
        match days.last_mut().filter(|day| day.name == name) {
            Some(day) => day.commits.push(item),
            None => days.push(Day { name, commits: vec![item] }),
        }
    }
    Ok(days)
}
