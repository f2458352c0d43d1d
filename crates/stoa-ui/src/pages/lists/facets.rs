//! Filters of a list: what can be chosen, what is chosen, and the addresses that choose more or less.

use stoa_core::RepoKind;
use stoa_http::Params;
use stoa_meta::tags::{Tag, describe};

use crate::markup::segment;

/// Filters in the address of a list, in its own order.
#[derive(Clone, Debug)]
pub(super) struct Query {
    kind: RepoKind,
    pairs: Vec<(String, String)>,
}

/// Parameters of lists that pages understand; `p` and others of the public Hub are passed over.
const KNOWN: [&str; 21] = [
    "search",
    "sort",
    "author",
    "gated",
    "num_parameters",
    "filter",
    "other",
    "tags",
    "pipeline_tag",
    "library",
    "language",
    "license",
    "dataset",
    "base_model",
    "task_categories",
    "size_categories",
    "format",
    "modality",
    "sdk",
    "models",
    "apps",
];
/// Filters of one list at most.
const MOST: usize = 24;

impl Query {
    pub(super) fn new(kind: RepoKind, params: &Params) -> Self {
        let mut query = Self { kind, pairs: Vec::new() };
        for (name, value) in params.iter() {
            let value = value.trim();
            if !KNOWN.contains(&name) || value.is_empty() || value.len() > 200 {
                continue;
            }
            // Compat: lists of the public Hub say `other=`, the API says `filter=`, and several values may stand together.
            let name = if matches!(name, "other" | "tags") { "filter" } else { name };
            let single = matches!(name, "search" | "sort" | "author" | "num_parameters" | "gated");
            for value in value.split(',').map(str::trim).filter(|value| !value.is_empty() && !single) {
                query.add(name, value);
            }
            if single && query.one(name).is_none() {
                query.pairs.push((name.to_owned(), value.to_owned()));
            }
        }
        // The form has a field for each bound.
        let bounds = ["min", "max"].map(|word| {
            let typed = params.one(word).unwrap_or_default().trim();
            if typed.is_empty() || typed.len() > 20 { String::new() } else { format!("{word}:{typed}") }
        });
        if params.one("min").is_some() || params.one("max").is_some() {
            query.pairs.retain(|(name, _)| name != "num_parameters");
            let text = bounds.iter().filter(|bound| !bound.is_empty()).cloned().collect::<Vec<_>>().join(",");
            if !text.is_empty() {
                query.pairs.push(("num_parameters".to_owned(), text));
            }
        }
        query.pairs.truncate(MOST);
        query
    }

    fn add(&mut self, name: &str, value: &str) {
        if !self.has(name, value) {
            self.pairs.push((name.to_owned(), value.to_owned()));
        }
    }

    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.pairs.iter().any(|(key, known)| key == name && known == value)
    }

    /// Whether nothing but the order is chosen.
    pub(super) fn is_plain(&self) -> bool {
        self.pairs.iter().all(|(name, _)| name == "sort")
    }

    /// The same with a parameter set anew.
    pub(super) fn set(&self, name: &str, value: &str) -> Self {
        let mut query = self.clone();
        query.pairs.retain(|(key, _)| key != name);
        query.pairs.push((name.to_owned(), value.to_owned()));
        query
    }

    /// The same with a value chosen, or not chosen any more.
    fn toggled(&self, name: &str, value: &str) -> Self {
        let mut query = self.clone();
        if self.has(name, value) {
            query.pairs.retain(|(key, known)| key != name || known != value);
        } else {
            query.pairs.push((name.to_owned(), value.to_owned()));
        }
        query
    }

    /// What a form sends along that sets `name` itself.
    pub(super) fn all_but(&self, name: &str) -> Vec<(String, String)> {
        self.pairs.iter().filter(|(key, _)| key != name).cloned().collect()
    }

    /// The bounds of the number of parameters, as written.
    pub(super) fn parameters(&self) -> (String, String) {
        let text = self.one("num_parameters").unwrap_or_default();
        let bound = |word: &str| {
            let found = text.split(',').find_map(|part| part.trim().strip_prefix(word)?.strip_prefix(':'));
            found.unwrap_or_default().to_owned()
        };
        (bound("min"), bound("max"))
    }

    /// The address of the list.
    pub(super) fn href(&self) -> String {
        let query: Vec<String> =
            self.pairs.iter().map(|(name, value)| format!("{name}={}", segment(value))).collect();
        let plural = self.kind.plural();
        if query.is_empty() { format!("/{plural}") } else { format!("/{plural}?{}", query.join("&")) }
    }

    /// The same in the words of the API, at the page that `cursor` names.
    pub(super) fn for_api(&self, cursor: Option<&str>) -> Params {
        let cursor = cursor.map(|cursor| ("cursor".to_owned(), cursor.to_owned()));
        Params::from_pairs(self.pairs.iter().cloned().chain(cursor).collect())
    }
}

/// A group of filters.
pub(super) struct Facet {
    /// Key of its heading.
    pub(super) title: &'static str,
    /// The most used ones.
    pub(super) first: Vec<Choice>,
    /// Others, which are shown when somebody asks.
    pub(super) more: Vec<Choice>,
}

/// A filter that can be chosen, or is chosen.
pub(super) struct Choice {
    pub(super) label: String,
    pub(super) href: String,
    pub(super) chosen: bool,
    pub(super) count: i64,
}

/// A filter that is chosen, and the address without it.
pub(super) struct Chip {
    pub(super) label: String,
    pub(super) href: String,
}

