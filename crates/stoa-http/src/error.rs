//! From a failure to a response: the only place that knows status codes.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};
use stoa_core::{Detail, Failure, Kind};

use crate::header::header_text;

/// What an endpoint answers.
pub type Reply<T> = Result<T, Error>;

/// A failure on its way to the client. `?` makes it from a [`Failure`].
#[derive(Debug)]
pub struct Error(pub(crate) Failure);

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

/// The status of a failure, for answers that are not JSON (pages). Endpoints use [`Error`].
pub fn status_of(failure: &Failure) -> StatusCode {
    status(failure.kind)
}

/// The failure behind a response, for [`crate::layers`], which adds what depends on the request.
#[derive(Clone)]
pub(crate) struct Reported(pub(crate) Arc<Failure>);

/// Longest `X-Error-Message`, in characters.
const LONGEST: usize = 1000;

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let Self(failure) = self;
        let mut response = StatusCode::OK.into_response();
        dress(&mut response, status(failure.kind), failure.code, &failure.message);
        if failure.kind == Kind::Busy {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        if let Some(Detail::At(oid)) = failure.detail.as_deref() {
            response.headers_mut().insert("x-repo-commit", header_text(&oid.to_string(), 64));
        }
        response.extensions_mut().insert(Reported(Arc::new(failure)));
        response
    }
}

/// The status of a kind of failure.
///
/// Busy is 429 and Unavailable 503, both of which clients try again; nothing else may be either.
pub(crate) fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        // Gated: 401 for those without a credential, which the layer knows.
        Kind::Forbidden | Kind::Gated => StatusCode::FORBIDDEN,
        // Moved: 307 where the address names the repository, which the layer knows.
        Kind::NotFound | Kind::Moved => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::OutOfRange => StatusCode::RANGE_NOT_SATISFIABLE,
        Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Full => StatusCode::INSUFFICIENT_STORAGE,
        Kind::Absent => StatusCode::NOT_IMPLEMENTED,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Gives a response the status, the headers and the JSON object that clients read errors from. HEAD has only headers,
/// so everything is in them too.
pub(crate) fn dress(response: &mut Response, status: StatusCode, code: &str, message: &str) {
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if !code.is_empty() {
        headers.insert("x-error-code", header_text(code, 64));
    }
    headers.insert("x-error-message", header_text(message, LONGEST));
    set_body(response, message, &[]);
}

/// Replaces the body by `{"error": message, …}`.
pub(crate) fn set_body(response: &mut Response, message: &str, more: &[(&str, &str)]) {
    let mut object = Map::new();
    object.insert("error".to_owned(), Value::from(message));
    for (key, value) in more {
        object.insert((*key).to_owned(), Value::from(*value));
    }
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    *response.body_mut() = Body::from(Value::Object(object).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_status() {
        for (failure, expected) in [
            (Failure::invalid("x"), 400),
            (Failure::bad_credentials(), 401),
            (Failure::repo_not_found_anonymous(), 401),
            (Failure::forbidden("x"), 403),
            (Failure::disabled(), 403),
            (Failure::gated("x"), 403),
            (Failure::repo_not_found(), 404),
            (Failure::revision_not_found("x"), 404),
            (Failure::conflict("x"), 409),
            (Failure::stale(), 412),
            (Failure::too_large("x"), 413),
            (Failure::busy("x"), 429),
            (Failure::internal("x"), 500),
            (Failure::absent("x"), 501),
            (Failure::unavailable("x"), 503),
            (Failure::full(), 507),
        ] {
            let shown = format!("{failure:?}");
            assert_eq!(Error(failure).into_response().status().as_u16(), expected, "{shown}");
        }
    }

    #[test]
    fn what_clients_branch_on_is_in_the_headers() {
        let oid = "a".repeat(40).parse().expect("an oid");
        let failure = Failure::entry_not_found("é\n", "main").with(Detail::At(oid));
        let response = Error(failure).into_response();
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        assert_eq!(header("x-error-code"), Some("EntryNotFound"));
        assert_eq!(header("x-error-message"), Some("?\\n does not exist on \"main\""));
        assert_eq!(header("x-repo-commit"), Some("a".repeat(40).as_str()));
        assert!(Error(Failure::invalid("x")).into_response().headers().get("x-error-code").is_none());
    }
}
