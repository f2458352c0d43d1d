//! What the hub says about a repository, worked out from what the repository says about itself.
//!
//! Compat: names, order and content of what is derived follow the Hub, because clients filter by tags and choose
//! code by `pipeline_tag`, `library_name` and `transformersInfo`.

mod architecture;
mod configuration;
mod dataset;
mod features;
mod formats;
mod library;
mod lineage;
mod model;
mod prose;
mod space;
mod tags;

use serde::Serialize;
use serde_json::Value;
use stoa_core::RepoKind;

use crate::card::Card;
use crate::weights::Parameters;
use crate::weights::gguf::Gguf;

/// Most ids (of models, of datasets, of licenses) taken from one key of a card.
const MAX_LINKS: usize = 50;
/// Most languages taken from a card: translation models know two hundred.
const MAX_LANGUAGES: usize = 250;
/// Longest id, code or name taken from a card, in bytes.
const MAX_ID: usize = 200;
/// Longest sentence taken from a card, in characters.
const MAX_TEXT: usize = 500;

/// Everything known about one revision of a repository. The caller reads the files; absent ones are `None`.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// What kind of repository it is.
    pub kind: RepoKind,
    /// All paths of the revision, from the root.
    pub files: &'a [String],
    /// The parsed `README.md`.
    pub card: Option<&'a Card>,
    /// The parsed `config.json`.
    pub config: Option<&'a Value>,
    /// The parsed `tokenizer_config.json`.
    pub tokenizer_config: Option<&'a Value>,
    /// Parameter counts over all safetensors shards.
    pub safetensors: Option<&'a Parameters>,
    /// The header of the (first) GGUF file.
    pub gguf: Option<&'a Gguf>,
    /// When the repository was created, in seconds since 1970.
    ///
    /// No rule reads it yet: the Hub's one date rule (`config.json` means transformers, before August 2024 only) is
    /// not followed here, see `library.rs`.
    pub created: i64,
}

/// How to load a model with transformers (`transformersInfo`).
///
/// Compat: the Python client builds a strict dataclass from it; another key would be a `TypeError` there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TransformersInfo {
    /// The auto class, such as `AutoModelForCausalLM`.
    pub auto_model: String,
    /// The class in the repository's own code, from `auto_map`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_class: Option<String>,
    /// The task that the architecture is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_tag: Option<String>,
    /// `AutoTokenizer`, `AutoProcessor`, `AutoImageProcessor` or `AutoFeatureExtractor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub processor: Option<String>,
}

/// Facts derived from [`Inputs`]: what listings filter by and what repository info serves.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Derived {
    /// Every tag, in a stable order and without duplicates (at most 500, each at most 200 characters).
    pub tags: Vec<String>,
    /// The task of a model.
    pub pipeline_tag: Option<String>,
    /// The library that loads a model.
    pub library_name: Option<String>,
    /// The part of the configurations that repository info serves.
    pub config: Option<Value>,
    /// How transformers loads the model.
    pub transformers_info: Option<TransformersInfo>,
    /// What stands for the gap in a fill-mask prompt.
    pub mask_token: Option<String>,
    /// The card's `model-index`, unchanged.
    pub model_index: Option<Value>,
    /// The card's `widget`, unchanged.
    pub widget_data: Option<Value>,
    /// The models this one comes from: relation (`adapter`, `finetune`, `merge`, `quantized`) and id.
    pub base_models: Vec<(Option<String>, String)>,
    /// Ids of the datasets the card names.
    pub datasets: Vec<String>,
    /// Ids of the models the card of a Space names.
    pub models: Vec<String>,
    /// The SDK of a Space.
    pub sdk: Option<String>,
    /// Language codes, as the card writes them.
    pub languages: Vec<String>,
    /// The license id; the first one if the card lists several.
    pub license: Option<String>,
    /// Number of parameters of a model.
    pub parameters: Option<u64>,
    /// File formats found (`safetensors`, `gguf`… for models; `parquet`, `json`… for datasets).
    pub formats: Vec<String>,
    /// What the data of a dataset is (`text`, `image`, `audio`…).
    pub modalities: Vec<String>,
    /// The first paragraph of prose of a dataset's card.
    pub description: Option<String>,
    /// `title` of a Space or `pretty_name` of a dataset.
    pub title: Option<String>,
    /// The emoji of a Space.
    pub emoji: Option<String>,
    /// `colorFrom` and `colorTo` of a Space.
    pub colors: (Option<String>, Option<String>),
    /// The card's `short_description`.
    pub short_description: Option<String>,
}

/// Derives the facts.
pub fn derive(inputs: &Inputs<'_>) -> Derived {
    let nothing = Card::default();
    let card = inputs.card.unwrap_or(&nothing);
    let mut derived = Derived {
        datasets: links(card, "datasets"),
        languages: at_most(MAX_LANGUAGES, card, "language"),
        license: links(card, "license").into_iter().next(),
        short_description: sentence(card, "short_description"),
        ..Derived::default()
    };
    match inputs.kind {
        RepoKind::Model => model::derive(inputs, card, &mut derived),
        RepoKind::Dataset => dataset::derive(inputs, card, &mut derived),
        RepoKind::Space => space::derive(card, &mut derived),
    }
    derived
}

/// The ids under a key of a card, each once.
fn links(card: &Card, key: &str) -> Vec<String> {
    at_most(MAX_LINKS, card, key)
}

fn at_most(max: usize, card: &Card, key: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for id in card.strings(key).into_iter().map(str::trim) {
        let fits = !id.is_empty() && id.len() <= MAX_ID && !id.contains(char::is_control);
        if fits && !found.iter().any(|seen| seen == id) {
            found.push(id.to_owned());
            if found.len() == max {
                break;
            }
        }
    }
    found
}

/// The text under a key of a card, cut to a sensible length.
fn sentence(card: &Card, key: &str) -> Option<String> {
    card.string(key).map(|text| text.chars().take(MAX_TEXT).collect())
}

#[cfg(test)]
mod tests;
