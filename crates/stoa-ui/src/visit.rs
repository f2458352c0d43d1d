//! A visit: who looks at a page, in which language, and how a page is sent to them.
//!
//! Pages that show something take a [`Visit`]; pages that take a form take a [`Posted`], which has looked at the proof
//! that the form was drawn by this site for this browser.

use askama::Template;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use stoa_core::{Actor, Failure, Kind};
use stoa_http::{App, Error, Fields, Origin, Params, Reply, Who, cookies, repo_in_path};
use stoa_hub::{Access, Repo, SignUp};

use crate::assets;
use crate::parts::frame::{Frame, Section};
use crate::words::Words;

/// What browsers may do with a page: everything comes from this hub, nothing stands in the page itself, nobody frames it.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
    media-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; frame-src 'self'; object-src 'none'; \
    form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The cookie of browsers that are not signed in and were shown a form.
const VISITOR: &str = "stoa_visitor";
/// The cookie with the theme: `light` or `dark`; without it the system decides.
pub(crate) const THEME: &str = "stoa_theme";
/// The cookie that says what was just done.
const NOTICE: &str = "stoa_notice";
/// Pages smaller than this are sent as they are.
const WORTH_PACKING: usize = 1024;

/// Someone looks at a page.
pub(crate) struct Visit {
    pub(crate) app: App,
    pub(crate) who: Who,
    pub(crate) words: Words,
    pub(crate) origin: Origin,
    /// Path and query.
    pub(crate) path: String,
    theme: &'static str,
    notice: Option<String>,
    visitor: Option<String>,
    gzip: bool,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let who = match Who::of(parts, app).await {
            Ok(who) => who,
            Err(failure) => return Err(failure.into()),
        };
        let origin = Origin::from_request_parts(parts, app).await?;
        let notice = cookies::find(&parts.headers, NOTICE).filter(|key| key.starts_with("notice-"));
        let visitor = cookies::find(&parts.headers, VISITOR).filter(|secret| secret.len() == 43);
        Ok(Self {
            app: app.clone(),
            who,
            words: Words::of(&parts.headers),
            origin,
            path: parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            theme: theme(&parts.headers),
            notice: notice.map(str::to_owned),
            visitor: visitor.map(str::to_owned),
            gzip: assets::takes_gzip(&parts.headers),
        })
    }
}

/// The theme that a browser was told to use; empty when the system decides.
pub(crate) fn theme(headers: &HeaderMap) -> &'static str {
    match cookies::find(headers, THEME) {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    }
}

impl Visit {
    /// Refuses visitors without an account on a hub that wants everyone to sign in.
    pub(crate) fn need_reader(&self) -> Reply<()> {
        Ok(self.who.need_reader(&self.app.hub)?)
    }

    /// Refuses visitors who are not signed in.
    pub(crate) fn need_user(&self) -> Reply<&str> {
        let refused = |_| Failure::unauthenticated(self.words.t("problem-sign-in-first"));
        Ok(self.who.need_name().map_err(refused)?)
    }

    /// What surrounds a page. Forms on it work for those who are signed in.
    pub(crate) fn frame(&self, section: Section) -> Reply<Frame> {
        let proof = match &self.who.session {
            Some(session) => self.app.hub.form_proof(&session.secret)?,
            None => String::new(),
        };
        Ok(self.frame_with(section, proof))
    }

    /// What surrounds a page with a form for visitors who are not signed in, too.
    pub(crate) fn form_frame(&mut self, section: Section) -> Reply<Frame> {
        if self.who.session.is_some() {
            return self.frame(section);
        }
        let secret = match &self.visitor {
            Some(secret) => secret.clone(),
            None => self.app.hub.visitor_secret()?,
        };
        let proof = self.app.hub.form_proof(&secret)?;
        self.visitor = Some(secret);
        Ok(self.frame_with(section, proof))
    }

    fn frame_with(&self, section: Section, proof: String) -> Frame {
        let user = self.who.signed_in().map(|(_, name)| name.to_string());
        Frame {
            words: self.words,
            now: self.app.hub.now(),
            admin: matches!(self.who.identity, stoa_core::Identity::User { admin: true, .. }),
            user,
            proof,
            theme: self.theme,
            section,
            path: self.path.clone(),
            origin: self.origin.to_string(),
            notice: self.notice.as_deref().and_then(|key| self.words.known(key)),
            open: self.app.hub.policy().anonymous_read,
            sign_up: self.app.hub.policy().sign_up == SignUp::Open,
        }
    }

    /// Sends a page.
    pub(crate) fn show(&self, page: &impl Template) -> Reply<Response> {
        self.show_as(StatusCode::OK, page)
    }

    /// Sends a page with a status of its own.
    pub(crate) fn show_as(&self, status: StatusCode, page: &impl Template) -> Reply<Response> {
        let html = page.render().map_err(Failure::internal)?;
        let mut answer = if self.gzip && html.len() > WORTH_PACKING {
            let mut answer = assets::pack(html.as_bytes(), 3).into_response();
            answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            answer
        } else {
            html.into_response()
        };
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        for (name, value) in page_headers() {
            headers.insert(name, value);
        }
        if self.notice.is_some() {
            headers.append(header::SET_COOKIE, cookies::set(NOTICE, "", Some(0), &self.origin));
        }
        if let Some(secret) = &self.visitor {
            headers.append(header::SET_COOKIE, cookies::set(VISITOR, secret, None, &self.origin));
        }
        Ok(answer)
    }
}

