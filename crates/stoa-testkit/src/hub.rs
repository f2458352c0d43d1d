//! The hub under test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use stoa_blob::Blobs;
use stoa_core::{ManualClock, Role, Time, TokenRole};
use stoa_db::Db;
use stoa_http::{App, DrawProblem, HttpConfig, assemble};
use stoa_hub::{Hub, Limits, NewUser, Policy};
use tempfile::TempDir;

use crate::{Browser, Client};

/// When tests begin: 2026-01-02T03:04:05Z.
const START: Time = Time(1_767_323_045_000_000);

/// What differs from an ordinary hub.
#[derive(Default)]
pub struct Setup {
    /// Rules about people and visibility.
    pub policy: Policy,
    /// Bounds.
    pub limits: Limits,
    /// HTTP.
    pub http: HttpConfig,
    /// Keep bytes in files rather than in memory.
    pub on_disk: bool,
}

/// A hub that is gone when it is dropped.
pub struct TestHub {
    /// The rules, for what no route does.
    pub hub: Hub,
    /// What the routes are given.
    pub app: App,
    /// Moves only when a test moves it.
    pub clock: ManualClock,
    router: Router,
    tokens: Mutex<HashMap<String, String>>,
    folder: TempDir,
}

impl TestHub {
    /// A hub on a temporary database that keeps bytes in memory. It has no routes until [`Self::router`].
    pub async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    /// The same with bytes in files.
    pub async fn on_disk() -> Self {
        Self::with(Setup { on_disk: true, ..Setup::default() }).await
    }

    /// A hub that differs from an ordinary one.
    pub async fn with(setup: Setup) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let db = Db::open(&stoa_db::Config::in_folder(folder.path())).await.expect("a new database");
        let blobs = if setup.on_disk {
            let config = stoa_blob::Config { root: folder.path().join("blobs"), durable: false };
            Blobs::open(&config).expect("a new byte store")
        } else {
            Blobs::memory()
        };
        let clock = ManualClock::at(START);
        let hub = Hub::new(db, blobs, Arc::new(clock.clone()), setup.policy, setup.limits);
        let hub = hub.await.expect("a new hub");
        let app = App::new(hub.clone(), setup.http);
        let router = assemble(Router::new(), app.clone());
        Self { hub, app, clock, router, tokens: Mutex::default(), folder }
    }

    /// Another hub on the same folder, as a command has beside a running server. Only for [`Self::on_disk`].
    pub async fn beside(&self) -> Hub {
        let db = Db::open(&stoa_db::Config::in_folder(self.folder.path())).await.expect("the database");
        let config = stoa_blob::Config { root: self.folder.path().join("blobs"), durable: false };
        let blobs = Blobs::open(&config).expect("the byte store");
        let (policy, limits) = (self.hub.policy().clone(), self.hub.limits().clone());
        Hub::new(db, blobs, Arc::new(self.clock.clone()), policy, limits).await.expect("a hub")
    }

    /// Gives the hub its routes, in the layers they have in the real server.
    #[must_use]
    pub fn router(mut self, routes: Router<App>) -> Self {
        self.router = assemble(routes, self.app.clone());
        self
    }

    /// Shows errors to browsers as pages. Comes before [`Self::router`].
    #[must_use]
    pub fn problems(mut self, draw: DrawProblem) -> Self {
        self.app = self.app.with_problems(draw);
        self
    }

    /// A browser that nobody signed in with.
    pub fn browser(&self) -> Browser {
        Browser::new(self.anonymous())
    }

    /// A browser that a user signed in with.
    pub async fn browser_of(&self, user: &str) -> Browser {
        let actor = self.hub.operator(user).await.expect("a user");
        let session = self.hub.begin_session(&actor, "a browser of a test").await.expect("a session");
        self.browser().with_cookie(stoa_http::cookies::SESSION, &session.secret)
    }

    /// Makes a user with a `write` token, and answers the token.
    pub async fn user(&self, name: &str) -> String {
        self.new_user(name, false).await
    }

    /// Makes a user who administers the hub.
    pub async fn admin(&self, name: &str) -> String {
        self.new_user(name, true).await
    }

    async fn new_user(&self, name: &str, admin: bool) -> String {
        let new = NewUser { name: name.to_owned(), admin, ..NewUser::default() };
        self.hub.create_user(new).await.expect("a new user");
        let token = self.token(name, TokenRole::Write).await;
        self.tokens().insert(name.to_owned(), token.clone());
        token
    }

    /// Makes another token for a user.
    pub async fn token(&self, user: &str, role: TokenRole) -> String {
        let fine = (role == TokenRole::FineGrained).then(Default::default);
        let made = self.hub.create_token(user, "test", role, fine.as_ref(), None).await;
        made.expect("a new token").secret
    }

    /// Makes an organization whose admin is `owner`.
    pub async fn org(&self, name: &str, owner: &str) {
        self.hub.create_org(name, "", owner, false).await.expect("a new organization");
    }

    /// Gives a user a role in an organization.
    pub async fn member(&self, org: &str, user: &str, role: Role) {
        self.hub.set_member(org, user, role).await.expect("a new member");
    }

    /// The token that [`Self::user`] made.
    pub fn token_of(&self, user: &str) -> String {
        self.tokens().get(user).cloned().expect("a user of this test")
    }

    /// A client that shows the token of a user made by [`Self::user`].
    pub fn as_user(&self, user: &str) -> Client {
        self.with_token(&self.token_of(user))
    }

    /// A client that shows a token.
    pub fn with_token(&self, token: &str) -> Client {
        self.anonymous().with_header("authorization", &format!("Bearer {token}"))
    }

    /// A client without a credential.
    pub fn anonymous(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// The service itself, to be served on a socket.
    pub fn service(&self) -> Router {
        self.router.clone()
    }

    /// The folder with everything that this hub keeps.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    fn tokens(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
