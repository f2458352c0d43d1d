//! The wall: no element, attribute or address gets into a page that is not on these lists.
//!
//! `shape` has written everything anew before; whatever a mistake there would let through ends here.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;

use crate::shape::{CLASSES, names};
use crate::slots::Slots;

/// Attributes that any element may have.
const GENERIC: &[&str] = &["align", "dir", "id", "lang", "title"];

/// Attributes by element.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "aria-label"]),
    ("audio", &["src", "controls", "loop", "muted", "preload"]),
    ("col", &["span", "width"]),
    ("colgroup", &["span"]),
    ("details", &["open"]),
    ("div", &["data-slot"]),
    ("img", &["src", "alt", "loading", "width", "height"]),
    ("li", &["value"]),
    ("ol", &["start", "reversed", "type"]),
    ("source", &["src", "srcset", "media", "type"]),
    ("span", &["data-slot"]),
    ("table", &["width"]),
    ("td", &["colspan", "rowspan", "valign", "width", "height"]),
    ("th", &["colspan", "rowspan", "valign", "scope", "width", "height"]),
    ("tr", &["valign"]),
    ("video", &["src", "poster", "controls", "loop", "muted", "preload", "width", "height"]),
];

/// Attributes with the only values they may have.
const VALUES: &[(&str, &str, &str)] =
    &[("a", "rel", "nofollow noopener"), ("div", "tabindex", "0"), ("pre", "tabindex", "0")];

static WALL: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut wall = Builder::empty();
    let mut values: HashMap<&str, HashMap<&str, HashSet<&str>>> = HashMap::new();
    for (name, key, value) in VALUES {
        values.entry(name).or_default().entry(key).or_default().insert(value);
    }
    wall.tags(names().collect())
        .generic_attributes(GENERIC.iter().copied().collect())
        .tag_attributes(
            ATTRIBUTES.iter().map(|(name, keys)| (*name, keys.iter().copied().collect())).collect(),
        )
        .tag_attribute_values(values)
        .allowed_classes(CLASSES.iter().map(|(name, list)| (*name, list.iter().copied().collect())).collect())
        .url_schemes(["http", "https", "mailto"].into())
        .clean_content_tags(["script", "style"].into())
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(|_, key, value| match key {
            "src" | "poster" => is_local(value).then(|| value.into()),
            "srcset" => value.split(',').all(|one| is_local(one.trim_start())).then(|| value.into()),
            "id" => value.starts_with(crate::links::ID_PREFIX).then(|| value.into()),
            _ => Some(value.into()),
        });
    wall
});

/// Lets through what is on the lists, and fills the slots.
pub(crate) fn clean(html: &str, slots: &mut Slots) -> String {
    let cleaned = WALL.clean(html).to_string();
    slots.fill(&cleaned)
}

/// Whether an address stays on this hub.
fn is_local(address: &str) -> bool {
    address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\")
}
