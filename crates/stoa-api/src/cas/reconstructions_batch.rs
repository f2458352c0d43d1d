//! How to put several files together: `GET {cas}/v1/reconstructions?file_id=…&file_id=…`, or `POST` of the same with a
//! JSON array of ids. A file that the token may not read is left out, as one that is not here.

use std::collections::HashSet;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Map, json};
use stoa_core::Failure;
use stoa_http::{App, Origin, Params, Reply, read_body};
use stoa_hub::{MerkleHash, Reconstructed};

use super::reconstructions::{answer, fetch_one, grouped, terms};
use super::session::Session;
use super::store;

/// Files in one request.
const FILES: usize = 256;
/// Bytes of a request for that many, each with a prefix.
const BODY: usize = 64 << 10;

pub(super) fn route() -> Router<App> {
    // Compat: hf_xet 1.5 and before know no version in the path.
    store(&["/v1/reconstructions", "/reconstructions"], &get(asked_by_query).post(asked_by_body))
}

async fn asked_by_query(session: Session, params: Params, origin: Origin) -> Reply<Response> {
    let files: Vec<&str> = params.all("file_id").take(FILES + 1).collect();
    plans(&session, &files, &origin).await
}

/// A file in a body: its id, or as the crates of `hf_xet` write it, with the prefix of its store.
#[derive(Deserialize)]
#[serde(untagged)]
enum Asked {
    Id(String),
    Key { hash: String },
}

async fn asked_by_body(session: Session, origin: Origin, body: Body) -> Reply<Response> {
    let body = read_body(body, BODY).await?;
    let files: Vec<Asked> = serde_json::from_slice(&body)
        .map_err(|_| Failure::invalid("The request body must be a JSON array of file ids"))?;
    let files: Vec<&str> =
        files.iter().map(|(Asked::Id(id) | Asked::Key { hash: id })| id.as_str()).collect();
    plans(&session, &files, &origin).await
}

async fn plans(session: &Session, files: &[&str], origin: &Origin) -> Reply<Response> {
    if files.is_empty() || files.len() > FILES {
        return Err(Failure::invalid(format!("Ask for 1 to {FILES} files at once")).into());
    }
    let files: Result<Vec<MerkleHash>, _> = files.iter().map(|id| id.parse()).collect();
    let files = files.map_err(|_| Failure::invalid("A file id must have 64 hexadecimal digits"))?;
    let plans = session.0.reconstruct_all(&files).await?;
    let of_files: Map<_, _> =
        plans.iter().map(|(file, plan)| (file.to_string(), terms(plan).into())).collect();
    // Files share xorbs, and often the same chunks of them.
    let mut seen = HashSet::new();
    let fetches = plans.into_iter().flat_map(|(_, plan)| plan.fetches);
    let fetches = fetches.filter(|fetch| seen.insert((fetch.xorb, fetch.bytes.clone()))).collect();
    let all = Reconstructed { offset: 0, terms: vec![], fetches };
    let fetch_info = grouped(&all, |fetch| fetch_one(origin, fetch));
    Ok(answer(json!({ "files": of_files, "fetch_info": fetch_info })))
}
