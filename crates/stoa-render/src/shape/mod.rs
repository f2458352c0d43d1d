//! Writes a stranger's HTML anew: well nested, not too deep, with links and pictures resolved and headings named.
//!
//! The sanitizer's parser follows the standard of HTML, which repairs bad nesting in ways that cost quadratic time and
//! space (`<b title=1><b title=2>…<p>x<p>x…`, `<div>` a hundred thousand deep). What leaves this module has nothing
//! to repair, so the parser behind it has linear work. Safety does not rest on this module: `policy` comes after it.

mod attributes;
mod elements;
mod media;

use std::collections::HashMap;

pub(crate) use attributes::CLASSES;
use attributes::{Attributes, Tag, copy_plain, set_link, value};
pub(crate) use elements::names;
use elements::{Kind, element, is_swallowed};
pub(crate) use media::{is_picture, picture};

use crate::escape::unescape;
use crate::links::{ID_PREFIX, Links, anchor};
use crate::markdown::Heading;
use crate::slots::Slots;
use crate::tags::{Tags, Token};

/// Elements nested deeper than this lose their tags.
const DEPTH: usize = 96;

/// Inline elements nested deeper than this lose their tags.
const INLINE_DEPTH: usize = 16;

/// What follows the tag of this number in a text is left out.
const TAGS: usize = 100_000;

/// The sanitizer's serializer looks through the rest of a text once for each character that it escapes, so longer
/// texts are broken by an empty element.
const TEXT: usize = 16 << 10;

/// More headings than this are not listed.
const HEADINGS: usize = 1000;

/// Ids that a text has used, so that each is used once.
#[derive(Default)]
pub(crate) struct Ids {
    next: HashMap<String, usize>,
}

impl Ids {
    /// `wanted`, or `wanted-1`, … as the n-th of its name.
    fn unique(&mut self, wanted: &str) -> String {
        let count = self.next.entry(wanted.to_owned()).or_default();
        let number = *count;
        *count += 1;
        if number == 0 {
            return wanted.to_owned();
        }
        let numbered = format!("{wanted}-{number}");
        // A heading may have been called so from the start; then the next number is tried.
        if self.next.contains_key(&numbered) {
            return self.unique(wanted);
        }
        self.next.insert(numbered.clone(), 1);
        numbered
    }
}

/// What is common to all parts of one text.
pub(crate) struct Shaper<'a> {
    pub(crate) links: &'a Links<'a>,
    pub(crate) slots: Slots,
    pub(crate) headings: Vec<Heading>,
    /// Pictures that came with the text, by name: data URIs.
    pub(crate) attachments: HashMap<String, String>,
    ids: Ids,
    gallery_shown: bool,
    tags_left: usize,
}

/// An element whose end has not come.
struct Open {
    name: &'static str,
    kind: Kind,
    /// What ends it, more than its own end tag if it was wrapped.
    tail: &'static str,
}

/// A heading whose end has not come: what stands in it, apart from the rest.
struct OpenHeading {
    level: u8,
    id: Option<String>,
    tag: Tag,
    text: String,
    html: String,
}

/// One run over one piece of HTML.
struct Run<'s, 'a> {
    shaper: &'s mut Shaper<'a>,
    out: String,
    stack: Vec<Open>,
    heading: Option<OpenHeading>,
    /// Start tags that were too deep, by name: as many end tags are ignored.
    skipped: HashMap<&'static str, usize>,
    /// How much text there was since the last tag.
    text_length: usize,
}

impl<'a> Shaper<'a> {
    /// For a text from which `slots` were made.
    pub(crate) fn new(links: &'a Links<'a>, slots: Slots) -> Self {
        Self {
            links,
            slots,
            headings: Vec::new(),
            attachments: HashMap::new(),
            ids: Ids::default(),
            gallery_shown: false,
            tags_left: TAGS,
        }
    }

    /// Whether there were too many tags.
    pub(crate) fn truncated(&self) -> bool {
        self.tags_left == 0
    }

    /// Writes `html` anew.
    pub(crate) fn shape(&mut self, html: &str) -> String {
        let out = String::with_capacity(html.len() + html.len() / 8);
        let mut run = Run {
            shaper: self,
            out,
            stack: Vec::new(),
            heading: None,
            skipped: HashMap::new(),
            text_length: 0,
        };
        let mut tags = Tags::of(html);
        while let Some(token) = tags.next() {
            if !matches!(token, Token::Text(_)) {
                run.shaper.tags_left = run.shaper.tags_left.saturating_sub(1);
                if run.shaper.truncated() {
                    break;
                }
                run.text_length = 0;
            }
            match token {
                Token::Text(text) => run.text(text),
                Token::Close(name) => run.close(&name),
                Token::Open(name, _) if is_swallowed(&name) => tags.skip_element(&name),
                Token::Open(name, attributes) => run.open(&name, &attributes),
            }
        }
        while run.pop() {}
        run.out
    }
}

