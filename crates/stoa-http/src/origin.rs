//! Under which address the hub was asked: every absolute URL is made from it.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use stoa_core::{Failure, Reply};

use crate::{App, Error, HttpConfig};

/// The public address of the hub without a slash at its end, such as `https://hub.example`: the configured one, or
/// what the client wrote. `http://127.0.0.1:8080` and `http://localhost:8080` are different origins to clients, so
/// what they wrote is what they get back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin(pub String);

impl Origin {
    /// The origin of a request.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri, config: &HttpConfig) -> Reply<Self> {
        if let Some(url) = &config.public_url {
            return Ok(Self(url.trim_end_matches('/').to_owned()));
        }
        let forwarded = |name: &str| if config.trust_proxy { last(headers, name) } else { None };
        let host = forwarded("x-forwarded-host")
            .or_else(|| headers.get(header::HOST).and_then(|value| value.to_str().ok()))
            .or_else(|| uri.authority().map(axum::http::uri::Authority::as_str))
            .unwrap_or("localhost");
        if !is_host(host) {
            return Err(Failure::invalid("The Host header is not a host name with an optional port"));
        }
        let scheme = match forwarded("x-forwarded-proto") {
            Some("https") => "https",
            _ => "http",
        };
        Ok(Self(format!("{scheme}://{host}")))
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromRequestParts<App> for Origin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        Ok(Self::of(&parts.headers, &parts.uri, &app.config)?)
    }
}

/// The last element of a forwarded header: the one that our own proxy added.
pub(crate) fn last<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty())
}

/// A name, an IPv4 address or a bracketed IPv6 address, with an optional port.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, rest)) => {
            if !name.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.') {
                return false;
            }
            (name, rest.strip_prefix(':').or_else(|| rest.is_empty().then_some("0")))
        }
        None => match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, Some("0")),
        },
    };
    let named = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':'));
    host.len() <= 255 && !name.is_empty() && named && port.is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(config: &HttpConfig, pairs: &[(&'static str, &'static str)]) -> Reply<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, axum::http::HeaderValue::from_static(value));
        }
        Origin::of(&headers, &Uri::from_static("/x"), config).map(|origin| origin.0)
    }

    #[test]
    fn the_host_is_what_the_client_wrote() {
        let config = HttpConfig::default();
        for (host, expected) in [
            ("localhost:8080", "http://localhost:8080"),
            ("127.0.0.1", "http://127.0.0.1"),
            ("[::1]:80", "http://[::1]:80"),
            ("hub_1.example", "http://hub_1.example"),
        ] {
            assert_eq!(origin(&config, &[("host", host)]).as_deref(), Ok(expected));
        }
        assert_eq!(origin(&config, &[]).as_deref(), Ok("http://localhost"));
    }

    #[test]
    fn a_host_that_could_break_out_of_a_url_is_refused() {
        for host in
            ["a/b", "a\"b", "a b", "a@b", "a:b", "a:99999", "", "[::1", "[x]", "a\u{e9}", "<x>", "a?b"]
        {
            let mut headers = HeaderMap::new();
            let Ok(value) = axum::http::HeaderValue::from_str(host) else { continue };
            headers.insert("host", value);
            let got = Origin::of(&headers, &Uri::from_static("/x"), &HttpConfig::default());
            // What is no text at all counts as absent.
            assert!(got.is_err() || got == Ok(Origin("http://localhost".to_owned())), "{host:?} {got:?}");
        }
    }

    #[test]
    fn forwarded_headers_count_only_behind_a_trusted_proxy() {
        let sent =
            [("host", "inner:1"), ("x-forwarded-host", "evil, hub.example"), ("x-forwarded-proto", "https")];
        let mut config = HttpConfig::default();
        assert_eq!(origin(&config, &sent).as_deref(), Ok("http://inner:1"));
        config.trust_proxy = true;
        assert_eq!(origin(&config, &sent).as_deref(), Ok("https://hub.example"));
        config.public_url = Some("https://fixed.example/".to_owned());
        assert_eq!(origin(&config, &sent).as_deref(), Ok("https://fixed.example"));
    }
}
