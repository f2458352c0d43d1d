//! Which requests count as a download of a model.

use crate::libraries::{self, DEFAULT_DOWNLOADS};

/// Whether fetching `path` of a model made for `library` counts as one download.
///
/// A model is many files, and every loader asks for one of them first; counting that one counts loads.
///
/// Compat: the Hub's rules, so that a number moved between hubs keeps its meaning. Each GGUF file is a whole model
/// of its own, so every one counts.
pub fn counts_as_download(library: Option<&str>, path: &str) -> bool {
    if path.ends_with(".gguf") {
        return true;
    }
    let rules = match library.and_then(libraries::find) {
        Some(library) if !library.downloads.is_empty() => library.downloads,
        _ => DEFAULT_DOWNLOADS,
    };
    rules.iter().any(|rule| rule.matches(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_library_counts_by_its_own_rule() {
        for (library, path, expected) in [
            (None, "config.json", true),
            (None, "meta.yaml", true),
            (None, "params.json", true),
            (None, "model.safetensors", false),
            (None, "unet/config.json", false),
            (None, "x/y.gguf", true),
            (Some("transformers"), "config.json", true),
            (Some("transformers"), "model.safetensors", false),
            (Some("unheard-of"), "config.yaml", true),
            (Some("peft"), "adapter_config.json", true),
            (Some("peft"), "config.json", false),
            (Some("peft"), "q4.gguf", true),
            (Some("diffusers"), "model_index.json", true),
            (Some("diffusers"), "modular_model_index.json", true),
            (Some("diffusers"), "sd.safetensors", true),
            (Some("diffusers"), "sd.ckpt", true),
            (Some("diffusers"), "unet/model.safetensors", false),
            (Some("diffusers"), "config.json", false),
            (Some("timm"), "model.safetensors", true),
            (Some("nemo"), "x/y.nemo", true),
            (Some("keras"), "m.keras", true),
            (Some("keras"), "config.json", true),
            (Some("kernels"), "build/a/_ops.py", true),
            (Some("whisperkit"), "openai_whisper/model.mil", true),
            (Some("whisperkit"), "model.mil", false),
            (Some("PaddleOCR"), "inference.pdiparams", true),
            (Some("spacy"), "en_core-any-py3-none-any.whl", true),
            (Some("stanza"), "models/default.zip", true),
        ] {
            assert_eq!(counts_as_download(library, path), expected, "{library:?} {path}");
        }
    }
}
