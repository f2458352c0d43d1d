//! The catalogs are complete: every key that is said exists in every language, with the same values, and none is left
//! over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use axum::http::HeaderValue;
use fluent_bundle::FluentResource;
use stoa_core::Time;

use super::*;

/// Every message of a language with the values it names, and how often it stands there.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for source in catalog::sources(language) {
        if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
            panic!("{}: {errors:?}", language.code());
        }
        let mut current: Option<String> = None;
        for line in source.lines() {
            if let Some((key, _)) = line.split_once(" =")
                && key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            {
                assert!(!found.contains_key(key), "{key} stands twice in {}", language.code());
                found.insert(key.to_owned(), BTreeSet::new());
                current = Some(key.to_owned());
            }
            let Some(values) = current.as_ref().and_then(|key| found.get_mut(key)) else { continue };
            for piece in line.split('$').skip(1) {
                let name: String = piece.chars().take_while(char::is_ascii_alphanumeric).collect();
                values.insert(name);
            }
        }
    }
    found
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "html") {
            into.push(path);
        }
    }
}

/// Every text in quotes of the crate's code and templates.
fn said() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut said = BTreeSet::new();
    for file in files.iter().filter(|file| !file.ends_with("words/tests.rs")) {
        let text = std::fs::read_to_string(file).expect("a source file");
        for quoted in text.split('"') {
            said.insert(quoted.to_owned());
        }
    }
    said
}

/// The keys that are said as such: `t("…")` and its like.
fn asked_for() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut asked = BTreeSet::new();
    for file in files.iter().filter(|file| !file.ends_with("words/tests.rs")) {
        let text = std::fs::read_to_string(file).expect("a source file");
        for call in [".t(\"", ".n(\"", ".with(\"", ".with2(\"", ".rich(\"", ".known(\""] {
            for rest in text.split(call).skip(1) {
                asked.insert(rest.split('"').next().unwrap_or_default().to_owned());
            }
        }
    }
    asked
}

#[test]
fn every_language_says_the_same_things_about_the_same_values() {
    let english = messages(Language::English);
    for language in [Language::Italian, Language::French] {
        let other = messages(language);
        let missing: Vec<_> = english.keys().filter(|key| !other.contains_key(*key)).collect();
        let more: Vec<_> = other.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{}: missing {missing:?}, too many {more:?}",
            language.code()
        );
        for (key, values) in &english {
            // A number may be left out of the words for one; anything else must be there.
            let differs: Vec<_> = values.symmetric_difference(&other[key]).collect();
            assert!(differs.is_empty(), "{}: {key} differs in {differs:?}", language.code());
        }
    }
}

#[test]
fn every_key_that_is_said_exists_and_every_key_is_said() {
    let english = messages(Language::English);
    let missing: Vec<_> = asked_for().into_iter().filter(|key| !english.contains_key(key)).collect();
    assert!(missing.is_empty(), "not in the catalogs: {missing:#?}");
    let said = said();
    // The words about a status are found by its number.
    let by_number = |key: &str| key.starts_with("problem-4") || key.starts_with("problem-5");
    let unused: Vec<_> = english.keys().filter(|key| !said.contains(*key) && !by_number(key)).collect();
    assert!(unused.is_empty(), "nobody says {unused:#?}");
}

#[test]
fn no_template_writes_text_that_is_not_escaped() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "html")) {
        let text = std::fs::read_to_string(file).expect("a template");
        for bad in ["|safe", "| safe", "style=\"", "onclick", "<script>", "escape(\"none\")"] {
            assert!(!text.contains(bad), "{} contains {bad}", file.display());
        }
    }
}

#[test]
fn the_language_is_the_chosen_one_or_the_first_that_the_browser_wants() {
    let language = |accept: &'static str, cookie: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        Language::of(&headers)
    };
    assert_eq!(language("it-IT,it;q=0.9,en;q=0.8", ""), Language::Italian);
    assert_eq!(language("de,fr;q=0.5,en;q=0.4", ""), Language::French);
    assert_eq!(language("de", ""), Language::English);
    assert_eq!(language("it", "stoa_language=fr"), Language::French);
    assert_eq!(language("it", "stoa_language=xx"), Language::Italian);
}

#[test]
fn numbers_sizes_and_dates_are_short_and_exact() {
    let (en, it, fr) = (
        Words::in_language(Language::English),
        Words::in_language(Language::Italian),
        Words::in_language(Language::French),
    );
    assert_eq!(en.number(1_234_567), "1,234,567");
    assert_eq!(it.number(-1_234), "−1.234");
    assert_eq!(fr.number(1_234), "1\u{202f}234");
    let short: Vec<String> =
        [0, 999, 1_000, 1_249, 9_949, 12_345, 999_499, 999_500, 134_515_008, 7_000_000_000]
            .map(|n| en.short(n))
            .into();
    assert_eq!(short, ["0", "999", "1k", "1.2k", "9.9k", "12k", "999k", "1M", "135M", "7B"]);
    assert_eq!(it.short(1_249), "1,2k");
    assert_eq!(en.count(1_249).0, "<data value=\"1249\" title=\"1,249\">1.2k</data>");
    assert_eq!(en.size_text(1), "1 byte");
    assert_eq!(en.size_text(4_200_000), "4.2\u{a0}MB");
    let now = Time::from_secs(1_767_323_045);
    let at = |seconds: i64| en.ago_text(Time::from_secs(1_767_323_045 - seconds), now);
    assert_eq!(at(5), "just now");
    assert_eq!(at(60), "1 minute ago");
    assert_eq!(at(86_400 * 3), "3 days ago");
    assert_eq!(at(86_400 * 800), "2 years ago");
    assert_eq!(en.moment(now), "January 2, 2026, 03:04 UTC");
    assert_eq!(it.day(now), "2 gennaio 2026");
    assert_eq!(fr.ago_text(Time::from_secs(1_767_323_045 - 7_200), now), "il y a 2 heures");
}
