//! How the bytes of a file are answered, whatever address they were asked under: status, headers, range.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::json;
use stoa_core::{Oid, Reply, Sha256};
use stoa_http::{Params, header_text};

use super::media;
use super::range::{Wanted, has_it, wanted};

/// What is to be sent.
pub(crate) struct Content {
    /// The file's name, when there is one.
    pub(crate) name: Option<String>,
    /// Bytes.
    pub(crate) size: u64,
    /// What identifies the bytes, without quotes.
    pub(crate) etag: String,
    /// The commit it was found in.
    pub(crate) commit: Option<Oid>,
    /// The SHA-256 of a large file.
    pub(crate) large: Option<Sha256>,
    /// Where Xet clients learn how to fetch a large file: its name there, and the `Link` with both addresses.
    pub(crate) xet: Option<(String, String)>,
}

/// An answer that only lacks its bytes.
pub(crate) struct Plan {
    status: StatusCode,
    headers: HeaderMap,
    /// The bytes to send; `None` when there are none to be sent, as for HEAD and 304.
    pub(crate) range: Option<Range<u64>>,
    /// A body that is not the file's.
    body: Option<String>,
}

/// The policy under which a browser shows a file of somebody's repository: no scripts, no origin of ours.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox");
/// Caches may keep an answer, but must ask each time whether it still holds and is still allowed.
const CACHE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// The type of what is told instead of a file to those who ask for it.
const XET: &str = "application/vnd.xet-fileinfo+json";

const REPO_COMMIT: HeaderName = HeaderName::from_static("x-repo-commit");
const LINKED_ETAG: HeaderName = HeaderName::from_static("x-linked-etag");
const LINKED_SIZE: HeaderName = HeaderName::from_static("x-linked-size");

impl Plan {
    /// Decides the answer to a request for `content`.
    pub(crate) fn of(content: &Content, method: &Method, asked: &HeaderMap, params: &Params) -> Reply<Self> {
        let mut headers = HeaderMap::new();
        let etag = header_text(&format!("\"{}\"", content.etag), 80);
        if let Some(commit) = content.commit {
            headers.insert(REPO_COMMIT, header_text(&commit.to_string(), 40));
        }
        headers.insert(header::ETAG, etag.clone());
        headers.insert(header::CACHE_CONTROL, CACHE);
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if has_it(asked, &content.etag) {
            return Ok(Self { status: StatusCode::NOT_MODIFIED, headers, range: None, body: None });
        }
        if content.large.is_some() {
            headers.insert(LINKED_ETAG, etag);
            headers.insert(LINKED_SIZE, HeaderValue::from(content.size));
        }
        if let Some((hash, link)) = &content.xet {
            headers.insert("x-xet-hash", header_text(hash, 64));
            headers.insert(header::LINK, header_text(link, 1024));
        }
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        describe(content, params, &mut headers)?;
        // RFC 9110 defines ranges for GET alone; HEAD tells the size of the whole.
        let get = *method == Method::GET;
        if get
            && let Some((hash, _)) = &content.xet
            && wants_xet(asked)
        {
            return Ok(Self::xet(hash, content.size, headers));
        }
        let wanted = if get { wanted(asked, content.size, &content.etag) } else { Wanted::Whole };
        Ok(match wanted {
            Wanted::Whole => {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(content.size));
                Self { status: StatusCode::OK, headers, range: get.then_some(0..content.size), body: None }
            }
            Wanted::Part(range) => {
                let text = format!("bytes {}-{}/{}", range.start, range.end - 1, content.size);
                headers.insert(header::CONTENT_RANGE, header_text(&text, 80));
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
                Self { status: StatusCode::PARTIAL_CONTENT, headers, range: Some(range), body: None }
            }
            Wanted::Beyond => beyond(content.size, headers),
        })
    }

    /// The answer that tells where Xet clients find a file.
    ///
    /// Compat: `@huggingface/hub` asks with a GET whether a file can be had through Xet, and takes this type for a yes.
    fn xet(hash: &str, size: u64, mut headers: HeaderMap) -> Self {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(XET));
        headers.insert(LINKED_SIZE, HeaderValue::from(size));
        headers.remove(header::CONTENT_DISPOSITION);
        headers.remove(header::ACCEPT_RANGES);
        let body = Some(json!({ "hash": hash, "size": size }).to_string());
        Self { status: StatusCode::OK, headers, range: None, body }
    }

    /// The answer with its bytes.
    pub(crate) fn with(self, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if let Some(body) = self.body {
            *response.body_mut() = Body::from(body);
        }
        response
    }
}

fn wants_xet(asked: &HeaderMap) -> bool {
    let accepts = asked.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|kind| kind.trim().starts_with(XET))
}

/// Name and type of the file.
fn describe(content: &Content, params: &Params, headers: &mut HeaderMap) -> Reply<()> {
    let name = content.name.as_deref();
    let kind = HeaderValue::from_static(media::media_type(name.unwrap_or_default()));
    headers.insert(header::CONTENT_TYPE, kind);
    if let Some(name) = name
        && params.one("noContentDisposition").is_none()
    {
        headers.insert(header::CONTENT_DISPOSITION, media::disposition(name, params.on("download")?));
    }
    Ok(())
}

/// The answer when all the bytes that were asked for lie behind the end.
fn beyond(size: u64, mut headers: HeaderMap) -> Plan {
    headers.insert(header::CONTENT_RANGE, header_text(&format!("bytes */{size}"), 80));
    if size == 0 {
        // Compat: `@huggingface/hub` asks for bytes 0-0 of every file and takes a 416 for a failure; with this answer
        // it reads the size behind the slash.
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(0));
        return Plan { status: StatusCode::OK, headers, range: Some(0..0), body: None };
    }
    let message = format!("The file ends before the range that was asked for; it has {size} bytes");
    headers.insert("x-error-message", header_text(&message, 200));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.remove(header::CONTENT_DISPOSITION);
    Plan {
        status: StatusCode::RANGE_NOT_SATISFIABLE,
        headers,
        range: None,
        body: Some(json!({ "error": message }).to_string()),
    }
}
