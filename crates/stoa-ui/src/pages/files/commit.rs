//! One commit: `GET /{repo}/commit/{id}`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::Time;
use stoa_http::{App, Params, Reply, RepoOf, Segments};
use stoa_hub::{Person, Read};

use super::diff::{DiffView, Differences, Sides};
use super::newest::{Badge, avatar};
use super::place::{Place, short, web};
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::Visit;

pub(super) fn route() -> Router<App> {
    web("/commit/{rev}", &get(commit))
}

#[derive(Template)]
#[template(path = "files/commit.html")]
struct CommitPage {
    page: Frame,
    place: Place,
    id: String,
    title: String,
    /// The message without its first line.
    body: String,
    author: Who,
    /// Who recorded it, if somebody else wrote it.
    committer: Option<Who>,
    parents: Vec<Parent>,
    badge: Option<Badge>,
    diff: Differences,
}

impl CommitPage {
    fn differences(&self) -> DiffView<'_> {
        DiffView::new(&self.page, &self.diff)
    }
}

/// Somebody as the commit names them.
struct Who {
    name: String,
    email: String,
    /// Their page on this hub.
    href: Option<String>,
    avatar: String,
    at: Time,
}

impl From<Person> for Who {
    fn from(person: Person) -> Self {
        Self {
            avatar: avatar(&person.name),
            href: person.account.map(|name| format!("/{name}")),
            name: person.name,
            // The address of those who have none says nothing to anybody.
            email: if person.email.ends_with(".invalid") { String::new() } else { person.email },
            at: person.at,
        }
    }
}

struct Parent {
    href: String,
    short: String,
}

async fn commit(visit: Visit, repo: RepoOf<Read>, at: Segments, params: Params) -> Reply<Response> {
    let view = repo.commit(&at.rev()?).await?;
    let id = view.row.oid.to_string();
    let place = Place::of(&repo, &stoa_core::Revision::new(id.as_str())?, "").await?;
    let here = format!("{}/commit/{id}", place.home);
    let sides = Sides { from: view.parents.first().copied(), to: view.row.oid, page: &here };
    let diff = Differences::of(&place, sides, &params).await?;
    let message = view.message.trim();
    let (title, body) = message.split_once('\n').unwrap_or((message, ""));
    let same = view.author.name == view.committer.name && view.author.email == view.committer.email;
    let parents = view.parents.iter().map(|oid| {
        let oid = oid.to_string();
        Parent { href: format!("{}/commit/{oid}", place.home), short: short(&oid).to_owned() }
    });
    let shown = CommitPage {
        page: visit.frame(section(repo.id().kind))?,
        title: title.trim().to_owned(),
        body: body.trim().to_owned(),
        parents: parents.collect(),
        badge: Badge::of(view.verification),
        author: view.author.into(),
        committer: (!same).then(|| view.committer.into()),
        id,
        place,
        diff,
    };
    visit.show(&shown)
}
