//! The tags in use, by what they are about: `GET /api/models-tags-by-type` and `GET /api/datasets-tags-by-type`.

use std::collections::BTreeMap;

use axum::Router;
use axum::routing::get;
use serde::Serialize;
use stoa_core::RepoKind;
use stoa_http::{App, Json, Params, Reply, Who};
use stoa_meta::{libraries, licenses, tasks};

pub(super) fn route() -> Router<App> {
    let of = |kind| {
        get(move |app: App, who: Who, params: Params| async move { by_type(&app, &who, kind, &params).await })
    };
    Router::new()
        .route("/api/models-tags-by-type", of(RepoKind::Model))
        .route("/api/datasets-tags-by-type", of(RepoKind::Dataset))
}

/// Tags of a free vocabulary that are shown, most used first.
const FREE: usize = 500;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tag {
    id: String,
    label: String,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_type: Option<&'static str>,
}

async fn by_type(
    app: &App,
    who: &Who,
    kind: RepoKind,
    params: &Params,
) -> Reply<Json<BTreeMap<&'static str, Vec<Tag>>>> {
    who.need_reader(&app.hub)?;
    let wanted = params.text("type");
    let mut groups: BTreeMap<&'static str, Vec<Tag>> = BTreeMap::new();
    let mut free = 0;
    for (name, _) in app.hub.tags(kind).await? {
        let (tag, closed) = if kind == RepoKind::Model { model_tag(name) } else { dataset_tag(name) };
        if wanted.is_some_and(|wanted| wanted != tag.kind) {
            continue;
        }
        if !closed {
            if free == FREE {
                continue;
            }
            free += 1;
        }
        groups.entry(tag.kind).or_default().push(tag);
    }
    Ok(Json(groups))
}

/// What a tag of a model is about, and whether its vocabulary is closed.
fn model_tag(name: String) -> (Tag, bool) {
    if let Some(task) = tasks::find(&name) {
        let tag = Tag {
            label: task.label.to_owned(),
            kind: "pipeline_tag",
            sub_type: Some(task.group.id()),
            id: name,
        };
        return (tag, true);
    }
    if let Some(library) = libraries::find(&name) {
        return (Tag { label: library.label.to_owned(), kind: "library", sub_type: None, id: name }, true);
    }
    if let Some((known, closed)) =
        prefixed(&name, &["dataset", "license", "region", "arxiv", "base_model", "doi"])
    {
        return (of_prefix(name, known), closed);
    }
    if (2..=3).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase()) {
        return (Tag { label: name.clone(), kind: "language", sub_type: None, id: name }, true);
    }
    (Tag { label: name.clone(), kind: "other", sub_type: None, id: name }, false)
}

/// What a tag of a dataset is about, and whether its vocabulary is closed.
fn dataset_tag(name: String) -> (Tag, bool) {
    const KINDS: [&str; 14] = [
        "task_categories",
        "task_ids",
        "size_categories",
        "language",
        "license",
        "modality",
        "format",
        "library",
        "multilinguality",
        "region",
        "benchmark",
        "arxiv",
        "doi",
        "source_datasets",
    ];
    match prefixed(&name, &KINDS) {
        Some((known, closed)) => (of_prefix(name, known), closed),
        None => (Tag { label: name.clone(), kind: "other", sub_type: None, id: name }, false),
    }
}

fn prefixed(name: &str, known: &[&'static str]) -> Option<(&'static str, bool)> {
    const FREE: [&str; 7] =
        ["arxiv", "base_model", "benchmark", "dataset", "doi", "source_datasets", "task_ids"];
    let (prefix, value) = name.split_once(':')?;
    let prefix = known.iter().find(|known| **known == prefix)?;
    let language = *prefix == "language" && !(2..=3).contains(&value.len());
    Some((prefix, !FREE.contains(prefix) && !language))
}

fn of_prefix(id: String, kind: &'static str) -> Tag {
    let value = id.split_once(':').map_or(id.as_str(), |(_, value)| value);
    let task = tasks::find(value).filter(|_| kind == "task_categories");
    let license = licenses::find(value).filter(|_| kind == "license");
    let label = match (task, license) {
        (Some(task), _) => task.label,
        (_, Some(license)) => license.label,
        _ => value,
    };
    Tag { label: label.to_owned(), kind, sub_type: task.map(|task| task.group.id()), id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_models_are_told_apart() {
        for (name, kind, label, closed) in [
            ("text-generation", "pipeline_tag", "Text Generation", true),
            ("transformers", "library", "Transformers", true),
            ("license:mit", "license", "MIT", true),
            ("en", "language", "en", true),
            ("dataset:ada/secret", "dataset", "ada/secret", false),
            ("base_model:ada/secret", "base_model", "ada/secret", false),
            ("project-x", "other", "project-x", false),
            ("made:up", "other", "made:up", false),
        ] {
            let (tag, is_closed) = model_tag(name.to_owned());
            assert_eq!(
                (tag.id.as_str(), tag.kind, tag.label.as_str(), is_closed),
                (name, kind, label, closed)
            );
        }
    }

    #[test]
    fn tags_of_datasets_are_told_apart() {
        for (name, kind, label, closed) in [
            ("task_categories:translation", "task_categories", "Translation", true),
            ("language:en", "language", "en", true),
            ("language:somebody's own", "language", "somebody's own", false),
            ("size_categories:n<1K", "size_categories", "n<1K", true),
            ("croissant", "other", "croissant", false),
        ] {
            let (tag, is_closed) = dataset_tag(name.to_owned());
            assert_eq!(
                (tag.id.as_str(), tag.kind, tag.label.as_str(), is_closed),
                (name, kind, label, closed)
            );
        }
    }

    #[tokio::test]
    async fn words_of_private_repositories_are_not_told() {
        let hub = crate::testing::hub().await;
        let ada = hub.as_user("ada");
        for (name, word, private) in [("open", "seen", false), ("closed", "hidden", true)] {
            ada.create(&format!("ada/{name}")).await.ok();
            let card = format!("---\nlicense: mit\ntags: [{word}]\nbase_model: ada/{word}\n---\n");
            crate::testing::commit(&hub, &format!("ada/{name}"), &[("README.md", &card)]).await;
            let ask = serde_json::json!({ "private": private });
            ada.put_json(&format!("/api/models/ada/{name}/settings"), &ask).await.ok();
        }
        let path = "/api/models-tags-by-type";
        let public = hub.anonymous().get(path).await.expect(200);
        assert!(public.text().contains("seen") && !public.text().contains("hidden"), "{}", public.text());
        assert_eq!(public.json()["license"][0]["id"], "license:mit");
        assert!(!ada.get(path).await.text().contains("hidden"), "one answer for everybody");
        let some = hub.anonymous().get(&format!("{path}?type=license")).await.expect(200).json();
        assert_eq!(
            some.as_object().map(|groups| groups.keys().cloned().collect()),
            Some(vec!["license".to_owned()])
        );
        hub.anonymous().get("/api/datasets-tags-by-type").await.expect(200);
    }
}