fn page_headers() -> [(HeaderName, HeaderValue); 6] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::VARY, HeaderValue::from_static("Accept-Encoding, Accept-Language, Cookie")),
    ]
}

/// Somebody sent a form that this site drew for their browser.
pub(crate) struct Posted {
    pub(crate) visit: Visit,
    pub(crate) fields: Params,
}

impl FromRequest<App> for Posted {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        Self::up_to(request, app, app.config.body_limit).await
    }
}

/// A form with a whole file in it.
pub(crate) struct PostedFile(pub(crate) Posted);

/// Bytes of such a form: a file of a mebibyte may have three when it is encoded.
const FILE_FORM: usize = 4 << 20;

impl FromRequest<App> for PostedFile {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Self, Error> {
        Ok(Self(Posted::up_to(request, app, FILE_FORM.max(app.config.body_limit)).await?))
    }
}

impl Posted {
    async fn up_to(request: Request, app: &App, max: usize) -> Result<Self, Error> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        let Fields(fields) = Fields::up_to(Request::from_parts(parts, body), app, max).await?;
        let secret = match &visit.who.session {
            Some(session) => Some(&session.secret),
            None => visit.visitor.as_ref(),
        };
        let proof = fields.one("proof").unwrap_or_default();
        // A program that shows a token needs no proof: no browser sends one by itself.
        let proven = visit.who.token.is_some() || secret.is_some_and(|secret| app.hub.proves(secret, proof));
        if !proven {
            return Err(Failure::forbidden(visit.words.t("problem-form-too-old")).into());
        }
        Ok(Self { visit, fields })
    }

    /// The repository in the address of the form, opened for `A`.
    pub(crate) async fn open<A: Access>(&self) -> Reply<Repo<A>> {
        let path = self.visit.path.split('?').next().unwrap_or_default();
        let id = repo_in_path(path).ok_or_else(Failure::repo_not_found)?;
        Ok(self.visit.app.hub.open::<A>(&self.visit.who, &id).await?)
    }

    /// A field without the space around it; nothing when it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.fields.one(name).unwrap_or_default().trim()
    }

    /// A field as it is shown again in a refused form: not longer than `max` characters.
    pub(crate) fn shown(&self, name: &str, max: usize) -> String {
        self.text(name).chars().take(max).collect()
    }

    /// Refuses to do what cannot be undone unless `expected` was typed into the field `confirm`.
    pub(crate) fn confirmed(&self, expected: &str) -> Result<(), Failure> {
        if self.text("confirm") == expected.trim() {
            return Ok(());
        }
        Err(Failure::invalid(self.visit.words.with("confirm-wrong", "name", expected)))
    }

    /// Signs the browser in for someone whose password was just checked or chosen, and goes on.
    pub(crate) async fn sign_in(&self, actor: &Actor, agent: &str, to: &str) -> Reply<Response> {
        let session = self.visit.app.hub.begin_session(actor, agent).await?;
        let mut answer = see_other(to);
        let cookie =
            cookies::set(cookies::SESSION, &session.secret, Some(session.seconds), &self.visit.origin);
        answer.headers_mut().append(header::SET_COOKIE, cookie);
        Ok(answer)
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        self.fields.one(name).is_some_and(|value| !value.is_empty())
    }

    /// Goes on to a page that says what was done. `notice` is a key of the catalog that begins with `notice-`.
    pub(crate) fn done(&self, to: &str, notice: &'static str) -> Response {
        let mut answer = see_other(to);
        answer
            .headers_mut()
            .append(header::SET_COOKIE, cookies::set(NOTICE, notice, Some(60), &self.visit.origin));
        answer
    }
}

/// What a browser calls itself.
pub(crate) fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Sends a browser to another page of this site.
pub(crate) fn see_other(to: &str) -> Response {
    let to = HeaderValue::from_str(local(to)).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

/// An address that leads to this site and nowhere else; the first page when it could be another.
pub(crate) fn local(to: &str) -> &str {
    let mut chars = to.chars();
    let inside = chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'));
    if inside && !to.chars().any(|c| c.is_control() || c == '\\') { to } else { "/" }
}

/// What to tell about a refused form beside the form itself; faults of ours have a page of their own.
pub(crate) fn problem(failure: Failure) -> Result<(StatusCode, String), Error> {
    match failure.kind {
        Kind::Internal | Kind::Moved => Err(failure.into()),
        _ => Ok((stoa_http::status_of(&failure), failure.message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_on_within_this_site_only() {
        for fine in ["/", "/ada/m", "/models?sort=likes&p=2"] {
            assert_eq!(local(fine), fine);
        }
        for other in
            ["", "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/a\nb", "/a\\b"]
        {
            assert_eq!(local(other), "/", "{other:?}");
        }
    }
}