/// What tags are about, the parameter that filters by them, the key of the heading, and how many stand there at once and
/// in all.
type Group = (&'static str, &'static str, &'static str, usize, usize);

const MODELS: &[Group] = &[
    ("pipeline_tag", "pipeline_tag", "facet-task", 8, 60),
    ("library", "library", "facet-library", 8, 40),
    ("language", "language", "facet-language", 6, 60),
    ("license", "license", "facet-license", 6, 40),
    ("other", "filter", "facet-other", 8, 40),
];
const DATASETS: &[Group] = &[
    ("task_categories", "task_categories", "facet-task", 8, 60),
    ("modality", "modality", "facet-modality", 8, 10),
    ("format", "format", "facet-format", 8, 12),
    ("size_categories", "size_categories", "facet-size", 10, 12),
    ("language", "language", "facet-language", 6, 60),
    ("license", "license", "facet-license", 6, 40),
    ("other", "filter", "facet-other", 8, 40),
];
const SPACES: &[Group] =
    &[("license", "license", "facet-license", 6, 40), ("other", "filter", "facet-other", 12, 60)];

/// Tags that say something to programs alone.
const UNSAID: [&str; 3] = ["endpoints_compatible", "text-generation-inference", "autotrain_compatible"];

/// The filters of a kind, from the tags that are in use.
pub(super) fn facets(kind: RepoKind, tags: &[(Tag, i64)], query: &Query) -> Vec<Facet> {
    let groups = match kind {
        RepoKind::Model => MODELS,
        RepoKind::Dataset => DATASETS,
        RepoKind::Space => SPACES,
    };
    let mut found: Vec<Vec<Choice>> = groups.iter().map(|_| Vec::new()).collect();
    for (tag, count) in tags {
        let Some(at) = groups.iter().position(|(about, ..)| *about == tag.about) else { continue };
        let (_, parameter, _, _, most) = groups[at];
        if found[at].len() < most && !tag.id.contains(',') && !UNSAID.contains(&tag.id.as_str()) {
            found[at].push(choice(parameter, tag, *count, query));
        }
    }
    let facets = groups.iter().zip(found).filter(|(_, choices)| !choices.is_empty());
    facets
        .map(|((_, _, title, shown, _), mut choices)| {
            choices.sort_by_key(|choice| !choice.chosen);
            let more = choices.split_off((*shown).min(choices.len()));
            Facet { title, first: choices, more }
        })
        .collect()
}

fn choice(parameter: &str, tag: &Tag, count: i64, query: &Query) -> Choice {
    let value = match tag.id.split_once(':') {
        Some((prefix, value)) if prefix == parameter => value,
        _ => &tag.id,
    };
    let chosen = query.has(parameter, value);
    Choice { label: tag.label.clone(), href: query.toggled(parameter, value).href(), chosen, count }
}

/// What is chosen.
pub(super) fn chips(kind: RepoKind, query: &Query) -> Vec<Chip> {
    let shown =
        query.pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "sort" | "search" | "num_parameters"));
    shown
        .map(|(name, value)| {
            let plain = matches!(name.as_str(), "pipeline_tag" | "library" | "filter")
                || (name == "language" && kind == RepoKind::Model);
            let id = if plain { value.clone() } else { format!("{name}:{value}") };
            let label = match name.as_str() {
                "author" | "gated" | "sdk" | "models" | "apps" => format!("{name}: {value}"),
                _ => describe(kind, id).label,
            };
            Chip { label, href: query.toggled(name, value).href() }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(kind: RepoKind, text: &str) -> Query {
        Query::new(kind, &Params::parse(text).expect("a query"))
    }

    #[test]
    fn filters_are_chosen_and_given_up_in_the_address() {
        let query = query(RepoKind::Model, "pipeline_tag=fill-mask&license=mit&sort=likes&p=3&evil=%3Cb%3E");
        assert_eq!(query.href(), "/models?pipeline_tag=fill-mask&license=mit&sort=likes");
        let tags = [
            ("fill-mask".to_owned(), 5),
            ("license:mit".to_owned(), 3),
            ("license:apache-2.0".to_owned(), 2),
        ]
        .map(|(id, count)| (describe(RepoKind::Model, id), count));
        let facets = facets(RepoKind::Model, &tags, &query);
        let hrefs: Vec<&str> =
            facets.iter().flat_map(|facet| &facet.first).map(|one| one.href.as_str()).collect();
        assert_eq!(
            hrefs,
            [
                "/models?license=mit&sort=likes",
                "/models?pipeline_tag=fill-mask&sort=likes",
                "/models?pipeline_tag=fill-mask&license=mit&sort=likes&license=apache-2.0",
            ]
        );
        let chips: Vec<String> = chips(RepoKind::Model, &query).into_iter().map(|chip| chip.label).collect();
        assert_eq!(chips, ["Fill-Mask", "MIT"]);
    }

    #[test]
    fn addresses_of_the_public_hub_are_understood() {
        let query = query(
            RepoKind::Model,
            "other=base_model:quantized:ada/m,gguf&apps=vllm&num_parameters=min:1B,max:3B",
        );
        assert_eq!(query.parameters(), ("1B".to_owned(), "3B".to_owned()));
        assert!(query.has("filter", "gguf") && query.has("filter", "base_model:quantized:ada/m"));
        assert_eq!(query.one("num_parameters"), Some("min:1B,max:3B"));
    }

    #[test]
    fn the_fields_of_the_form_become_one_filter() {
        assert_eq!(
            query(RepoKind::Model, "min=1B&max=&license=mit").href(),
            "/models?license=mit&num_parameters=min%3A1B"
        );
        assert_eq!(query(RepoKind::Model, "min=&max=&num_parameters=min:7B").href(), "/models");
    }
}
