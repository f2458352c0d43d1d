//! Which attributes of a stranger's elements are kept, and what they may say.

use crate::escape::push_escaped;
use crate::links::{ID_PREFIX, Links, Target};

/// The classes that this crate itself gives; any other class vanishes.
pub(crate) const CLASSES: &[(&str, &[&str])] = &[
    ("a", &["elsewhere", "footnote-backref"]),
    (
        "div",
        &[
            "scroll",
            "gallery",
            "markdown-alert",
            "markdown-alert-note",
            "markdown-alert-tip",
            "markdown-alert-important",
            "markdown-alert-warning",
            "markdown-alert-caution",
        ],
    ),
    ("img", &["light-only", "dark-only"]),
    ("li", &["task-list-item"]),
    ("p", &["markdown-alert-title"]),
    ("pre", &["code"]),
    ("section", &["footnotes"]),
    ("span", &["elsewhere"]),
    ("sup", &["footnote-ref"]),
    ("ul", &["contains-task-list"]),
];

/// A start tag under construction.
pub(crate) struct Tag {
    html: String,
}

impl Tag {
    /// `<name`.
    pub(crate) fn new(name: &str) -> Self {
        Self { html: format!("<{name}") }
    }

    /// Adds an attribute.
    pub(crate) fn set(&mut self, key: &str, value: &str) -> &mut Self {
        self.html.push(' ');
        self.html.push_str(key);
        self.html.push_str("=\"");
        push_escaped(&mut self.html, value);
        self.html.push('"');
        self
    }

    /// The whole tag.
    pub(crate) fn end(mut self) -> String {
        self.html.push('>');
        self.html
    }
}

/// Attributes as the tokenizer read them.
pub(crate) type Attributes = [(String, String)];

/// The value of an attribute.
pub(crate) fn value<'a>(attributes: &'a Attributes, key: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
}

/// Copies what `name` may have of attributes that need no knowledge of links or ids.
pub(crate) fn copy_plain(tag: &mut Tag, name: &str, attributes: &Attributes) {
    for (key, value) in attributes {
        let value = value.trim();
        let kept = match (name, key.as_str()) {
            (_, "class") => {
                if let Some(classes) = classes(name, value) {
                    tag.set("class", &classes);
                }
                continue;
            }
            (_, "align") => one_of(value, &["left", "right", "center", "justify", "top", "middle", "bottom"]),
            (_, "dir") => one_of(value, &["ltr", "rtl", "auto"]),
            (_, "title") => !value.is_empty() && value.len() <= 1000,
            (_, "lang") => value.len() <= 35 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
            ("a", "aria-label") => value.len() <= 200,
            ("details", "open") | ("ol", "reversed") => {
                tag.set(key, "");
                continue;
            }
            ("ol", "type") => one_of(value, &["1", "a", "i"]),
            ("ol", "start") | ("li", "value") => {
                is_number(value.strip_prefix('-').unwrap_or(value), 999_999_999)
            }
            ("td" | "th", "colspan" | "rowspan") | ("col" | "colgroup", "span") => is_number(value, 1000),
            ("td" | "th" | "tr", "valign") => one_of(value, &["top", "middle", "bottom", "baseline"]),
            ("th", "scope") => one_of(value, &["row", "col", "rowgroup", "colgroup"]),
            ("img" | "video" | "table" | "td" | "th" | "col", "width" | "height") => is_length(value),
            _ => false,
        };
        if kept {
            tag.set(key, value);
        }
    }
}

/// Sets where a link leads.
pub(crate) fn set_link(tag: &mut Tag, attributes: &Attributes, links: &Links<'_>) {
    let Some(address) = value(attributes, "href") else { return };
    match links.link(address) {
        Target::Here(path) => tag.set("href", &path),
        Target::Fragment(name) => tag.set("href", &format!("#{ID_PREFIX}{name}")),
        Target::Elsewhere { url, .. } => tag.set("href", &url).set("rel", "nofollow noopener"),
        Target::Mail(url) => tag.set("href", &url),
        Target::Nowhere => tag,
    };
}

/// The candidates of a `srcset` that lie on this hub.
pub(crate) fn srcset(text: &str, links: &Links<'_>) -> Option<String> {
    let mut kept = Vec::new();
    for candidate in text.split(',').take(16) {
        let mut words = candidate.split_ascii_whitespace();
        let Some(Target::Here(path)) = words.next().map(|address| links.media(address)) else { continue };
        let path = path.replace(',', "%2C");
        match words.next() {
            Some(size) if size.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'x' | b'w')) => {
                kept.push(format!("{path} {size}"));
            }
            _ => kept.push(path),
        }
    }
    (!kept.is_empty()).then(|| kept.join(", "))
}

fn classes(name: &str, value: &str) -> Option<String> {
    let (_, allowed) = CLASSES.iter().find(|(known, _)| *known == name)?;
    let kept: Vec<&str> =
        value.split_ascii_whitespace().take(8).filter(|class| allowed.contains(class)).collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

fn one_of(value: &str, allowed: &[&str]) -> bool {
    allowed.iter().any(|known| known.eq_ignore_ascii_case(value))
}

fn is_number(value: &str, most: u32) -> bool {
    value.bytes().all(|b| b.is_ascii_digit()) && value.parse().is_ok_and(|n: u32| n <= most)
}

/// Pixels, or percent.
fn is_length(value: &str) -> bool {
    let number = value.strip_suffix('%').or_else(|| value.strip_suffix("px")).unwrap_or(value);
    number.len() <= 7
        && number.bytes().any(|b| b.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}
