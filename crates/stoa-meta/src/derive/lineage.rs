//! Which models a model comes from, and how.

use serde_json::Value;

use super::links;
use crate::card::Card;
use crate::derive::configuration;

/// What a card may call the relation.
const RELATIONS: [&str; 4] = ["adapter", "finetune", "merge", "quantized"];

/// The base models with the relation to them.
///
/// Compat: the relation is the card's `base_model_relation`, or else inferred: two or more bases are a merge, adapter
/// weights an adapter, quantized weights a quantization, and everything else is fine-tuned.
pub(super) fn bases(
    card: &Card,
    files: &[String],
    config: Option<&Value>,
    library: Option<&str>,
) -> Vec<(Option<String>, String)> {
    let ids = links(card, "base_model");
    if ids.is_empty() {
        return Vec::new();
    }
    let relation = card
        .string("base_model_relation")
        .filter(|relation| RELATIONS.contains(relation))
        .unwrap_or_else(|| infer(ids.len(), card, files, config, library));
    ids.into_iter().map(|id| (Some(relation.to_owned()), id)).collect()
}

fn infer(
    bases: usize,
    card: &Card,
    files: &[String],
    config: Option<&Value>,
    library: Option<&str>,
) -> &'static str {
    let tagged = |tag: &str| card.strings("tags").contains(&tag);
    let has = |name: &str| files.iter().any(|file| file == name);
    if bases > 1 || tagged("merge") {
        "merge"
    } else if matches!(library, Some("peft" | "adapter-transformers"))
        || has("adapter_config.json")
        || tagged("lora")
    {
        "adapter"
    } else if configuration::is_quantized(config) || files.iter().any(|file| file.ends_with(".gguf")) {
        "quantized"
    } else {
        "finetune"
    }
}
