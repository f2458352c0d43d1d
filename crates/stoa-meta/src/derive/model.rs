//! Facts about a model.

use serde_json::Value;

use super::architecture::{self, Meaning};
use super::tags::Tags;
use super::{Derived, Inputs, TransformersInfo, configuration, library, lineage, prose};
use crate::card::Card;
use crate::{libraries, tasks};

/// Tasks whose models can hold a conversation.
const CHAT_TASKS: [&str; 5] =
    ["text-generation", "image-text-to-text", "video-text-to-text", "audio-text-to-text", "any-to-any"];

/// Libraries that an inference endpoint can load without code of the user's.
const SERVABLE: [&str; 9] = [
    "transformers",
    "sentence-transformers",
    "diffusers",
    "peft",
    "setfit",
    "timm",
    "open_clip",
    "speechbrain",
    "gguf",
];

/// Tasks that the Hub could once train further without code.
const TRAINABLE: [&str; 8] = [
    "text-generation",
    "text-classification",
    "token-classification",
    "question-answering",
    "fill-mask",
    "summarization",
    "translation",
    "image-classification",
];

/// Model types that the text-generation server loads natively.
const GENERATION_SERVER: [&str; 38] = [
    "baichuan",
    "bloom",
    "cohere",
    "cohere2",
    "dbrx",
    "deepseek_v2",
    "deepseek_v3",
    "exaone",
    "falcon",
    "gemma",
    "gemma2",
    "gemma3",
    "gemma3_text",
    "gpt2",
    "gpt_bigcode",
    "gpt_neox",
    "gptj",
    "granite",
    "idefics2",
    "idefics3",
    "llama",
    "llava_next",
    "mamba",
    "mistral",
    "mixtral",
    "mllama",
    "mpt",
    "olmo",
    "opt",
    "paligemma",
    "phi",
    "phi3",
    "qwen2",
    "qwen2_vl",
    "qwen2_5_vl",
    "qwen3",
    "stablelm",
    "starcoder2",
];

/// Model types that the text-embeddings server loads natively.
const EMBEDDING_SERVER: [&str; 13] = [
    "bert",
    "camembert",
    "distilbert",
    "gemma3_text",
    "gte",
    "mistral",
    "modernbert",
    "mpnet",
    "nomic_bert",
    "qwen2",
    "qwen3",
    "roberta",
    "xlm-roberta",
];

pub(super) fn derive(inputs: &Inputs<'_>, card: &Card, derived: &mut Derived) {
    derived.library_name = library::detect(card, inputs.files, inputs.config);
    derived.transformers_info = transformers_info(inputs, derived.library_name.as_deref());
    derived.pipeline_tag = task(inputs, card, derived);
    derived.formats = library::formats(inputs.files).into_iter().map(str::to_owned).collect();
    derived.config = configuration::served(inputs);
    if derived.pipeline_tag.as_deref() == Some("fill-mask") {
        derived.mask_token = Some(configuration::mask_token(inputs));
    }
    derived.model_index = card.data.get("model-index").filter(|value| value.is_array()).cloned();
    derived.widget_data = card.data.get("widget").filter(|value| value.is_array()).cloned();
    derived.base_models = lineage::bases(card, inputs.files, inputs.config, derived.library_name.as_deref());
    let counted =
        inputs.safetensors.map(|counts| counts.total).or(inputs.gguf.map(|gguf| gguf.total_parameters));
    derived.parameters = counted.filter(|total| *total > 0);
    derived.tags = tags(inputs, card, derived);
}

/// How transformers loads the model, judged by its first known architecture.
fn transformers_info(inputs: &Inputs<'_>, library: Option<&str>) -> Option<TransformersInfo> {
    if matches!(library, Some("peft" | "diffusers" | "timm" | "open_clip")) {
        return None;
    }
    let model_type = configuration::text(inputs.config, "model_type").unwrap_or_default();
    let classes = configuration::architectures(inputs.config);
    let own = configuration::own_auto_models(inputs.config);
    let meaning = classes
        .iter()
        .find_map(|class| architecture::meaning(class, model_type))
        // With code of the repository's own, the name of the class binds nobody; how it is registered does.
        .filter(|meaning| own.is_empty() || own.contains(&meaning.auto_model))
        .or_else(|| own.iter().rev().find_map(|class| architecture::of_auto_class(class)))
        .or_else(|| (library == Some("transformers") && !classes.is_empty()).then_some(UNKNOWN))?;
    Some(TransformersInfo {
        auto_model: meaning.auto_model.to_owned(),
        custom_class: configuration::auto_map(inputs.config, meaning.auto_model).map(str::to_owned),
        pipeline_tag: meaning.task.map(str::to_owned),
        processor: processor(inputs.files, meaning.task).map(str::to_owned),
    })
}

const UNKNOWN: Meaning = Meaning { auto_model: "AutoModel", task: None };

