//! All users: `GET /administration/users`; a new one: `POST /administration/users`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_http::{App, Params, Reply};
use stoa_hub::{NewUser, UserRow};

use super::user::told;
use super::{frame, kept_nowhere};
use crate::markup::segment;
use crate::parts::forms::Refused;
use crate::parts::frame::Frame;
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new().route("/administration/users", get(show).post(make))
}

/// Rows of a page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UserList {
    page: Frame,
    refused: Option<Refused>,
    search: String,
    users: Vec<UserRow>,
    next: Option<String>,
    /// What was typed into the form of a new user.
    name: String,
    fullname: String,
    email: String,
}

async fn page(visit: &Visit, search: String, after: &str) -> Reply<UserList> {
    let page = frame(visit)?;
    let (users, more) = visit.app.hub.admin_users(&visit.who, &search, after, PAGE).await?;
    let last = users.last().filter(|_| more);
    let next = last.map(|last| format!("?search={}&after={}", segment(&search), segment(&last.account.name)));
    let [name, fullname, email] = [const { String::new() }; 3];
    Ok(UserList { page, refused: None, search, users, next, name, fullname, email })
}

async fn show(visit: Visit, params: Params) -> Reply<Response> {
    frame(&visit)?;
    let search = params.one("search").unwrap_or_default().chars().take(100).collect();
    let shown = page(&visit, search, params.one("after").unwrap_or_default()).await?;
    visit.show(&shown)
}

async fn make(posted: Posted) -> Reply<Response> {
    frame(&posted.visit)?;
    let email = posted.text("email");
    let new = NewUser {
        name: posted.text("name").to_owned(),
        fullname: posted.text("fullname").to_owned(),
        email: (!email.is_empty()).then(|| email.to_owned()),
        password: None,
        admin: posted.ticked("admin"),
    };
    match posted.visit.app.hub.add_user(&posted.visit.who, new).await {
        Ok((account, password)) => {
            let shown = told(&posted.visit, account.name, password)?;
            Ok(kept_nowhere(posted.visit.show(&shown)?))
        }
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let mut shown = page(&posted.visit, String::new(), "").await?;
            shown.refused = Some(Refused { form: "user", message });
            (shown.name, shown.fullname) = (posted.shown("name", 100), posted.shown("fullname", 200));
            shown.email = posted.shown("email", 300);
            posted.visit.show_as(status, &shown)
        }
    }
}
