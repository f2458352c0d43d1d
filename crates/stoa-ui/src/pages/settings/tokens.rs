//! Access tokens: `GET /settings/tokens`, `POST /settings/tokens/{id}/delete`.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use stoa_core::{Failure, FineGrained};
use stoa_http::{App, Reply, Segments};
use stoa_hub::Token;

use crate::parts::forms::Refused;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Posted, Visit, problem};

pub(super) fn route() -> Router<App> {
    Router::new().route("/settings/tokens", get(show)).route("/settings/tokens/{id}/delete", post(delete))
}

#[derive(Template)]
#[template(path = "settings/tokens.html")]
struct TokenList {
    page: Frame,
    refused: Option<Refused>,
    tokens: Vec<Token>,
}

#[expect(clippy::unused_self, reason = "the template says `self`")]
impl TokenList {
    /// The key of what a role is called.
    fn role(&self, token: &Token) -> &'static str {
        match token.role.as_str() {
            "read" => "tokens-role-read",
            "write" => "tokens-role-write",
            _ => "tokens-role-fine",
        }
    }

    /// What a fine-grained token is about: `ada`, `acme/m`.
    fn about(&self, token: &Token) -> String {
        let fine: Option<FineGrained> =
            token.scopes.as_deref().and_then(|scopes| serde_json::from_str(scopes).ok());
        let names: Vec<String> =
            fine.unwrap_or_default().scoped.into_iter().map(|scoped| scoped.entity.name).take(8).collect();
        names.join(", ")
    }

    fn ended(&self, token: &Token) -> bool {
        token.expires_at.is_some_and(|end| end <= self.page.now)
    }
}

async fn show(visit: Visit) -> Reply<Response> {
    visit.need_user()?;
    let tokens = visit.app.hub.tokens(&visit.who).await?;
    visit.show(&TokenList { page: visit.frame(Section::Other)?, refused: None, tokens })
}

async fn delete(at: Segments, posted: Posted) -> Reply<Response> {
    posted.visit.need_user()?;
    let (hub, who) = (&posted.visit.app.hub, &posted.visit.who);
    let tokens = hub.tokens(who).await?;
    let id: i64 = at.get("id")?.parse().unwrap_or_default();
    let token = tokens.iter().find(|token| token.id == id);
    let token = token.ok_or_else(|| Failure::not_found("There is no such token"))?;
    let deleted = match posted.confirmed(&token.name) {
        Ok(()) => hub.revoke_token(who, token.id).await,
        Err(failure) => Err(failure),
    };
    match deleted {
        Ok(()) => Ok(posted.done("/settings/tokens", "notice-token-deleted")),
        Err(failure) => {
            let (status, message) = problem(failure)?;
            let page = posted.visit.frame(Section::Other)?;
            let refused = Some(Refused { form: "tokens", message });
            posted.visit.show_as(status, &TokenList { page, refused, tokens })
        }
    }
}
