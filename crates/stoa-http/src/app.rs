//! What every endpoint is given: the hub and what the operator decided about HTTP.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use stoa_core::RepoId;
use stoa_hub::Hub;

use crate::{DrawProblem, Origin};

/// The state of every route. Cheap to clone; an endpoint takes it as `app: App`.
#[derive(Clone)]
pub struct App {
    /// The rules and everything behind them.
    pub hub: Hub,
    /// What the operator decided about HTTP.
    pub config: Arc<HttpConfig>,
    /// How errors are shown to people; without it they get what programs get.
    pub problems: Option<DrawProblem>,
    /// How much room is left where the hub keeps its files, for administrators.
    pub free_space: Option<FreeSpace>,
}

/// Asks for the bytes that are left on the disk of the hub; `None` where nobody can tell.
pub type FreeSpace = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Option<u64>> + Send>> + Send + Sync>;

impl App {
    /// Joins the hub and the settings.
    pub fn new(hub: Hub, config: HttpConfig) -> Self {
        Self { hub, config: Arc::new(config), problems: None, free_space: None }
    }

    /// The same with pages for errors.
    #[must_use]
    pub fn with_problems(mut self, draw: DrawProblem) -> Self {
        self.problems = Some(draw);
        self
    }

    /// The same with a way to ask for the room that is left.
    #[must_use]
    pub fn with_free_space(mut self, ask: FreeSpace) -> Self {
        self.free_space = Some(ask);
        self
    }

    /// The page of a repository, as an absolute URL.
    pub fn url_of(&self, origin: &Origin, id: &RepoId) -> String {
        format!("{origin}/{}", id.path())
    }
}

impl FromRequestParts<Self> for App {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, app: &Self) -> Result<Self, Infallible> {
        Ok(app.clone())
    }
}

/// What the operator decided about HTTP.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// The address that clients use, without a slash at its end; taken from each request when absent.
    pub public_url: Option<String>,
    /// Whether `X-Forwarded-For`, `-Proto` and `-Host` come from a proxy of ours and can be believed.
    pub trust_proxy: bool,
    /// Bytes of a body that is read as a whole (JSON, forms). Uploads stream and have limits of their own.
    pub body_limit: usize,
    /// How long a body may pause between two pieces before the request is given up.
    pub body_idle: Duration,
    /// Where git over SSH answers, as `ssh` and `git` write it (`ssh://git@hub.example:2222/`); `None` when it does not.
    pub ssh: Option<String>,
    /// Every setting in force with its value, for administrators: what is secret is masked.
    pub settings: Vec<(String, String)>,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            public_url: None,
            trust_proxy: false,
            body_limit: 1 << 20,
            body_idle: crate::body::IDLE,
            ssh: None,
            settings: Vec::new(),
        }
    }
}
