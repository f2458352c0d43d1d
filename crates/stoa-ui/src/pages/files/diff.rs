//! What differs between two commits, file by file: the one picture of differences, on the pages of a commit and of a
//! comparison. Its template is `diff.html`.

use askama::Template;
use askama::filters::HtmlSafe;
use sha2::{Digest, Sha256};
use stoa_core::{Kind, Oid, Reply};
use stoa_http::Params;
use stoa_hub::{FileChange, Side, SideKind};
use stoa_render::{Diff, Line, diff, plain};

use super::content::is_picture;
use super::place::Place;
use crate::markup::{Markup, segment};
use crate::parts::frame::Frame;
use crate::work;

/// Files of a page.
const FILES: usize = 100;
/// Files that are looked for at most.
const FOUND: usize = 3_000;
/// Lines of a page; files beyond are shown when asked for.
const LINES: usize = 20_000;
/// Lines of one file that are shown beside others.
const LINES_OF_FILE: usize = 3_000;
/// Bytes of a text that is compared.
const TEXT: u64 = 1 << 20;
/// Bytes of all texts that one page compares.
const TEXTS: usize = 16 << 20;
/// Milliseconds after which comparing becomes coarse.
const COMPARING: u64 = 500;

/// What differs between two commits.
pub(super) struct Differences {
    files: Vec<FileDiff>,
    /// Files in all, as far as they were looked for.
    count: usize,
    /// Whether there are more than were looked for.
    more: bool,
    added: usize,
    removed: usize,
    /// Only one file was asked for; where all of them are.
    all: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    /// The contents are behind a gate.
    gated: bool,
}

/// The change of one file.
struct FileDiff {
    anchor: String,
    path: String,
    renamed_from: Option<String>,
    /// The key of what happened to it.
    what: &'static str,
    body: Body,
    /// The file after the change, or before it when it is gone.
    href: String,
}

/// What is shown of a change.
enum Body {
    Lines(Diff),
    /// Nothing changed but the name or the mode.
    Same,
    Picture {
        before: Option<String>,
        after: Option<String>,
    },
    /// Sizes before and after.
    Sizes {
        before: Option<u64>,
        after: Option<u64>,
        large: bool,
    },
    /// Too long to stand among others; where it is shown alone.
    Later(String),
    /// A commit of another repository.
    Submodule {
        before: Option<String>,
        after: Option<String>,
    },
}

/// Two commits, and the page that compares them.
pub(super) struct Sides<'a> {
    pub(super) from: Option<Oid>,
    pub(super) to: Oid,
    /// The address of the page.
    pub(super) page: &'a str,
}

impl Differences {
    /// What differs between two commits. `?file=` asks for one file, `?p=` for a page of them.
    pub(super) async fn of(place: &Place, sides: Sides<'_>, params: &Params) -> Reply<Self> {
        let changes = place.repo.changes(sides.from, sides.to, FOUND).await?;
        let (count, more) = (changes.files.len(), changes.more);
        let alone = params.text("file");
        let number: usize = params.parsed("p")?.unwrap_or(0).min(FOUND / FILES);
        let chosen: Vec<FileChange> = match alone {
            Some(path) => changes.files.into_iter().filter(|file| file.path == path).collect(),
            None => changes.files.into_iter().skip(number * FILES).take(FILES).collect(),
        };
        let gated = place.repo.check_content().await.is_err();
        let mut drawing =
            Drawing { place, sides: &sides, alone: alone.is_some(), gated, lines: LINES, bytes: TEXTS };
        let mut files = Vec::with_capacity(chosen.len());
        for change in chosen {
            files.push(drawing.file(change).await?);
        }
        let page = sides.page;
        let lines = |file: &FileDiff| match &file.body {
            Body::Lines(diff) => (diff.added, diff.removed),
            _ => (0, 0),
        };
        let (added, removed) = files.iter().map(lines).fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        let paged = alone.is_none();
        Ok(Self {
            added,
            removed,
            count,
            more,
            all: alone.map(|_| page.to_owned()),
            previous: (paged && number > 0).then(|| format!("{page}?p={}", number - 1)),
            next: (paged && count > (number + 1) * FILES).then(|| format!("{page}?p={}", number + 1)),
            gated,
            files,
        })
    }
}

/// A page of differences under way, and what is left of its bounds.
struct Drawing<'a> {
    place: &'a Place,
    sides: &'a Sides<'a>,
    alone: bool,
    gated: bool,
    lines: usize,
    bytes: usize,
}

