//! Making a repository: `GET|POST /new`, `/new-dataset` and `/new-space`.
//!
//! A link may fill the form: `?owner=acme&name=m&sdk=static`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use stoa_core::{Failure, Reply as Result, RepoId, RepoKind, RepoPath, Revision, Role};
use stoa_http::{App, Params, Reply};
use stoa_hub::{Draft, NewRepo, Write};
use stoa_meta::licenses::{self, LICENSES, License};

use crate::parts::forms::Refused;
use crate::parts::frame::Frame;
use crate::parts::repo_header::section;
use crate::visit::{Posted, Visit, problem};

/// What a Space may run on, with the key of what is said about it.
const SDKS: [(&str, &str, &str); 4] = [
    ("static", "Static", "new-sdk-static"),
    ("gradio", "Gradio", "new-sdk-gradio"),
    ("streamlit", "Streamlit", "new-sdk-streamlit"),
    ("docker", "Docker", "new-sdk-docker"),
];

pub(super) fn route() -> Router<App> {
    [("/new", RepoKind::Model), ("/new-dataset", RepoKind::Dataset), ("/new-space", RepoKind::Space)]
        .into_iter()
        .fold(Router::new(), |router, (path, kind)| {
            let form = get(move |visit: Visit, params: Params| show(visit, params, kind));
            router.route(path, form.post(move |posted: Posted| make(posted, kind)))
        })
}

#[derive(Template)]
#[template(path = "new/repo.html")]
struct New {
    page: Frame,
    refused: Option<Refused>,
    kind: RepoKind,
    owners: Vec<Owner>,
    licenses: &'static [License],
    sdks: [(&'static str, &'static str, &'static str); 4],
    typed: Typed,
}

/// Somebody in whose name the visitor may make repositories.
struct Owner {
    name: String,
    /// Whether new repositories are private when nobody says.
    private: bool,
}

/// What stands in the form.
struct Typed {
    owner: String,
    name: String,
    license: String,
    sdk: String,
    /// `public`, `private` or, for the owner's default, nothing.
    visibility: String,
    card: bool,
}

impl New {
    fn is_space(&self) -> bool {
        self.kind == RepoKind::Space
    }

    fn address(&self) -> &'static str {
        match self.kind {
            RepoKind::Model => "/new",
            RepoKind::Dataset => "/new-dataset",
            RepoKind::Space => "/new-space",
        }
    }

    fn title(&self) -> &'static str {
        match self.kind {
            RepoKind::Model => "nav-new-model",
            RepoKind::Dataset => "nav-new-dataset",
            RepoKind::Space => "nav-new-space",
        }
    }

    fn lede(&self) -> &'static str {
        match self.kind {
            RepoKind::Model => "new-model-lede",
            RepoKind::Dataset => "new-dataset-lede",
            RepoKind::Space => "new-space-lede",
        }
    }

    /// Whether `public` is chosen: also when nothing is, and nobody here makes private repositories by default.
    fn is_public(&self) -> bool {
        let visibility = self.typed.visibility.as_str();
        visibility == "public" || (visibility.is_empty() && self.owners.iter().all(|owner| !owner.private))
    }

    /// Who makes private repositories unless somebody says otherwise.
    fn private_owners(&self) -> String {
        let names: Vec<&str> =
            self.owners.iter().filter(|owner| owner.private).map(|owner| owner.name.as_str()).collect();
        names.join(", ")
    }
}

async fn form(visit: &Visit, kind: RepoKind, typed: Typed, refused: Option<Refused>) -> Reply<New> {
    let who = visit.app.hub.whoami(&visit.who, None).await?;
    let all_private = visit.app.hub.policy().private_by_default;
    let orgs = who.orgs.into_iter().filter(|org| org.role >= Role::Contributor).map(|org| org.account);
    let accounts = std::iter::once(who.account).chain(orgs);
    let owners = accounts
        .map(|account| Owner { private: all_private || account.default_private, name: account.name })
        .collect();
    let page = visit.frame(section(kind))?;
    Ok(New { page, refused, kind, owners, licenses: &LICENSES, sdks: SDKS, typed })
}

async fn show(visit: Visit, params: Params, kind: RepoKind) -> Reply<Response> {
    let me = visit.need_user()?.to_owned();
    let shown = |name: &str| params.one(name).unwrap_or_default().chars().take(96).collect::<String>();
    let sdk = Some(shown("sdk")).filter(|sdk| !sdk.is_empty()).unwrap_or_else(|| "static".to_owned());
    let typed = Typed {
        owner: Some(shown("owner")).filter(|owner| !owner.is_empty()).unwrap_or(me),
        name: shown("name"),
        license: shown("license"),
        sdk,
        visibility: String::new(),
        card: true,
    };
    let shown = form(&visit, kind, typed, None).await?;
    visit.show(&shown)
}

async fn make(posted: Posted, kind: RepoKind) -> Reply<Response> {
    posted.visit.need_user()?;
    let typed = Typed {
        owner: posted.shown("owner", 100),
        name: posted.shown("name", 200),
        license: posted.shown("license", 100),
        sdk: posted.shown("sdk", 40),
        visibility: posted.shown("visibility", 10),
        card: posted.ticked("card"),
    };
    match create(&posted.visit, kind, &typed).await {
        Ok(id) => Ok(posted.done(&format!("/{}", id.path()), "notice-repo-made")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let shown = form(&posted.visit, kind, typed, Some(Refused { form: "new", message })).await?;
            posted.visit.show_as(status, &shown)
        }
    }
}

async fn create(visit: &Visit, kind: RepoKind, typed: &Typed) -> Result<RepoId> {
    let license = Some(typed.license.as_str()).filter(|license| !license.is_empty());
    if let Some(license) = license
        && licenses::find(license).is_none()
    {
        return Err(Failure::invalid(format!("`{license}` is not a license id that cards know")));
    }
    let private = match typed.visibility.as_str() {
        "" => None,
        "private" => Some(true),
        "public" => Some(false),
        _ => return Err(Failure::invalid("The visibility must be public or private")),
    };
    let card = typed.card && kind != RepoKind::Space;
    let new = NewRepo {
        id: RepoId::new(kind, typed.owner.as_str(), typed.name.as_str())?,
        private,
        sdk: (kind == RepoKind::Space).then(|| typed.sdk.clone()),
        license: license.filter(|_| !card).map(str::to_owned),
    };
    let made = visit.app.hub.create_repo(&visit.who, new).await?;
    let id = made.repo.id().clone();
    if card && let Err(failure) = add_card(visit, &id, license).await {
        // Half a repository would be in the way when the form is sent again.
        made.repo.delete().await?;
        return Err(failure);
    }
    Ok(id)
}

/// Commits a card to begin with.
async fn add_card(visit: &Visit, id: &RepoId, license: Option<&str>) -> Result<()> {
    let repo = visit.app.hub.open::<Write>(&visit.who, id).await?;
    let draft = Draft { summary: "Add README.md".to_owned(), ..Draft::default() };
    let mut commit = repo.begin_commit(&Revision::new("main")?, draft).await?;
    let front = license.map_or_else(String::new, |license| format!("---\nlicense: {license}\n---\n\n"));
    let text = format!("{front}# {}\n", id.name);
    commit.put(RepoPath::new("README.md")?, text.into_bytes()).await?;
    commit.finish().await.map(drop)
}
