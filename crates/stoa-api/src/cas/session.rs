//! Who speaks to the store, and about what.

use std::ops::Range;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use stoa_core::{Failure, Reply};
use stoa_http::{App, Error, Segments};
use stoa_hub::{MerkleHash, XetSession};

/// The holder of a token of the store.
pub(super) struct Session(pub(super) XetSession);

impl FromRequestParts<App> for Session {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = header.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        Ok(Self(app.hub.xet_session(token)?))
    }
}

/// The hash in an address.
pub(super) fn hash(at: &Segments) -> Reply<MerkleHash> {
    let text = at.get("hash")?;
    text.parse().map_err(|_| Failure::invalid("The hash in the address must have 64 hexadecimal digits"))
}

/// The bytes that `Range: bytes=a-b` or `bytes=a-` asks for, the end not included; `None` without the header.
pub(super) fn range(headers: &HeaderMap) -> Reply<Option<Range<u64>>> {
    let Some(value) = headers.get(header::RANGE) else { return Ok(None) };
    let wrong = || Failure::invalid("Range must have the form bytes=FIRST-LAST");
    let text = value.to_str().ok().and_then(|text| text.trim().strip_prefix("bytes=")).ok_or_else(wrong)?;
    one_range(text).map(Some).ok_or_else(wrong)
}

/// The bytes of `a-b` or `a-`, the end not included; at least one.
pub(super) fn one_range(text: &str) -> Option<Range<u64>> {
    let (first, last) = text.split_once('-')?;
    let first: u64 = first.trim().parse().ok()?;
    let end = match last.trim() {
        "" => u64::MAX,
        last => last.parse::<u64>().ok()?.saturating_add(1),
    };
    (first < end).then_some(first..end)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn ranges_end_before_their_end() {
        let check = |text: &'static str| {
            let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_static(text))]);
            range(&headers).ok().flatten()
        };
        assert_eq!(check("bytes=0-9"), Some(0..10));
        assert_eq!(check("bytes=5-"), Some(5..u64::MAX));
        for wrong in ["bytes=9-5", "bytes=-5", "items=0-9", "bytes=a-b", "bytes=0-9,20-29"] {
            assert_eq!(check(wrong), None, "{wrong}");
        }
    }
}
