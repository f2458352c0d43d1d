//! Style sheet, scripts and pictures of the site: `GET /static/{hash}/{name}`.
//!
//! They are in the binary. Their address contains a hash of what they hold, so browsers keep them for ever.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use stoa_core::Failure;
use stoa_http::{App, Reply};

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The style sheet: tokens first, then what is shared, then what belongs to some pages.
const STYLE: &str = concat!(
    include_str!("static/style/tokens.css"),
    include_str!("static/style/base.css"),
    include_str!("static/style/parts.css"),
    include_str!("static/style/home.css"),
    include_str!("static/style/lists.css"),
    include_str!("static/style/repo.css"),
    include_str!("static/style/files.css"),
    include_str!("static/style/account.css"),
    include_str!("static/style/docs.css"),
);

/// Name, type and content.
const FILES: &[(&str, &str, &str)] = &[
    ("style.css", CSS, STYLE),
    ("icon.svg", SVG, include_str!("static/icon.svg")),
    ("quicksearch.js", SCRIPT, include_str!("static/islands/quicksearch.js")),
    ("copy.js", SCRIPT, include_str!("static/islands/copy.js")),
    ("lines.js", SCRIPT, include_str!("static/islands/lines.js")),
    ("leave.js", SCRIPT, include_str!("static/islands/leave.js")),
    ("upload.js", SCRIPT, include_str!("static/islands/upload.js")),
    ("transfer.js", SCRIPT, include_str!("static/islands/transfer.js")),
    ("sha256.js", SCRIPT, include_str!("static/islands/sha256.js")),
];

struct Asset {
    /// `/static/{hash}/{name}`.
    address: String,
    kind: &'static str,
    plain: &'static str,
    packed: Bytes,
}

static ASSETS: LazyLock<HashMap<&'static str, Asset>> = LazyLock::new(|| {
    let made = FILES.iter().map(|(name, kind, plain)| {
        let digest = Sha256::digest(plain.as_bytes());
        let mut hash = String::new();
        for byte in &digest[..6] {
            let _ = write!(hash, "{byte:02x}");
        }
        let asset = Asset {
            address: format!("/static/{hash}/{name}"),
            kind,
            plain,
            packed: pack(plain.as_bytes(), 9),
        };
        (*name, asset)
    });
    made.collect()
});

/// Bytes as gzip; what cannot be packed, which does not happen in memory, stays empty.
pub(crate) fn pack(plain: &[u8], level: u32) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 3), Compression::new(level));
    let packed = encoder.write_all(plain).and_then(|()| encoder.finish());
    packed.unwrap_or_default().into()
}

/// Whether an answer may be sent as gzip.
pub(crate) fn takes_gzip(headers: &HeaderMap) -> bool {
    let sent = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    sent.flat_map(|value| value.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some("gzip")
            && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Where a file of the site is. A name that is not in the table is a fault of ours, and leads to a missing file.
pub(crate) fn address(name: &str) -> &'static str {
    ASSETS.get(name).map_or("/static/missing", |asset| &asset.address)
}

pub(crate) fn route() -> Router<App> {
    Router::new().route("/static/{hash}/{name}", get(asset)).route("/favicon.ico", get(|| async { icon() }))
}

/// The hash in the address is not looked at: an old page may ask for what a newer stoa has under another one.
async fn asset(Path((_, name)): Path<(String, String)>, asked: HeaderMap) -> Reply<Response> {
    let asset = ASSETS.get(name.as_str());
    let asset = asset.ok_or_else(|| Failure::not_found("There is no such file of the site"))?;
    let mut answer = if takes_gzip(&asked) {
        let mut answer = asset.packed.clone().into_response();
        answer.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        answer
    } else {
        asset.plain.into_response()
    };
    dress(answer.headers_mut(), asset.kind);
    Ok(answer)
}

fn icon() -> Response {
    let mut answer = include_str!("static/icon.svg").into_response();
    dress(answer.headers_mut(), SVG);
    answer
}

fn dress(headers: &mut HeaderMap, kind: &'static str) {
    let ready: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::VARY, HeaderValue::from_static("Accept-Encoding")),
    ];
    for (name, value) in ready {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_named_once() {
        let rest = &STYLE[include_str!("static/style/tokens.css").len()..];
        let colors = ["#", "rgb(", "hsl(", "oklch("];
        for line in rest.lines().filter(|line| line.contains(':') && !line.trim_end().ends_with('{')) {
            let value = line.split_once(':').map_or("", |(_, value)| value);
            assert!(!colors.iter().any(|color| value.contains(color)), "use a token of tokens.css: {line}");
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let takes = |value: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]))
        };
        assert!(takes("gzip, deflate, br") && takes("br;q=1, gzip;q=0.5"));
        assert!(!takes("identity") && !takes("gzip;q=0") && !takes("br"));
    }
}