impl Drawing<'_> {
    async fn file(&mut self, change: FileChange) -> Reply<FileDiff> {
        let what = match (&change.was, &change.is) {
            (None, _) => "diff-added",
            (_, None) => "diff-removed",
            _ if change.renamed_from.is_some() => "diff-renamed",
            _ => "diff-changed",
        };
        let body = self.body(&change).await?;
        let commit =
            if change.is.is_some() { self.sides.to } else { self.sides.from.unwrap_or(self.sides.to) };
        let digest = Sha256::digest(change.path.as_bytes());
        Ok(FileDiff {
            anchor: digest[..6].iter().fold("file-".to_owned(), |text, byte| format!("{text}{byte:02x}")),
            href: self.place.at_revision("blob", &commit.to_string(), &change.path),
            what,
            body,
            path: change.path,
            renamed_from: change.renamed_from,
        })
    }

    async fn body(&mut self, change: &FileChange) -> Reply<Body> {
        let (was, is) = (change.was.as_ref(), change.is.as_ref());
        if is_module(was) || is_module(is) {
            let id = |side: Option<&Side>| {
                side.filter(|side| is_module(Some(side))).map(|side| side.oid.to_string())
            };
            return Ok(Body::Submodule { before: id(was), after: id(is) });
        }
        if let (Some(was), Some(is)) = (was, is)
            && was.oid == is.oid
        {
            return Ok(Body::Same);
        }
        let size = |side: Option<&Side>| side.map(|side| side.size);
        let large = [was, is].into_iter().flatten().any(|side| side.large.is_some());
        let sizes = Body::Sizes { before: size(was), after: size(is), large };
        if self.gated {
            return Ok(sizes);
        }
        if is_picture(&change.path) && !change.path.to_ascii_lowercase().ends_with(".svg") {
            return Ok(self.pictures(change));
        }
        if large {
            return Ok(sizes);
        }
        let room = self.lines > 0 && self.bytes > 0;
        if !room {
            return Ok(Body::Later(self.alone_at(&change.path)));
        }
        let (Some(old), Some(new)) = (self.text(was).await?, self.text(is).await?) else { return Ok(sizes) };
        self.bytes = self.bytes.saturating_sub(old.len() + new.len());
        let deadline = work::deadline(COMPARING);
        let diff = work::run(move || diff(&old, &new, deadline)).await?;
        let lines: usize = diff.hunks.iter().map(|hunk| hunk.lines.len()).sum();
        if diff.hunks.is_empty() && diff.truncated {
            return Ok(sizes);
        }
        if !self.alone && (lines > LINES_OF_FILE || lines > self.lines) {
            return Ok(Body::Later(self.alone_at(&change.path)));
        }
        self.lines = self.lines.saturating_sub(lines);
        Ok(Body::Lines(diff))
    }

    fn alone_at(&self, path: &str) -> String {
        format!("{}?file={}", self.sides.page, segment(path))
    }

    fn pictures(&self, change: &FileChange) -> Body {
        let before = change.was.zip(self.sides.from).map(|(_, from)| {
            let path = change.renamed_from.as_ref().unwrap_or(&change.path);
            self.place.at_revision("resolve", &from.to_string(), path)
        });
        let after =
            change.is.map(|_| self.place.at_revision("resolve", &self.sides.to.to_string(), &change.path));
        Body::Picture { before, after }
    }

    /// The text of a side; of one that is not there, no text; `None` for what is no text.
    async fn text(&self, side: Option<&Side>) -> Reply<Option<String>> {
        let Some(side) = side else { return Ok(Some(String::new())) };
        match self.place.repo.blob_text(side.oid, TEXT).await {
            Err(failure) if failure.kind == Kind::NotFound => Ok(None),
            text => text,
        }
    }
}

fn is_module(side: Option<&Side>) -> bool {
    side.is_some_and(|side| side.kind == SideKind::Submodule)
}

/// The picture of differences.
#[derive(Template)]
#[template(path = "files/diff.html")]
pub(super) struct DiffView<'a> {
    page: &'a Frame,
    diff: &'a Differences,
}

impl HtmlSafe for DiffView<'_> {}

impl<'a> DiffView<'a> {
    pub(super) fn new(page: &'a Frame, diff: &'a Differences) -> Self {
        Self { page, diff }
    }
}

/// What a line of differences looks like.
fn class(line: &Line) -> &'static str {
    match (line.old, line.new) {
        (Some(_), Some(_)) => "same",
        (None, _) => "added",
        (_, None) => "removed",
    }
}

/// What stands before it: not only its color says what happened to it.
fn sign(line: &Line) -> &'static str {
    match (line.old, line.new) {
        (Some(_), Some(_)) => " ",
        (None, _) => "+",
        (_, None) => "-",
    }
}

/// A line with its changed words marked. Characters that turn the direction of writing are shown by their number.
fn marked(line: &Line) -> Markup {
    let mut html = String::new();
    for part in &line.parts {
        if part.changed {
            html.push_str("<mark>");
        }
        html.push_str(&plain(&part.text));
        if part.changed {
            html.push_str("</mark>");
        }
    }
    Markup(html)
}
