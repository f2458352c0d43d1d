//! The words of the site: Fluent catalogs in English, Italian and French.
//!
//! A language is one folder in `words/`, with the same files and the same keys in each; tests hold them to that. Pages
//! say [`Words::t`] with a key, and numbers, sizes and dates in the way of the language.

mod amounts;
mod catalog;
mod dates;
#[cfg(test)]
mod tests;

use std::fmt::Display;

use axum::http::{HeaderMap, header};
use fluent_bundle::{FluentArgs, FluentValue};
use stoa_http::cookies;

use crate::markup::{Markup, escape};

pub(crate) use amounts::Count;

/// The cookie with the language that somebody chose.
pub(crate) const LANGUAGE: &str = "stoa_language";

/// A language of the site.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Language {
    English,
    Italian,
    French,
}

impl Language {
    pub(crate) const ALL: [Self; 3] = [Self::English, Self::Italian, Self::French];

    /// As in `lang="en"`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Italian => "it",
            Self::French => "fr",
        }
    }

    /// What its speakers call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Italian => "Italiano",
            Self::French => "Français",
        }
    }

    /// The language of a code such as `fr`, `fr-CA` or `FR_fr`.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        let main = code.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(main))
    }

    /// The language for a request: the chosen one, or the first of ours that the browser wants.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        if let Some(chosen) = cookies::find(headers, LANGUAGE).and_then(Self::from_code) {
            return chosen;
        }
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut best = (0.0, Self::English);
        for one in wanted.unwrap_or_default().split(',').take(32) {
            let mut parts = one.split(';').map(str::trim);
            let Some(language) = parts.next().and_then(Self::from_code) else { continue };
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f64>().ok()).unwrap_or(1.0);
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }
}

/// The words of one language. Cheap to copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(Language);

impl Words {
    /// The words for whoever sent these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self(Language::of(headers))
    }

    /// The words of a language.
    #[cfg(test)]
    pub(crate) fn in_language(language: Language) -> Self {
        Self(language)
    }

    pub(crate) fn language(self) -> Language {
        self.0
    }

    /// The text of a key.
    pub(crate) fn t(self, key: &str) -> String {
        catalog::say(self.0, key, None)
    }

    /// The text of a key that was found elsewhere, if there is one.
    pub(crate) fn known(self, key: &str) -> Option<String> {
        catalog::has(self.0, key).then(|| self.t(key))
    }

    /// The text of a key about a number: `$count` decides between one and many, `$shown` is the number as people read it.
    pub(crate) fn n(self, key: &str, count: impl TryInto<i64>) -> String {
        let count = count.try_into().unwrap_or(i64::MAX);
        let mut args = FluentArgs::new();
        args.set("count", FluentValue::from(count));
        args.set("shown", FluentValue::from(self.number(count)));
        catalog::say(self.0, key, Some(&args))
    }

    /// The text of a key with one value in it.
    pub(crate) fn with(self, key: &str, name: &'static str, value: impl Display) -> String {
        let mut args = FluentArgs::new();
        args.set(name, FluentValue::from(value.to_string()));
        catalog::say(self.0, key, Some(&args))
    }

    /// The text of a key with two values in it.
    pub(crate) fn with2(
        self,
        key: &str,
        (name, value): (&'static str, impl Display),
        (other, second): (&'static str, impl Display),
    ) -> String {
        let mut args = FluentArgs::new();
        args.set(name, FluentValue::from(value.to_string()));
        args.set(other, FluentValue::from(second.to_string()));
        catalog::say(self.0, key, Some(&args))
    }

    /// The text of a key as HTML: the catalog may hold tags, and the values, which are escaped, may stand in them.
    pub(crate) fn rich(self, key: &str, name: &'static str, value: impl Display) -> Markup {
        Markup(self.with(key, name, escape(&value.to_string())))
    }
}
