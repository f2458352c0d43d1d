//! What a user or an organization shows to others: `GET /{ns}`.
//!
//! `?tab=` opens one of the lists: models, datasets, spaces, likes, members.

use askama::Template;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use stoa_core::{Failure, Identity, Kind, Reply as Result, RepoId, RepoKind, Revision, Role};
use stoa_http::{App, Params, Reply, Segments};
use stoa_hub::{Account, ListAsk, Listed, Member, Order, OrgMember, Profile, Read};
use stoa_render::Links;

use crate::markup::{Markup, segment};
use crate::parts::frame::{Frame, Section};
use crate::parts::repo_row::RepoRow;
use crate::visit::Visit;
use crate::work;

/// Repositories of each kind on the first tab.
const FEW: usize = 6;
/// Rows of a list.
const PAGE: usize = 30;
/// Members of a page.
const MEMBERS: usize = 100;
/// Bytes of an organization's card that are shown.
const CARD: u64 = 256 << 10;

pub(super) fn route() -> Router<App> {
    Router::new().route("/{ns}", get(show))
}

#[derive(Template)]
#[template(path = "account/profile.html")]
struct ProfilePage {
    page: Frame,
    account: Account,
    counts: Profile,
    /// What a user likes.
    likes: i64,
    /// How many belong to an organization.
    users: i64,
    /// Where a user belongs.
    orgs: Vec<Member>,
    tab: Tab,
    lists: Vec<List>,
    members: Vec<OrgMember>,
    card: Option<Markup>,
    /// Where whoever looks can change this.
    settings: Option<String>,
    /// Where the next page of a list is.
    next: Option<String>,
}

/// Repositories under a title.
struct List {
    /// `models`, …
    tab: &'static str,
    /// A key.
    title: &'static str,
    rows: Vec<Listed>,
    /// Whether there are more than are shown.
    more: bool,
}

/// Which list is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    All,
    Repos(RepoKind),
    Likes,
    Members,
}

impl Tab {
    fn of(text: Option<&str>) -> Self {
        match text {
            Some("likes") => Self::Likes,
            Some("members") => Self::Members,
            Some(text) => RepoKind::from_plural(text).map_or(Self::All, Self::Repos),
            None => Self::All,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Repos(kind) => kind.plural(),
            Self::Likes => "likes",
            Self::Members => "members",
        }
    }
}

impl ProfilePage {
    fn row(&self, listed: &Listed) -> RepoRow<'_> {
        RepoRow::new(&self.page, listed)
    }

    fn is(&self, tab: &str) -> bool {
        self.tab.name() == tab
    }

    fn bare(&self) -> bool {
        self.lists.iter().all(|list| list.rows.is_empty()) && self.card.is_none()
    }
}

