//! Pictures, sounds and films: loaded from this hub or not at all.

use super::Run;
use super::attributes::{Attributes, Tag, copy_plain, srcset, value};
use super::elements::Kind;
use crate::escape::push_escaped;
use crate::links::{Target, elsewhere};
use crate::slots::Place;

/// More pictures of a gallery than this are not shown.
const GALLERY: usize = 100;

/// What is said about a picture is cut behind so many bytes.
const ALT: usize = 1000;

/// A data URI of a picture may be this long.
const DATA_URI: usize = 4 << 20;

impl Run<'_, '_> {
    /// A picture; one of another host becomes a link to it.
    pub(super) fn image(&mut self, attributes: &Attributes) {
        let address = value(attributes, "src").unwrap_or_default();
        let alt = value(attributes, "alt").unwrap_or_default();
        let alt = &alt[..alt.floor_char_boundary(ALT)];
        self.make_room(Kind::Inline, "img");
        if let Some(html) = self.image_in_text(address, alt) {
            let marker = self.shaper.slots.keep(Place::Inline, html);
            return self.push_html(&marker);
        }
        match self.shaper.links.media(address) {
            Target::Here(path) => {
                let (path, fragment) = path.split_once('#').unwrap_or((&path, ""));
                let mut tag = Tag::new("img");
                tag.set("src", path).set("alt", alt).set("loading", "lazy");
                match fragment.get(3..) {
                    Some("light-mode-only") => tag.set("class", "light-only"),
                    Some("dark-mode-only") => tag.set("class", "dark-only"),
                    _ => &mut tag,
                };
                let plain: Vec<_> = attributes.iter().filter(|(key, _)| key != "class").cloned().collect();
                copy_plain(&mut tag, "img", &plain);
                self.push_html(&tag.end());
            }
            Target::Elsewhere { url, host } => {
                let html = elsewhere(&url, &host, alt, self.in_link());
                self.push_html(&html);
            }
            Target::Fragment(_) | Target::Mail(_) | Target::Nowhere => {
                let mut text = String::new();
                push_escaped(&mut text, alt);
                self.push_html(&text);
            }
        }
    }

    /// A picture that came with the text itself.
    fn image_in_text(&self, address: &str, alt: &str) -> Option<String> {
        let uri = match address.strip_prefix("attachment:") {
            Some(name) => self.shaper.attachments.get(name).map(String::as_str)?,
            None => address,
        };
        is_picture(uri).then(|| picture(uri, alt))
    }

    /// Another form of the picture, sound or film around it.
    pub(super) fn source(&mut self, attributes: &Attributes) {
        let mut tag = Tag::new("source");
        match self.top() {
            Some("picture") => {
                let Some(set) = value(attributes, "srcset").and_then(|set| srcset(set, self.shaper.links))
                else {
                    return;
                };
                tag.set("srcset", &set);
                if let Some(media) = value(attributes, "media").filter(|media| is_media_query(media)) {
                    tag.set("media", media);
                }
            }
            Some("video" | "audio") => {
                let Some(Target::Here(path)) =
                    value(attributes, "src").map(|src| self.shaper.links.media(src))
                else {
                    return;
                };
                tag.set("src", &path);
            }
            _ => return,
        }
        if let Some(kind) = value(attributes, "type").filter(|kind| is_media_type(kind)) {
            tag.set("type", kind);
        }
        self.push_html(&tag.end());
    }

    /// Completes the tag of a sound or film; `false` if it lies on another host and a link stands there instead.
    pub(super) fn media(&mut self, tag: &mut Tag, name: &str, attributes: &Attributes) -> bool {
        match value(attributes, "src").map(|src| self.shaper.links.media(src)) {
            Some(Target::Here(path)) => {
                tag.set("src", &path);
            }
            Some(Target::Elsewhere { url, host }) => {
                let html = elsewhere(&url, &host, "", self.in_link());
                self.push_html(&html);
                return false;
            }
            _ => {}
        }
        if name == "video"
            && let Some(Target::Here(path)) =
                value(attributes, "poster").map(|at| self.shaper.links.media(at))
        {
            tag.set("poster", &path);
        }
        for key in ["loop", "muted"] {
            if value(attributes, key).is_some() {
                tag.set(key, "");
            }
        }
        tag.set("controls", "").set("preload", "metadata");
        true
    }

    /// The pictures that the card names in its front matter; once.
    pub(super) fn gallery(&mut self) {
        let gallery = self.shaper.links.gallery;
        if gallery.is_empty() || self.shaper.gallery_shown {
            return;
        }
        self.shaper.gallery_shown = true;
        self.make_room(Kind::Block, "div");
        let heading = self.heading.is_some();
        self.push_html("<div class=\"gallery\">");
        for (address, caption) in gallery.iter().take(GALLERY) {
            if heading {
                break;
            }
            self.push_html("<figure>");
            let attributes = [("src".to_owned(), address.clone()), ("alt".to_owned(), caption.clone())];
            self.image(&attributes);
            let mut text = String::new();
            push_escaped(&mut text, caption);
            if !text.is_empty() {
                self.push_html(&format!("<figcaption>{text}</figcaption>"));
            }
            self.push_html("</figure>");
        }
        self.push_html("</div>");
    }
}

/// A picture inside the page.
pub(crate) fn picture(uri: &str, alt: &str) -> String {
    let mut tag = Tag::new("img");
    tag.set("src", uri).set("alt", alt);
    tag.end()
}

/// Whether this is a data URI of a picture and nothing else. SVG is harmless in `img`: scripts and requests are off.
pub(crate) fn is_picture(uri: &str) -> bool {
    let kinds = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"];
    let Some(rest) = uri.strip_prefix("data:") else { return false };
    let Some((kind, data)) = rest.split_once(";base64,") else { return false };
    kinds.contains(&kind)
        && data.len() <= DATA_URI
        && !data.is_empty()
        && data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

fn is_media_query(text: &str) -> bool {
    text.len() <= 200
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'(' | b')' | b':' | b' ' | b'-' | b'.'))
}

fn is_media_type(text: &str) -> bool {
    text.len() <= 60
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'+' | b'.'))
}
