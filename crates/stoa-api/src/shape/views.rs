//! Which properties an answer has: what clients may ask for by `expand`, and what they get when they do not ask.

use stoa_core::{Failure, Reply, RepoKind};

/// Properties of a model that `expand` takes.
///
/// Compat: the first 31 are the literals of `huggingface_hub`, whose tests compare the list in our refusal with them;
/// the last two are asked for by older versions of it.
const MODEL: &[&str] = &[
    "author",
    "baseModels",
    "cardData",
    "childrenModelCount",
    "config",
    "createdAt",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "evalResults",
    "gated",
    "gguf",
    "inference",
    "inferenceProviderMapping",
    "lastModified",
    "library_name",
    "likes",
    "mask_token",
    "model-index",
    "pipeline_tag",
    "private",
    "resourceGroup",
    "safetensors",
    "sha",
    "siblings",
    "spaces",
    "tags",
    "transformersInfo",
    "trendingScore",
    "usedStorage",
    "widgetData",
    "gitalyUid",
    "xetEnabled",
];

/// The same for a dataset.
const DATASET: &[&str] = &[
    "author",
    "cardData",
    "citation",
    "createdAt",
    "description",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "gated",
    "lastModified",
    "likes",
    "mainSize",
    "paperswithcode_id",
    "private",
    "resourceGroup",
    "sha",
    "siblings",
    "tags",
    "trendingScore",
    "usedStorage",
    "gitalyUid",
    "xetEnabled",
];

/// The same for a Space.
const SPACE: &[&str] = &[
    "author",
    "cardData",
    "createdAt",
    "datasets",
    "disabled",
    "lastModified",
    "likes",
    "models",
    "private",
    "region",
    "resourceGroup",
    "runtime",
    "sdk",
    "sha",
    "siblings",
    "subdomain",
    "tags",
    "trendingScore",
    "usedStorage",
    "gitalyUid",
    "xetEnabled",
];

/// The properties that `asked` names, each once; `None` when nothing was asked.
pub(crate) fn expanded<'a>(
    kind: RepoKind,
    asked: impl Iterator<Item = &'a str>,
) -> Reply<Option<Vec<&'static str>>> {
    let known = match kind {
        RepoKind::Model => MODEL,
        RepoKind::Dataset => DATASET,
        RepoKind::Space => SPACE,
    };
    let mut names = Vec::new();
    let mut any = false;
    for asked in asked.flat_map(|value| value.split(',')).filter(|name| !name.is_empty()) {
        any = true;
        let Some(name) = known.iter().find(|name| **name == asked) else {
            return Err(Failure::invalid(format!("\"expand\" must be one of [{}]", known.join(", "))));
        };
        if !names.contains(name) {
            names.push(*name);
        }
    }
    Ok(any.then_some(names))
}

/// What repository info has when nobody asks for anything in particular.
pub(crate) fn info(kind: RepoKind) -> Vec<&'static str> {
    let common =
        ["author", "sha", "lastModified", "createdAt", "private", "gated", "disabled", "likes", "tags"];
    let own: &[&str] = match kind {
        RepoKind::Model => &[
            "modelId",
            "downloads",
            "pipeline_tag",
            "library_name",
            "mask_token",
            "widgetData",
            "model-index",
            "config",
            "cardData",
            "transformersInfo",
            "spaces",
            "safetensors",
            "gguf",
        ],
        RepoKind::Dataset => &["downloads", "description", "citation", "paperswithcode_id", "cardData"],
        RepoKind::Space => &["sdk", "subdomain", "models", "datasets", "cardData"],
    };
    common.into_iter().chain(own.iter().copied()).chain(["siblings", "usedStorage"]).collect()
}

/// What an item of a list has; `full` is what clients ask for with `full=true`.
pub(crate) fn item(kind: RepoKind, full: bool) -> Vec<&'static str> {
    let mut names = match kind {
        RepoKind::Model => vec![
            "modelId",
            "likes",
            "trendingScore",
            "private",
            "downloads",
            "tags",
            "pipeline_tag",
            "library_name",
            "createdAt",
        ],
        RepoKind::Dataset => vec![
            "author",
            "disabled",
            "gated",
            "lastModified",
            "likes",
            "trendingScore",
            "private",
            "sha",
            "description",
            "downloads",
            "tags",
            "createdAt",
        ],
        RepoKind::Space => vec!["likes", "trendingScore", "private", "sdk", "subdomain", "tags", "createdAt"],
    };
    if full {
        let more: &[&str] = match kind {
            RepoKind::Model => &["author", "sha", "lastModified", "gated", "disabled", "siblings"],
            RepoKind::Dataset => &["cardData", "citation", "paperswithcode_id", "siblings"],
            RepoKind::Space => &[
                "author",
                "sha",
                "lastModified",
                "gated",
                "disabled",
                "cardData",
                "models",
                "datasets",
                "siblings",
            ],
        };
        names.extend_from_slice(more);
    }
    names
}

/// Whether any of these properties comes from the card or the weights.
pub(crate) fn need_facts(names: &[&str]) -> bool {
    const FACTS: [&str; 14] = [
        "baseModels",
        "cardData",
        "citation",
        "config",
        "datasets",
        "description",
        "gguf",
        "mask_token",
        "model-index",
        "models",
        "paperswithcode_id",
        "safetensors",
        "transformersInfo",
        "widgetData",
    ];
    names.iter().any(|name| FACTS.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_checked_and_comes_once() {
        let ask = |kind, asked: &[&str]| expanded(kind, asked.iter().copied());
        assert_eq!(ask(RepoKind::Model, &[]), Ok(None));
        assert_eq!(ask(RepoKind::Model, &["sha", "likes,sha"]), Ok(Some(vec!["sha", "likes"])));
        let refused = ask(RepoKind::Space, &["sha", "downloads"]).expect_err("Spaces have no downloads");
        assert!(refused.message.starts_with("\"expand\" must be one of [author, cardData, createdAt, "));
        assert!(ask(RepoKind::Dataset, &["modelId"]).is_err());
    }

    #[test]
    fn every_kind_offers_what_the_client_knows() {
        assert_eq!((MODEL.len(), DATASET.len(), SPACE.len()), (31 + 2, 20 + 2, 19 + 2));
    }
}
