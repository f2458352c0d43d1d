//! Numbers beside the card: downloads over time, and the size of the weights by the type of their numbers.

use serde_json::Value;
use stoa_core::{Reply, RepoKind};

use super::subject::Subject;
use crate::markup::Markup;
use crate::parts::charts::{Part, Point, bar, line};
use crate::visit::Visit;

/// Days of the picture.
const DAYS: u32 = 90;
/// Weight files that are listed.
const FILES: usize = 40;
/// What an index of several files ends in.
const INDEX: &str = ".safetensors.index.json";

/// The numbers of a repository.
pub(super) struct Usage {
    pub(super) downloads: Option<Downloads>,
    pub(super) weights: Option<Weights>,
    /// GGUF files by quantization, or the safetensors files: name, address of their tensors, size.
    pub(super) files: Vec<WeightFile>,
    /// Whether there are more of them.
    pub(super) more: bool,
}

/// How often it was fetched.
pub(super) struct Downloads {
    pub(super) month: i64,
    pub(super) all: i64,
    /// The line of the last days; nothing when there were none.
    pub(super) line: Option<Markup>,
}

/// How many numbers a model has.
pub(super) struct Weights {
    pub(super) total: i64,
    /// The types they are stored in.
    pub(super) bar: Markup,
    /// Architecture and length of context of a GGUF file.
    pub(super) architecture: Option<String>,
    pub(super) context: Option<i64>,
}

/// A file of weights.
pub(super) struct WeightFile {
    pub(super) label: String,
    pub(super) path: String,
    pub(super) href: String,
    pub(super) size: u64,
}

impl Usage {
    pub(super) async fn read(visit: &Visit, subject: &Subject) -> Reply<Self> {
        let row = subject.repo.row();
        let downloads = if subject.kind() == RepoKind::Space {
            None
        } else {
            let days = subject.repo.downloads_by_day(DAYS).await?;
            let any = days.iter().any(|day| day.downloads > 0);
            let label = |day: &stoa_hub::Day| visit.words.day(day.begin);
            let points: Vec<Point> =
                days.iter().map(|day| Point { label: label(day), value: day.downloads }).collect();
            let line = any.then(|| line(visit.words, &visit.words.n("repo-downloads-chart", DAYS), &points));
            Some(Downloads { month: row.downloads, all: row.downloads_all, line })
        };
        let (files, more) = weight_files(subject);
        Ok(Self { downloads, weights: weights(visit, subject), files, more })
    }
}

fn weights(visit: &Visit, subject: &Subject) -> Option<Weights> {
    let gguf = subject.fact("gguf");
    let text = |key| gguf?.get(key)?.as_str().map(|text: &str| text.chars().take(60).collect());
    let number = |key| gguf?.get(key)?.as_i64();
    let counts = subject.fact("safetensors");
    let mut parts: Vec<(&String, u64)> = counts
        .and_then(|counts| counts.get("parameters"))
        .and_then(Value::as_object)
        .map(|types| types.iter().filter_map(|(name, count)| Some((name, count.as_u64()?))).collect())
        .unwrap_or_default();
    parts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let total =
        counts.and_then(|counts| counts.get("total")).and_then(Value::as_i64).or_else(|| number("total"))?;
    let shown = |count: u64| visit.words.short(i64::try_from(count).unwrap_or(i64::MAX));
    let parts: Vec<Part> = parts
        .into_iter()
        .take(12)
        .enumerate()
        .map(|(color, (name, value))| Part {
            label: name.chars().take(40).collect(),
            value,
            shown: shown(value),
            color,
        })
        .collect();
    let bar = if parts.is_empty() { Markup::default() } else { bar(&visit.words.t("repo-types"), &parts) };
    Some(Weights { total, bar, architecture: text("architecture"), context: number("context_length") })
}

/// The files whose tensors can be looked at.
fn weight_files(subject: &Subject) -> (Vec<WeightFile>, bool) {
    if subject.kind() != RepoKind::Model {
        return (Vec::new(), false);
    }
    let index = subject.files_with(INDEX);
    let folders: Vec<&str> = subject.files_with(INDEX).map(|file| folder(&file.path)).collect();
    // The parts that an index names are seen through it.
    let whole = subject.files_with(".safetensors").filter(|file| !folders.contains(&folder(&file.path)));
    let found = index.chain(whole).chain(subject.files_with(".gguf"));
    let files: Vec<WeightFile> = found
        .take(FILES + 1)
        .map(|file| WeightFile {
            label: quantization(&file.path).unwrap_or_else(|| file.path.clone()),
            href: subject.file_href("tensors", &file.path),
            path: file.path.clone(),
            size: if file.path.ends_with(".json") {
                parts_of(subject, folder(&file.path))
            } else {
                file.size
            },
        })
        .collect();
    let more = files.len() > FILES;
    (files.into_iter().take(FILES).collect(), more)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The bytes of all safetensors files of a folder.
fn parts_of(subject: &Subject, of: &str) -> u64 {
    subject.files_with(".safetensors").filter(|file| folder(&file.path) == of).map(|file| file.size).sum()
}

/// The name of a quantization in the name of a GGUF file: `Q4_K_M` in `tiny.Q4_K_M.gguf`.
pub(super) fn quantization(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?.strip_suffix(".gguf")?;
    let is_part = |part: &&str| {
        let upper = part.to_ascii_uppercase();
        let digits = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let quantized =
            upper.strip_prefix("IQ").or_else(|| upper.strip_prefix("TQ")).or_else(|| upper.strip_prefix('Q'));
        matches!(upper.as_str(), "F16" | "F32" | "BF16" | "FP16" | "MXFP4") || quantized.is_some_and(digits)
    };
    name.split(['.', '-']).rev().find(is_part).map(str::to_ascii_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantizations_are_read_from_names() {
        for (path, expected) in [
            ("SmolLM2-135M-Instruct.Q4_1.gguf", Some("Q4_1")),
            ("a/tiny-q4_k_m.gguf", Some("Q4_K_M")),
            ("tiny-IQ2_XXS.gguf", Some("IQ2_XXS")),
            ("big-BF16-00001-of-00002.gguf", Some("BF16")),
            ("Qwen-chat.gguf", None),
            ("model.safetensors", None),
        ] {
            assert_eq!(quantization(path).as_deref(), expected, "{path}");
        }
    }
}