async fn show(visit: Visit, at: Segments, params: Params) -> Reply<Response> {
    visit.need_reader()?;
    let name = at.get("ns")?;
    let mut shown = open(&visit, name).await?;
    let account = &shown.account;
    if account.name != name {
        let to = visit.path.replacen(name, &account.name, 1);
        return Ok((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response());
    }
    shown.tab = Tab::of(params.one("tab"));
    match shown.tab {
        Tab::All => overview(&visit, &mut shown).await?,
        Tab::Repos(kind) => {
            let cursor = params.text("cursor").map(str::to_owned);
            let (list, next) = repos(&visit, &shown.account.name, kind, cursor, PAGE).await?;
            shown.lists.push(list);
            shown.next = next.map(|next| format!("?tab={}&cursor={}", kind.plural(), segment(&next)));
        }
        Tab::Likes if !shown.account.is_org => likes(&visit, &params, &mut shown).await?,
        Tab::Members if shown.account.is_org => members(&visit, &params, &mut shown).await?,
        Tab::Likes | Tab::Members => return Err(unknown(name).into()),
    }
    visit.show(&shown)
}

fn unknown(name: &str) -> Failure {
    let shown: String = name.chars().take(64).collect();
    Failure::not_found(format!("There is no user or organization `{shown}`"))
}

/// The page without its lists.
async fn open(visit: &Visit, name: &str) -> Reply<ProfilePage> {
    let hub = &visit.app.hub;
    let (id, administers) = match &visit.who.identity {
        Identity::User { id, admin, .. } => (Some(*id), *admin),
        Identity::Anonymous => (None, false),
    };
    let mut page = ProfilePage {
        page: visit.frame(Section::Other)?,
        account: nobody(),
        counts: Profile::default(),
        likes: 0,
        users: 0,
        orgs: Vec::new(),
        tab: Tab::All,
        lists: Vec::new(),
        members: Vec::new(),
        card: None,
        settings: None,
        next: None,
    };
    match hub.user_overview(&visit.who, name).await {
        Ok(user) => {
            if user.account.disabled && !administers {
                return Err(unknown(name).into());
            }
            page.orgs = user.orgs;
            page.orgs.retain(|org| org.role > Role::NoAccess);
            (page.account, page.counts, page.likes) = (user.account, user.profile, user.likes);
            page.settings = (id == Some(page.account.id)).then(|| "/settings/profile".to_owned());
        }
        Err(failure) if failure.kind == Kind::NotFound => {
            let org = hub.org_overview(&visit.who, name).await.map_err(|failure| match failure.kind {
                Kind::NotFound => unknown(name),
                _ => failure,
            })?;
            (page.account, page.counts, page.users) = (org.account, org.profile, org.users);
            let manages = administers || manages(visit, page.account.id).await?;
            page.settings = manages.then(|| format!("/organizations/{}/settings", page.account.name));
        }
        Err(failure) => return Err(failure.into()),
    }
    Ok(page)
}

/// Stands where an account will be.
fn nobody() -> Account {
    Account {
        id: 0,
        name: String::new(),
        is_org: false,
        fullname: String::new(),
        email: None,
        email_vouched: false,
        details: None,
        is_admin: false,
        default_private: false,
        disabled: false,
        created_at: stoa_core::Time::from_secs(0),
    }
}

/// Whether whoever looks is an admin of an organization.
async fn manages(visit: &Visit, org: i64) -> Result<bool> {
    if visit.who.is_anonymous() {
        return Ok(false);
    }
    let who = visit.app.hub.whoami(&visit.who, None).await?;
    Ok(who.orgs.iter().any(|member| member.account.id == org && member.role == Role::Admin))
}

/// The first tab: a few of everything, and the card of an organization.
async fn overview(visit: &Visit, shown: &mut ProfilePage) -> Reply<()> {
    let name = shown.account.name.clone();
    let counts = [
        (RepoKind::Model, shown.counts.models),
        (RepoKind::Dataset, shown.counts.datasets),
        (RepoKind::Space, shown.counts.spaces),
    ];
    for (kind, count) in counts {
        if count > 0 {
            shown.lists.push(repos(visit, &name, kind, None, FEW).await?.0);
        }
    }
    if shown.account.is_org {
        shown.members = visit.app.hub.members(&visit.who, &name, "", 24).await?;
        if shown.counts.spaces > 0 {
            shown.card = card(visit, &name).await?;
        }
    }
    Ok(())
}

async fn repos(
    visit: &Visit,
    owner: &str,
    kind: RepoKind,
    cursor: Option<String>,
    limit: usize,
) -> Reply<(List, Option<String>)> {
    let ask = ListAsk {
        kind,
        author: Some(owner.to_owned()),
        tags: Vec::new(),
        search: Vec::new(),
        gated: None,
        params: (None, None),
        order: Order::Modified,
        cursor,
        limit,
        facts: false,
    };
    let page = visit.app.hub.list(&visit.who, ask).await?;
    let title = match kind {
        RepoKind::Model => "nav-models",
        RepoKind::Dataset => "nav-datasets",
        RepoKind::Space => "nav-spaces",
    };
    let list = List { tab: kind.plural(), title, rows: page.repos, more: page.next.is_some() };
    Ok((list, page.next))
}

async fn likes(visit: &Visit, params: &Params, shown: &mut ProfilePage) -> Reply<()> {
    let skip = params.parsed::<u32>("skip")?.unwrap_or(0) as usize;
    let (rows, more) = visit.app.hub.liked(&visit.who, &shown.account.name, None, skip, PAGE).await?;
    let rows = rows.into_iter().map(|(listed, _)| listed).collect();
    shown.lists.push(List { tab: "likes", title: "profile-likes", rows, more: false });
    shown.next = more.then(|| format!("?tab=likes&skip={}", skip + PAGE));
    Ok(())
}

async fn members(visit: &Visit, params: &Params, shown: &mut ProfilePage) -> Reply<()> {
    let after = params.one("after").unwrap_or_default();
    shown.members = visit.app.hub.members(&visit.who, &shown.account.name, after, MEMBERS).await?;
    let last = shown.members.last().filter(|_| shown.members.len() == MEMBERS);
    shown.next = last.map(|last| format!("?tab=members&after={}", segment(&last.account.name)));
    Ok(())
}

/// The card of an organization: the README of its public Space `README`.
async fn card(visit: &Visit, org: &str) -> Reply<Option<Markup>> {
    let found = async {
        let id = RepoId::new(RepoKind::Space, org, "README")?;
        let repo = visit.app.hub.open::<Read>(&visit.who, &id).await?;
        if repo.row().private {
            return Ok(None);
        }
        let file = repo.file(&Revision::new("main")?, "README.md").await?;
        let text = repo.blob_text(file.oid, CARD).await?;
        Result::Ok(text.map(|text| (text, file.oid)))
    };
    // An organization without a card is the rule, however it comes to have none.
    let Ok(Some((text, oid))) = found.await else { return Ok(None) };
    let origin = visit.origin.to_string();
    let org = org.to_owned();
    let key = format!("org-card {oid} {org} {origin}");
    let html = work::once(key, move || {
        let page = format!("/spaces/{org}/README/blob/main/");
        let file = format!("/spaces/{org}/README/resolve/main/");
        let links = Links { origin: &origin, ..Links::new(&page, &file) };
        let body = stoa_meta::card::split(&text).body;
        (stoa_render::markdown(body, &links).html, true)
    });
    let html = html.await?;
    Ok((!html.trim().is_empty()).then(|| Markup(html.to_string())))
}
