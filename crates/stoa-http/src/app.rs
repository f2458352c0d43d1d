//! What every endpoint is given: the hub and what the operator decided about HTTP.

use std::convert::Infallible;
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
}

impl App {
    /// Joins the hub and the settings.
    pub fn new(hub: Hub, config: HttpConfig) -> Self {
        Self { hub, config: Arc::new(config), problems: None }
    }

    /// The same with pages for errors.
    #[must_use]
    pub fn with_problems(mut self, draw: DrawProblem) -> Self {
        self.problems = Some(draw);
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
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self { public_url: None, trust_proxy: false, body_limit: 1 << 20, body_idle: crate::body::IDLE }
    }
}