/// The class that prepares inputs, by the files that it would read.
fn processor(files: &[String], task: Option<&str>) -> Option<&'static str> {
    const TOKENIZER: [&str; 9] = [
        "tokenizer.json",
        "tokenizer_config.json",
        "tokenizer.model",
        "tokenizer.tiktoken",
        "vocab.json",
        "vocab.txt",
        "merges.txt",
        "spiece.model",
        "sentencepiece.bpe.model",
    ];
    let has = |name: &str| files.iter().any(|file| file == name);
    let has_tokenizer = TOKENIZER.iter().any(|name| has(name));
    let has_features = has("preprocessor_config.json");
    let hears = task.is_some_and(|task| task.contains("audio") || task.contains("speech"));
    match (has_features, has_tokenizer) {
        _ if has("processor_config.json") => Some("AutoProcessor"),
        (true, true) => Some("AutoProcessor"),
        (true, false) if hears => Some("AutoFeatureExtractor"),
        (true, false) => Some("AutoImageProcessor"),
        (false, true) => Some("AutoTokenizer"),
        (false, false) => None,
    }
}

/// The task: the card's word, then what the architecture does, then a tag that names one, then what the library's
/// models usually do.
fn task(inputs: &Inputs<'_>, card: &Card, derived: &Derived) -> Option<String> {
    let known = |id: &&str| tasks::find(id).is_some();
    let stated = card.string("pipeline_tag").filter(known);
    let library = derived.library_name.as_deref();
    let info = derived.transformers_info.as_ref();
    let by_architecture = || match library {
        Some("sentence-transformers") => Some(embedding_task(inputs)),
        Some("transformers") | None => info?.pipeline_tag.as_deref(),
        Some(_) => None,
    };
    let tags = card.strings("tags");
    let talks = || inputs.gguf.is_some_and(|gguf| gguf.chat_template.is_some());
    stated
        .or_else(by_architecture)
        .or_else(|| tags.iter().copied().find(known))
        .or_else(|| library.and_then(libraries::find)?.task)
        .or_else(|| talks().then_some("text-generation"))
        .map(str::to_owned)
}

/// A cross-encoder scores pairs; everything else of sentence-transformers makes vectors.
fn embedding_task(inputs: &Inputs<'_>) -> &'static str {
    let scores = configuration::architectures(inputs.config)
        .iter()
        .any(|class| class.ends_with("ForSequenceClassification"));
    let makes_vectors = inputs.files.iter().any(|file| file == "modules.json");
    if scores && !makes_vectors { "text-ranking" } else { "sentence-similarity" }
}

fn tags(inputs: &Inputs<'_>, card: &Card, derived: &Derived) -> Vec<String> {
    let mut tags = Tags::default();
    tags.add_each("", derived.library_name.iter().chain(&derived.formats));
    tags.add_each("", configuration::text(inputs.config, "model_type"));
    tags.add_each("", &derived.pipeline_tag);
    tags.add_free(&card.strings("tags"));
    let task = derived.pipeline_tag.as_deref();
    if task.is_some_and(|task| CHAT_TASKS.contains(&task)) && configuration::has_chat_template(inputs) {
        tags.add("conversational");
    }
    if configuration::has_custom_code(inputs.config) {
        tags.add("custom_code");
    }
    tags.add_each("", &derived.languages);
    tags.add_each("dataset:", &derived.datasets);
    tags.add_each("arxiv:", prose::papers(&card.body));
    tags.add_each("doi:", card.string("doi"));
    tags.add_each("base_model:", derived.base_models.iter().map(|(_, id)| id));
    for (relation, id) in &derived.base_models {
        if let Some(relation) = relation {
            tags.add(format!("base_model:{relation}:{id}"));
        }
    }
    tags.add_each("license:", super::links(card, "license"));
    if derived.model_index.as_ref().and_then(Value::as_array).is_some_and(|models| !models.is_empty()) {
        tags.add("model-index");
    }
    if card.data.get("co2_eq_emissions").is_some_and(|value| !value.is_null()) {
        tags.add("co2_eq_emissions");
    }
    served_by(inputs, derived, &mut tags);
    tags.add_each("", configuration::quantization_tags(inputs.config));
    if inputs.gguf.is_some_and(crate::weights::gguf::Gguf::has_imatrix) {
        tags.add("imatrix");
    }
    tags.add_region();
    tags.into_vec()
}

/// Tags that say which servers can run the model.
fn served_by(inputs: &Inputs<'_>, derived: &Derived, tags: &mut Tags) {
    let Some(task) = derived.pipeline_tag.as_deref() else { return };
    let library = derived.library_name.as_deref();
    let is_transformers = library == Some("transformers");
    let model_type = configuration::text(inputs.config, "model_type").unwrap_or_default();
    let has_weights =
        derived.formats.iter().any(|format| matches!(format.as_str(), "safetensors" | "pytorch"));
    if is_transformers && has_weights && TRAINABLE.contains(&task) {
        tags.add("autotrain_compatible");
    }
    if is_transformers && CHAT_TASKS.contains(&task) && GENERATION_SERVER.contains(&model_type) {
        tags.add("text-generation-inference");
    }
    let embeds =
        matches!(task, "sentence-similarity" | "feature-extraction" | "text-ranking" | "text-classification");
    if embeds && has_weights && EMBEDDING_SERVER.contains(&model_type) {
        tags.add("text-embeddings-inference");
    }
    let is_gguf = derived.formats.iter().any(|format| format == "gguf");
    if is_gguf || library.is_some_and(|library| SERVABLE.contains(&library)) {
        tags.add("endpoints_compatible");
    }
}
