//! Who asks: the credential and the address of a request.
//!
//! A program shows a token in `Authorization`; a browser shows the cookie of its session (`cookies.rs`). With a cookie
//! alone nothing can be changed: a request that changes something also shows the proof that a page of this site made it,
//! in `X-CSRF-Token`, or in a field of the form that `stoa-ui` reads.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::Deref;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use stoa_core::{Actor, Failure, Reply};
use stoa_hub::Hub;

use crate::origin::last;
use crate::{App, Error, HttpConfig, cookies};

/// Who asks. Without an `Authorization` header nobody in particular; with one that is not ours the answer is 401,
/// never a silent anonymous. Reads as the [`Actor`] wherever one is wanted (`&who`).
#[derive(Clone, Debug)]
pub struct Who {
    /// The user and the address, as the hub knows them.
    pub actor: Actor,
    /// The token that was shown.
    pub token: Option<String>,
    /// The session of the browser that asks, if it is signed in and showed no token.
    pub session: Option<Session>,
}

/// The session of a browser.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its row id.
    pub id: i64,
    /// The secret of its cookie.
    pub secret: String,
}

impl Who {
    /// Refuses visitors without an account on a hub that wants everyone to sign in. [`crate::RepoOf`] does this by
    /// itself; lists and profiles call it.
    pub fn need_reader(&self, hub: &Hub) -> Reply<()> {
        if hub.policy().anonymous_read || !self.actor.is_anonymous() {
            return Ok(());
        }
        Err(Failure::unauthenticated("This hub is not public: sign in with `hf auth login`"))
    }

    /// Who asks, without a look at whether a request with a cookie was made by a page of this site. For those who look
    /// themselves.
    pub async fn of(parts: &Parts, app: &App) -> Reply<Self> {
        let token = credential(&parts.headers)?;
        let mut session = None;
        let mut actor = Actor::anonymous();
        if let Some(token) = &token {
            actor = app.hub.actor_of_token(token).await?;
        } else if let Some(secret) = cookies::find(&parts.headers, cookies::SESSION)
            && let Some(browser) = app.hub.browser(secret).await?
        {
            actor = browser.actor;
            session = Some(Session { id: browser.session, secret: secret.to_owned() });
        }
        actor.ip = address(parts, &app.config);
        Ok(Self { actor, token, session })
    }

    /// The name of the user, or `Unauthenticated`.
    pub fn need_name(&self) -> Reply<&str> {
        self.actor.need_user().map(|(_, name)| name.as_str())
    }
}

impl Deref for Who {
    type Target = Actor;

    fn deref(&self) -> &Actor {
        &self.actor
    }
}

impl FromRequestParts<App> for Who {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        if let Some(who) = parts.extensions.get::<Self>() {
            return Ok(who.clone());
        }
        let who = Self::of(parts, app).await?;
        let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
        if let Some(session) = &who.session
            && !safe
        {
            let proof = parts.headers.get(PROOF).and_then(|value| value.to_str().ok()).unwrap_or_default();
            if !app.hub.proves(&session.secret, proof) {
                return Err(Failure::forbidden(
                    "A browser that changes something must show where the request was made: send the token of the \
                     page in X-CSRF-Token, or an access token in Authorization",
                )
                .into());
            }
        }
        parts.extensions.insert(who.clone());
        Ok(who)
    }
}

/// The header in which scripts of the site show the proof of their page.
const PROOF: &str = "x-csrf-token";

/// The token in `Authorization`: `Bearer token`, or `Basic` with the token as password (git, git-lfs, curl), whatever
/// the user name. A token as user name without a password is git's `https://TOKEN@host/…`.
fn credential(headers: &HeaderMap) -> Reply<Option<String>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Failure::bad_credentials())?.trim();
    let (scheme, rest) = text.split_once(' ').ok_or_else(Failure::bad_credentials)?;
    let rest = rest.trim();
    if rest.is_empty() {
        return Err(Failure::bad_credentials());
    }
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Some(rest.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(Failure::bad_credentials());
    }
    let bytes = STANDARD.decode(rest).or_else(|_| STANDARD_NO_PAD.decode(rest));
    let pair =
        bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(Failure::bad_credentials)?;
    let (user, password) = pair.split_once(':').unwrap_or((&pair, ""));
    match (user, password) {
        ("", "") => Err(Failure::bad_credentials()),
        (token, "") | (_, token) => Ok(Some(token.to_owned())),
    }
}

/// Where the request comes from: the connection, or what our own proxy says it saw.
fn address(parts: &Parts, config: &HttpConfig) -> IpAddr {
    let forwarded = config.trust_proxy.then(|| last(&parts.headers, "x-forwarded-for")).flatten();
    let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    forwarded
        .and_then(|text| text.parse().ok())
        .or(connected)
        .unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
        .to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(value: &str) -> Reply<Option<String>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, value.parse().expect("a header value"));
        credential(&headers)
    }

    fn basic(pair: &str) -> Reply<Option<String>> {
        token(&format!("Basic {}", STANDARD.encode(pair)))
    }

    #[test]
    fn tokens_are_found_where_clients_put_them() {
        assert_eq!(credential(&HeaderMap::new()), Ok(None));
        assert_eq!(token("Bearer hf_x"), Ok(Some("hf_x".to_owned())));
        assert_eq!(token("bearer  hf_x "), Ok(Some("hf_x".to_owned())));
        assert_eq!(basic("ada:hf_x"), Ok(Some("hf_x".to_owned())));
        assert_eq!(basic("hf_user:hf_x"), Ok(Some("hf_x".to_owned())));
        assert_eq!(basic(":hf_x"), Ok(Some("hf_x".to_owned())));
        assert_eq!(basic("hf_x:"), Ok(Some("hf_x".to_owned())));
    }

    #[test]
    fn what_is_no_credential_is_a_bad_one() {
        for value in ["", "Bearer", "Bearer ", "hf_x", "Basic !!", "Digest abc", "Basic Og=="] {
            assert_eq!(token(value), Err(Failure::bad_credentials()), "{value:?}");
        }
    }
}
