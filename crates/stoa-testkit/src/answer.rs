//! What came back.

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Whether the body broke off before its end.
    pub broken: bool,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{} is no JSON: {error}: {}", self.status, self.text()),
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header, or the empty text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// `X-Error-Code`, or the empty text.
    pub fn error_code(&self) -> &str {
        self.header("x-error-code")
    }

    /// `X-Error-Message`, or the empty text.
    pub fn error_message(&self) -> &str {
        self.header("x-error-message")
    }

    /// `404 Not Found · RepoNotFound · Repository not found`, or only `200 OK`.
    pub fn summary(&self) -> String {
        let parts = [&self.status.to_string(), self.error_code(), self.error_message()];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" · ")
    }

    /// The answer itself, if it has this status; otherwise the test fails with what it said.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "an assertion is complete by itself")]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{} {}", self.summary(), self.text());
        self
    }

    /// The answer itself, if it succeeded; otherwise the test fails with what it said.
    #[track_caller]
    #[expect(clippy::return_self_not_must_use, reason = "an assertion is complete by itself")]
    pub fn ok(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.summary(), self.text());
        self
    }
}
