//! From the query string of a list to what the hub is asked.

use stoa_core::{Failure, Reply, RepoKind};
use stoa_http::{Params, decode_cursor};
use stoa_hub::{ListAsk, Order};

use super::apps;
use crate::shape::views;

/// What a client wants of a list.
pub(super) struct Wanted {
    /// What to list.
    pub(super) ask: ListAsk,
    /// Which properties each item has.
    pub(super) names: Vec<&'static str>,
    /// Nothing can match: what was asked for does not exist here.
    pub(super) nothing: bool,
    /// Only Spaces that use a model or a dataset.
    pub(super) linked: bool,
}

/// Repositories on a page at most.
const PAGE: usize = 1000;
/// The same when each comes with its files, which are read one repository after the other.
const PAGE_OF_FILES: usize = 100;

/// Parameters that stand for a tag with the same word before it, by kind: `license=mit` is `filter=license:mit`.
const MODEL_TAGS: &[&str] = &["license", "dataset", "base_model", "region", "arxiv", "doi"];
const DATASET_TAGS: &[&str] = &[
    "license",
    "language",
    "task_categories",
    "task_ids",
    "size_categories",
    "multilinguality",
    "language_creators",
    "annotations_creators",
    "source_datasets",
    "benchmark",
    "format",
    "modality",
    "library",
    "region",
    "arxiv",
    "doi",
];
const SPACE_TAGS: &[&str] = &["license", "region"];
/// Parameters whose values are tags as they are, by kind.
const MODEL_PLAIN: &[&str] = &["pipeline_tag", "library", "language"];
const SPACE_PLAIN: &[&str] = &["sdk"];

/// Reads a query string.
pub(super) fn read(kind: RepoKind, params: &Params) -> Reply<Wanted> {
    let names = names(kind, params)?;
    let most = if names.contains(&"siblings") { PAGE_OF_FILES } else { PAGE };
    let linked = kind == RepoKind::Space && params.on("linked")?;
    let facts = linked || views::need_facts(&names);
    let ask = ListAsk {
        kind,
        author: params.text("author").map(str::to_owned),
        tags: tags(kind, params)?,
        search: params.all("search").filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        gated: params.flag("gated")?,
        params: num_parameters(kind, params)?,
        order: order(kind, params)?,
        cursor: params.text("cursor").map(decode_cursor).transpose()?,
        limit: params.limit(most, most)?,
        facts,
    };
    Ok(Wanted { ask, names, nothing: nothing_serves(kind, params)?, linked })
}

fn names(kind: RepoKind, params: &Params) -> Reply<Vec<&'static str>> {
    let full = params.on("full")?;
    if let Some(names) = views::expanded(kind, params.all("expand"))? {
        return Ok(names);
    }
    let mut names = views::item(kind, full);
    for (parameter, name) in [("config", "config"), ("cardData", "cardData")] {
        let fits = name != "config" || kind == RepoKind::Model;
        if params.on(parameter)? && fits && !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

fn tags(kind: RepoKind, params: &Params) -> Reply<Vec<String>> {
    let (prefixed, plain): (&[&str], &[&str]) = match kind {
        RepoKind::Model => (MODEL_TAGS, MODEL_PLAIN),
        RepoKind::Dataset => (DATASET_TAGS, &[]),
        RepoKind::Space => (SPACE_TAGS, SPACE_PLAIN),
    };
    let mut tags: Vec<String> = Vec::new();
    let mut add = |tag: String| {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    };
    for name in ["filter", "tags"].iter().chain(plain) {
        values(params, name).for_each(|value| add(value.to_owned()));
    }
    for name in prefixed {
        for value in values(params, name) {
            // Compat: the links of the Hub's pages say `license=license:mit`.
            let bare = value.strip_prefix(name).and_then(|rest| rest.strip_prefix(':')).unwrap_or(value);
            add(format!("{name}:{bare}"));
        }
    }
    if kind == RepoKind::Space {
        for (name, prefix) in [("models", "model"), ("datasets", "dataset")] {
            values(params, name).for_each(|value| add(format!("{prefix}:{value}")));
        }
    }
    if kind == RepoKind::Model {
        for app in values(params, "apps") {
            add(apps::tag_of(app)?.to_owned());
        }
    }
    Ok(tags)
}

/// The values of a parameter that may be repeated and whose values may be joined by commas.
fn values<'a>(params: &'a Params, name: &str) -> impl Iterator<Item = &'a str> {
    params.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|value| !value.is_empty())
}

