//! The books: course, user's guide, operator's guide and reference, as they lie in the folder `docs` of the source:
//! `GET /docs` and `GET /docs/{page}`.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use askama::Template;
use axum::Router;
use axum::extract::Path as AxumPath;
use axum::response::Response;
use axum::routing::get;
use stoa_core::Failure;
use stoa_http::{App, Reply};
use stoa_render::{Heading, Links, markdown};

use crate::markup::Markup;
use crate::parts::frame::{Frame, Section};
use crate::visit::{Visit, see_other};
use crate::work;

/// Name, file and text of every page. A name is the address below `/docs/`; a test holds the table to the folder.
type Source = (&'static str, &'static str, &'static str);

/// The table of contents, as nested lists of links.
const CONTENTS: &str = include_str!("../../../../docs/book/contents.md");

pub(super) fn route() -> Router<App> {
    Router::new().route("/docs", get(first)).route("/docs/", get(first)).route("/docs/{*name}", get(show))
}

/// A page of the table below.
macro_rules! page {
    ($name:literal) => {
        ($name, concat!("book/", $name, ".md"), include_str!(concat!("../../../../docs/book/", $name, ".md")))
    };
    (beside $name:literal) => {
        ($name, concat!($name, ".md"), include_str!(concat!("../../../../docs/", $name, ".md")))
    };
}

const PAGES: &[Source] = &[
    page!("course"),
    page!("course/01-what-a-hub-is"),
    page!("course/02-start-a-hub"),
    page!("course/03-sign-in"),
    page!("course/04-put-a-dataset-there"),
    page!("course/05-train-a-model"),
    page!("course/06-write-a-model-card"),
    page!("course/07-publish-a-version"),
    page!("course/08-work-together"),
    page!("course/09-keep-it-safe"),
    page!(beside "install"),
    page!(beside "operate"),
    page!(beside "metrics"),
    page!(beside "reference/settings"),
    page!(beside "reference/api"),
];

/// A line of the table of contents.
struct Line {
    title: &'static str,
    /// Name of the page; empty for the head of a part.
    name: String,
    depth: usize,
}

/// A page, ready to be sent.
struct Ready {
    title: String,
    html: Markup,
    headings: Vec<Heading>,
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs<'a> {
    page: Frame,
    lines: &'a [Line],
    current: &'a str,
    ready: &'a Ready,
    previous: Option<&'a Line>,
    next: Option<&'a Line>,
}

static LINES: LazyLock<Vec<Line>> = LazyLock::new(contents);

fn contents() -> Vec<Line> {
    let items = CONTENTS.lines().filter_map(|line| {
        let depth = (line.len() - line.trim_start().len()) / 2;
        let item = line.trim_start().strip_prefix("- ")?;
        let link = item
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]("))
            .and_then(|(title, rest)| Some((title, rest.strip_suffix(')')?)));
        Some(match link {
            Some((title, target)) => {
                Line { title, name: name_of(&resolve("book/contents.md", target)), depth }
            }
            None => Line { title: item, name: String::new(), depth },
        })
    });
    items.collect()
}

async fn first(visit: Visit) -> Reply<Response> {
    let name = LINES.iter().find(|line| !line.name.is_empty()).map_or("", |line| line.name.as_str());
    show_page(&visit, name).await
}

async fn show(visit: Visit, AxumPath(name): AxumPath<String>) -> Reply<Response> {
    let plain = name.trim_end_matches('/');
    let plain = plain.strip_suffix(".md").unwrap_or(plain);
    if plain != name {
        return Ok(see_other(&format!("/docs/{plain}")));
    }
    show_page(&visit, plain).await
}

async fn show_page(visit: &Visit, name: &str) -> Reply<Response> {
    let missing = || Failure::not_found("The documentation has no such page");
    let (name, file, text) = PAGES.iter().find(|(known, ..)| *known == name).ok_or_else(missing)?;
    let ready = ready(name, file, text).await?;
    let pages: Vec<&Line> = LINES.iter().filter(|line| !line.name.is_empty()).collect();
    let at = pages.iter().position(|line| line.name == *name);
    let page = visit.frame(Section::Docs)?;
    visit.show(&Docs {
        page,
        lines: &LINES,
        current: name,
        ready: &ready,
        previous: at.and_then(|at| at.checked_sub(1)).map(|at| pages[at]),
        next: at.and_then(|at| pages.get(at + 1)).copied(),
    })
}

/// A page as HTML, made when it is first asked for. There are as many as the table has.
async fn ready(name: &'static str, file: &'static str, text: &'static str) -> Reply<Arc<Ready>> {
    static MADE: LazyLock<std::sync::Mutex<HashMap<&'static str, Arc<Ready>>>> =
        LazyLock::new(Default::default);
    let made = || MADE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(ready) = made().get(name).cloned() {
        return Ok(ready);
    }
    let page = work::run(move || render(file, text)).await?;
    let ready = Arc::new(page);
    made().insert(name, ready.clone());
    Ok(ready)
}

fn render(file: &str, text: &str) -> Ready {
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("stoa").trim().to_owned();
    let html = markdown(&with_addresses(file, text), &Links::new("/docs/", "/docs/"));
    Ready { title, html: Markup(html.html), headings: html.headings }
}

/// The text with links between the files turned into addresses of the site.
fn with_addresses(file: &str, text: &str) -> String {
    let mut whole = String::with_capacity(text.len() + 256);
    let mut code = false;
    for line in text.split_inclusive('\n') {
        code ^= line.trim_start().starts_with("```");
        let mut pieces = line.split("](");
        whole.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            whole.push_str("](");
            let relative = !code
                && !piece.starts_with(['#', '/'])
                && !piece.split(')').next().unwrap_or_default().contains("://");
            match piece.split_once(')').filter(|_| relative) {
                Some((target, rest)) => {
                    let (path, anchor) =
                        target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
                    whole.push_str("/docs/");
                    whole.push_str(&name_of(&resolve(file, path)));
                    if let Some(anchor) = anchor {
                        whole.push('#');
                        whole.push_str(anchor);
                    }
                    whole.push(')');
                    whole.push_str(rest);
                }
                None => whole.push_str(piece),
            }
        }
    }
    whole
}

