//! What a page of strangers' text may consist of, checked by a tokenizer that forgives nothing.
//!
//! It reads HTML as a browser would read well-formed HTML and fails at anything else. Then html5ever, through ammonia,
//! must see the same tags: what two parsers read alike, no browser reads in a third way.

use std::collections::{BTreeMap, HashSet};

const HTML: &[&str] = &[
    "a",
    "abbr",
    "audio",
    "b",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "source",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

const MATHML: &[&str] = &[
    "math",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
];

const VOID: &[&str] = &["br", "col", "hr", "img", "source", "wbr"];

const ATTRIBUTES: &[&str] = &[
    "align",
    "alt",
    "aria-label",
    "class",
    "colspan",
    "controls",
    "dir",
    "height",
    "href",
    "id",
    "lang",
    "loading",
    "loop",
    "media",
    "muted",
    "open",
    "poster",
    "preload",
    "rel",
    "reversed",
    "rowspan",
    "scope",
    "span",
    "src",
    "srcset",
    "start",
    "tabindex",
    "title",
    "type",
    "valign",
    "value",
    "width",
];

const MATH_ATTRIBUTES: &[&str] = &[
    "class",
    "depth",
    "display",
    "displaystyle",
    "height",
    "largeop",
    "linethickness",
    "mathvariant",
    "maxsize",
    "movablelimits",
    "scriptlevel",
    "stretchy",
    "symmetric",
    "width",
];

const CLASSES: &[&str] = &[
    "ansi-",
    "cell",
    "code",
    "contains-task-list",
    "dark-only",
    "elsewhere",
    "footnote-",
    "footnotes",
    "gallery",
    "hl-",
    "light-only",
    "markdown",
    "markdown-alert",
    "math",
    "menv-",
    "notebook",
    "output",
    "plain",
    "prompt",
    "raw",
    "scroll",
    "stderr",
    "stdout",
    "task-list-item",
    "terminal",
];

/// A start tag, or an end tag with its slash.
pub type Tag = (String, BTreeMap<String, String>);

/// Every tag of `html`, or what is wrong with it.
pub fn tags(html: &str) -> Result<Vec<Tag>, String> {
    let mut rest = html;
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    while let Some(at) = rest.find('<') {
        if rest[..at].contains(['>', '\0']) {
            return Err(format!("a bare `>` or NUL in text: {:?}", &rest[..at]));
        }
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('/') {
            let (name, after) = after.split_once('>').ok_or("an end tag without end")?;
            if open.pop().as_deref() != Some(name) {
                return Err(format!("</{name}> ends nothing"));
            }
            found.push((format!("/{name}"), BTreeMap::new()));
            rest = after;
            continue;
        }
        let end = rest.find([' ', '>']).ok_or("a tag without end")?;
        let name = rest[..end].to_owned();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
            return Err(format!("not a name: {name:?}"));
        }
        rest = &rest[end..];
        let mut attributes = BTreeMap::new();
        while let Some(after) = rest.strip_prefix(' ') {
            // `disabled` is written `disabled=""` by the sanitizer's serializer and by this crate.
            let (key, after) = after.split_once("=\"").ok_or("an attribute without value")?;
            let (value, after) = after.split_once('"').ok_or("a value without end")?;
            if !key.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') || value.contains(['<', '>', '\0']) {
                return Err(format!("not an attribute: {key:?}={value:?}"));
            }
            if attributes.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(format!("{key} twice"));
            }
            rest = after;
        }
        rest = rest.strip_prefix('>').ok_or_else(|| format!("<{name} does not end: {rest:.40}"))?;
        if !VOID.contains(&name.as_str()) {
            open.push(name.clone());
        }
        found.push((name, attributes));
    }
    if rest.contains(['>', '\0']) || !open.is_empty() {
        return Err(format!("{open:?} never end, or a bare `>`: {rest:?}"));
    }
    Ok(found)
}

/// Fails unless `html` is harmless and nothing in it loads anything from another host.
pub fn check(html: &str) -> Result<(), String> {
    let tags = tags(html)?;
    let mut ids = HashSet::new();
    for (name, attributes) in tags.iter().filter(|(name, _)| !name.starts_with('/')) {
        let math = MATHML.contains(&name.as_str());
        if !math && !HTML.contains(&name.as_str()) {
            return Err(format!("<{name}>"));
        }
        for (key, value) in attributes {
            let allowed = if math { MATH_ATTRIBUTES } else { ATTRIBUTES };
            if !allowed.contains(&key.as_str()) {
                return Err(format!("<{name} {key}>"));
            }
            let fine = match key.as_str() {
                "id" => value.starts_with("user-content-") && ids.insert(value.clone()),
                "href" => is_link(value, attributes.get("rel").map(String::as_str)),
                "src" | "poster" => is_local(value) || (name == "img" && is_picture(value)),
                "srcset" => value.split(',').all(|one| is_local(one.trim())),
                "class" => {
                    value.split(' ').all(|class| CLASSES.iter().any(|known| class.starts_with(known)) || math)
                }
                "tabindex" => value == "0",
                "rel" => value == "nofollow noopener",
                _ => true,
            };
            if !fine {
                return Err(format!("<{name} {key}={value:?}>"));
            }
        }
    }
    same_for_html5ever(html, &tags)
}

fn is_local(value: &str) -> bool {
    value.starts_with('/') && !value.starts_with("//") && !value.contains(['\\', '\t', '\n'])
}

fn is_link(value: &str, rel: Option<&str>) -> bool {
    let foreign = value.starts_with("https://") || value.starts_with("http://");
    is_local(value) || value.starts_with('#') || value.starts_with("mailto:") || (foreign && rel.is_some())
}

fn is_picture(value: &str) -> bool {
    let Some((kind, data)) = value.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"))
    else {
        return false;
    };
    ["png", "jpeg", "gif", "webp", "svg+xml"].contains(&kind)
        && data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

fn same_for_html5ever(html: &str, seen: &[Tag]) -> Result<(), String> {
    let mut open = ammonia::Builder::empty();
    open.tags(HTML.iter().chain(MATHML).copied().collect())
        .clean_content_tags(HashSet::new())
        .generic_attributes(ATTRIBUTES.iter().chain(MATH_ATTRIBUTES).copied().collect())
        .url_schemes(["http", "https", "mailto", "data"].into())
        .link_rel(None);
    let again = open.clean(html).to_string();
    let parsed = tags(&again)?;
    match parsed.iter().zip(seen).find(|(a, b)| a != b) {
        Some((a, b)) => Err(format!("html5ever reads {a:?}, not {b:?}, in {again}")),
        None if parsed.len() != seen.len() => Err(format!("html5ever reads other tags: {again}")),
        None => Ok(()),
    }
}