/// Whether the client wants only models that somebody serves: nobody does yet.
fn nothing_serves(kind: RepoKind, params: &Params) -> Reply<bool> {
    if kind != RepoKind::Model {
        return Ok(false);
    }
    match params.text("inference") {
        None => Ok(params.text("inference_provider").is_some()),
        Some("warm") => Ok(true),
        Some(_) => Err(Failure::invalid("\"inference\" must be one of [warm]")),
    }
}

/// The order of a list. Lists run from the largest down.
///
/// Compat: `likes30d` of JS is the trending order, which weighs recent likes and downloads.
fn order(kind: RepoKind, params: &Params) -> Reply<Order> {
    if let Some(direction) = params.text("direction")
        && direction != "-1"
    {
        return Err(Failure::invalid("\"direction\" must be -1: lists run from the largest down"));
    }
    match (params.text("sort"), kind) {
        (None | Some("trendingScore" | "trending_score" | "trending" | "likes30d"), _) => Ok(Order::Trending),
        (Some("createdAt" | "created_at" | "created"), _) => Ok(Order::Created),
        (Some("lastModified" | "last_modified" | "modified"), _) => Ok(Order::Modified),
        (Some("likes"), _) => Ok(Order::Likes),
        (Some("downloads"), RepoKind::Model | RepoKind::Dataset) => Ok(Order::Downloads),
        (Some("num_parameters"), RepoKind::Model) => Ok(Order::Params),
        (Some(_), kind) => {
            let more = match kind {
                RepoKind::Model => ", downloads, num_parameters",
                RepoKind::Dataset => ", downloads",
                RepoKind::Space => "",
            };
            Err(Failure::invalid(format!(
                "\"sort\" must be one of [createdAt, lastModified, likes, trendingScore{more}]"
            )))
        }
    }
}

/// `min:6B,max:128B`, either of the two alone, or none.
fn num_parameters(kind: RepoKind, params: &Params) -> Reply<(Option<i64>, Option<i64>)> {
    let Some(text) = params.text("num_parameters").filter(|_| kind == RepoKind::Model) else {
        return Ok((None, None));
    };
    let wrong = || {
        Failure::invalid(
            "\"num_parameters\" must be like `min:6B,max:128B`, with K, M, B or T after the numbers",
        )
    };
    let (mut min, mut max) = (None, None);
    for part in text.split(',') {
        let (word, number) = part.split_once(':').ok_or_else(wrong)?;
        let number = Some(parameters(number.trim()).ok_or_else(wrong)?);
        match word.trim() {
            "min" => min = number,
            "max" => max = number,
            _ => return Err(wrong()),
        }
    }
    Ok((min, max))
}

