//! Finishes errors with what only the request knows: its address, its credential, its id.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::Response;
use stoa_core::{Detail, Kind};

use super::RequestId;
use crate::error::{Reported, dress, set_body};
use crate::header::header_text;
use crate::repo::moved_location;
use crate::repo::nothing_here;
use crate::{App, DrawProblem, Origin, Problem, cookies};

/// What of a request its answer may need.
pub(super) struct Facts {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) id: RequestId,
    origin: Option<Origin>,
    credential: bool,
    /// The headers of a browser that follows a link, and who draws a page for it.
    page: Option<(DrawProblem, HeaderMap)>,
}

impl Facts {
    pub(super) fn of(request: &Request, app: &App, id: &RequestId) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            id: id.clone(),
            origin: Origin::of(request.headers(), request.uri(), &app.config).ok(),
            credential: request.headers().contains_key(header::AUTHORIZATION)
                || cookies::find(request.headers(), cookies::SESSION).is_some(),
            page: app.problems.filter(|_| by_a_person(request)).map(|draw| (draw, request.headers().clone())),
        }
    }

    fn about_git(&self) -> bool {
        let path = self.uri.path();
        self.about_lfs()
            || ["/info/refs", "/git-upload-pack", "/git-receive-pack"].iter().any(|end| path.ends_with(end))
    }

    fn about_locks(&self) -> bool {
        self.uri.path().contains("/info/lfs/locks")
    }

    fn about_lfs(&self) -> bool {
        self.uri.path().contains("/info/lfs/") || self.uri.path().starts_with("/lfs/")
    }
}

pub(super) async fn finish(answer: Response, facts: &Facts) -> Response {
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return answer;
    }
    let mut answer = match answer.extensions().get::<Reported>().cloned() {
        Some(Reported(failure)) => {
            let mut answer = answer;
            report(&mut answer, &failure, facts);
            answer
        }
        None => foreign(answer, facts).await,
    };
    // Compat: `@huggingface/hub` reads errors of the batch and of its uploads only as plain JSON, which git-lfs takes too.
    if facts.about_locks() {
        let lfs = HeaderValue::from_static("application/vnd.git-lfs+json");
        answer.headers_mut().insert(header::CONTENT_TYPE, lfs);
    }
    // Compat: git shows people the body of a refusal that is plain text, and nothing of any other.
    if facts.about_git() && !facts.about_lfs() {
        let message = answer.headers().get("x-error-message").map(|value| value.as_bytes().to_vec());
        answer
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        answer.headers_mut().remove(header::CONTENT_LENGTH);
        *answer.body_mut() = message.unwrap_or_default().into();
    }
    // Browsers open a dialog on this header, so only git and git-lfs, which wait for it, get it.
    if answer.status() == StatusCode::UNAUTHORIZED && facts.about_git() {
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"stoa\""));
        if facts.about_lfs() {
            answer.headers_mut().insert("lfs-authenticate", HeaderValue::from_static("Basic realm=\"stoa\""));
        }
    }
    if let Some((draw, headers)) = &facts.page {
        set_page(&mut answer, *draw, headers, facts).await;
    }
    answer
}

/// Whether a request comes from a browser that shows a person what it gets: such requests ask for HTML, programs do not,
/// and what lies below these addresses is for programs alone.
fn by_a_person(request: &Request) -> bool {
    let path = request.uri().path();
    let for_programs =
        ["/api/", "/cas/", "/lfs/", "/xet/", "/v1/"].iter().any(|start| path.starts_with(start));
    let accept =
        request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !for_programs && accept.contains("text/html") && !path.contains(".git/")
}

/// Puts a page in the place of the JSON of an error.
async fn set_page(answer: &mut Response, draw: DrawProblem, headers: &HeaderMap, facts: &Facts) {
    let json = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !json {
        return;
    }
    let body = to_bytes(std::mem::take(answer.body_mut()), 65_536).await.unwrap_or_default();
    // The header carries the same sentence, but only its ASCII.
    let sent: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let code = answer.headers().get("x-error-code").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (html, policy) = draw(&Problem {
        status: answer.status(),
        code,
        message: sent.get("error").and_then(|text| text.as_str()).unwrap_or("The request failed"),
        request_id: facts.id.as_str(),
        path: facts.uri.path_and_query().map_or("/", |path| path.as_str()),
        headers,
    });
    *answer.body_mut() = html.into();
    let headers = answer.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
}

/// Completes an error of ours.
fn report(answer: &mut Response, failure: &stoa_core::Failure, facts: &Facts) {
    let mut more: Vec<(&str, String)> = Vec::new();
    match (failure.kind, failure.detail.as_deref()) {
        (Kind::Moved, Some(Detail::MovedTo(to))) => match moved_location(&facts.uri, to) {
            Some(location) => {
                *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
                answer.headers_mut().insert(header::LOCATION, header_text(&location, 16_384));
            }
            // The id stood in a body, where no redirect can replace it.
            None => {
                answer.headers_mut().insert("x-error-code", HeaderValue::from_static("RepoNotFound"));
            }
        },
        (Kind::Gated, _) if !facts.credential => *answer.status_mut() = StatusCode::UNAUTHORIZED,
        (Kind::Internal, _) => {
            log(failure, facts);
            more.push(("requestId", facts.id.as_str().to_owned()));
        }
        (_, Some(Detail::Exists(id))) => more.extend(url(facts, &id.path())),
        (_, Some(Detail::ExistsAt(path))) => more.extend(url(facts, path)),
        _ => {}
    }
    if facts.about_lfs() {
        more.push(("message", failure.message.clone()));
        more.push(("request_id", facts.id.as_str().to_owned()));
    }
    if !more.is_empty() {
        let more: Vec<(&str, &str)> = more.iter().map(|(key, value)| (*key, value.as_str())).collect();
        set_body(answer, &failure.message, &more);
    }
}

/// The address of what is in the way.
fn url(facts: &Facts, path: &str) -> Option<(&'static str, String)> {
    facts.origin.as_ref().map(|origin| ("url", format!("{origin}/{path}")))
}

/// The one line about a failure that is our fault.
fn log(failure: &stoa_core::Failure, facts: &Facts) {
    let mut causes = String::new();
    let mut cause: Option<&(dyn std::error::Error + 'static)> =
        failure.source.as_ref().map(|source| &**source as _);
    for _ in 0..8 {
        let Some(error) = cause else { break };
        if !causes.is_empty() {
            causes.push_str(": ");
        }
        causes.push_str(&error.to_string());
        cause = error.source();
    }
    tracing::error!(
        http.method = %facts.method,
        http.path = facts.uri.path(),
        request.id = facts.id.as_str(),
        error = causes,
        "{}", failure.message
    );
}

/// An error that axum or an extractor of its made: a line of text becomes the object that clients read.
async fn foreign(mut answer: Response, facts: &Facts) -> Response {
    let kind = answer.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind.is_some_and(|kind| !kind.starts_with(b"text/plain"))
        || answer.headers().contains_key("x-error-message")
    {
        return answer;
    }
    let status = answer.status();
    let body = std::mem::take(answer.body_mut());
    let text = to_bytes(body, 16_384).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let message = match (status, text.trim()) {
        (StatusCode::METHOD_NOT_ALLOWED, _) => {
            format!("This address does not take {} requests", facts.method)
        }
        (StatusCode::NOT_FOUND, "") => nothing_here().message,
        (_, "") => status.canonical_reason().unwrap_or("The request failed").to_owned(),
        (_, text) => text.to_owned(),
    };
    dress(&mut answer, status, "", &message);
    answer
}
