//! The checks a card passes before it is pushed.
//!
//! Compat: as strict as the Hub documents and no stricter, so that a card that was pushed there can be pushed here.
//! Keys that nobody knows are fine; a value nobody knows is an error only where the Hub makes it one.

mod dataset;
mod fields;
mod model;
mod space;

use serde_json::Value;
use stoa_core::RepoKind;

use self::fields::Checker;
use crate::card::{self, Card};
use crate::licenses::{self, LICENSES};

/// Most messages of either sort: a card with a thousand faults is told the first ones.
const MAX_MESSAGES: usize = 50;

/// What is wrong with a card. Each entry is one sentence; the caller adds `Error: ` or `Warning: `.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Reasons to refuse the push.
    pub errors: Vec<String>,
    /// Things worth telling that refuse nothing.
    pub warnings: Vec<String>,
}

/// Checks the `README.md` of a repository.
pub fn validate(kind: RepoKind, readme: &str) -> Report {
    let mut report = Report::default();
    match Card::parse(readme) {
        Err(error) => report.errors.push(format!("Invalid YAML metadata: {error}")),
        Ok(card) if card.data.is_empty() => report.warnings.push(missing(readme)),
        Ok(card) => {
            let mut checker = Checker::new(&card.data);
            common(&mut checker);
            match kind {
                RepoKind::Model => model::check(&mut checker),
                RepoKind::Dataset => dataset::check(&mut checker),
                RepoKind::Space => space::check(&mut checker),
            }
            report = checker.report;
        }
    }
    report.errors.truncate(MAX_MESSAGES);
    report.warnings.truncate(MAX_MESSAGES);
    report
}

fn missing(readme: &str) -> String {
    let remedy = if card::split(readme).yaml.is_none() {
        "put it between two `---` lines at the top of `README.md`"
    } else {
        "write `key: value` lines between the two `---` lines"
    };
    format!("empty or missing yaml metadata in repo card: {remedy}")
}

fn common(checker: &mut Checker<'_>) {
    license(checker);
    language(checker);
    checker.list_of_strings("tags");
    for key in ["thumbnail", "license_name", "license_link", "pretty_name"] {
        checker.string(key);
    }
}

fn license(checker: &mut Checker<'_>) {
    for (name, id) in checker.string_or_list("license") {
        if licenses::find(&id).is_none() {
            let known: Vec<&str> = LICENSES.iter().map(|license| license.id).collect();
            checker.error(format!("\"{name}\" must be one of [{}]", known.join(", ")));
        }
    }
    let is_other = checker.value("license").is_some_and(|value| match value {
        Value::Array(many) => many.iter().any(|id| id == "other"),
        one => one == "other",
    });
    if is_other && checker.value("license_name").is_none() && checker.value("license_link").is_none() {
        checker.warn("\"license\" is other: say which with \"license_name\" and \"license_link\"");
    }
}

fn language(checker: &mut Checker<'_>) {
    // `language_details` and `language_bcp47` hold what does not fit here.
    const SPECIAL: [&str; 3] = ["code", "multilingual", "unknown"];
    for (name, code) in checker.string_or_list("language") {
        let is_iso = (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_iso && !SPECIAL.contains(&code.as_str()) {
            checker.warn(format!(
                "\"{name}\" should be an ISO 639 code of two or three lower-case letters, or one of [{}]; put \
                 BCP 47 tags such as `pt-BR` in \"language_bcp47\"",
                SPECIAL.join(", ")
            ));
        }
    }
}

#[cfg(test)]
mod tests;
