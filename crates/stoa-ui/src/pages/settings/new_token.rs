//! Making an access token: `GET /settings/tokens/new`, `POST /settings/tokens/new`.
//!
//! A link may fill the form: `?tokenType=fineGrained&ownUserPermissions=repo.write&canReadGatedRepos=true&name=ci`.

use askama::Template;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::get;
use stoa_core::{
    Entity, Failure, FineGrained, Permission, Reply as Result, RepoId, RepoKind, Scoped, TokenRole,
};
use stoa_http::{App, Params, Reply};
use stoa_hub::{Account, Member, NewToken, Read};

use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new().route("/settings/tokens/new", get(show).post(make))
}

/// Days that a token may be given by the form.
const DAYS: [i64; 5] = [7, 30, 90, 180, 365];
/// Repositories that a token of the form names at most.
const REPOS: usize = 100;

#[derive(Template)]
#[template(path = "settings/new_token.html")]
struct Form {
    page: Frame,
    refused: Option<Refused>,
    user: String,
    orgs: Vec<Member>,
    days: [i64; 5],
    typed: Typed,
}

#[derive(Template)]
#[template(path = "settings/token_made.html")]
struct Made {
    page: Frame,
    name: String,
    secret: String,
}

/// What stands in the form.
#[derive(Default)]
struct Typed {
    name: String,
    /// `read`, `write` or `fineGrained`.
    role: String,
    days: String,
    /// `read`, `write`: on what is the user's own.
    own: Vec<String>,
    /// `acme:read`, `acme:write`.
    orgs: Vec<String>,
    /// Repositories, one a line.
    read_repos: String,
    write_repos: String,
    gated: bool,
}

impl Typed {
    fn of_link(params: &Params) -> Self {
        let shown = |name: &str| params.one(name).unwrap_or_default().chars().take(96).collect();
        let role = params.one("tokenType").and_then(|role| role.parse::<TokenRole>().ok());
        let own = params.all("ownUserPermissions").flat_map(|all| all.split(',')).filter_map(|permission| {
            match permission.trim() {
                "repo.write" => Some("write".to_owned()),
                "repo.content.read" | "repo.access.read" => Some("read".to_owned()),
                _ => None,
            }
        });
        Self {
            name: shown("name"),
            role: role.unwrap_or(TokenRole::Read).as_str().to_owned(),
            days: "90".to_owned(),
            own: own.collect(),
            gated: params.one("canReadGatedRepos") == Some("true"),
            ..Self::default()
        }
    }

    fn of_form(posted: &Posted) -> Self {
        let all = |name: &str| posted.fields.all(name).take(2 * REPOS).map(str::to_owned).collect();
        Self {
            name: posted.shown("name", 200),
            role: posted.shown("role", 20),
            days: posted.shown("days", 10),
            own: all("own"),
            orgs: all("orgs"),
            read_repos: posted.shown("read_repos", 20_000),
            write_repos: posted.shown("write_repos", 20_000),
            gated: posted.ticked("gated"),
        }
    }

    fn has(&self, role: &str) -> bool {
        self.role == role
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    fn for_days(&self, days: &i64) -> bool {
        self.days.parse() == Ok(*days)
    }

    fn own(&self, what: &str) -> bool {
        self.own.iter().any(|own| own == what)
    }

    fn on_org(&self, org: &str, what: &str) -> bool {
        self.orgs.iter().any(|one| one.split_once(':') == Some((org, what)))
    }
}

async fn form(visit: &Visit, typed: Typed, refused: Option<Refused>) -> Reply<Form> {
    let who = visit.app.hub.whoami(&visit.who, None).await?;
    let page = visit.frame(Section::Other)?;
    Ok(Form { page, refused, user: who.account.name, orgs: who.orgs, days: DAYS, typed })
}

async fn show(visit: Visit, params: Params) -> Reply<Response> {
    visit.need_user()?;
    let shown = form(&visit, Typed::of_link(&params), None).await?;
    visit.show(&shown)
}

async fn make(posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let typed = Typed::of_form(&posted);
    let made = async {
        let (hub, who) = (&posted.visit.app.hub, &posted.visit.who);
        let role: TokenRole = typed.role.parse()?;
        let fine = match role {
            TokenRole::FineGrained => Some(permissions(&posted.visit, &typed).await?),
            _ => None,
        };
        let days = match typed.days.as_str() {
            "" => None,
            days => Some(days.parse().map_err(|_| Failure::invalid("The days must be a number"))?),
        };
        hub.add_token(who, NewToken { name: &typed.name, role, fine: fine.as_ref(), days }).await
    };
    match made.await {
        Ok(made) => {
            let page = posted.visit.frame(Section::Other)?;
            let shown = Made { page, name: typed.name, secret: made.secret };
            let mut answer = posted.visit.show(&shown)?;
            answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(answer)
        }
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = form(&posted.visit, typed, Some(Refused { form: "token", message })).await?;
            posted.visit.show_as(status, &shown)
        }
    }
}

/// What a fine-grained token of the form may do.
async fn permissions(visit: &Visit, typed: &Typed) -> Result<FineGrained> {
    let who = visit.app.hub.whoami(&visit.who, None).await?;
    let mut scoped = Vec::new();
    scoped.extend(on_account(&who.account, "user", typed.own("read"), typed.own("write")));
    for Member { account, .. } in &who.orgs {
        let (read, write) = (typed.on_org(&account.name, "read"), typed.on_org(&account.name, "write"));
        scoped.extend(on_account(account, "org", read, write));
    }
    for (lines, write) in [(&typed.read_repos, false), (&typed.write_repos, true)] {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if scoped.len() >= REPOS {
                return Err(Failure::invalid(format!("A token names at most {REPOS} repositories")));
            }
            scoped.push(on_repo(visit, line, write).await?);
        }
    }
    if scoped.is_empty() && !typed.gated {
        return Err(Failure::invalid(visit.words.t("tokens-nothing")));
    }
    Ok(FineGrained { global: Vec::new(), can_read_gated_repos: typed.gated, scoped })
}

fn allowed(write: bool) -> Vec<String> {
    let names: &[&str] = if write { &["repo.content.read", "repo.write"] } else { &["repo.content.read"] };
    names.iter().map(|&name| name.to_owned()).collect()
}

fn on_account(account: &Account, kind: &str, read: bool, write: bool) -> Option<Scoped> {
    // The 24 digits that `whoami-v2` shows for an account.
    let id = format!("{:024x}", account.id);
    let entity = Entity { id, kind: kind.to_owned(), name: account.name.clone() };
    (read || write).then(|| Scoped { entity, permissions: allowed(write) })
}

/// Permissions on a repository that is there, so that a slip of the pen is not found out much later.
async fn on_repo(visit: &Visit, line: &str, write: bool) -> Result<Scoped> {
    let (kind, id) = RepoKind::ALL
        .into_iter()
        .find_map(|kind| Some((kind, line.strip_prefix(kind.plural())?.strip_prefix('/')?)))
        .unwrap_or((RepoKind::Model, line));
    let id = RepoId::parse(kind, id)?;
    let missing = |_| Failure::not_found(visit.words.with("tokens-no-repo", "name", id.path()));
    let repo = visit.app.hub.open::<Read>(&visit.who, &id).await.map_err(missing)?;
    if write && repo.most() < Permission::Write {
        return Err(Failure::forbidden(visit.words.with("tokens-not-yours", "name", id.path())));
    }
    let entity =
        Entity { id: repo.row().public_id(), kind: kind.as_str().to_owned(), name: repo.id().to_string() };
    Ok(Scoped { entity, permissions: allowed(write) })
}