impl Run<'_, '_> {
    fn push_html(&mut self, html: &str) {
        match &mut self.heading {
            Some(heading) => heading.html.push_str(html),
            None => self.out.push_str(html),
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_table_gap() && !text.trim().is_empty() {
            self.open_cell();
        }
        if let Some(heading) = &mut self.heading
            && heading.text.len() < 1000
        {
            let end = text.floor_char_boundary(1000);
            heading.text.push_str(&unescape(&text[..end]));
        }
        let mut rest = text;
        while self.text_length + rest.len() > TEXT && !self.in_table_gap() {
            let room = rest.floor_char_boundary(TEXT.saturating_sub(self.text_length).max(64));
            // Not between the parts of a character reference.
            let end = rest[..room].rfind(['&', ' ', '\n']).filter(|end| *end > 0).unwrap_or(room);
            self.push_text(&rest[..end]);
            self.push_html("<span></span>");
            self.text_length = 0;
            rest = &rest[end..];
        }
        self.text_length += rest.len();
        self.push_text(rest);
    }

    fn push_text(&mut self, text: &str) {
        for part in text.split_inclusive(['<', '>', '\0']) {
            let (part, last) = match part.char_indices().next_back() {
                Some((at, c @ ('<' | '>' | '\0'))) => (&part[..at], Some(c)),
                _ => (part, None),
            };
            self.push_html(part);
            self.push_html(match last {
                Some('<') => "&lt;",
                Some('>') => "&gt;",
                Some(_) => "\u{fffd}",
                None => "",
            });
        }
    }

    fn open(&mut self, name: &str, attributes: &Attributes) {
        if let Some(slot) = value(attributes, "data-slot")
            && self.shaper.slots.knows(slot)
        {
            return self.slot(name, slot);
        }
        match (name, element(name)) {
            ("gallery", _) => self.gallery(),
            ("input", _) => self.checkbox(attributes),
            (_, None) => {}
            (_, Some((name, Kind::Void))) => self.void(name, attributes),
            (_, Some((name, kind))) => self.element(name, kind, attributes),
        }
    }

    /// A marker passes as it is.
    fn slot(&mut self, tag: &str, name: &str) {
        self.make_room(if tag == "div" { Kind::Block } else { Kind::Inline }, "div");
        let tag = if tag == "div" { "div" } else { "span" };
        self.push_html(&format!("<{tag} data-slot=\"{name}\"></{tag}>"));
    }

    /// Task lists are no forms: a mark says enough.
    fn checkbox(&mut self, attributes: &Attributes) {
        if value(attributes, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("checkbox")) {
            let checked = value(attributes, "checked").is_some();
            self.text(if checked { "☑" } else { "☐" });
        }
    }

    fn void(&mut self, name: &'static str, attributes: &Attributes) {
        match name {
            "img" => return self.image(attributes),
            "source" => return self.source(attributes),
            "col" if !matches!(self.top(), Some("colgroup" | "table")) => return,
            "hr" => self.make_room(Kind::Block, name),
            "col" => {}
            _ => self.make_room(Kind::Inline, name),
        }
        let mut tag = Tag::new(name);
        copy_plain(&mut tag, name, attributes);
        self.push_html(&tag.end());
    }

    fn element(&mut self, name: &'static str, kind: Kind, attributes: &Attributes) {
        if matches!(kind, Kind::Cell | Kind::TablePart) && !self.has_table() {
            return;
        }
        self.make_room(kind, name);
        let inline = self.stack.iter().filter(|open| open.kind == Kind::Inline).count();
        if self.stack.len() >= DEPTH || (kind == Kind::Inline && inline >= INLINE_DEPTH) {
            *self.skipped.entry(name).or_default() += 1;
            return;
        }
        let mut tag = Tag::new(name);
        copy_plain(&mut tag, name, attributes);
        let id = value(attributes, "id").or_else(|| value(attributes, "name").filter(|_| name == "a"));
        let id = id.map(anchor).filter(|id| !id.is_empty());
        let mut tail = "";
        match (name, kind) {
            (_, Kind::Heading) => return self.open_heading(name, tag, id),
            ("a", _) => set_link(&mut tag, attributes, self.shaper.links),
            ("video" | "audio", _) if !self.media(&mut tag, name, attributes) => return,
            ("pre", _) => {
                if value(attributes, "class") != Some("code") {
                    tag.set("class", "code");
                }
                tag.set("tabindex", "0");
            }
            ("table", _) if !self.has_table() => {
                self.push_html("<div class=\"scroll\" tabindex=\"0\">");
                tail = "</div>";
            }
            _ => {}
        }
        if let Some(id) = id {
            tag.set("id", &format!("{ID_PREFIX}{}", self.shaper.ids.unique(&id)));
        }
        self.push_html(&tag.end());
        self.stack.push(Open { name, kind, tail });
    }

    fn open_heading(&mut self, name: &'static str, tag: Tag, id: Option<String>) {
        let level = name.as_bytes()[1] - b'0';
        let (text, html) = (String::new(), String::new());
        self.heading = Some(OpenHeading { level, id, tag, text, html });
        self.stack.push(Open { name, kind: Kind::Heading, tail: "" });
    }

    /// Closes what cannot contain an element of this kind.
    fn make_room(&mut self, kind: Kind, name: &str) {
        match kind {
            Kind::Void => {}
            Kind::Inline => {
                if self.in_table_gap() {
                    self.open_cell();
                }
                if name == "a" {
                    self.close_up_to(|open| open.name == "a", is_cell_like);
                }
            }
            Kind::Cell => {
                self.close_above(|open| matches!(open.name, "tr" | "tbody" | "thead" | "tfoot" | "table"));
                if self.top() != Some("tr") {
                    self.push_plain("tr");
                }
            }
            Kind::TablePart if name == "tr" => {
                self.close_above(|open| matches!(open.name, "tbody" | "thead" | "tfoot" | "table"));
            }
            Kind::TablePart => self.close_above(|open| open.name == "table"),
            Kind::Block | Kind::Heading | Kind::Item | Kind::Table => {
                if self.in_table_gap() {
                    self.open_cell();
                }
                self.close_up_to(|open| open.name == "p" || open.kind == Kind::Heading, is_cell_like);
                if kind == Kind::Item {
                    let list = |open: &Open| matches!(open.name, "ul" | "ol" | "dl") || is_cell_like(open);
                    let pair = |open: &Open| match name {
                        "li" => open.name == "li",
                        _ => matches!(open.name, "dt" | "dd"),
                    };
                    self.close_up_to(pair, list);
                }
            }
        }
    }

    fn close(&mut self, name: &str) {
        if name == "br" {
            return self.void("br", &[]);
        }
        let Some((name, kind)) = element(name) else { return };
        if let Some(count) = self.skipped.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            return;
        }
        let part = matches!(kind, Kind::Cell | Kind::TablePart | Kind::Table);
        // The end of something outside a table does not end the table.
        let fence = |open: &Open| if part { open.kind == Kind::Table } else { is_cell_like(open) };
        if kind == Kind::Heading {
            self.close_up_to(|open| open.kind == Kind::Heading, fence);
        } else {
            self.close_up_to(|open| open.name == name, fence);
        }
    }