/// `6B`, `1.5M`, `1000`.
fn parameters(text: &str) -> Option<i64> {
    let (digits, unit) = match text.chars().last()?.to_ascii_uppercase() {
        'K' => (&text[..text.len() - 1], 1e3),
        'M' => (&text[..text.len() - 1], 1e6),
        'B' | 'G' => (&text[..text.len() - 1], 1e9),
        'T' => (&text[..text.len() - 1], 1e12),
        _ => (text, 1.0),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let number = digits.parse::<f64>().ok()? * unit;
    (number < 9e18).then_some(number.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(kind: RepoKind, query: &str) -> Reply<Wanted> {
        read(kind, &Params::parse(query)?)
    }

    fn tags_of(kind: RepoKind, query: &str) -> Vec<String> {
        wanted(kind, query).expect("a good query").ask.tags
    }

    #[test]
    fn filters_are_tags_however_they_are_written() {
        let model = RepoKind::Model;
        for (query, expected) in [
            ("filter=a&filter=b,c&filter=a", vec!["a", "b", "c"]),
            ("pipeline_tag=text-generation&library=timm&language=en", vec!["text-generation", "timm", "en"]),
            ("license=mit", vec!["license:mit"]),
            ("license=license%3Amit", vec!["license:mit"]),
            ("dataset=ada/d&base_model=finetune:ada/m", vec!["dataset:ada/d", "base_model:finetune:ada/m"]),
            ("apps=ollama&apps=mlx-lm,jan", vec!["gguf", "mlx"]),
            ("models=ada/m&task_ids=x", vec![]),
        ] {
            assert_eq!(tags_of(model, query), expected, "{query}");
        }
        assert_eq!(
            tags_of(RepoKind::Dataset, "language=en&size_categories=n<1K"),
            ["language:en", "size_categories:n<1K"]
        );
        assert_eq!(
            tags_of(RepoKind::Space, "models=a/b&datasets=c/d&sdk=gradio"),
            ["gradio", "model:a/b", "dataset:c/d"]
        );
    }

    #[test]
    fn orders_have_the_names_of_every_client() {
        for (sort, expected) in [
            ("createdAt", Order::Created),
            ("created_at", Order::Created),
            ("lastModified", Order::Modified),
            ("last_modified", Order::Modified),
            ("downloads", Order::Downloads),
            ("likes", Order::Likes),
            ("likes30d", Order::Trending),
            ("trendingScore", Order::Trending),
            ("trending_score", Order::Trending),
            ("num_parameters", Order::Params),
        ] {
            let query = format!("sort={sort}&direction=-1");
            assert_eq!(
                wanted(RepoKind::Model, &query).map(|wanted| wanted.ask.order),
                Ok(expected),
                "{sort}"
            );
        }
        assert!(wanted(RepoKind::Space, "sort=downloads").is_err());
        assert!(wanted(RepoKind::Dataset, "sort=num_parameters").is_err());
        assert!(wanted(RepoKind::Model, "sort=size").is_err());
        assert!(wanted(RepoKind::Model, "direction=1").is_err());
    }

    #[test]
    fn parameter_counts_have_units() {
        for (text, expected) in [
            ("min:6B,max:128B", (Some(6_000_000_000), Some(128_000_000_000))),
            ("min:1.5M", (Some(1_500_000), None)),
            ("max:500k", (None, Some(500_000))),
            ("max:1T", (None, Some(1_000_000_000_000))),
            ("min:7", (Some(7), None)),
        ] {
            let found =
                wanted(RepoKind::Model, &format!("num_parameters={text}")).map(|wanted| wanted.ask.params);
            assert_eq!(found, Ok(expected), "{text}");
        }
        for bad in
            ["6B", "min:", "min:B", "min:-1", "min:1e9", "least:1", "min:1B;max:2B", "min:é", "min:9999999T"]
        {
            assert!(wanted(RepoKind::Model, &format!("num_parameters={bad}")).is_err(), "{bad}");
        }
    }

    #[test]
    fn nothing_is_served_yet() {
        let nothing = |query| wanted(RepoKind::Model, query).map(|wanted| wanted.nothing);
        assert_eq!(nothing(""), Ok(false));
        assert_eq!(nothing("inference=warm"), Ok(true));
        assert_eq!(nothing("inference_provider=all"), Ok(true));
        assert!(nothing("inference=cold").is_err());
    }

    #[test]
    fn items_with_files_come_on_smaller_pages() {
        let limit = |query| wanted(RepoKind::Model, query).map(|wanted| wanted.ask.limit);
        assert_eq!(limit(""), Ok(1000));
        assert_eq!(limit("limit=5000"), Ok(1000));
        assert_eq!(limit("full=true"), Ok(100));
        assert_eq!(limit("expand=siblings&limit=500"), Ok(100));
        assert_eq!(limit("full=true&expand=likes&limit=500"), Ok(500));
        assert!(limit("limit=0").is_err());
    }
}
