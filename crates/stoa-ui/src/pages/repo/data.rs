//! What is in a dataset, as its card says: size, rows, configurations and splits.

use serde_json::Value;
use stoa_core::RepoKind;

use super::subject::{Subject, short};

/// Configurations that are shown.
const CONFIGS: usize = 30;
/// Splits of one that are shown.
const SPLITS: usize = 20;
/// Columns of one that are shown.
const COLUMNS: usize = 40;

/// A configuration.
pub(super) struct Config {
    pub(super) name: String,
    pub(super) splits: Vec<Split>,
    /// Names and types of its columns.
    pub(super) columns: Vec<(String, String)>,
}

/// A part such as `train`.
pub(super) struct Split {
    pub(super) name: String,
    pub(super) rows: Option<i64>,
}

/// What is in a dataset.
pub(super) struct Data {
    /// `10K<n<100K`, as the card has it.
    pub(super) size: Option<String>,
    pub(super) rows: Option<i64>,
    pub(super) download_size: Option<u64>,
    pub(super) configs: Vec<Config>,
    /// Whether there are more.
    pub(super) more: bool,
}

impl Data {
    /// Nothing for other repositories, and for datasets whose card says nothing of this.
    pub(super) fn of(subject: &Subject) -> Option<Self> {
        if subject.kind() != RepoKind::Dataset {
            return None;
        }
        let infos = many(subject.said("dataset_info"));
        let mut configs: Vec<Config> = infos.iter().take(CONFIGS).map(|info| of_info(info)).collect();
        for config in many(subject.said("configs")) {
            let name = config.get("config_name").and_then(short).unwrap_or_else(|| "default".to_owned());
            if configs.len() < CONFIGS && !configs.iter().any(|known| known.name == name) {
                configs.push(of_files(name, config));
            }
        }
        let sum = |key: &str| {
            let found: Vec<u64> = infos.iter().filter_map(|info| info.get(key)?.as_u64()).collect();
            (!found.is_empty()).then(|| found.into_iter().fold(0_u64, u64::saturating_add))
        };
        let rows: Vec<i64> =
            configs.iter().flat_map(|config| &config.splits).filter_map(|split| split.rows).collect();
        let found = Self {
            size: subject.texts("size_categories").into_iter().next(),
            rows: (!rows.is_empty()).then(|| rows.into_iter().fold(0_i64, i64::saturating_add)),
            download_size: sum("download_size").or_else(|| sum("dataset_size")),
            more: infos.len() > CONFIGS,
            configs,
        };
        (found.size.is_some() || !found.configs.is_empty()).then_some(found)
    }
}

/// One object, or a list of them.
fn many(value: Option<&Value>) -> Vec<&Value> {
    match value {
        Some(Value::Array(many)) => many.iter().filter(|one| one.is_object()).collect(),
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    }
}

fn of_info(info: &Value) -> Config {
    let splits = many(info.get("splits")).into_iter().take(SPLITS).map(|split| Split {
        name: split.get("name").and_then(short).unwrap_or_default(),
        rows: split.get("num_examples").and_then(Value::as_i64).filter(|rows| *rows >= 0),
    });
    let columns = many(info.get("features")).into_iter().take(COLUMNS).map(|column| {
        let name = column.get("name").and_then(short).unwrap_or_default();
        (name, kind_of(column))
    });
    Config {
        name: info.get("config_name").and_then(short).unwrap_or_else(|| "default".to_owned()),
        splits: splits.collect(),
        columns: columns.collect(),
    }
}

/// The type of a column: `string`, `list of int32`, `class label`.
fn kind_of(column: &Value) -> String {
    let list = ["sequence", "list"].iter().find_map(|key| column.get(key));
    match (column.get("dtype"), list) {
        (Some(Value::Object(kinds)), _) => kinds.keys().next().cloned().unwrap_or_default().replace('_', " "),
        (Some(kind), _) => short(kind).unwrap_or_default(),
        (None, Some(item)) => format!("list of {}", short(item).unwrap_or_else(|| "struct".to_owned())),
        (None, None) => "struct".to_owned(),
    }
}

/// What `configs` says: splits and no numbers.
fn of_files(name: String, config: &Value) -> Config {
    let splits = match config.get("data_files") {
        Some(Value::Array(files)) => {
            files.iter().filter_map(|file| file.get("split").and_then(short)).take(SPLITS).collect()
        }
        Some(_) => vec!["train".to_owned()],
        None => Vec::new(),
    };
    let splits = splits.into_iter().map(|name| Split { name, rows: None }).collect();
    Config { name, splits, columns: Vec::new() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_card_says_what_its_splits_and_columns_are() {
        let info = json!({
            "config_name": "en",
            "features": [
                { "name": "text", "dtype": "string" },
                { "name": "label", "dtype": { "class_label": { "names": { "0": "no" } } } },
                { "name": "tokens", "sequence": "int32" },
                { "name": "parts", "struct": [] }
            ],
            "splits": [{ "name": "train", "num_examples": 100 }, { "name": "test", "num_examples": -5 }]
        });
        let config = of_info(&info);
        let columns: Vec<&str> = config.columns.iter().map(|(_, kind)| kind.as_str()).collect();
        assert_eq!(columns, ["string", "class label", "list of int32", "struct"]);
        let splits: Vec<_> = config.splits.iter().map(|split| (split.name.as_str(), split.rows)).collect();
        assert_eq!(splits, [("train", Some(100)), ("test", None)]);
        let files = json!({ "data_files": [{ "split": "train", "path": "a" }, "odd"] });
        assert_eq!(of_files("x".to_owned(), &files).splits.len(), 1);
        assert!(many(Some(&json!("text"))).is_empty());
    }
}
