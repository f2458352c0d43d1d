//! What a tag is about: a task, a library, a language, a license, or whatever somebody wrote.

use stoa_core::RepoKind;

use crate::{languages, libraries, licenses, tasks};

/// A tag with what is known about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag {
    /// The tag as it stands in repositories, such as `license:mit`.
    pub id: String,
    /// Its name for people, such as `MIT`.
    pub label: String,
    /// What it is about: `pipeline_tag`, `library`, `license`, `language`, a prefix that it has, or `other`.
    pub about: &'static str,
    /// The family of a task.
    pub group: Option<tasks::Group>,
    /// Whether it is one of a fixed vocabulary.
    pub closed: bool,
}

/// What a tag of a repository is about. Spaces are described as models are.
pub fn describe(kind: RepoKind, id: String) -> Tag {
    if kind == RepoKind::Dataset { of_dataset(id) } else { of_model(id) }
}

fn of_model(id: String) -> Tag {
    if let Some(task) = tasks::find(&id) {
        return Tag {
            label: task.label.to_owned(),
            about: "pipeline_tag",
            group: Some(task.group),
            closed: true,
            id,
        };
    }
    if let Some(library) = libraries::find(&id) {
        return Tag { label: library.label.to_owned(), about: "library", group: None, closed: true, id };
    }
    if let Some((known, closed)) =
        prefixed(&id, &["dataset", "license", "region", "arxiv", "base_model", "doi"])
    {
        return of_prefix(id, known, closed);
    }
    if (2..=3).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase()) {
        let label = languages::find(&id).unwrap_or(&id).to_owned();
        return Tag { label, about: "language", group: None, closed: true, id };
    }
    other(id)
}

fn of_dataset(id: String) -> Tag {
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
    match prefixed(&id, &KINDS) {
        Some((known, closed)) => of_prefix(id, known, closed),
        None => other(id),
    }
}

fn other(id: String) -> Tag {
    Tag { label: id.clone(), about: "other", group: None, closed: false, id }
}

fn prefixed(id: &str, known: &[&'static str]) -> Option<(&'static str, bool)> {
    const FREE: [&str; 7] =
        ["arxiv", "base_model", "benchmark", "dataset", "doi", "source_datasets", "task_ids"];
    let (prefix, value) = id.split_once(':')?;
    let prefix = known.iter().find(|known| **known == prefix)?;
    let language = *prefix == "language" && !(2..=3).contains(&value.len());
    Some((prefix, !FREE.contains(prefix) && !language))
}

fn of_prefix(id: String, about: &'static str, closed: bool) -> Tag {
    let value = id.split_once(':').map_or(id.as_str(), |(_, value)| value);
    let task = tasks::find(value).filter(|_| about == "task_categories");
    let license = licenses::find(value).filter(|_| about == "license");
    let label = match (task, license) {
        (Some(task), _) => task.label,
        (_, Some(license)) => license.label,
        _ if about == "language" => languages::find(value).unwrap_or(value),
        _ => value,
    };
    Tag { label: label.to_owned(), about, group: task.map(|task| task.group), closed, id }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: RepoKind, cases: &[(&str, &str, &str, bool)]) {
        for (id, about, label, closed) in cases {
            let tag = describe(kind, (*id).to_owned());
            assert_eq!(
                (tag.id.as_str(), tag.about, tag.label.as_str(), tag.closed),
                (*id, *about, *label, *closed)
            );
        }
    }

    #[test]
    fn tags_of_models_are_told_apart() {
        check(
            RepoKind::Model,
            &[
                ("text-generation", "pipeline_tag", "Text Generation", true),
                ("transformers", "library", "Transformers", true),
                ("license:mit", "license", "MIT", true),
                ("en", "language", "English", true),
                ("qqq", "language", "qqq", true),
                ("dataset:ada/secret", "dataset", "ada/secret", false),
                ("base_model:ada/secret", "base_model", "ada/secret", false),
                ("project-x", "other", "project-x", false),
                ("made:up", "other", "made:up", false),
            ],
        );
    }

    #[test]
    fn tags_of_datasets_are_told_apart() {
        check(
            RepoKind::Dataset,
            &[
                ("task_categories:translation", "task_categories", "Translation", true),
                ("language:en", "language", "English", true),
                ("language:somebody's own", "language", "somebody's own", false),
                ("size_categories:n<1K", "size_categories", "n<1K", true),
                ("croissant", "other", "croissant", false),
            ],
        );
    }
}
