//! Tests of card validation, table by table.

use super::*;

fn errors(kind: RepoKind, yaml: &str) -> Vec<String> {
    validate(kind, &format!("---\n{yaml}\n---\n# Title\n")).errors
}

fn check(kind: RepoKind, yaml: &str, expected: &str) {
    let found = errors(kind, yaml);
    assert!(
        found.iter().any(|error| error.contains(expected)),
        "{yaml}\nexpected {expected}\nfound {found:?}"
    );
}

#[test]
fn a_card_without_metadata_is_warned_about_and_never_refused() {
    for readme in ["", "# Title\n", "---\n---\n# Title\n", "---\n# nothing\n---\n", "---\nnever: closed\n"] {
        for kind in RepoKind::ALL {
            let report = validate(kind, readme);
            assert_eq!(report.errors, Vec::<String>::new());
            assert!(
                report.warnings[0].starts_with("empty or missing yaml metadata in repo card"),
                "{readme}"
            );
        }
    }
}

#[test]
fn real_cards_pass_without_a_word() {
    let model = "\
language:
- en
- no
license: apache-2.0
library_name: transformers
tags: [text-generation, '2024']
datasets:
- HuggingFaceFW/fineweb
- squad
metrics: accuracy
base_model: org/base-1.0
base_model_relation: finetune
new_version: org/next
pipeline_tag: text-generation
thumbnail:
co2_eq_emissions: {emissions: 12.5, source: codecarbon}
extra_gated_prompt: Please
widget:
- text: Hello
model-index:
- name: mine
  results:
  - task: {type: text-generation, name: Text Generation}
    dataset: {type: squad, name: SQuAD, config: plain, split: test, args: {}}
    metrics:
    - {type: accuracy, value: 0.5, name: Accuracy, verified: false}
    source: {name: here, url: https://example.com}";
    let dataset = "\
annotations_creators: [crowdsourced]
language: [en]
license: [cc-by-4.0, mit]
multilinguality: monolingual
size_categories: [1K<n<10K]
source_datasets: [original, extended|squad]
task_categories: [question-answering, table-to-text]
task_ids: [extractive-qa]
pretty_name: Mine
configs:
- config_name: default
  data_files:
  - {split: train, path: 'data/train-*'}
  - {split: test.a_1, path: [a.csv, b.csv]}
- config_name: other
  default: true
  data_files: '*.csv'
- config_name: third
  data_dir: third
  data_files: [x.csv]
dataset_info:
- config_name: default
  features: [{name: text, dtype: string}]";
    let space = "\
title: Demo
emoji: 👩🏽‍🚀
colorFrom: blue
colorTo: gray
sdk: gradio
sdk_version: 5.9.1
python_version: '3.10'
app_file: app.py
app_port: 7860
base_path: /x
fullWidth: true
header: mini
pinned: false
models: [org/m]
hf_oauth: true
hf_oauth_expiration_minutes: 480
hf_oauth_scopes: [read-repos]
short_description: A demo
license: mit
custom_headers: {cross-origin-opener-policy: same-origin}
preload_from_hub: ['gpt2 config.json,vocab.json abc']
anything: [else, {is: fine}]";
    for (kind, yaml) in [(RepoKind::Model, model), (RepoKind::Dataset, dataset), (RepoKind::Space, space)] {
        assert_eq!(validate(kind, &format!("---\n{yaml}\n---\n")), Report::default());
    }
}

#[test]
fn what_the_hub_refuses_is_refused() {
    let model = RepoKind::Model;
    check(model, "a: 1\na: 2", "Line 3: The key `a` appears twice");
    check(model, "a: [", "Invalid YAML metadata");
    check(model, "model-index: foo", "\"model-index\" must be a list");
    check(model, "model-index: [foo]", "\"model-index[0]\" must be an object");
    check(model, "model-index: [{results: []}]", "\"model-index[0].name\" is required");
    check(model, "model-index: [{name: a}]", "\"model-index[0].results\" is required");
    check(model, "model-index: [{name: a, results: {}}]", "\"model-index[0].results\" must be a list");
    let result = |body: &str| format!("model-index: [{{name: a, results: [{{{body}}}]}}]");
    let at = "\"model-index[0].results[0]";
    check(model, &result("task: x"), &format!("{at}.task\" must be an object"));
    check(model, &result("task: {name: x}"), &format!("{at}.task.type\" is required"));
    check(model, &result("task: {type: x}"), &format!("{at}.dataset\" is required"));
    check(model, &result("dataset: {type: 1, name: x}"), &format!("{at}.dataset.type\" must be a string"));
    check(model, &result("metrics: {}"), &format!("{at}.metrics\" must be a list"));
    check(model, &result("metrics: [{type: a}]"), &format!("{at}.metrics[0].value\" is required"));
    check(model, &result("metrics: [{value: a}]"), &format!("{at}.metrics[0].type\" is required"));
    check(model, "license: [mit, nope]", "\"license[1]\" must be one of [apache-2.0, mit, ");
    check(model, "license: {a: b}", "\"license\" must be a string or a list of strings");
    check(model, "language: {en: 1}", "\"language\" must be a string or a list");
    check(model, "language: [en, 3]", "\"language[1]\" must be a string: put quotes around 3");
    check(model, "pipeline_tag: nope", "\"pipeline_tag\" must be one of [text-classification, ");
    check(model, "pipeline_tag: [text-generation]", "\"pipeline_tag\" must be a string");
    check(model, "tags: one", "\"tags\" must be a list");
    check(model, "tags: [a, 2024]", "\"tags[1]\" must be a string: put quotes around 2024");
    check(model, "tags: [a, {b: c}]", "\"tags[1]\" must be a string");
    check(model, "datasets: {a: b}", "\"datasets\" must be a string or a list");
    check(model, "base_model: [[a]]", "\"base_model[0]\" must be a string");
    check(model, "base_model_relation: child", "must be one of [adapter, finetune, merge, quantized]");
    check(model, "metrics: 5", "\"metrics\" must be");
    check(model, "thumbnail: [a]", "\"thumbnail\" must be a string");
    check(model, "co2_eq_emissions: a lot", "number of grams");
    let dataset = RepoKind::Dataset;
    check(dataset, "configs: all", "\"configs\" must be a list");
    check(dataset, "configs: [{data_files: a}]", "\"configs[0].config_name\" is required");
    check(
        dataset,
        "configs: [{config_name: 5}]",
        "\"configs[0].config_name\" must be a string: put quotes around 5",
    );
    check(
        dataset,
        "configs: [{config_name: a, default: true}, {config_name: b, default: true}]",
        "more than one default",
    );
    check(
        dataset,
        "configs: [{config_name: a, data_files: {a: b}}]",
        "\"configs[0].data_files\" must be a path",
    );
    for split in ["a-b", "a.", ".a", "a..b", "''", "a b"] {
        let yaml = format!("configs: [{{config_name: a, data_files: [{{split: {split}, path: x}}]}}]");
        check(dataset, &yaml, "\"configs[0].data_files[0].split\" must be made of");
    }
    check(dataset, "configs: [{config_name: a, data_files: [{split: a}]}]", "[0].path\" must be a path");
    check(dataset, "dataset_info: text", "\"dataset_info\" must be a list");
    check(dataset, "task_categories: {a: b}", "\"task_categories\" must be");
    let space = RepoKind::Space;
    check(space, "sdk: flask", "\"sdk\" must be one of [gradio, docker, static, streamlit]");
    check(space, "emoji: smile", "\"emoji\" must be an emoji");
    check(space, "colorFrom: orange", "\"colorFrom\" must be one of [red, yellow");
    check(space, "app_port: http", "\"app_port\" must be");
    check(space, "base_path: x", "must begin with `/`");
    check(space, "hf_oauth_expiration_minutes: 99999", "from 1 to 43200");
    check(space, "custom_headers: {x-frame-options: deny}", "must be among [cross-origin-embedder-policy");
    check(space, "pinned: 'yes'", "\"pinned\" must be true or false");
}

#[test]
fn the_license_message_begins_as_clients_expect() {
    for yaml in ["license: nope", "license: MIT", "license: [nope]"] {
        let found = errors(RepoKind::Dataset, yaml);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("\"license"), "{found:?}");
    }
    assert!(
        errors(RepoKind::Model, "license: nope")[0]
            .starts_with("\"license\" must be one of [apache-2.0, mit,")
    );
}

