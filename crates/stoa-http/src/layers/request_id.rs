//! The id under which a person can ask about a request.

use std::fmt::Write;

use axum::http::{HeaderMap, HeaderValue};
use stoa_core::Time;

use crate::header::header_text;

/// The id of a request: in `X-Request-Id` of its answer, in the log, and as an extension of the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestId(String);

/// Longest id that is taken from a client.
const LONGEST: usize = 128;

impl RequestId {
    /// The client's `X-Request-Id` as it stands; else one that contains its `X-Amzn-Trace-Id`, because
    /// `huggingface_hub` looks for it in the answer; else a new one.
    pub(crate) fn of(headers: &HeaderMap, now: Time) -> Self {
        if let Some(id) = sent(headers, "x-request-id") {
            return Self(id);
        }
        let root = format!("Root=1-{:08x}-{}", now.secs().cast_unsigned() & 0xffff_ffff, random());
        match sent(headers, "x-amzn-trace-id") {
            Some(trace) => Self(format!("{root};{trace}")),
            None => Self(root),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn header(&self) -> HeaderValue {
        header_text(&self.0, 2 * LONGEST)
    }
}

fn sent(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?.as_bytes();
    let text: String =
        value.iter().copied().filter(u8::is_ascii_graphic).take(LONGEST).map(char::from).collect();
    (!text.is_empty()).then_some(text)
}

/// 24 random hexadecimal digits; zeros where the system has no random bytes, which no request should fail of.
fn random() -> String {
    let mut bytes = [0_u8; 12];
    if getrandom::fill(&mut bytes).is_err() {
        bytes = [0; 12];
    }
    bytes.iter().fold(String::with_capacity(24), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(pairs: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, HeaderValue::from_bytes(value.as_bytes()).expect("a header value"));
        }
        RequestId::of(&headers, Time::from_secs(1_700_000_000)).0
    }

    #[test]
    fn the_clients_own_id_comes_back_exactly() {
        assert_eq!(id(&[("x-request-id", "custom"), ("x-amzn-trace-id", "t")]), "custom");
    }

    #[test]
    fn a_trace_id_is_contained() {
        let id = id(&[("x-amzn-trace-id", "0b5c-uuid")]);
        assert!(id.starts_with("Root=1-6553f100-") && id.ends_with(";0b5c-uuid"), "{id}");
    }

    #[test]
    fn ids_are_new_and_safe() {
        assert_ne!(id(&[]), id(&[]));
        assert_eq!(id(&[("x-request-id", "a\u{e9} b\tc")]), "abc");
        assert_eq!(id(&[("x-request-id", &"x".repeat(1000))]).len(), LONGEST);
    }
}
