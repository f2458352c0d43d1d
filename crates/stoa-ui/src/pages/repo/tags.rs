//! The row of tags below the head: task, library, languages, license, and what the card says freely.

use stoa_core::RepoKind;
use stoa_meta::{languages, libraries, licenses, tasks};

use super::subject::{Subject, list_href};
use crate::markup::segment;

/// Tags shown at once; the others open.
const SHOWN: usize = 12;
/// Languages shown at once.
const LANGUAGES: usize = 4;
/// Tags that say something to programs only, or that every repository has.
const SILENT: [&str; 9] = [
    "region:us",
    "endpoints_compatible",
    "autotrain_compatible",
    "text-generation-inference",
    "text-embeddings-inference",
    "has_space",
    "custom_code",
    "not-for-all-audiences",
    "eval-results",
];

/// One tag.
pub(super) struct Tag {
    pub(super) icon: &'static str,
    pub(super) label: String,
    /// The list of what has it.
    pub(super) href: String,
}

/// The tags of a repository.
pub(super) struct Tags {
    pub(super) first: Vec<Tag>,
    pub(super) more: Vec<Tag>,
}

impl Tags {
    pub(super) fn of(subject: &Subject) -> Self {
        let mut list = List { subject, tags: Vec::new(), seen: Vec::new() };
        list.tasks();
        list.libraries();
        list.described("format:", "file");
        list.described("modality:", "chip");
        list.license();
        list.languages();
        list.free();
        let more = list.tags.split_off(list.tags.len().min(SHOWN));
        Self { first: list.tags, more }
    }
}

struct List<'a> {
    subject: &'a Subject,
    tags: Vec<Tag>,
    seen: Vec<&'a str>,
}

impl<'a> List<'a> {
    fn add(&mut self, icon: &'static str, label: impl Into<String>, tag: &'a str) {
        if !self.seen.contains(&tag) {
            self.seen.push(tag);
            let href = list_href(self.subject.kind(), tag);
            self.tags.push(Tag { icon, label: label.into(), href });
        }
    }

    fn tasks(&mut self) {
        let subject = self.subject;
        if let Some(task) = &subject.info.pipeline_tag {
            let label = tasks::find(task).map_or(task.as_str(), |task| task.label);
            self.seen.push(task);
            let href = format!("/models?pipeline_tag={}", segment(task));
            self.tags.push(Tag { icon: "play", label: label.to_owned(), href });
        }
        for tag in subject.info.tags.iter().filter(|tag| tag.starts_with("task_categories:")) {
            let id = &tag["task_categories:".len()..];
            self.add("play", tasks::find(id).map_or(id, |task| task.label), tag);
        }
        if let Some(sdk) = subject.repo.row().sdk.as_deref() {
            self.seen.push(sdk);
            let href = list_href(RepoKind::Space, sdk);
            self.tags.push(Tag { icon: "space", label: sdk.to_owned(), href });
        }
    }

    fn libraries(&mut self) {
        let subject = self.subject;
        if subject.kind() != RepoKind::Model {
            return;
        }
        for tag in &subject.info.tags {
            if let Some(library) = libraries::find(tag) {
                self.seen.push(tag);
                let href = format!("/models?library={}", segment(tag));
                let icon = if library.format { "file" } else { "code" };
                self.tags.push(Tag { icon, label: library.label.to_owned(), href });
            }
        }
    }

    /// Tags such as `format:parquet`, by what follows.
    fn described(&mut self, prefix: &str, icon: &'static str) {
        for tag in self.subject.info.tags.iter().filter(|tag| tag.starts_with(prefix)) {
            self.add(icon, &tag[prefix.len()..], tag);
        }
    }

    fn license(&mut self) {
        for tag in self.subject.info.tags.iter().filter(|tag| tag.starts_with("license:")) {
            let id = &tag["license:".len()..];
            let name = self.subject.text("license_name").filter(|_| id == "other");
            let label =
                name.unwrap_or_else(|| licenses::find(id).map_or(id, |license| license.id).to_owned());
            self.add("scale", label, tag);
        }
    }

    fn languages(&mut self) {
        let subject = self.subject;
        let said = subject.texts("language");
        let mut shown = 0;
        for tag in &subject.info.tags {
            let code = tag.strip_prefix("language:").unwrap_or(tag);
            if !said.iter().any(|said| said == code) {
                continue;
            }
            shown += 1;
            if shown <= LANGUAGES {
                self.add("globe", languages::find(code).unwrap_or(code), tag);
            } else {
                // All of them stand in the column beside the card.
                self.seen.push(tag);
            }
        }
    }

    /// What is left: the author's own words.
    fn free(&mut self) {
        let subject = self.subject;
        let own = subject.texts("tags");
        for tag in &subject.info.tags {
            if own.iter().any(|own| own == tag) && !SILENT.contains(&tag.as_str()) {
                self.add("tag", tag.as_str(), tag);
            }
        }
    }
}
