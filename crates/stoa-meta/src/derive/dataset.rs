//! Facts about a dataset.

use std::collections::BTreeSet;

use super::tags::Tags;
use super::{Derived, Inputs, features, formats, links, prose, sentence};
use crate::card::Card;

/// What data can be. A card may name one in its tags to make up for what the files do not show.
const MODALITIES: [&str; 9] =
    ["3d", "audio", "document", "geospatial", "image", "tabular", "text", "timeseries", "video"];

/// Libraries that a card may name in its tags.
const LIBRARIES: [&str; 12] = [
    "argilla",
    "dask",
    "datadesigner",
    "datasets",
    "distilabel",
    "duckdb",
    "fiftyone",
    "lance",
    "mlcroissant",
    "pandas",
    "polars",
    "webdataset",
];

/// Keys of a card that become tags under their own name, in the Hub's order.
const BEFORE_LANGUAGE: [&str; 6] = [
    "task_categories",
    "task_ids",
    "annotations_creators",
    "language_creators",
    "multilinguality",
    "source_datasets",
];

pub(super) fn derive(inputs: &Inputs<'_>, card: &Card, derived: &mut Derived) {
    let format = formats::detect(inputs.files);
    derived.formats = format.iter().map(|format| format.id.to_owned()).collect();
    derived.modalities = modalities(card, format);
    derived.title = sentence(card, "pretty_name");
    derived.description = prose::first_paragraph(&card.body);
    let mut tags = Tags::default();
    for key in BEFORE_LANGUAGE {
        tags.add_each(&format!("{key}:"), links(card, key));
    }
    tags.add_each("language:", &derived.languages);
    tags.add_each("license:", links(card, "license"));
    tags.add_each("size_categories:", links(card, "size_categories"));
    tags.add_each("format:", &derived.formats);
    tags.add_each("modality:", &derived.modalities);
    tags.add_each("library:", libraries(card, format));
    tags.add_each("arxiv:", prose::papers(&card.body));
    tags.add_each("doi:", card.string("doi"));
    tags.add_region();
    tags.add_free(&card.strings("tags"));
    derived.tags = tags.into_vec();
}

/// What the data is: by its columns if the card lists them, or else by its files; and always what the card says.
fn modalities(card: &Card, format: Option<&formats::Format>) -> Vec<String> {
    let mut found: BTreeSet<&str> = features::modalities(card);
    if found.is_empty() {
        found.extend(format.and_then(|format| format.modality));
    }
    found.extend(card.strings("tags").iter().filter_map(|tag| MODALITIES.iter().find(|known| *known == tag)));
    found.into_iter().map(str::to_owned).collect()
}

fn libraries(card: &Card, format: Option<&formats::Format>) -> Vec<&'static str> {
    let mut found: Vec<&str> = format.map(|format| format.libraries.to_vec()).unwrap_or_default();
    for tag in card.strings("tags") {
        if let Some(known) = LIBRARIES.iter().find(|known| **known == tag)
            && !found.contains(known)
        {
            found.push(known);
        }
    }
    found
}
