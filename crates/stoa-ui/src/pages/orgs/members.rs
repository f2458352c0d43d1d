//! Who belongs to an organization: `GET|POST /organizations/{org}/settings/members`,
//! `POST /organizations/{org}/settings/members/{user}/role` and `…/remove`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::{Failure, Role};
use stoa_http::{App, Params, Reply, Segments};
use stoa_hub::{Account, OrgMember};

use super::{managed, role_hint, role_word};
use crate::markup::segment;
use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new()
        .route("/organizations/{org}/settings/members", get(show).post(add))
        .route("/organizations/{org}/settings/members/{user}/role", post(change_role))
        .route("/organizations/{org}/settings/members/{user}/remove", post(remove))
}

/// Members of a page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "orgs/members.html")]
struct MemberList {
    page: Frame,
    refused: Option<Refused>,
    org: Account,
    members: Vec<OrgMember>,
    next: Option<String>,
    /// What was typed into the form of a new member.
    user: String,
    role: Role,
}

#[expect(clippy::trivially_copy_pass_by_ref, clippy::unused_self, reason = "for the template")]
impl MemberList {
    fn has(&self, member: &OrgMember, role: &Role) -> bool {
        member.role == Some(*role)
    }

    fn is_typed(&self, role: &Role) -> bool {
        self.role == *role
    }

    fn word(&self, role: &Role) -> &'static str {
        role_word(role)
    }

    fn hint(&self, role: &Role) -> &'static str {
        role_hint(role)
    }

    fn address(&self, user: &str, what: &str) -> String {
        format!("/organizations/{}/settings/members/{}/{what}", self.org.name, segment(user))
    }
}

async fn page(visit: &Visit, org: Account, after: &str, refused: Option<Refused>) -> Reply<MemberList> {
    let members = visit.app.hub.members(&visit.who, &org.name, after, PAGE).await?;
    let last = members.last().filter(|_| members.len() == PAGE);
    let next = last.map(|last| format!("?after={}", segment(&last.account.name)));
    let page = visit.frame(Section::Other)?;
    Ok(MemberList { page, refused, org, members, next, user: String::new(), role: Role::Write })
}

async fn show(visit: Visit, at: Segments, params: Params) -> Reply<Response> {
    let org = managed(&visit, at.get("org")?).await?;
    let shown = page(&visit, org, params.one("after").unwrap_or_default(), None).await?;
    visit.show(&shown)
}

/// Goes back to the list, or shows it with what was wrong.
async fn answer(
    posted: &Posted,
    org: Account,
    form: &'static str,
    done: Result<(), Failure>,
    notice: &'static str,
) -> Reply<Response> {
    match done {
        // Whoever took the role from themselves sees this page no more.
        Ok(()) if managed(&posted.visit, &org.name).await.is_err() => {
            Ok(posted.done("/settings/organizations", notice))
        }
        Ok(()) => Ok(posted.done(&format!("/organizations/{}/settings/members", org.name), notice)),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let mut shown = page(&posted.visit, org, "", Some(Refused { form, message })).await?;
            shown.user = posted.shown("user", 100);
            shown.role = posted.text("role").parse().unwrap_or(Role::Write);
            posted.visit.show_as(status, &shown)
        }
    }
}

async fn add(at: Segments, posted: Posted) -> Reply<Response> {
    let org = managed(&posted.visit, at.get("org")?).await?;
    let added = match posted.text("role").parse() {
        Ok(role) => {
            let user = posted.text("user").trim_start_matches('@');
            posted.visit.app.hub.add_member(&posted.visit.who, &org.name, user, role).await
        }
        Err(failure) => Err(failure),
    };
    answer(&posted, org, "add", added, "notice-member-added").await
}

async fn change_role(at: Segments, posted: Posted) -> Reply<Response> {
    let org = managed(&posted.visit, at.get("org")?).await?;
    let changed = match posted.text("role").parse() {
        Ok(role) => {
            posted.visit.app.hub.change_role(&posted.visit.who, &org.name, at.get("user")?, role).await
        }
        Err(failure) => Err(failure),
    };
    answer(&posted, org, "members", changed, "notice-role-changed").await
}

async fn remove(at: Segments, posted: Posted) -> Reply<Response> {
    let org = managed(&posted.visit, at.get("org")?).await?;
    let user = at.get("user")?;
    let removed = match posted.confirmed(user) {
        Ok(()) => posted.visit.app.hub.drop_member(&posted.visit.who, &org.name, user).await,
        Err(failure) => Err(failure),
    };
    answer(&posted, org, "members", removed, "notice-member-removed").await
}
