//! Places in a stranger's HTML that this crate fills itself, after the sanitizer has seen everything else.
//!
//! A marker names its place by a token computed from the text that it stands in, so no text can contain a marker of its
//! own: it would have to contain its own hash. Even a forged marker could only move what its author's text made, once.

use std::hash::{DefaultHasher, Hash, Hasher};

/// What is put in afterwards.
pub(crate) struct Slots {
    token: String,
    filled: Vec<String>,
}

/// Whether a slot stands in a line of text or between paragraphs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Inline,
    Block,
}

impl Place {
    fn tag(self) -> &'static str {
        match self {
            Self::Inline => "span",
            Self::Block => "div",
        }
    }
}

impl Slots {
    /// For everything that comes out of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let hash = |salt: u64| {
            let mut hasher = DefaultHasher::new();
            salt.hash(&mut hasher);
            text.hash(&mut hasher);
            hasher.finish()
        };
        Self { token: format!("{:016x}{:016x}", hash(1), hash(2)), filled: Vec::new() }
    }

    /// Keeps `html` and returns the marker that stands for it until [`Slots::fill`].
    pub(crate) fn keep(&mut self, place: Place, html: String) -> String {
        let tag = place.tag();
        let marker = format!("<{tag} data-slot=\"{}-{}\"></{tag}>", self.token, self.filled.len());
        self.filled.push(html);
        marker
    }

    /// Whether this is the name of a slot that really exists.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.number(name).is_some()
    }

    fn number(&self, name: &str) -> Option<usize> {
        let number: usize = name.strip_prefix(self.token.as_str())?.strip_prefix('-')?.parse().ok()?;
        (number < self.filled.len()).then_some(number)
    }

    /// Replaces each marker in sanitized HTML by what was kept for it; each slot is filled once.
    pub(crate) fn fill(&mut self, html: &str) -> String {
        let head = format!(" data-slot=\"{}-", self.token);
        let mut out = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(at) = rest.find(&head) {
            let (before, marker) = rest.split_at(at);
            let (before, end) = match (before.strip_suffix("<span"), before.strip_suffix("<div")) {
                (Some(before), _) => (before, "\"></span>"),
                (_, Some(before)) => (before, "\"></div>"),
                _ => (before, "\""),
            };
            out.push_str(before);
            let named = &marker[head.len()..];
            let digits = named.bytes().take_while(u8::is_ascii_digit).count();
            if let Some(kept) = named[..digits].parse().ok().and_then(|n: usize| self.filled.get_mut(n)) {
                out.push_str(&std::mem::take(kept));
            }
            let named = &named[digits..];
            rest = named.strip_prefix(end).unwrap_or(named);
        }
        out.push_str(rest);
        out
    }
}
