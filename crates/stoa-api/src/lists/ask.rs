//! From the query string of a list to what the hub is asked.

use stoa_core::{Failure, Reply, RepoKind};
use stoa_http::{Params, list_ask};
use stoa_hub::ListAsk;

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

/// Reads a query string.
pub(super) fn read(kind: RepoKind, params: &Params) -> Reply<Wanted> {
    let names = names(kind, params)?;
    let most = if names.contains(&"siblings") { PAGE_OF_FILES } else { PAGE };
    let linked = kind == RepoKind::Space && params.on("linked")?;
    let facts = linked || views::need_facts(&names);
    let ask = list_ask(kind, params, params.limit(most, most)?, facts)?;
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

#[cfg(test)]
mod tests {
    use stoa_hub::Order;

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