/// The file in `docs` that a link of another one means.
fn resolve(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The address below `/docs/` of a file in `docs`.
fn name_of(file: &str) -> String {
    let file = file.strip_prefix("book/").unwrap_or(file);
    file.strip_suffix(".md").unwrap_or(file).to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    fn files(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                files(&path, into);
            } else {
                into.push(path);
            }
        }
    }

    #[test]
    fn every_page_of_the_book_is_served_and_stands_in_the_contents() {
        let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/book");
        let mut found = Vec::new();
        files(&book, &mut found);
        let served: BTreeSet<&str> = PAGES.iter().map(|(name, ..)| *name).collect();
        let listed: BTreeSet<&str> = LINES.iter().map(|line| line.name.as_str()).collect();
        for file in found.iter().filter(|file| !file.ends_with("contents.md")) {
            let name = file.strip_prefix(&book).expect("below it").with_extension("");
            let name = name.to_str().expect("a name");
            assert!(served.contains(name), "add {name} to the table of pages");
        }
        for name in &served {
            assert!(listed.contains(name), "add {name} to docs/book/contents.md");
        }
        for name in listed.iter().filter(|name| !name.is_empty()) {
            assert!(served.contains(name), "{name} stands in the contents and is not served");
        }
    }

    #[test]
    fn links_between_pages_lead_to_pages() {
        let served: BTreeSet<&str> = PAGES.iter().map(|(name, ..)| *name).collect();
        for (_, file, text) in PAGES {
            let text = with_addresses(file, text);
            for link in text.split("](/docs/").skip(1) {
                let name = link.split([')', '#']).next().unwrap_or_default();
                // Decisions and the source are for those who have the source.
                let outside = name.starts_with("decisions/")
                    || name.starts_with("operator/")
                    || !name.contains(|c: char| c.is_ascii_lowercase())
                    || name.contains('.');
                assert!(outside || served.contains(name), "{file} links to {name}");
            }
        }
        assert_eq!(
            with_addresses("book/guide/x.md", "[a](../course/01-a.md#b) `](`"),
            "[a](/docs/course/01-a#b) `](`"
        );
        assert_eq!(with_addresses("operate.md", "[a](reference/api.md)"), "[a](/docs/reference/api)");
    }
}
