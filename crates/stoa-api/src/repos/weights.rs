//! The headers of all shards of a model: `GET /api/models/{ns}/{name}/safetensors-metadata/{*path}`, where the path is
//! that of an index such as `model.safetensors.index.json` on `main`.

use std::collections::BTreeMap;
use std::ops::Range;

use axum::Router;
use axum::routing::get;
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use stoa_core::{Failure, Reply as Result, Revision};
use stoa_http::{Json, Reply, RepoOf, Segments};
use stoa_hub::{File, Read, Repo};
use stoa_meta::weights::safetensors;

pub(super) fn route() -> Router<stoa_http::App> {
    Router::new().route("/api/models/{ns}/{name}/safetensors-metadata/{*path}", get(headers))
}

/// Shards of one model at most.
const SHARDS: usize = 512;
/// Bytes of an index.
const INDEX: u64 = 25_000_000;
/// Bytes of all headers of one model.
const HEADERS: u64 = 64 << 20;

/// What of the index is passed on: the names of tensors are in the headers again.
#[derive(Serialize, Deserialize)]
struct Index {
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Value>,
}

#[derive(Serialize)]
struct Answer {
    index: Index,
    /// By shard; the text is what the file says.
    headers: BTreeMap<String, Box<RawValue>>,
}

async fn headers(repo: RepoOf<Read>, at: Segments) -> Reply<Json<Answer>> {
    let main = Revision::new("main")?;
    let path = at.path();
    let file = repo.file(&main, path).await?;
    let text = bytes(&repo, &file, 0..file.size, INDEX).await?;
    let wrong =
        |error: &dyn std::fmt::Display| Failure::invalid(format!("`{path}` is no index of shards: {error}"));
    let shards = safetensors::index_files(&text).map_err(|error| wrong(&error))?;
    let index: Index = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
    if shards.len() > SHARDS {
        return Err(Failure::too_large(format!("`{path}` names more than {SHARDS} shards")).into());
    }
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let mut headers = BTreeMap::new();
    let mut left = HEADERS;
    for shard in shards {
        let file = repo.file(&main, &format!("{folder}{shard}")).await?;
        let header = header(&repo, &file, &mut left).await?;
        headers.insert(shard, header);
    }
    Ok(Json(Answer { index, headers }))
}

/// The JSON header of one shard.
async fn header(repo: &Repo<Read>, file: &File, left: &mut u64) -> Result<Box<RawValue>> {
    let wrong = |error: &dyn std::fmt::Display| Failure::invalid(format!("`{}`: {error}", file.path));
    let first = bytes(repo, file, 0..8, 8).await?;
    let length = safetensors::header_len(&first).map_err(|error| wrong(&error))?;
    *left = left
        .checked_sub(length)
        .ok_or_else(|| Failure::too_large(format!("The headers have more than {HEADERS} bytes in all")))?;
    let header = bytes(repo, file, 8..8 + length, length).await?;
    serde_json::from_slice(&header).map_err(|error| wrong(&error))
}

/// Some bytes of a file, at most `max`.
async fn bytes(repo: &Repo<Read>, file: &File, range: Range<u64>, max: u64) -> Result<Vec<u8>> {
    let range = range.start.min(file.size)..range.end.min(file.size);
    if range.end - range.start > max {
        return Err(Failure::too_large(format!("`{}` is too large for this", file.path)));
    }
    let mut whole = Vec::new();
    let mut stream = repo.open_file(file, range).await?;
    while let Some(piece) = stream.try_next().await.map_err(Failure::internal)? {
        whole.extend_from_slice(&piece);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing;

    /// A safetensors file without bytes of tensors, as text: the length of its header is below 128.
    fn file(header: &str) -> String {
        format!("{}\0\0\0\0\0\0\0{header}", char::from(header.len() as u8))
    }

    #[tokio::test]
    async fn headers_of_all_shards_come_with_the_metadata_of_the_index() {
        let hub = testing::hub().await;
        hub.as_user("ada").create("ada/m").await.ok();
        let (one, two) =
            (file("{\"a\":{\"dtype\":\"F32\"}}"), file("{\"__metadata__\":{\"format\":\"pt\"}}"));
        let index = "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"a\":\"1.st\",\"b\":\"2.st\"}}";
        let files = [("w/index.json", index), ("w/1.st", &one), ("w/2.st", &two), ("bad.json", "{}")];
        testing::commit(&hub, "ada/m", &files).await;
        let path = "/api/models/ada/m/safetensors-metadata";
        let answer = hub.anonymous().get(&format!("{path}/w/index.json")).await.expect(200).json();
        assert_eq!(answer["index"], json!({ "metadata": { "total_size": 8 } }));
        assert_eq!(answer["headers"]["1.st"], json!({ "a": { "dtype": "F32" } }));
        assert_eq!(answer["headers"]["2.st"], json!({ "__metadata__": { "format": "pt" } }));
        hub.anonymous().get(&format!("{path}/none.json")).await.expect(404);
        hub.anonymous().get(&format!("{path}/bad.json")).await.expect(400);
        hub.anonymous().get(&format!("{path}/w/1.st")).await.expect(400);
        let ask = json!({ "gated": "manual" });
        hub.as_user("ada").put_json("/api/models/ada/m/settings", &ask).await.ok();
        hub.anonymous().get(&format!("{path}/w/index.json")).await.expect(401);
    }
}
