//! The tensors of a weight file, or of all files that an index names.

use std::collections::BTreeMap;

use serde_json::Value;
use stoa_core::{Failure, Reply, Revision};
use stoa_meta::weights::gguf::Gguf;
use stoa_meta::weights::safetensors::{self, Header};

use super::File;
use crate::access::Access;
use crate::{Repo, cpu};

/// Tensors of one answer at most.
const TENSORS: usize = 50_000;
/// Pairs of metadata of one answer at most.
const PAIRS: usize = 1_000;
/// Files of one index that are read, and bytes of their headers.
const SHARDS: usize = 512;
const HEADERS: u64 = 64 << 20;
/// What an index ends in.
const INDEX: &str = ".safetensors.index.json";

/// How weights are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TensorFormat {
    /// safetensors.
    Safetensors,
    /// GGUF.
    Gguf,
}

/// What weight files hold.
#[derive(Clone, Debug)]
pub struct Tensors {
    /// How they are stored.
    pub format: TensorFormat,
    /// The tensors, in the order of their bytes.
    pub tensors: Vec<Tensor>,
    /// What the files say about themselves, by key.
    pub metadata: Vec<(String, String)>,
    /// Whether there is more than is shown.
    pub truncated: bool,
}

/// One tensor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tensor {
    /// Its name, such as `model.embed_tokens.weight`.
    pub name: String,
    /// The type of its numbers, as the file spells it.
    pub dtype: String,
    /// Its dimensions, in the order of the file: GGUF has the fastest first.
    pub shape: Vec<u64>,
    /// Where its bytes begin in the file.
    pub start: u64,
    /// How many they are; 0 when the type is not known.
    pub bytes: u64,
    /// The file that an index names; `None` without an index.
    pub file: Option<String>,
}

impl<A: Access> Repo<A> {
    /// What a weight file at a path of a revision holds: a safetensors or GGUF file, or an index of safetensors files.
    pub async fn tensors(&self, revision: &Revision, path: &str) -> Reply<Tensors> {
        self.check_content().await?;
        let file = self.file(revision, path).await?;
        if path.ends_with(INDEX) {
            return self.tensors_of_index(revision, &file).await;
        }
        if path.ends_with(".gguf") {
            let gguf = self.gguf_head(file.oid).await?.map_err(|fault| broken(path, &fault))?;
            return Ok(of_gguf(gguf));
        }
        let mut found = Tensors {
            format: TensorFormat::Safetensors,
            tensors: Vec::new(),
            metadata: Vec::new(),
            truncated: false,
        };
        let header = self.safetensors_header(file.oid).await?;
        let (start, header) = header.map_err(|fault| broken(path, &fault))?;
        found.add(start, header, None);
        Ok(found)
    }

    async fn tensors_of_index(&self, revision: &Revision, index: &File) -> Reply<Tensors> {
        let path = &index.path;
        if index.size > safetensors::MAX_HEADER {
            return Err(Failure::too_large(format!("`{path}` is too large for an index")));
        }
        let text = self.hub.peek(self.row.id, index.oid, 0..index.size, safetensors::MAX_HEADER).await?;
        let parse = move || {
            let shards = safetensors::index_files(&text).map_err(|fault| fault.to_string());
            let about: Option<About> = serde_json::from_slice(&text).ok();
            Ok((shards, about.unwrap_or_default().metadata))
        };
        let (shards, metadata) = cpu::run(parse).await?;
        let shards = shards.map_err(|fault| broken(path, &fault))?;
        let mut found = Tensors {
            format: TensorFormat::Safetensors,
            tensors: Vec::new(),
            metadata: metadata.into_iter().map(|(key, value)| (key, text_of(value))).collect(),
            truncated: shards.len() > SHARDS,
        };
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let mut read = 0;
        for shard in shards.into_iter().take(SHARDS) {
            if read > HEADERS || found.tensors.len() >= TENSORS {
                found.truncated = true;
                break;
            }
            let path = format!("{folder}{shard}");
            let file = self.file(revision, &path).await?;
            let header = self.safetensors_header(file.oid).await?;
            let (start, header) = header.map_err(|fault| broken(&path, &fault))?;
            read += start;
            found.add(start, header, Some(&shard));
        }
        Ok(found)
    }
}

/// The part of an index that is shown.
#[derive(serde::Deserialize, Default)]
struct About {
    #[serde(default)]
    metadata: BTreeMap<String, Value>,
}

impl Tensors {
    /// Adds a file whose tensors begin at `start`.
    fn add(&mut self, start: u64, header: Header, file: Option<&str>) {
        let room = TENSORS.saturating_sub(self.tensors.len());
        self.truncated |= header.tensors.len() > room;
        self.tensors.extend(header.tensors.into_iter().take(room).map(|tensor| Tensor {
            name: tensor.name,
            dtype: tensor.dtype,
            shape: tensor.shape,
            start: start.saturating_add(tensor.offsets.0),
            bytes: tensor.offsets.1.saturating_sub(tensor.offsets.0),
            file: file.map(str::to_owned),
        }));
        for pair in header.metadata {
            if self.metadata.len() >= PAIRS {
                self.truncated = true;
                break;
            }
            if !self.metadata.iter().any(|(key, _)| *key == pair.0) {
                self.metadata.push(pair);
            }
        }
    }
}

fn of_gguf(gguf: Gguf) -> Tensors {
    let mut metadata: Vec<(String, String)> =
        gguf.metadata.into_iter().map(|(key, value)| (key, text_of(value))).collect();
    metadata.extend(gguf.chat_template.map(|template| ("tokenizer.chat_template".to_owned(), template)));
    metadata.sort();
    let truncated = gguf.tensors.len() > TENSORS;
    let tensors = gguf.tensors.into_iter().take(TENSORS).map(|tensor| Tensor {
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
        start: gguf.data_start.saturating_add(tensor.offset),
        bytes: tensor.bytes.unwrap_or(0),
        file: None,
    });
    Tensors { format: TensorFormat::Gguf, tensors: tensors.collect(), metadata, truncated }
}

fn text_of(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

fn broken(path: &str, fault: &str) -> Failure {
    Failure::invalid(format!("`{path}` cannot be read: {fault}"))
}