    /// Closes the nearest element that `wanted` describes and all in it, unless a `fence` comes first.
    fn close_up_to(&mut self, wanted: impl Fn(&Open) -> bool, fence: impl Fn(&Open) -> bool) {
        for at in (0..self.stack.len()).rev() {
            if wanted(&self.stack[at]) {
                while self.stack.len() > at {
                    self.pop();
                }
                return;
            }
            if fence(&self.stack[at]) {
                return;
            }
        }
    }

    /// Closes everything in the nearest element that `wanted` describes.
    fn close_above(&mut self, wanted: impl Fn(&Open) -> bool) {
        if let Some(at) = self.stack.iter().rposition(wanted) {
            while self.stack.len() > at + 1 {
                self.pop();
            }
        }
    }

    /// Closes the innermost element.
    fn pop(&mut self) -> bool {
        let Some(open) = self.stack.pop() else { return false };
        if open.kind == Kind::Heading
            && let Some(heading) = self.heading.take()
        {
            self.end_heading(heading);
        }
        self.push_html("</");
        self.push_html(open.name);
        self.push_html(">");
        self.push_html(open.tail);
        true
    }

    fn end_heading(&mut self, mut heading: OpenHeading) {
        let text = heading.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted = heading.id.unwrap_or_else(|| slug(&text));
        let id = format!("{ID_PREFIX}{}", self.shaper.ids.unique(&wanted));
        heading.tag.set("id", &id);
        self.out.push_str(&heading.tag.end());
        self.out.push_str(&heading.html);
        if self.shaper.headings.len() < HEADINGS && !text.is_empty() {
            self.shaper.headings.push(Heading { level: heading.level, id, text });
        }
    }

    fn top(&self) -> Option<&'static str> {
        self.stack.last().map(|open| open.name)
    }

    fn has_table(&self) -> bool {
        self.stack.iter().any(|open| open.kind == Kind::Table)
    }

    fn in_link(&self) -> bool {
        self.stack.iter().any(|open| open.name == "a")
    }

    /// Whether we stand between the cells of a table, where only parts of tables may stand.
    fn in_table_gap(&self) -> bool {
        self.stack.last().is_some_and(|open| {
            matches!(open.name, "table" | "thead" | "tbody" | "tfoot" | "tr" | "colgroup")
        })
    }

    /// What stands between cells gets a cell of its own.
    fn open_cell(&mut self) {
        self.make_room(Kind::Cell, "td");
        self.push_plain("td");
    }

    fn push_plain(&mut self, name: &'static str) {
        let Some((name, kind)) = element(name) else { return };
        self.push_html(&Tag::new(name).end());
        self.stack.push(Open { name, kind, tail: "" });
    }
}

/// Where the reach of ordinary end tags ends.
fn is_cell_like(open: &Open) -> bool {
    matches!(open.name, "td" | "th" | "caption" | "table")
}

/// The id of a heading: its letters and digits, with hyphens for spaces, as readers of cards expect it.
fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(120) {
        match c {
            ' ' => out.push('-'),
            '-' | '_' => out.push(c),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    if out.is_empty() { "section".to_owned() } else { out }
}
