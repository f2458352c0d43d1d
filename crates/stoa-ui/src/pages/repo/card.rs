//! The card: what `README.md` says, as harmless HTML, with a table of contents when it is long.

use std::fmt::Write as _;

use serde_json::Value;
use stoa_core::{Reply, RepoKind};
use stoa_hub::Readme;
use stoa_render::{Heading, Html, Links, markdown};

use super::subject::{Subject, short};
use crate::markup::{Markup, below, escape, segment};
use crate::visit::Visit;
use crate::work;

/// Milliseconds that code in a card is highlighted for.
const TIME: u64 = 300;
/// So many headings make a table of contents.
const HEADINGS: usize = 5;
/// Entries of it at most.
const ENTRIES: usize = 120;
/// Pictures of the gallery at most.
const PICTURES: usize = 60;
/// What stands between the parts that are kept together; HTML holds no such character.
const BETWEEN: char = '\0';
/// What is said about a broken card at most.
const FAULTS: usize = 5;

/// The card of a repository.
pub(super) struct Card {
    pub(super) html: Markup,
    /// The list of its headings; empty for a short card.
    pub(super) contents: Markup,
    /// Whether only its beginning is shown.
    pub(super) truncated: bool,
    /// Whether visitors decide first if they want to see it.
    pub(super) hidden: bool,
    /// What its owner should mend.
    pub(super) faults: Vec<String>,
    /// Whether there is a file at all.
    pub(super) file: bool,
}

impl Card {
    /// Whether it says something.
    pub(super) fn present(&self) -> bool {
        !self.html.0.trim().is_empty()
    }

    pub(super) async fn read(visit: &Visit, subject: &Subject) -> Reply<Self> {
        let readme = subject.repo.readme(subject.info.tree).await?;
        let file = readme.is_some();
        let hidden = subject.tagged("not-for-all-audiences");
        let Some(readme) = readme else {
            return Ok(Self {
                html: Markup::default(),
                contents: Markup::default(),
                truncated: false,
                hidden,
                faults: Vec::new(),
                file,
            });
        };
        let faults = if subject.writable() { faults(subject.kind(), &readme).await? } else { Vec::new() };
        let kept = draw(visit, subject, readme).await?;
        let mut parts = kept.splitn(3, BETWEEN);
        let truncated = parts.next() == Some("cut");
        let contents = Markup(parts.next().unwrap_or_default().to_owned());
        let html = Markup(parts.next().unwrap_or_default().to_owned());
        Ok(Self { html, contents, truncated, hidden, faults, file })
    }
}

/// What validation would refuse.
async fn faults(kind: RepoKind, readme: &Readme) -> Reply<Vec<String>> {
    let text = readme.text.clone();
    let mut errors = work::run(move || stoa_meta::validate::validate(kind, &text).errors).await?;
    errors.truncate(FAULTS);
    Ok(errors)
}

/// Whether it was cut, its contents and its HTML; drawn once for each text and place.
async fn draw(visit: &Visit, subject: &Subject, readme: Readme) -> Reply<std::sync::Arc<str>> {
    let at = segment(subject.revision());
    let (page, file) =
        (format!("{}/blob/{at}/", subject.href()), format!("{}/resolve/{at}/", subject.href()));
    let origin = visit.origin.to_string();
    let gallery = gallery(subject);
    let key = format!("card {} {page} {origin}", readme.oid);
    work::once(key, move || {
        let body = stoa_meta::card::split(&readme.text).body;
        // A card that has pictures and does not say where they go begins with them.
        let body = if gallery.is_empty() || body.contains("<Gallery") {
            body.to_owned()
        } else {
            format!("<Gallery />\n\n{body}")
        };
        let time = work::budget(TIME);
        let links = Links { origin: &origin, gallery: &gallery, budget: &time, ..Links::new(&page, &file) };
        let Html { html, headings, truncated } = markdown(&body, &links);
        let cut = if truncated { "cut" } else { "" };
        (format!("{cut}{BETWEEN}{}{BETWEEN}{}", contents(&headings), below(html)), time())
    })
    .await
}

/// The pictures that a card names beside its examples: address and caption.
fn gallery(subject: &Subject) -> Vec<(String, String)> {
    let Some(Value::Array(examples)) = subject.said("widget") else { return Vec::new() };
    let picture = |example: &Value| {
        let url = example.get("output")?.get("url").and_then(short)?;
        let caption = example.get("text").or_else(|| example.get("example_title")).and_then(short);
        Some((url, caption.unwrap_or_default()))
    };
    examples.iter().filter_map(picture).take(PICTURES).collect()
}

/// The headings as a list of links.
fn contents(headings: &[Heading]) -> String {
    let shown: Vec<&Heading> = headings.iter().filter(|heading| heading.level <= 3).collect();
    if shown.len() < HEADINGS {
        return String::new();
    }
    let top = shown.iter().map(|heading| heading.level).min().unwrap_or(1);
    let mut list = String::from("<ol>");
    for heading in shown.into_iter().take(ENTRIES) {
        // Writing to a string cannot fail.
        let _ = write!(
            list,
            "<li class=\"in{}\"><a href=\"#{}\">{}</a></li>",
            heading.level - top,
            escape(&heading.id),
            escape(&heading.text)
        );
    }
    list.push_str("</ol>");
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_a_card_are_below_the_heading_of_the_page() {
        let html = "<h1 id=\"a\">A</h1><h2>B</h2><h5>C</h5><h6>D</h6>".to_owned();
        assert_eq!(below(html), "<h2 id=\"a\">A</h2><h3>B</h3><h6>C</h6><h6>D</h6>");
    }

    #[test]
    fn a_long_card_has_a_table_of_contents_without_markup_of_strangers() {
        let heading =
            |level, text: &str| Heading { level, id: "user-content-x".to_owned(), text: text.to_owned() };
        let few = vec![heading(1, "A"); 4];
        assert_eq!(contents(&few), "");
        let many = [2, 3, 2, 3, 2, 5].map(|level| heading(level, "<b>&"));
        let list = contents(&many);
        assert!(
            list.starts_with("<ol><li class=\"in0\"><a href=\"#user-content-x\">&lt;b&gt;&amp;</a></li>"),
            "{list}"
        );
        assert_eq!(list.matches("<li").count(), 5, "headings of the fifth level are left out");
    }
}
