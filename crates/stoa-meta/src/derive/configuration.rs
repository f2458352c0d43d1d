//! What `config.json` and `tokenizer_config.json` are asked for.

use serde_json::{Map, Value, json};

use super::Inputs;

/// Longest part of a configuration that is served as it is, in bytes of JSON.
const MAX_PART: usize = 64 * 1024;
/// Longest text taken from a configuration, in bytes.
const MAX_NAME: usize = 200;

/// A short text of a configuration.
pub(super) fn text<'a>(config: Option<&'a Value>, key: &str) -> Option<&'a str> {
    config?.get(key)?.as_str().filter(|text| !text.is_empty() && text.len() <= MAX_NAME)
}

/// The class names in `architectures`.
pub(super) fn architectures(config: Option<&Value>) -> Vec<&str> {
    let list = config.and_then(|config| config.get("architectures")?.as_array());
    list.into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .filter(|name| name.len() <= MAX_NAME)
        .take(8)
        .collect()
}

/// The code in the repository that stands for an auto class, such as `modeling_x.XForCausalLM`.
pub(super) fn auto_map<'a>(config: Option<&'a Value>, auto_class: &str) -> Option<&'a str> {
    let entry = config?.get("auto_map")?.get(auto_class)?;
    entry.as_str().or_else(|| entry.as_array()?.first()?.as_str()).filter(|name| name.len() <= MAX_NAME)
}

/// The auto classes for models that the repository's own code serves.
pub(super) fn own_auto_models(config: Option<&Value>) -> Vec<&str> {
    let map = config.and_then(|config| config.get("auto_map")?.as_object());
    map.into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .filter(|key| key.starts_with("AutoModel") && key.len() <= MAX_NAME)
        .take(16)
        .collect()
}

/// Whether the repository brings code of its own.
pub(super) fn has_custom_code(config: Option<&Value>) -> bool {
    config.and_then(|config| config.get("auto_map")?.as_object()).is_some_and(|map| !map.is_empty())
}

/// How the weights are quantized: transformers writes `quantization_config`, MLX `quantization`.
fn quantization(config: Option<&Value>) -> Option<&Map<String, Value>> {
    let config = config?;
    ["quantization_config", "quantization"].iter().find_map(|key| config.get(key)?.as_object())
}

/// Whether the weights are quantized.
pub(super) fn is_quantized(config: Option<&Value>) -> bool {
    quantization(config).is_some_and(|how| !how.is_empty())
}

/// Tags that say how the weights are quantized: the width first, then the method.
pub(super) fn quantization_tags(config: Option<&Value>) -> Vec<String> {
    let Some(how) = quantization(config) else { return Vec::new() };
    let method =
        how.get("quant_method").and_then(Value::as_str).map(|method| method.trim().to_ascii_lowercase());
    let is_set = |key: &str| how.get(key) == Some(&Value::Bool(true));
    let bits = how
        .get("bits")
        .or_else(|| how.get("w_bit"))
        .and_then(Value::as_u64)
        .or_else(|| is_set("load_in_4bit").then_some(4))
        .or_else(|| is_set("load_in_8bit").then_some(8))
        .or_else(|| compressed_bits(how))
        .or_else(|| (method.as_deref() == Some("fp8")).then_some(8));
    let width = bits.filter(|bits| (1..=16).contains(bits)).map(|bits| format!("{bits}-bit"));
    let loader = (method.is_none() && (is_set("load_in_4bit") || is_set("load_in_8bit")))
        .then(|| "bitsandbytes".to_owned());
    let name = method.filter(|name| !name.is_empty() && name.len() <= 40).or(loader);
    width.into_iter().chain(name).collect()
}

/// compressed-tensors writes the width once for each group of layers.
fn compressed_bits(how: &Map<String, Value>) -> Option<u64> {
    let groups = how.get("config_groups")?.as_object()?;
    groups.values().next()?.get("weights")?.get("num_bits")?.as_u64()
}

/// What a fill-mask prompt writes for the gap.
pub(super) fn mask_token(inputs: &Inputs<'_>) -> String {
    let stated = inputs.tokenizer_config.and_then(|config| {
        let token = config.get("mask_token")?;
        token.as_str().or_else(|| token.get("content")?.as_str())
    });
    let usual = match text(inputs.config, "model_type") {
        Some(
            "roberta" | "xlm-roberta" | "camembert" | "bart" | "mbart" | "longformer" | "xlm-roberta-xl"
            | "esm",
        ) => "<mask>",
        _ => "[MASK]",
    };
    stated.filter(|token| !token.is_empty() && token.len() <= MAX_NAME).unwrap_or(usual).to_owned()
}

/// Whether the tokenizer knows how to lay out a conversation.
pub(super) fn has_chat_template(inputs: &Inputs<'_>) -> bool {
    let stated = inputs.tokenizer_config.and_then(|config| config.get("chat_template"));
    stated.is_some_and(|template| match template {
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => false,
    }) || inputs
        .files
        .iter()
        .any(|file| matches!(file.as_str(), "chat_template.jinja" | "chat_template.json"))
        || inputs.gguf.is_some_and(|gguf| gguf.chat_template.is_some())
}

/// The part of the configurations that repository info serves as `config`.
///
/// Compat: clients read the chat template and the special tokens from here without fetching a file.
pub(super) fn served(inputs: &Inputs<'_>) -> Option<Value> {
    let mut out = Map::new();
    let names = architectures(inputs.config);
    if !names.is_empty() {
        out.insert("architectures".to_owned(), json!(names));
    }
    if let Some(model_type) = text(inputs.config, "model_type") {
        out.insert("model_type".to_owned(), json!(model_type));
    }
    if let Some(config) = inputs.config {
        copy(config, &mut out, &["auto_map", "quantization_config", "task_specific_params"]);
    }
    if let Some(tokenizer) = inputs.tokenizer_config {
        let mut part = Map::new();
        copy(
            tokenizer,
            &mut part,
            &[
                "bos_token",
                "eos_token",
                "pad_token",
                "unk_token",
                "cls_token",
                "sep_token",
                "mask_token",
                "chat_template",
                "use_default_system_prompt",
            ],
        );
        if !part.is_empty() {
            out.insert("tokenizer_config".to_owned(), Value::Object(part));
        }
    }
    (!out.is_empty()).then_some(Value::Object(out))
}

fn copy(from: &Value, to: &mut Map<String, Value>, keys: &[&str]) {
    for key in keys {
        if let Some(value) = from.get(key)
            && !value.is_null()
            && fits(value)
        {
            to.insert((*key).to_owned(), value.clone());
        }
    }
}

/// Whether a value is short enough to be served, found out without writing it.
pub(super) fn fits(value: &Value) -> bool {
    weighs_at_most(value, MAX_PART)
}

/// Whether a value is at most so many bytes of JSON, about. Visits no more than that many values.
pub(super) fn weighs_at_most(value: &Value, max: usize) -> bool {
    let mut left = max;
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        let weight = match value {
            Value::String(text) => text.len() + 3,
            Value::Array(items) => {
                open.extend(items.iter().take(left));
                items.len() + 2
            }
            Value::Object(fields) => {
                open.extend(fields.values().take(left));
                fields.keys().map(|key| key.len() + 4).sum::<usize>() + 2
            }
            _ => 5,
        };
        match left.checked_sub(weight) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}
