//! The JSON of repositories, as lists and repository info have it.
//!
//! [`Shown`] gathers what is known of one repository; [`Shown::object`] picks the properties that an answer has. What
//! is not known is left out: several clients crash on `null` where they accept an absent key.

mod object;
pub(crate) mod views;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use stoa_core::{Failure, Oid, Reply, RepoKind, Time};
use stoa_hub::{Entry, Info, RepoRow};

pub(crate) use object::{Object, Piece};

/// What the card, the configuration and the weights of a repository say.
enum Facts {
    Parsed(Map<String, Value>),
    Text(BTreeMap<String, Box<RawValue>>),
}

impl Facts {
    fn take(&mut self, key: &str) -> Option<Piece> {
        match self {
            Self::Parsed(map) => map.remove(key).map(Piece::Value),
            Self::Text(map) => map.remove(key).map(Piece::Text),
        }
    }
}

/// One repository with whatever is known of it.
pub(crate) struct Shown {
    row: RepoRow,
    sha: Option<Oid>,
    modified: Time,
    tags: Option<Piece>,
    facts: Facts,
    pipeline_tag: Option<String>,
    library: Option<String>,
    /// Its files; see [`names`] and [`files`].
    pub(crate) siblings: Option<Piece>,
    /// The Spaces that use a model.
    pub(crate) spaces: Option<Vec<String>>,
    /// How many models were made from a model.
    pub(crate) children: Option<usize>,
}

impl Shown {
    /// A repository at a revision.
    pub(crate) fn of_info(row: &RepoRow, info: Info) -> Reply<Self> {
        Ok(Self {
            sha: Some(info.sha),
            // A commit's own date has whole seconds; on `main` the moment it arrived is known better.
            modified: if row.head == Some(info.sha) { row.modified_at } else { info.modified },
            tags: Some(Piece::of(&info.tags)?),
            facts: Facts::Parsed(info.facts),
            pipeline_tag: info.pipeline_tag,
            library: info.library,
            row: row.clone(),
            siblings: None,
            spaces: None,
            children: None,
        })
    }

    /// An item of a list, with tags and facts as JSON text.
    pub(crate) fn of_listed(row: RepoRow, tags: String, facts: &str) -> Reply<Self> {
        Ok(Self {
            sha: row.head,
            modified: row.modified_at,
            tags: Some(Piece::text(tags)?),
            facts: Facts::Text(serde_json::from_str(facts).map_err(Failure::internal)?),
            pipeline_tag: row.pipeline_tag.clone(),
            library: row.library.clone(),
            row,
            siblings: None,
            spaces: None,
            children: None,
        })
    }

    /// The object with these properties. `_id` and `id` are always there.
    pub(crate) fn object(mut self, names: &[&'static str]) -> Object {
        let mut object = Object::default();
        object.put("_id", self.row.public_id());
        object.put("id", self.row.name.to_string());
        for name in names {
            if let Some(value) = self.property(name) {
                object.put(name, value);
            }
        }
        object
    }

    fn property(&mut self, name: &str) -> Option<Piece> {
        let row = &self.row;
        Some(match name {
            "author" => row.name.owner.as_str().into(),
            "createdAt" => row.created_at.to_string().into(),
            "disabled" => row.disabled.into(),
            "downloads" => count(row.downloads),
            "downloadsAllTime" => count(row.downloads_all),
            "gated" => json!(row.gated).into(),
            "lastModified" => self.modified.to_string().into(),
            "library_name" => self.library.take()?.into(),
            "likes" => count(row.likes),
            "modelId" => row.name.to_string().into(),
            "pipeline_tag" => self.pipeline_tag.take()?.into(),
            "private" => row.private.into(),
            "sdk" => row.sdk.clone()?.into(),
            "sha" => self.sha?.to_string().into(),
            "siblings" => self.siblings.take()?,
            "subdomain" => subdomain(row).into(),
            "tags" => self.tags.take()?,
            // Compat: clients type it as a whole number.
            "trendingScore" => Piece::from(row.trending.round() as i64),
            "usedStorage" => count(row.storage),
            // Compat: clients that see `true` upload by Xet only.
            "xetEnabled" => true.into(),
            "spaces" => self.spaces.take()?.into(),
            "childrenModelCount" => self.children?.into(),
            // Compat: `hf-hub` (Rust) reads ids; what relation they have stands in the tags.
            "baseModels" => base_models(self.facts.take("baseModels")?),
            // Compat: `InferenceClient` tells "nobody serves this model" from "no such property" by the empty list.
            "inferenceProviderMapping" => json!([]).into(),
            "models" | "datasets" if row.name.kind == RepoKind::Space => {
                self.facts.take(name).unwrap_or_else(|| json!([]).into())
            }
            "citation" | "paperswithcode_id" => self.card_text(name)?,
            "cardData" | "config" | "description" | "gguf" | "mask_token" | "model-index" | "safetensors"
            | "transformersInfo" | "widgetData" => self.facts.take(name)?,
            // Nothing of these is known here: evaluations, resource groups, regions, running Spaces.
            _ => return None,
        })
    }

    /// A text of the card.
    fn card_text(&mut self, key: &str) -> Option<Piece> {
        let text = match &self.facts {
            Facts::Parsed(map) => map.get("cardData")?.get(key)?.as_str()?.to_owned(),
            Facts::Text(map) => {
                let card: BTreeMap<String, &RawValue> =
                    serde_json::from_str(map.get("cardData")?.get()).ok()?;
                serde_json::from_str(card.get(key)?.get()).ok()?
            }
        };
        Some(text.into())
    }
}

/// Compat: typed clients read counts as unsigned.
fn count(number: i64) -> Piece {
    number.max(0).into()
}

/// What the host name of a Space begins with.
fn subdomain(row: &RepoRow) -> String {
    let name = format!("{}-{}", row.name.owner, row.name.name);
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

fn base_models(bases: Piece) -> Piece {
    let Value::Array(bases) = bases.into_value() else { return json!([]).into() };
    let ids = bases.into_iter().filter_map(|mut base| Some(base.get_mut("id")?.take()));
    Value::Array(ids.collect()).into()
}

/// A file of a repository.
#[derive(Serialize)]
struct Sibling<'a> {
    rfilename: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(rename = "blobId", skip_serializing_if = "Option::is_none")]
    blob_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lfs: Option<SiblingLfs>,
}

/// What a large file has besides.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SiblingLfs {
    sha256: String,
    size: u64,
    pointer_size: u64,
}

/// `siblings` with names alone.
pub(crate) fn names(paths: &[String]) -> Reply<Piece> {
    let siblings: Vec<Sibling<'_>> =
        paths.iter().map(|path| Sibling { rfilename: path, size: None, blob_id: None, lfs: None }).collect();
    Piece::of(&siblings)
}

/// `siblings` with sizes and ids (`blobs=true`).
pub(crate) fn files(entries: &[Entry]) -> Reply<Piece> {
    let siblings: Vec<Sibling<'_>> = entries
        .iter()
        .map(|entry| Sibling {
            rfilename: &entry.path,
            size: Some(entry.size),
            blob_id: Some(entry.oid.to_string()),
            lfs: entry.large.map(|(sha256, size, pointer_size)| SiblingLfs {
                sha256: sha256.to_string(),
                size,
                pointer_size,
            }),
        })
        .collect();
    Piece::of(&siblings)
}