#[test]
fn doubtful_values_are_told_and_let_through() {
    for (kind, yaml, part) in [
        (RepoKind::Model, "license: other", "license_name"),
        (RepoKind::Model, "language: pt-BR", "language_bcp47"),
        (RepoKind::Model, "base_model: a/b/c", "`owner/name`"),
        (RepoKind::Model, "base_model: ''", "`owner/name`"),
        (RepoKind::Model, "datasets: [My data]", "\"datasets[0]\" is not the id"),
        (RepoKind::Model, "pipeline_tag: text2text-generation", "no longer a task"),
        (RepoKind::Dataset, "size_categories: 100K", "should be one of [n<1K"),
        (RepoKind::Dataset, "task_categories: [nope]", "\"task_categories[0]\" should be one of"),
        (RepoKind::Dataset, "configs: [{config_name: a}, {config_name: a}]", "repeats an earlier one"),
        (RepoKind::Space, "title: x", "\"sdk\" is missing"),
        (RepoKind::Space, "sdk: gradio\npython_version: 3.10", "number 3.1: put quotes"),
    ] {
        let report = validate(kind, &format!("---\n{yaml}\n---\n"));
        assert_eq!(report.errors, Vec::<String>::new(), "{yaml}");
        assert!(report.warnings.iter().any(|warning| warning.contains(part)), "{yaml}: {report:?}");
    }
}

#[test]
fn a_thousand_faults_give_a_readable_answer() {
    let report = validate(RepoKind::Model, &format!("---\ntags: [{}]\n---\n", "1,".repeat(100_000)));
    assert_eq!(report.errors.len(), MAX_MESSAGES);
}
