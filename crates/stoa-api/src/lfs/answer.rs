//! Answers in the media type of git-lfs.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use stoa_core::{Failure, Sha256};
use stoa_http::{Error, header_text};
use stoa_hub::Large;

/// What git-lfs sends and expects.
const MEDIA: HeaderValue = HeaderValue::from_static("application/vnd.git-lfs+json");

/// A successful answer.
pub(super) fn ok(value: &Value) -> Response {
    with(StatusCode::OK, value)
}

/// The protocol's answer to an object that cannot be one: 422 with a sentence in `message`.
pub(super) fn unprocessable(message: &str) -> Response {
    let mut response =
        with(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "message": message, "error": message }));
    response.headers_mut().insert("x-error-message", header_text(message, 1000));
    response
}

/// An answer of this status.
pub(super) fn with(status: StatusCode, value: &Value) -> Response {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, MEDIA);
    response
}

/// Why one object of a batch was refused.
pub(super) fn refused(failure: Failure) -> Value {
    let message = failure.message.clone();
    // The kit holds the only table from failures to status codes; git-lfs says 422 to an object that cannot be.
    let status = match Error::from(failure).into_response().status() {
        StatusCode::BAD_REQUEST => StatusCode::UNPROCESSABLE_ENTITY,
        status => status,
    };
    json!({ "code": status.as_u16(), "message": message })
}

/// Reads `{"oid": …, "size": …}`; otherwise the sentence that says what is wrong with it.
pub(super) fn large(value: &Value) -> Result<Large, String> {
    let oid = value.get("oid").and_then(Value::as_str).and_then(|oid| oid.parse::<Sha256>().ok());
    let size = value.get("size").and_then(Value::as_u64).filter(|size| i64::try_from(*size).is_ok());
    match (oid, size) {
        (Some(oid), Some(size)) => Ok(Large { oid, size }),
        (None, _) => Err("`oid` must be a SHA-256: 64 hexadecimal digits".to_owned()),
        (_, None) => Err("`size` must be a whole number of bytes, zero or more".to_owned()),
    }
}
