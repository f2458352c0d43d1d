//! Facts about a Space.

use super::{Derived, links, sentence};
use crate::card::Card;
use crate::derive::tags::Tags;

/// What a Space can be built with; anything else is not an SDK, whatever the card says.
const SDKS: [&str; 4] = ["gradio", "docker", "static", "streamlit"];

pub(super) fn derive(card: &Card, derived: &mut Derived) {
    derived.sdk = card.string("sdk").filter(|sdk| SDKS.contains(sdk)).map(str::to_owned);
    derived.models = links(card, "models");
    derived.title = sentence(card, "title");
    derived.emoji = card.string("emoji").filter(|emoji| emoji.len() <= 64).map(str::to_owned);
    derived.colors = (color(card, "colorFrom"), color(card, "colorTo"));
    let mut tags = Tags::default();
    if let Some(sdk) = &derived.sdk {
        tags.add(sdk);
    }
    tags.add_each("license:", links(card, "license"));
    tags.add_region();
    tags.add_free(&card.strings("tags"));
    derived.tags = tags.into_vec();
}

/// A color ends up in a style sheet, so only a plain word is one.
fn color(card: &Card, key: &str) -> Option<String> {
    let color = card.string(key)?;
    (color.len() <= 16 && color.bytes().all(|byte| byte.is_ascii_lowercase())).then(|| color.to_owned())
}
