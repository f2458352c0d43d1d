//! Jupyter notebooks to HTML: cells with their outputs, in the formats 3 and 4.
//!
//! Nothing is trusted because a notebook says so: its Markdown and HTML go the way of any stranger's, its pictures are
//! checked, and everything else is text.

mod ansi;
mod outputs;

use std::fmt;

use serde_json::Value;

use crate::escape::push_escaped;
use crate::json;
use crate::links::Links;
use crate::markdown::{Html, Writer, cut};
use crate::shape::is_picture;
use crate::slots::Slots;

/// Longer notebooks are not read.
const LONGEST: usize = 16 << 20;

/// Cells beyond this many are left out.
const CELLS: usize = 2000;

/// Markdown and HTML of one notebook beyond so many bytes are left out.
const MARKUP: usize = 2 << 20;

/// A page does not grow beyond so many bytes.
const PAGE: usize = 16 << 20;

/// Why a file cannot be shown as a notebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It has too many bytes or too many parts.
    TooLarge,
    /// It is not JSON of the shape that notebooks have.
    NotANotebook,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the notebook is too large to be shown; download it instead",
            Self::NotANotebook => {
                "the file is not a Jupyter notebook of format 3 or 4; look at its source instead"
            }
        })
    }
}

impl std::error::Error for Error {}

/// Turns a notebook into HTML that can stand in a page.
pub fn notebook(text: &str, links: &Links<'_>) -> Result<Html, Error> {
    if text.len() > LONGEST {
        return Err(Error::TooLarge);
    }
    let notebook = json::parse(text).ok_or(Error::NotANotebook)?;
    let cells = cells(&notebook).ok_or(Error::NotANotebook)?;
    let mut page = Page {
        writer: Writer::new(Slots::of(text), links),
        language: kernel_language(&notebook),
        out: String::from("<div class=\"notebook\">"),
        markup: MARKUP,
        truncated: cells.len() > CELLS,
    };
    for cell in cells.into_iter().take(CELLS) {
        if page.out.len() > PAGE {
            page.truncated = true;
            break;
        }
        page.cell(cell);
    }
    page.out.push_str("</div>");
    let truncated = page.truncated || page.writer.truncated();
    Ok(Html { html: page.out, headings: page.writer.shaper.headings, truncated })
}

/// The cells: at the top, or in worksheets, as format 3 has them.
fn cells(notebook: &Value) -> Option<Vec<&Value>> {
    if let Some(cells) = notebook.get("cells").and_then(Value::as_array) {
        return Some(cells.iter().collect());
    }
    let sheets = notebook.get("worksheets")?.as_array()?;
    Some(sheets.iter().filter_map(|sheet| sheet.get("cells")?.as_array()).flatten().collect())
}

fn kernel_language(notebook: &Value) -> String {
    let metadata = notebook.get("metadata");
    let named = |outer: &str, inner: &str| metadata?.get(outer)?.get(inner)?.as_str();
    named("language_info", "name").or_else(|| named("kernelspec", "language")).unwrap_or("python").to_owned()
}

/// A text that may be one string or a list of its lines.
fn text_of(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

/// The page under construction.
struct Page<'a> {
    writer: Writer<'a>,
    language: String,
    out: String,
    markup: usize,
    truncated: bool,
}

impl Page<'_> {
    fn cell(&mut self, cell: &Value) {
        let source = text_of(cell.get("source").or_else(|| cell.get("input")));
        match cell.get("cell_type").and_then(Value::as_str) {
            Some("markdown") => {
                self.attach(cell);
                self.markdown_cell(&source);
                self.writer.shaper.attachments.clear();
            }
            Some("heading") => {
                let level = cell.get("level").and_then(Value::as_u64).unwrap_or(1).clamp(1, 6) as usize;
                let line = source.split_whitespace().collect::<Vec<_>>().join(" ");
                self.markdown_cell(&format!("{} {line}", "#".repeat(level)));
            }
            Some("code") => self.code_cell(cell, &source),
            _ => {
                self.out.push_str("<div class=\"cell raw\"><pre class=\"code\" tabindex=\"0\">");
                push_escaped(&mut self.out, &source);
                self.out.push_str("</pre></div>");
            }
        }
    }

    fn markdown_cell(&mut self, source: &str) {
        let source = self.affordable(source);
        let html = self.writer.markdown(&source);
        self.out.push_str("<div class=\"cell markdown\">");
        self.out.push_str(&html);
        self.out.push_str("</div>");
    }

    fn code_cell(&mut self, cell: &Value, source: &str) {
        let number =
            cell.get("execution_count").or_else(|| cell.get("prompt_number")).and_then(Value::as_u64);
        let number = number.map_or_else(|| " ".to_owned(), |number| number.to_string());
        let language = cell.get("language").and_then(Value::as_str).unwrap_or(&self.language).to_owned();
        self.out.push_str("<div class=\"cell code\"><div class=\"prompt\">In [");
        self.out.push_str(&number);
        self.out.push_str("]</div>");
        // A magic line can say that the cell is in another language.
        let first = source.lines().next().unwrap_or_default().trim();
        let language = match first {
            "%%bash" | "%%sh" => "bash",
            "%%html" => "html",
            "%%javascript" | "%%js" => "js",
            "%%latex" => "latex",
            _ => language.as_str(),
        };
        let language = if language == "math" { "" } else { language };
        let block = self.writer.code_block(source, language);
        self.out.push_str(&block);
        for output in cell.get("outputs").and_then(Value::as_array).into_iter().flatten() {
            if self.out.len() > PAGE {
                self.truncated = true;
                break;
            }
            self.output(output);
        }
        self.out.push_str("</div>");
    }

    /// Makes the pictures of a cell known to its Markdown.
    fn attach(&mut self, cell: &Value) {
        for (name, forms) in cell.get("attachments").and_then(Value::as_object).into_iter().flatten() {
            let picture = forms.as_object().into_iter().flatten().find_map(|(kind, data)| {
                let uri = format!("data:{kind};base64,{}", outputs::without_space(&text_of(Some(data))));
                is_picture(&uri).then_some(uri)
            });
            if let Some(uri) = picture {
                self.writer.shaper.attachments.insert(name.clone(), uri);
            }
        }
    }

    /// As much of a text as the bound on all markup leaves.
    fn affordable(&mut self, source: &str) -> String {
        let (source, truncated) = cut(source, self.markup.min(1 << 20));
        self.markup -= source.len();
        self.truncated |= truncated;
        source.to_owned()
    }
}

#[cfg(test)]
mod tests;
