//! What forms share: the sentence about a refused one, and what cannot be undone and wants to be confirmed.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::frame::Frame;

/// Which form of a page was refused, and why.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// The name of the form in its page.
    pub(crate) form: &'static str,
    /// The sentence.
    pub(crate) message: String,
}

/// The sentence beside a refused form. Its template is `alert.html`.
#[derive(Template)]
#[template(path = "alert.html")]
pub(crate) struct Alert<'a> {
    page: &'a Frame,
    message: Option<&'a str>,
}

impl HtmlSafe for Alert<'_> {}

/// A form for what cannot be undone: it opens on demand and wants a name to be typed. Its template is `confirm.html`.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm<'a> {
    page: &'a Frame,
    action: String,
    /// What is to be typed.
    name: &'a str,
    /// The key of the word on the button.
    button: &'static str,
}

impl HtmlSafe for Confirm<'_> {}

impl Confirm<'_> {
    /// An id for the field that no other form of the page has.
    fn id(&self) -> String {
        self.action.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
    }
}

/// A link of a side navigation. Its template is `side_link.html`.
#[derive(Template)]
#[template(path = "side_link.html")]
pub(crate) struct SideLink<'a> {
    page: &'a Frame,
    href: String,
    icon: &'static str,
    label: &'static str,
    here: bool,
}

impl HtmlSafe for SideLink<'_> {}

impl Frame {
    /// The sentence about a refused form of this name; nothing when another was refused, or none.
    #[expect(clippy::ref_option, reason = "templates pass references")]
    pub(crate) fn alert<'a>(&'a self, refused: &'a Option<Refused>, form: &str) -> Alert<'a> {
        let message = refused.as_ref().filter(|refused| refused.form == form);
        Alert { page: self, message: message.map(|refused| refused.message.as_str()) }
    }

    /// A form for what cannot be undone. `button` is a key.
    pub(crate) fn confirm<'a>(
        &'a self,
        action: impl Display,
        name: &'a str,
        button: &'static str,
    ) -> Confirm<'a> {
        Confirm { page: self, action: action.to_string(), name, button }
    }

    /// A link of a side navigation; `label` is a key.
    pub(crate) fn side(&self, href: impl Display, icon: &'static str, label: &'static str) -> SideLink<'_> {
        let href = href.to_string();
        let here = self.at(&href);
        SideLink { page: self, href, icon, label, here }
    }

    /// The first link of a side navigation, whose address the others are below.
    pub(crate) fn side_root(
        &self,
        href: impl Display,
        icon: &'static str,
        label: &'static str,
    ) -> SideLink<'_> {
        let href = href.to_string();
        let here = self.path.split('?').next() == Some(href.as_str());
        SideLink { page: self, href, icon, label, here }
    }
}
