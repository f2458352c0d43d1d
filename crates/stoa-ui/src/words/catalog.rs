//! The catalogs, parsed once.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use super::Language;

/// Every catalog of a language.
macro_rules! catalogs {
    ($language:literal) => {
        &[
            include_str!(concat!("../../words/", $language, "/site.ftl")),
            include_str!(concat!("../../words/", $language, "/lists.ftl")),
            include_str!(concat!("../../words/", $language, "/repo.ftl")),
            include_str!(concat!("../../words/", $language, "/files.ftl")),
            include_str!(concat!("../../words/", $language, "/account.ftl")),
            include_str!(concat!("../../words/", $language, "/settings.ftl")),
            include_str!(concat!("../../words/", $language, "/admin.ftl")),
            include_str!(concat!("../../words/", $language, "/docs.ftl")),
        ]
    };
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 3]> = LazyLock::new(|| Language::ALL.map(bundle));

/// The texts of a language's catalogs.
pub(super) fn sources(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => catalogs!("en"),
        Language::Italian => catalogs!("it"),
        Language::French => catalogs!("fr"),
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // Marks around values are for texts of mixed direction; ours would land in attributes and addresses.
    bundle.set_use_isolating(false);
    for source in sources(language) {
        // A test reads every catalog and fails on what is no Fluent; here the rest of a damaged one still counts.
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        // Only a key that stands twice is refused, which the same test finds.
        let _ = bundle.add_resource(resource);
    }
    bundle
}

fn of(language: Language) -> &'static FluentBundle<FluentResource> {
    match language {
        Language::English => &BUNDLES[0],
        Language::Italian => &BUNDLES[1],
        Language::French => &BUNDLES[2],
    }
}

pub(super) fn has(language: Language, key: &str) -> bool {
    of(language).has_message(key)
}

/// The text of a key; the key itself, marked, when there is none.
pub(super) fn say(language: Language, key: &str, args: Option<&FluentArgs<'_>>) -> String {
    let bundle = of(language);
    match bundle.get_message(key).and_then(|message| message.value()) {
        Some(pattern) => bundle.format_pattern(pattern, args, &mut Vec::new()).into_owned(),
        None => format!("⟦{key}⟧"),
    }
}
