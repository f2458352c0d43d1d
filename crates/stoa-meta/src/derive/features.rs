//! What the columns that a dataset's card lists say about the data.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::card::Card;

/// Most nodes of the lists of columns that are looked at.
const MAX_NODES: usize = 20_000;
/// So many columns of numbers make a table; a single one is an id or a label beside something else.
const TABLE: usize = 2;

/// The modalities of the columns under `dataset_info`; empty if the card lists none.
pub(super) fn modalities(card: &Card) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let infos = match card.data.get("dataset_info") {
        Some(Value::Array(many)) => many.iter().take(1_000).collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    let mut left = MAX_NODES;
    for info in infos {
        let Some(columns) = info.get("features").and_then(Value::as_array) else { continue };
        let numbers = columns.iter().filter(|column| is_number(column)).count();
        if numbers >= TABLE || numbers > 0 && numbers == columns.len() {
            found.insert("tabular");
        }
        let mut open: Vec<&Value> = columns.iter().take(left).collect();
        while let Some(node) = open.pop() {
            let Some(rest) = left.checked_sub(1) else { return found };
            left = rest;
            found.extend(dtype(node).and_then(modality));
            match node {
                Value::Array(items) => open.extend(items.iter().take(left)),
                Value::Object(fields) => {
                    let nested = ["struct", "list", "large_list", "sequence", "dtype"];
                    for value in nested.iter().filter_map(|key| fields.get(*key)) {
                        // `list: string` is short for a list of strings.
                        found.extend(value.as_str().and_then(modality));
                        open.push(value);
                    }
                }
                _ => {}
            }
        }
    }
    found
}

fn dtype(column: &Value) -> Option<&str> {
    column.get("dtype")?.as_str()
}

fn is_number(column: &Value) -> bool {
    let kinds = ["int", "uint", "float", "decimal", "bool"];
    dtype(column).is_some_and(|dtype| kinds.iter().any(|kind| dtype.starts_with(kind)))
}

fn modality(dtype: &str) -> Option<&'static str> {
    Some(match dtype {
        "string" | "large_string" | "translation" => "text",
        "image" => "image",
        "audio" => "audio",
        "video" => "video",
        "pdf" => "document",
        "mesh" | "nifti" => "3d",
        _ => return None,
    })
}
