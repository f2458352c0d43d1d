//! Pages of lists: the `Link` header and the cursor in it.

use std::fmt::Write;

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use stoa_core::{Failure, Reply};

use crate::{Json, Origin};

/// What of a raw query must be escaped inside `<…>` of a `Link` header.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'<').add(b'>').add(b'"');

/// A page of a list: a bare JSON array, and in `Link` where the next one is.
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// From [`next_link`], when there is more.
    pub next: Option<HeaderValue>,
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.items).into_response();
        if let Some(next) = self.next {
            response.headers_mut().insert(header::LINK, next);
        }
        response
    }
}

/// `<https://hub/path?…&cursor=value>; rel="next"`: the same request with the parameter `name` set to `value`.
/// Clients use the URL as it stands, so it is absolute and keeps every other parameter.
pub fn next_link(origin: &Origin, uri: &Uri, name: &str, value: &str) -> HeaderValue {
    let mut url = format!("<{origin}{}?", uri.path());
    for piece in uri.query().unwrap_or_default().split('&').filter(|piece| !piece.is_empty()) {
        let key = piece.split_once('=').map_or(piece, |(key, _)| key);
        if percent_decode_str(key).decode_utf8_lossy() != name {
            let _ = write!(url, "{}&", utf8_percent_encode(piece, UNSAFE));
        }
    }
    let _ = write!(url, "{name}={}>; rel=\"next\"", utf8_percent_encode(value, NON_ALPHANUMERIC));
    HeaderValue::from_str(&url).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// An opaque cursor that stands for `position`.
pub fn encode_cursor(position: &str) -> String {
    URL_SAFE_NO_PAD.encode(position)
}

/// The position that [`encode_cursor`] made a cursor of. What we did not make is refused.
pub fn decode_cursor(cursor: &str) -> Reply<String> {
    let wrong =
        || Failure::invalid("The parameter `cursor` is not one this hub gave out; start at the first page");
    if cursor.len() > 4096 {
        return Err(wrong());
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor.trim_end_matches('=')).map_err(|_| wrong())?;
    String::from_utf8(bytes).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_keeps_every_parameter_and_replaces_the_cursor() {
        let origin = Origin("https://hub.example".to_owned());
        let check = |uri: &'static str, expected: &str| {
            assert_eq!(next_link(&origin, &Uri::from_static(uri), "cursor", "a=="), expected);
        };
        check("/api/models", "<https://hub.example/api/models?cursor=a%3D%3D>; rel=\"next\"");
        check(
            "/api/models?expand=a&cursor=old&expand=b&search=x%20y",
            "<https://hub.example/api/models?expand=a&expand=b&search=x%20y&cursor=a%3D%3D>; rel=\"next\"",
        );
    }

    #[test]
    fn cursors_come_back_and_strangers_do_not() {
        let cursor = encode_cursor("1700000000:42/é");
        assert_eq!(decode_cursor(&cursor).as_deref(), Ok("1700000000:42/é"));
        for bad in ["%%%", "a", "_w", &"a".repeat(5000)] {
            assert!(decode_cursor(bad).is_err(), "{bad}");
        }
    }
}
