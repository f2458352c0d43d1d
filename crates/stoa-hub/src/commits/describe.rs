//! What a commit on `main` says about its repository: card, configuration, headers of weights.

use serde_json::{Map, Value, json};
use stoa_core::{Oid, Reply, RepoKind};
use stoa_db::repos::Described;
use stoa_git::Mode;
use stoa_meta::card::Card;
use stoa_meta::derive::{Derived, Inputs, derive};
use stoa_meta::weights::gguf::Gguf;
use stoa_meta::weights::{Parameters, safetensors};

use crate::access::Access;
use crate::{Repo, cpu};

/// Files looked at to tell formats and libraries.
const FILES: usize = 100_000;
/// Bytes read of a text file.
const TEXT: u64 = 4 << 20;
/// Shards whose headers are read.
const SHARDS: usize = 256;

/// Reads a tree and works out what lists and repo info show.
pub(crate) async fn describe<A: Access>(repo: &Repo<A>, root: Oid) -> Reply<Described> {
    let files = repo.file_names(root, FILES).await?;
    let kind = repo.row.name.kind;
    let read = repo.hub.read_card(repo.row.id, root).await?;
    let text = repo.hub.search_text(repo.row.id, kind, root, &read).await?;
    let card = read.card;
    let model = kind == RepoKind::Model;
    let config = if model { json_file(repo, root, "config.json").await? } else { None };
    let tokenizer = if model { json_file(repo, root, "tokenizer_config.json").await? } else { None };
    let parameters = if model { safetensors_parameters(repo, root, &files).await? } else { None };
    let gguf = if model { gguf_head(repo, root, &files).await? } else { None };
    let derived = derive(&Inputs {
        kind,
        files: &files,
        card: card.as_ref(),
        config: config.as_ref(),
        tokenizer_config: tokenizer.as_ref(),
        safetensors: parameters.as_ref(),
        gguf: gguf.as_ref(),
        created: repo.row.created_at.secs(),
    });
    let facts = facts(card.as_ref(), parameters.as_ref(), gguf.as_ref(), &derived);
    Ok(Described {
        tags: with_links(kind, &derived),
        facts: Value::Object(facts).to_string(),
        pipeline_tag: derived.pipeline_tag,
        library: derived.library_name,
        params: derived.parameters.and_then(|count| i64::try_from(count).ok()),
        sdk: derived.sdk,
        text,
    })
}

/// The tags of a repository. Those of a Space also say its license and which models and datasets it uses, so that lists
/// can filter by them (`/api/spaces?models=…`) and a model can name its Spaces.
fn with_links(kind: RepoKind, derived: &Derived) -> Vec<String> {
    let mut tags = derived.tags.clone();
    if kind == RepoKind::Space {
        let models = derived.models.iter().map(|id| format!("model:{id}"));
        let datasets = derived.datasets.iter().map(|id| format!("dataset:{id}"));
        let license = derived.license.iter().map(|id| format!("license:{id}"));
        for tag in license.chain(models).chain(datasets) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
    }
    tags
}

/// The object kept as `repo_facts.facts`; its keys are those of repo info.
fn facts(
    card: Option<&Card>,
    parameters: Option<&Parameters>,
    gguf: Option<&Gguf>,
    derived: &Derived,
) -> Map<String, Value> {
    let mut facts = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            facts.insert(key.to_owned(), value);
        }
    };
    put("cardData", card.map(|card| Value::Object(card.data.clone())));
    put("config", derived.config.clone());
    put("transformersInfo", derived.transformers_info.as_ref().map(|info| json!(info)));
    put("safetensors", parameters.map(|p| json!({ "parameters": p.by_dtype, "total": p.total })));
    put("gguf", gguf.map(Gguf::to_json));
    put("mask_token", derived.mask_token.clone().map(Value::String));
    put("model-index", derived.model_index.clone());
    put("widgetData", derived.widget_data.clone());
    put("description", derived.description.clone().map(Value::String));
    put("title", derived.title.clone().map(Value::String));
    put("emoji", derived.emoji.clone().map(Value::String));
    put("short_description", derived.short_description.clone().map(Value::String));
    put("datasets", (!derived.datasets.is_empty()).then(|| json!(derived.datasets)));
    put("models", (!derived.models.is_empty()).then(|| json!(derived.models)));
    let bases: Vec<Value> =
        derived.base_models.iter().map(|(relation, id)| json!({ "relation": relation, "id": id })).collect();
    put("baseModels", (!bases.is_empty()).then_some(Value::Array(bases)));
    facts
}

async fn json_file<A: Access>(repo: &Repo<A>, root: Oid, path: &str) -> Reply<Option<Value>> {
    let Some(text) = repo.small_text(root, path, TEXT).await? else { return Ok(None) };
    cpu::run(move || Ok(serde_json::from_str(&text).ok())).await
}

/// Parameters of the weights at the root: one file, or the shards that an index lists.
async fn safetensors_parameters<A: Access>(
    repo: &Repo<A>,
    root: Oid,
    files: &[String],
) -> Reply<Option<Parameters>> {
    let has = |name: &str| files.iter().any(|file| file == name);
    for index in ["model.safetensors.index.json", "diffusion_pytorch_model.safetensors.index.json"] {
        if !has(index) {
            continue;
        }
        let Some(text) = repo.small_text(root, index, TEXT * 4).await? else { continue };
        let Ok(shards) = safetensors::index_files(text.as_bytes()) else { return Ok(None) };
        let mut all: Option<Parameters> = None;
        for shard in shards.iter().take(SHARDS) {
            // A count over some of the shards would be wrong; then there is none.
            let Some(part) = safetensors_file(repo, root, shard).await? else { return Ok(None) };
            match &mut all {
                Some(all) => all.merge(&part),
                None => all = Some(part),
            }
        }
        return Ok(all.filter(|_| shards.len() <= SHARDS));
    }
    let known = ["model.safetensors", "adapter_model.safetensors", "diffusion_pytorch_model.safetensors"];
    let one = known.into_iter().find(|name| has(name)).map(str::to_owned).or_else(|| {
        let mut at_root = files.iter().filter(|file| !file.contains('/') && file.ends_with(".safetensors"));
        at_root.next().filter(|_| at_root.next().is_none()).cloned()
    });
    match one {
        Some(path) => safetensors_file(repo, root, &path).await,
        None => Ok(None),
    }
}

async fn safetensors_file<A: Access>(repo: &Repo<A>, root: Oid, path: &str) -> Reply<Option<Parameters>> {
    let Some(entry) = repo.hub.entry(repo.row.id, root, path).await? else { return Ok(None) };
    if entry.mode != Mode::File && entry.mode != Mode::Executable {
        return Ok(None);
    }
    let header = repo.safetensors_header(entry.oid).await?;
    Ok(header.ok().map(|(_, header)| header.parameters()))
}

/// The head of the first GGUF file.
async fn gguf_head<A: Access>(repo: &Repo<A>, root: Oid, files: &[String]) -> Reply<Option<Gguf>> {
    let Some(path) = files.iter().find(|file| file.ends_with(".gguf")) else { return Ok(None) };
    let Some(entry) = repo.hub.entry(repo.row.id, root, path).await? else { return Ok(None) };
    Ok(repo.gguf_head(entry.oid).await?.ok())
}
