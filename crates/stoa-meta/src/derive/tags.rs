//! A list of tags that cannot grow without bound.

use std::collections::HashSet;

/// Most tags of one repository.
const MAX_TAGS: usize = 500;
/// Longest tag, in characters.
const MAX_LEN: usize = 200;
/// Most free tags taken from a card, so that the derived ones after them still find room.
const MAX_FREE: usize = 100;

/// Tags in the order they were added, each once.
#[derive(Default)]
pub(super) struct Tags {
    list: Vec<String>,
    seen: HashSet<String>,
}

impl Tags {
    /// Adds a tag. One that is too long is left out whole: cut, it would say something else.
    pub(super) fn add(&mut self, tag: impl AsRef<str>) {
        let tag = tag.as_ref().trim();
        let fits = !tag.is_empty() && tag.chars().take(MAX_LEN + 1).count() <= MAX_LEN;
        if fits
            && self.list.len() < MAX_TAGS - 1
            && !tag.contains(char::is_control)
            && self.seen.insert(tag.to_owned())
        {
            self.list.push(tag.to_owned());
        }
    }

    /// Adds each value behind a prefix such as `license:`.
    pub(super) fn add_each<T: AsRef<str>>(&mut self, prefix: &str, values: impl IntoIterator<Item = T>) {
        for value in values {
            let value = value.as_ref().trim();
            if !value.is_empty() {
                self.add(format!("{prefix}{value}"));
            }
        }
    }

    /// Adds what the author wrote under `tags`.
    pub(super) fn add_free(&mut self, values: &[&str]) {
        for value in values.iter().take(MAX_FREE) {
            self.add(value);
        }
    }

    /// Adds the region, for which there is always room.
    ///
    /// Compat: the Hub names its default storage region on everything.
    pub(super) fn add_region(&mut self) {
        if self.seen.insert("region:us".to_owned()) {
            self.list.push("region:us".to_owned());
        }
    }

    pub(super) fn into_vec(self) -> Vec<String> {
        self.list
    }
}
