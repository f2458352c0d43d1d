//! The frame around every page: header with search and menu, notices, footer. Its template is `frame.html`.

use std::fmt::Display;

use stoa_core::Time;

use super::icons;
use crate::assets;
use crate::markup::{Markup, segment};
use crate::words::{Count, Words};

/// Which entry of the main menu a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Section {
    Models,
    Datasets,
    Spaces,
    Docs,
    /// None of them.
    Other,
}

/// What the frame shows, and what templates say things with: every page has one and calls it `page`.
pub(crate) struct Frame {
    pub(crate) words: Words,
    pub(crate) now: Time,
    /// The name of whoever is signed in.
    pub(crate) user: Option<String>,
    /// Whether they administer the hub.
    pub(crate) admin: bool,
    /// The proof that forms of the page send along.
    pub(crate) proof: String,
    /// `light`, `dark` or nothing.
    pub(crate) theme: &'static str,
    pub(crate) section: Section,
    /// Path and query of the page.
    pub(crate) path: String,
    /// The address of this hub.
    pub(crate) origin: String,
    /// What was just done.
    pub(crate) notice: Option<String>,
    /// Whether visitors without an account may look around.
    pub(crate) open: bool,
    /// Whether visitors may make an account.
    pub(crate) sign_up: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
#[expect(clippy::unused_self, reason = "templates say everything with `page`")]
impl Frame {
    /// The text of a key.
    pub(crate) fn t(&self, key: &str) -> String {
        self.words.t(key)
    }

    /// The text of a key about a number.
    pub(crate) fn n(&self, key: &str, count: impl Count) -> String {
        self.words.n(key, count.count())
    }

    /// The text of a key with a value in it.
    pub(crate) fn with(&self, key: &str, name: &'static str, value: impl Display) -> String {
        self.words.with(key, name, value)
    }

    /// The text of a key as HTML, with a value in it.
    pub(crate) fn rich(&self, key: &str, name: &'static str, value: impl Display) -> Markup {
        self.words.rich(key, name, value)
    }

    /// How long ago something was.
    pub(crate) fn ago(&self, time: &Time) -> Markup {
        self.words.ago(*time, self.now)
    }

    /// A short number that tells the exact one.
    pub(crate) fn count(&self, number: &i64) -> Markup {
        self.words.count(*number)
    }

    /// A size that tells the exact number of bytes.
    pub(crate) fn size(&self, bytes: &u64) -> Markup {
        self.words.size(*bytes)
    }

    /// A picture by its name.
    pub(crate) fn icon(&self, name: &str) -> Markup {
        icons::icon(name)
    }

    /// Where a file of the site is.
    pub(crate) fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// The text of a key with two values in it.
    pub(crate) fn with2(
        &self,
        key: &str,
        (name, value): (&'static str, impl Display),
        (other, second): (&'static str, impl Display),
    ) -> String {
        self.words.with2(key, (name, value), (other, second))
    }

    /// A day.
    pub(crate) fn day(&self, time: &Time) -> String {
        self.words.day(*time)
    }

    /// Whether the page has this address, or one below it.
    pub(crate) fn at(&self, address: impl Display) -> bool {
        let address = address.to_string();
        let path = self.path.split('?').next().unwrap_or_default();
        path.strip_prefix(address.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The address of the sign-in page that leads back here.
    pub(crate) fn sign_in(&self) -> String {
        format!("/login?next={}", segment(&self.path))
    }

    /// Whether the page belongs to an entry of the main menu: `models`, `datasets`, `spaces` or `docs`.
    pub(crate) fn is_in(&self, name: &str) -> bool {
        let section = match self.section {
            Section::Models => "models",
            Section::Datasets => "datasets",
            Section::Spaces => "spaces",
            Section::Docs => "docs",
            Section::Other => return false,
        };
        section == name
    }
}
