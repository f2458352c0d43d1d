//! Pages of other sites may call the API with a token of their own. They never get to use the
//! cookie of a session: answers allow no credentials, and the cookie stays behind on requests that other sites make.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What scripts in browsers may read (hub-api.md §1.2).
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,X-Total-Count,ETag,Link,Accept-Ranges,Content-Range,\
     Content-Disposition,Content-Length,Retry-After,X-Linked-Size,X-Linked-ETag,X-Xet-Hash,X-Xet-Refresh-Route,\
     X-Xet-Cas-Url,X-Xet-Access-Token,X-Xet-Token-Expiration",
);

/// The answer to a browser that asks whether a page may send a request.
pub(super) fn preflight(request: &Request) -> Option<Response> {
    let headers = request.headers();
    let asks = request.method() == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if !asks {
        return None;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    let answer = response.headers_mut();
    let methods = HeaderValue::from_static("GET,HEAD,POST,PUT,PATCH,DELETE");
    answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    // `*` would not cover Authorization.
    if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    answer.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    share(answer);
    Some(response)
}

/// Lets pages of other sites read an answer. Every answer says so, because caches keep one for all who ask.
pub(super) fn share(answer: &mut HeaderMap) {
    answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
}
