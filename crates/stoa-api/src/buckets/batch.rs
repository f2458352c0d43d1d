//! Change files of a bucket: `POST /api/buckets/{ns}/{name}/batch`, one change a line. What comes is put first, then
//! what goes is removed, whatever the order of the lines.
//!
//! Compat: 200 when some changes could not be made, 422 when none could; `huggingface_hub` reads `failed` of both.

use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::{Deserialize, Serialize};
use stoa_core::{BucketId, Failure, Reply as Checked, RepoId, RepoPath, Time};
use stoa_http::{App, Json, Reply, read_body};
use stoa_hub::{BucketChange, BucketSource, MerkleHash, Write};

use super::place::BucketOf;

/// Files that come, and files that go, of one request at most.
const MOST: usize = 1000;
/// Bytes of a request at most.
const BODY: usize = 8 << 20;
/// The last millisecond of the year 9999.
const LAST: f64 = 253_402_300_799_999.0;

pub(super) fn route() -> Router<App> {
    Router::new().route("/api/buckets/{ns}/{name}/batch", post(batch))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    path: String,
    xet_hash: Option<String>,
    /// In milliseconds.
    mtime: Option<f64>,
    content_type: Option<String>,
    source_repo_type: Option<String>,
    source_repo_id: Option<String>,
}

#[derive(Serialize)]
struct Answer {
    success: bool,
    processed: usize,
    succeeded: usize,
    failed: Vec<Failed>,
}

#[derive(Serialize)]
struct Failed {
    path: String,
    error: String,
}

async fn batch(bucket: BucketOf<Write>, body: Body) -> Reply<Response> {
    let body = read_body(body, BODY).await?;
    let lines = lines(&body)?;
    let processed = lines.len();
    let (mut changes, mut failed) = (Vec::with_capacity(processed), Vec::new());
    for line in lines {
        let path = line.path.clone();
        match change(line) {
            Ok(change) => changes.push(change),
            Err(failure) => failed.push(Failed { path, error: failure.message }),
        }
    }
    if !changes.is_empty() {
        let more = bucket.change(changes).await?;
        failed.extend(more.into_iter().map(|(path, error)| Failed { path: path.to_string(), error }));
    }
    let succeeded = processed - failed.len();
    let none = succeeded == 0 && processed > 0;
    let status = if none { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let answer = Answer { success: failed.is_empty(), processed, succeeded, failed };
    Ok((status, Json(answer)).into_response())
}

/// The lines, as many as are allowed.
fn lines(body: &[u8]) -> Checked<Vec<Line>> {
    let (mut lines, mut puts, mut removals) = (Vec::new(), 0, 0);
    for (at, text) in body.split(|b| *b == b'\n').enumerate() {
        if text.trim_ascii().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_slice(text)
            .map_err(|error| Failure::invalid(format!("Line {} is no change: {error}", at + 1)))?;
        if line.kind == "deleteFile" {
            removals += 1;
        } else {
            puts += 1;
        }
        if puts > MOST || removals > MOST {
            return Err(Failure::too_large(format!(
                "At most {MOST} files can be added or copied and {MOST} deleted at once; send several batches"
            )));
        }
        lines.push(line);
    }
    Ok(lines)
}

fn change(line: Line) -> Checked<BucketChange> {
    let path = RepoPath::new(line.path)?;
    let from = match line.kind.as_str() {
        "deleteFile" => return Ok(BucketChange::Remove(path)),
        "addFile" => None,
        "copyFile" => Some(source(line.source_repo_type.as_deref(), line.source_repo_id.as_deref())?),
        _ => return Err(Failure::invalid("`type` must be one of addFile, copyFile, deleteFile")),
    };
    let file: Option<MerkleHash> = line.xet_hash.and_then(|hash| hash.parse().ok());
    let file = file.ok_or_else(|| Failure::invalid("`xetHash` must have 64 hexadecimal digits"))?;
    let mtime = line.mtime.map(|millis| Time((millis.clamp(0.0, LAST) * 1000.0) as i64));
    let content_type = line.content_type.filter(|kind| kind.len() <= 255);
    Ok(BucketChange::Put { path, file, from, mtime, content_type })
}

fn source(kind: Option<&str>, id: Option<&str>) -> Checked<BucketSource> {
    let id = id.ok_or_else(|| Failure::invalid("`sourceRepoId` is missing"))?;
    match kind {
        Some("bucket") => Ok(BucketSource::Bucket(BucketId::parse(id)?)),
        Some(kind) => Ok(BucketSource::Repo(RepoId::parse(kind.parse()?, id)?)),
        None => Err(Failure::invalid("`sourceRepoType` is missing")),
    }
}
