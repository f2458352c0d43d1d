//! Cards of datasets.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fields::Checker;
use crate::tasks::{self, TASKS};

/// Compat: the size classes of the Hub.
const SIZES: [&str; 12] = [
    "n<1K",
    "1K<n<10K",
    "10K<n<100K",
    "100K<n<1M",
    "1M<n<10M",
    "10M<n<100M",
    "100M<n<1B",
    "1B<n<10B",
    "10B<n<100B",
    "100B<n<1T",
    "n>1T",
    "other",
];

pub(super) fn check(checker: &mut Checker<'_>) {
    for key in [
        "annotations_creators",
        "language_creators",
        "multilinguality",
        "source_datasets",
        "task_ids",
        "language_details",
        "language_bcp47",
    ] {
        checker.string_or_list(key);
    }
    checker.string("paperswithcode_id");
    for (name, size) in checker.string_or_list("size_categories") {
        if !SIZES.contains(&size.as_str()) {
            checker.warn(format!("\"{name}\" should be one of [{}]", SIZES.join(", ")));
        }
    }
    for (name, task) in checker.string_or_list("task_categories") {
        if tasks::find(&task).is_none() {
            let known: Vec<&str> = TASKS.iter().filter(|task| task.datasets).map(|task| task.id).collect();
            checker.warn(format!("\"{name}\" should be one of [{}]", known.join(", ")));
        }
    }
    if let Some(configs) = checker.value("configs") {
        check_configs(checker, configs);
    }
    if let Some(info) = checker.value("dataset_info")
        && !info.is_object()
    {
        checker.objects("dataset_info", info);
    }
}

/// Compat: what the `datasets` library reads, and refuses, in `configs`.
fn check_configs(checker: &mut Checker<'_>, configs: &Value) {
    let mut names = BTreeSet::new();
    let mut defaults = 0;
    for (at, config) in checker.objects("configs", configs) {
        if let Some(name) = checker.required(&at, config, "config_name")
            && !names.insert(name)
        {
            checker.warn(format!(
                "\"{at}.config_name\" repeats an earlier one; the later configuration hides it"
            ));
        }
        match config.get("default") {
            Some(Value::Bool(true)) => defaults += 1,
            None | Some(Value::Null | Value::Bool(false)) => {}
            Some(_) => checker.error(format!("\"{at}.default\" must be true or false")),
        }
        if config.get("data_dir").is_some_and(|dir| !dir.is_string() && !dir.is_null()) {
            checker.error(format!("\"{at}.data_dir\" must be a string"));
        }
        if let Some(files) = config.get("data_files").filter(|files| !files.is_null()) {
            check_data_files(checker, &format!("{at}.data_files"), files);
        }
    }
    if defaults > 1 {
        checker.error("\"configs\" has more than one default; keep `default: true` in one of them");
    }
}

/// A glob, a list of globs, or a list of splits with their globs.
fn check_data_files(checker: &mut Checker<'_>, name: &str, files: &Value) {
    let items = match files {
        Value::String(_) => return,
        Value::Array(items) => items,
        _ => {
            checker.error(format!(
                "\"{name}\" must be a path, a list of paths, or a list of objects with \"split\" and \"path\""
            ));
            return;
        }
    };
    for (index, item) in items.iter().enumerate().take(10_000) {
        match item {
            Value::String(_) => {}
            Value::Object(entry) => check_split(checker, &format!("{name}[{index}]"), entry),
            _ => checker.error(format!(
                "\"{name}[{index}]\" must be a path or an object with \"split\" and \"path\""
            )),
        }
    }
}

fn check_split(checker: &mut Checker<'_>, name: &str, entry: &Map<String, Value>) {
    if let Some(split) = checker.required(name, entry, "split")
        && !is_split_name(split)
    {
        checker.error(format!(
            "\"{name}.split\" must be made of letters, digits and underscores, with dots between them"
        ));
    }
    let is_path = match entry.get("path") {
        Some(Value::String(_)) => true,
        Some(Value::Array(paths)) => paths.iter().all(Value::is_string),
        _ => false,
    };
    if !is_path {
        checker.error(format!("\"{name}.path\" must be a path or a list of paths"));
    }
}

/// Compat: `^\w+(\.\w+)*$` of the `datasets` library, in which `\w` is any letter or digit of Unicode.
fn is_split_name(name: &str) -> bool {
    name.split('.').all(|word| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_'))
}
