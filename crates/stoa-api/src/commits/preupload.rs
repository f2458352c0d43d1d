//! Ask how to send files: `POST /api/{models|datasets|spaces}/{ns}/{name}/preupload/{rev}`.
//!
//! The client sends the first bytes of each file and is told which go into the commit itself and which are large.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use stoa_core::{Failure, Oid, Reply as Checked, Revision};
use stoa_http::{App, Json, Params, Reply, RepoOf, Segments};
use stoa_hub::{Sample, Write};

use super::no_pull_request;
use super::whole::whole_json;
use crate::route::of_repo;

/// Files of one request at most; `huggingface_hub` sends 256.
const MOST: usize = 1000;
/// Bytes of the request: so many samples, and two files of rules.
const BYTES: usize = 8 << 20;
/// Bytes of one sample; clients send 512.
const SAMPLE: usize = 4096;

pub(super) fn route() -> Router<App> {
    of_repo("/preupload/{*rev}", &post(preupload))
}

#[derive(Deserialize)]
struct Ask {
    files: Vec<AskFile>,
    #[serde(rename = "gitAttributes")]
    git_attributes: Option<String>,
    #[serde(rename = "gitIgnore")]
    git_ignore: Option<String>,
}

#[derive(Deserialize)]
struct AskFile {
    path: String,
    #[serde(default)]
    sample: String,
    #[serde(default)]
    size: u64,
}

#[derive(Serialize)]
struct Answer {
    files: Vec<AnswerFile>,
    /// The commit that the answer is about.
    #[serde(rename = "commitOid")]
    commit_oid: Oid,
}

#[derive(Serialize)]
struct AnswerFile {
    path: String,
    #[serde(rename = "uploadMode")]
    upload_mode: &'static str,
    #[serde(rename = "shouldIgnore")]
    should_ignore: bool,
    /// What is there now. Compat: `huggingface_hub` leaves out what would not change.
    #[serde(skip_serializing_if = "Option::is_none")]
    oid: Option<String>,
}

async fn preupload(repo: RepoOf<Write>, at: Segments, params: Params, body: Body) -> Reply<Json<Answer>> {
    no_pull_request(&params)?;
    let revision = Revision::new(at.get("rev")?)?;
    let ask: Ask = whole_json(body, BYTES).await?;
    if ask.files.len() > MOST {
        return Err(Failure::invalid(format!("At most {MOST} files can be asked about at once")).into());
    }
    let commit_oid = repo.resolve(&revision).await?;
    let samples = ask.files.into_iter().map(sample).collect::<Checked<Vec<_>>>()?;
    let planned =
        repo.plan(&revision, &samples, ask.git_attributes.as_deref(), ask.git_ignore.as_deref()).await?;
    let files = planned.into_iter().map(|file| AnswerFile {
        path: file.path,
        upload_mode: if file.large { "lfs" } else { "regular" },
        should_ignore: file.ignored,
        oid: file.oid,
    });
    Ok(Json(Answer { files: files.collect(), commit_oid }))
}

fn sample(file: AskFile) -> Checked<Sample> {
    let mut sample = STANDARD.decode(&file.sample).map_err(|_| {
        let shown: String = file.path.chars().take(128).collect::<String>().escape_debug().collect();
        Failure::invalid(format!("The sample of `{shown}` is not base64"))
    })?;
    sample.truncate(SAMPLE);
    Ok(Sample { path: file.path, sample, size: file.size })
}
