//! Cards of models.

use serde_json::{Map, Value};

use super::fields::{Checker, is_repo_id};
use crate::tasks::{self, TASKS};

/// Relations that `base_model_relation` may name.
///
/// Compat: <https://huggingface.co/docs/hub/model-cards#specifying-a-base-model>.
const RELATIONS: [&str; 4] = ["adapter", "finetune", "merge", "quantized"];

/// Tasks that were once accepted and still stand in many cards.
const RETIRED_TASKS: [&str; 2] = ["text2text-generation", "conversational"];

pub(super) fn check(checker: &mut Checker<'_>) {
    task(checker);
    checker.string("library_name");
    checker.string_or_list("metrics");
    for (name, id) in checker.string_or_list("datasets") {
        check_id(checker, &name, &id, "dataset");
    }
    for (name, id) in checker.string_or_list("base_model") {
        check_id(checker, &name, &id, "model");
    }
    checker.one_of("base_model_relation", &RELATIONS);
    if let Some(id) = checker.string("new_version") {
        check_id(checker, "new_version", id, "model");
    }
    emissions(checker);
    if let Some(index) = checker.value("model-index") {
        model_index(checker, index);
    }
}

fn task(checker: &mut Checker<'_>) {
    let Some(task) = checker.string("pipeline_tag") else { return };
    if tasks::find(task).is_some() {
        return;
    }
    if RETIRED_TASKS.contains(&task) {
        checker.warn(format!("\"pipeline_tag\" {task} is no longer a task; write text-generation"));
        return;
    }
    let known: Vec<&str> = TASKS.iter().filter(|task| task.models).map(|task| task.id).collect();
    checker.error(format!("\"pipeline_tag\" must be one of [{}]", known.join(", ")));
}

fn check_id(checker: &mut Checker<'_>, name: &str, id: &str, what: &str) {
    if !is_repo_id(id) {
        checker.warn(format!("\"{name}\" is not the id of a {what}; write it as `owner/name`"));
    }
}

fn emissions(checker: &mut Checker<'_>) {
    let Some(value) = checker.value("co2_eq_emissions") else { return };
    let grams = match value {
        Value::Object(details) => details.get("emissions"),
        bare => Some(bare),
    };
    if !grams.is_some_and(Value::is_number) {
        checker.error(
            "\"co2_eq_emissions\" must be a number of grams, or an object with the number \"emissions\"",
        );
    }
}

/// Checks the legacy block of evaluation results.
///
/// Compat: the Hub refuses a result that lacks its task, dataset or metrics, which is why trainers drop such results
/// before pushing; and the Python client reads exactly these keys without asking whether they are there.
fn model_index(checker: &mut Checker<'_>, index: &Value) {
    for (name, model) in checker.objects("model-index", index) {
        checker.required(&name, model, "name");
        let Some(results) = model.get("results").filter(|value| !value.is_null()) else {
            checker.error(format!("\"{name}.results\" is required"));
            continue;
        };
        for (name, result) in checker.objects(&format!("{name}.results"), results) {
            part(checker, &name, result, "task", &["type"]);
            part(checker, &name, result, "dataset", &["type", "name"]);
            metrics(checker, &name, result);
        }
    }
}

fn part(checker: &mut Checker<'_>, name: &str, result: &Map<String, Value>, key: &str, required: &[&str]) {
    match result.get(key) {
        Some(Value::Object(object)) => {
            for field in required {
                checker.required(&format!("{name}.{key}"), object, field);
            }
        }
        None | Some(Value::Null) => checker.error(format!("\"{name}.{key}\" is required")),
        Some(_) => checker.error(format!("\"{name}.{key}\" must be an object with keys and values")),
    }
}

fn metrics(checker: &mut Checker<'_>, name: &str, result: &Map<String, Value>) {
    let Some(metrics) = result.get("metrics").filter(|value| !value.is_null()) else {
        checker.error(format!("\"{name}.metrics\" is required"));
        return;
    };
    for (name, metric) in checker.objects(&format!("{name}.metrics"), metrics) {
        checker.required(&name, metric, "type");
        if !metric.contains_key("value") {
            checker.error(format!("\"{name}.value\" is required"));
        }
    }
}
