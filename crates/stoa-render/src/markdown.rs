//! Markdown of cards to HTML.
//!
//! comrak reads it; formulas and code become slots; everything else, raw HTML included, is shaped and sanitized.

pub(crate) mod math;

use comrak::nodes::{NodeHtmlBlock, NodeValue};
use comrak::{Arena, Node, Options, format_html, parse_document};

use crate::code::{highlighted, push_block};
use crate::links::Links;
use crate::policy::clean;
use crate::shape::Shaper;
use crate::slots::{Place, Slots};

/// Longer texts are cut.
const LONGEST: usize = 1 << 20;

/// Texts with more lines are cut: each may become a heading or a list, which costs much more than a line of prose.
const LINES: usize = 40_000;

/// What looking for the ends of `\(…\)` may cost, in bytes read. Beyond it such formulas stay text.
const FORMULA_SEARCH: usize = 100_000_000;

/// Block quotes and lists nested deeper are read as text.
const DEEPEST: usize = 64;

/// So many bytes of code are highlighted in one text.
const CODE: usize = 64 << 10;

/// Rows of tables are left out once there are so many cells: short rows are filled up to the width of their table, so
/// that a few bytes can ask for a million cells.
const CELLS: usize = 50_000;

/// HTML that can stand in a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Html {
    /// Harmless HTML.
    pub html: String,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
    /// Whether the text was too long and only its beginning is here.
    pub truncated: bool,
}

/// A heading that a table of contents can lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its id in the page.
    pub id: String,
    /// Its text, without markup. Escape it.
    pub text: String,
}

/// Turns Markdown, as in a model card without its front matter, into HTML that can stand in a page.
pub fn markdown(text: &str, links: &Links<'_>) -> Html {
    let (text, truncated) = cut(text, LONGEST);
    let mut writer = Writer::new(Slots::of(text), links);
    let html = writer.markdown(text);
    let truncated = truncated || writer.truncated();
    Html { html, headings: writer.shaper.headings, truncated }
}

/// Turns pieces of one text into HTML, with ids that are unique and bounds that hold for all of them together.
pub(crate) struct Writer<'a> {
    pub(crate) shaper: Shaper<'a>,
    /// Whether rows of tables were left out.
    truncated: bool,
    formulas: math::Allowance,
    code: usize,
    cells: usize,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(slots: Slots, links: &'a Links<'a>) -> Self {
        let formulas = math::Allowance::default();
        Self { shaper: Shaper::new(links, slots), truncated: false, formulas, code: CODE, cells: CELLS }
    }

    /// Whether something was left out so far.
    pub(crate) fn truncated(&self) -> bool {
        self.truncated || self.shaper.truncated()
    }

    /// Markdown as harmless HTML.
    pub(crate) fn markdown(&mut self, text: &str) -> String {
        let text = flattened(text);
        let arena = Arena::new();
        let options = options(&text);
        let root = parse_document(&arena, &text, &options);
        self.drop_rows(root);
        for node in root.descendants() {
            let mut data = node.data_mut();
            let replaced = match &data.value {
                NodeValue::Math(math) => {
                    let html = math::math(&math.literal, math.display_math, &mut self.formulas);
                    Some(NodeValue::HtmlInline(self.shaper.slots.keep(Place::Inline, html)))
                }
                NodeValue::CodeBlock(block) => {
                    let language = block.info.split([' ', ',', '{', '\t']).next().unwrap_or_default();
                    let html = self.code_block(&block.literal, language);
                    let literal = self.shaper.slots.keep(Place::Block, html);
                    Some(NodeValue::HtmlBlock(NodeHtmlBlock { literal, ..NodeHtmlBlock::default() }))
                }
                _ => None,
            };
            if let Some(value) = replaced {
                data.value = value;
            }
        }
        let mut html = String::new();
        // Writing to a string cannot fail.
        let _ = format_html(root, &options, &mut html);
        self.html(&html)
    }

    /// Takes rows out of the tables that are too large together.
    fn drop_rows<'n>(&mut self, root: Node<'n>) {
        let is_row = |node: &Node<'n>| matches!(node.data().value, NodeValue::TableRow(_));
        let rows: Vec<_> = root.descendants().filter(is_row).collect();
        for row in rows {
            if let Some(left) = self.cells.checked_sub(row.children().count()) {
                self.cells = left;
            } else {
                self.truncated = true;
                row.detach();
            }
        }
    }

    /// Foreign HTML as harmless HTML.
    pub(crate) fn html(&mut self, html: &str) -> String {
        let shaped = self.shaper.shape(html);
        clean(&shaped, &mut self.shaper.slots)
    }

    /// A code block in its language, or a formula.
    pub(crate) fn code_block(&mut self, code: &str, language: &str) -> String {
        if language == "math" {
            return math::math(code, true, &mut self.formulas);
        }
        let affordable = code.len() <= self.code;
        let lines = if affordable { highlighted(code, language, self.shaper.links.budget) } else { None };
        if lines.is_some() {
            self.code -= code.len();
        }
        let mut out = String::new();
        push_block(&mut out, code, lines);
        out
    }
}

fn options(text: &str) -> Options<'static> {
    let mut options = Options::default();
    options.extension.strikethrough = true;
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.math_dollars = true;
    options.extension.math_latex = formula_search(text) <= FORMULA_SEARCH;
    options.extension.math_code = true;
    options.render.r#unsafe = true;
    options.render.tasklist_classes = true;
    options
}

/// What comrak reads at most while it looks for the ends of formulas: for each beginning the rest of its paragraph.
fn formula_search(text: &str) -> usize {
    let mut cost = 0usize;
    for paragraph in text.split("\n\n") {
        let beginnings = paragraph.matches("\\(").count() + paragraph.matches("\\[").count();
        cost = cost.saturating_add(beginnings.saturating_mul(paragraph.len()));
    }
    cost
}

/// At most `longest` bytes and `LINES` lines of `text`, cut behind a line, and whether anything is missing.
pub(crate) fn cut(text: &str, longest: usize) -> (&str, bool) {
    let end = text.match_indices('\n').nth(LINES - 1).map_or(text.len(), |(at, _)| at + 1);
    if end <= longest {
        return (&text[..end], end < text.len());
    }
    let text = &text[..text.floor_char_boundary(longest)];
    (&text[..text.rfind('\n').map_or(text.len(), |at| at + 1)], true)
}

/// Lines that begin with more markers of quotes and lists than anyone means are read as text, since a parser's work
/// grows with lines times depth.
fn flattened(text: &str) -> std::borrow::Cow<'_, str> {
    let depth = |line: &str| {
        let head = line.bytes().take_while(|b| {
            matches!(b, b'>' | b'-' | b'+' | b'*' | b' ' | b'\t' | b'.' | b')' | b'0'..=b'9')
        });
        head.filter(|b| matches!(b, b'>' | b'-' | b'+' | b'*' | b'.' | b')')).count()
    };
    let is_rule = |line: &str| line.bytes().all(|b| matches!(b, b'-' | b'*' | b' ' | b'\t' | b'\r'));
    if text.lines().all(|line| depth(line) <= DEEPEST) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if depth(line) > DEEPEST && !is_rule(line.trim_end_matches('\n')) {
            out.push('\\');
        }
        out.push_str(line);
    }
    out.into()
}
