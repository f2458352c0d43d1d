//! Which library loads a model, and which formats its files have.

use serde_json::Value;

use crate::card::Card;
use crate::libraries::{self, LIBRARIES, Library, Query};

/// Formats that are a way to run a model by themselves, and so stand in for a library when there is none.
const STANDALONE: [&str; 4] = ["gguf", "onnx", "openvino", "dduf"];

/// The library: the card's word, then a tag that names one, then the files.
///
/// Compat: on the Hub a `config.json` means transformers only in repositories created before August 2024, later ones
/// must say so. Here an architecture in it is enough, whenever the repository was made: who hosts models alone does
/// not write cards for them, and expects `from_pretrained` to be offered.
pub(super) fn detect(card: &Card, files: &[String], config: Option<&Value>) -> Option<String> {
    if let Some(name) = card.string("library_name").filter(|name| name.len() <= super::MAX_ID) {
        return Some(name.to_owned());
    }
    let tags = card.strings("tags");
    let tagged = tags.iter().find_map(|tag| libraries::find(tag).filter(|library| !library.format));
    let id = tagged
        .or_else(|| of_config(config))
        .or_else(|| by_sign(files, |sign| sign.path.is_some()))
        .or_else(|| has_architecture(config).then(|| libraries::find("transformers")).flatten())
        .or_else(|| by_sign(files, |sign| sign.path.is_none()))
        .or_else(|| standalone(files))?
        .id;
    Some(id.to_owned())
}

/// Cross-encoders have no file of their own: sentence-transformers signs their `config.json`.
fn of_config(config: Option<&Value>) -> Option<&'static Library> {
    config?.get("sentence_transformers")?.as_object()?;
    libraries::find("sentence-transformers")
}

fn has_architecture(config: Option<&Value>) -> bool {
    config.and_then(|config| config.get("architectures")?.as_array()?.first()?.as_str()).is_some()
}

/// A file that only one library writes says more than a file of a kind: conversions of a transformers model to
/// other formats often lie beside it, and it remains a transformers model.
fn by_sign(files: &[String], which: fn(&Query) -> bool) -> Option<&'static Library> {
    LIBRARIES
        .iter()
        .find(|library| !library.format && library.signs.iter().any(|sign| which(sign) && seen(files, sign)))
}

fn standalone(files: &[String]) -> Option<&'static Library> {
    let formats = formats(files);
    STANDALONE.iter().find(|id| formats.contains(id)).and_then(|id| libraries::find(id))
}

fn seen(files: &[String], sign: &Query) -> bool {
    files.iter().any(|file| sign.matches(file))
}

/// The formats of the files, in the order of the registry: what the Hub tags beside the library.
pub(super) fn formats(files: &[String]) -> Vec<&'static str> {
    LIBRARIES
        .iter()
        .filter(|library| match library.id {
            "tensorboard" => files.iter().any(|file| is_event_log(file)),
            // These files make tags even where another library is in charge.
            "coreml" | "litert" => library.signs.iter().any(|sign| seen(files, sign)),
            _ => library.format && library.signs.iter().any(|sign| seen(files, sign)),
        })
        .map(|library| library.id)
        .collect()
}

fn is_event_log(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with("events.out.tfevents"))
}
