//! What to send again of a file to change some of its bytes: `GET {cas}/v2/file-chunk-hashes/{file}`.
//!
//! `X-Range-Dirty: bytes=FIRST-LAST,…` names the bytes. The client fetches the windows of the answer, changes them,
//! sends them as chunks, and makes a new file of these and of the terms between the windows: the subtrees give it the
//! id of that file, the verification hashes prove that it may name those terms.

use std::ops::Range;

use axum::Router;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use stoa_core::Failure;
use stoa_http::{App, Json, Reply, Segments};
use stoa_hub::{DirtyWindows, Subtree};

use super::session::{Session, hash, one_range};
use super::store;

/// Ranges in one request. Clients ask for whole terms, which are rarely that many.
const RANGES: usize = 1024;

pub(super) fn route() -> Router<App> {
    store(&["/v2/file-chunk-hashes/{hash}", "/file-chunk-hashes/{hash}"], &get(windows))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    total_chunks: u64,
    file_size: u64,
    windows: Vec<Window>,
    hash_ranges: Vec<Option<Gap>>,
    gap_verification: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    /// Unlike other ranges of bytes in this protocol, without the end.
    dirty_byte_range: [u64; 2],
}

// Compat: hf_xet 1.8 reads the fields below with underscores, in the middle of an answer without.
#[derive(Serialize)]
struct Gap {
    nodes: Vec<Node>,
    levels: Vec<(usize, usize)>,
    at_start: bool,
    at_end: bool,
}

#[derive(Serialize)]
struct Node {
    hash: String,
    size: u64,
}

async fn windows(session: Session, at: Segments, headers: HeaderMap) -> Reply<Response> {
    let found = session.0.dirty_windows(hash(&at)?, dirty(&headers)?).await?;
    let uncached = [(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"))];
    Ok((uncached, Json(Answer::from(found))).into_response())
}

/// The ranges in `X-Range-Dirty`.
fn dirty(headers: &HeaderMap) -> Result<Vec<Range<u64>>, Failure> {
    let wrong = || Failure::invalid("X-Range-Dirty must have the form bytes=FIRST-LAST,FIRST-LAST");
    let text = headers.get("x-range-dirty").and_then(|value| value.to_str().ok()).ok_or_else(wrong)?;
    let text = text.trim().strip_prefix("bytes=").ok_or_else(wrong)?;
    let ranges: Option<Vec<_>> = text.split(',').take(RANGES + 1).map(one_range).collect();
    let ranges = ranges.ok_or_else(wrong)?;
    if ranges.len() > RANGES {
        return Err(Failure::invalid(format!("X-Range-Dirty may name at most {RANGES} ranges")));
    }
    Ok(ranges)
}

impl From<DirtyWindows> for Answer {
    fn from(found: DirtyWindows) -> Self {
        Self {
            total_chunks: found.chunks,
            file_size: found.size,
            windows: found
                .windows
                .iter()
                .map(|Range { start, end }| [*start, *end])
                .map(Window::from)
                .collect(),
            hash_ranges: found.gaps.into_iter().map(|gap| gap.map(Gap::from)).collect(),
            gap_verification: found.proofs.iter().map(ToString::to_string).collect(),
        }
    }
}

impl From<[u64; 2]> for Window {
    fn from(dirty_byte_range: [u64; 2]) -> Self {
        Self { dirty_byte_range }
    }
}

impl From<Subtree> for Gap {
    fn from(Subtree { nodes, levels, at_start, at_end }: Subtree) -> Self {
        let node = |(hash, size): (stoa_hub::MerkleHash, u64)| Node { hash: hash.to_string(), size };
        Self { nodes: nodes.into_iter().map(node).collect(), levels, at_start, at_end }
    }
}
