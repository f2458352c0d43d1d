//! What the query string of a list asks for, in the API and on pages alike.

use stoa_core::{Failure, Reply, RepoKind};
use stoa_hub::{ListAsk, Order};
use stoa_meta::apps;

use crate::{Params, decode_cursor};

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

/// Reads the filters, the order and the cursor of a list. `limit`: repositories of a page; `facts`: whether each comes
/// with its facts.
pub fn list_ask(kind: RepoKind, params: &Params, limit: usize, facts: bool) -> Reply<ListAsk> {
    Ok(ListAsk {
        kind,
        author: params.text("author").map(str::to_owned),
        tags: tags(kind, params)?,
        search: params.all("search").filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        gated: params.flag("gated")?,
        params: num_parameters(kind, params)?,
        order: order(kind, params)?,
        cursor: params.text("cursor").map(decode_cursor).transpose()?,
        limit,
        facts,
    })
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
            add(app_tag(app)?.to_owned());
        }
    }
    Ok(tags)
}

/// The values of a parameter that may be repeated and whose values may be joined by commas.
fn values<'a>(params: &'a Params, name: &str) -> impl Iterator<Item = &'a str> {
    params.all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|value| !value.is_empty())
}

/// The tag that stands for a program that runs models.
fn app_tag(app: &str) -> Reply<&'static str> {
    apps::tag_of(app).ok_or_else(|| {
        let known: Vec<&str> = apps::names().collect();
        Failure::invalid(format!("\"apps\" must be one of [{}]", known.join(", ")))
    })
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
