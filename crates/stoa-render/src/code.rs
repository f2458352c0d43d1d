//! Source code to HTML, line by line, in a handful of classes: `hl-k` keyword, `hl-s` string, `hl-c` comment, `hl-n`
//! number or constant, `hl-f` function, `hl-t` type, `hl-a` attribute or key, `hl-i` and `hl-d` inserted and deleted
//! lines, `hl-x` characters that would turn the direction of writing.

mod classes;

use std::sync::LazyLock;

use classes::Classes;
use syntect::parsing::{ParseState, ScopeStack, SyntaxReference, SyntaxSet};

use crate::escape::push_code;

/// Longer texts are not highlighted at all.
const LONGEST: usize = 512 << 10;

/// Longer lines are left plain: a grammar's time grows with their square, and nobody reads them for their colors.
const LONGEST_LINE: usize = 500;

/// Scopes nested deeper than this end the highlighting.
const DEEPEST: usize = 256;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// One piece of HTML per line of `text`, for a file of this name. Spans never cross lines. Nothing if the language is
/// unknown or the text too long; plain lines from where `budget` says that time is over.
pub fn highlight(text: &str, name: &str, budget: &dyn Fn() -> bool) -> Option<Vec<String>> {
    run(text, by_name(name)?, budget)
}

/// As [`highlight`], for a language as code blocks name it.
pub fn highlight_as(text: &str, language: &str, budget: &dyn Fn() -> bool) -> Option<Vec<String>> {
    run(text, by_token(language)?, budget)
}

/// One line of a text as HTML that shows it: as it is, with the characters that would turn the direction of writing.
pub fn plain(line: &str) -> String {
    let mut html = String::with_capacity(line.len() + 8);
    push_code(&mut html, line);
    html
}

/// The language of a file of this name, for display.
pub fn language(name: &str) -> Option<&'static str> {
    by_name(name).map(|syntax| syntax.name.as_str())
}

/// A code block's lines.
pub(crate) fn highlighted(code: &str, language: &str, budget: &dyn Fn() -> bool) -> Option<Vec<String>> {
    if language.is_empty() { None } else { highlight_as(code, language, budget) }
}

/// Appends a block of code: its highlighted lines, or the code itself.
pub(crate) fn push_block(out: &mut String, code: &str, lines: Option<Vec<String>>) {
    out.push_str("<pre class=\"code\" tabindex=\"0\"><code>");
    match lines {
        Some(lines) => {
            for line in lines {
                out.push_str(&line);
                out.push('\n');
            }
        }
        None => push_code(out, code),
    }
    out.push_str("</code></pre>");
}

fn run(text: &str, syntax: &SyntaxReference, budget: &dyn Fn() -> bool) -> Option<Vec<String>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut lines = Vec::new();
    let mut painter = Some(Painter::new(syntax));
    for line in text.lines() {
        let mut done = None;
        if line.len() <= LONGEST_LINE {
            done = painter.as_mut().filter(|_| budget()).and_then(|painter| painter.line(line));
            if done.is_none() {
                painter = None;
            }
        }
        lines.push(done.unwrap_or_else(|| {
            let mut plain = String::with_capacity(line.len());
            push_code(&mut plain, line);
            plain
        }));
    }
    Some(lines)
}

/// Where the grammar stands between two lines.
struct Painter {
    state: ParseState,
    stack: ScopeStack,
    classes: Classes,
}

impl Painter {
    fn new(syntax: &SyntaxReference) -> Self {
        Self { state: ParseState::new(syntax), stack: ScopeStack::new(), classes: Classes::default() }
    }

    /// The line in spans, or nothing if the grammar cannot go on.
    fn line(&mut self, line: &str) -> Option<String> {
        let whole = format!("{line}\n");
        let steps = self.state.parse_line(&whole, &SYNTAXES).ok()?;
        let mut out = String::with_capacity(line.len() * 2);
        let mut from = 0;
        let mut open = "";
        for (at, step) in steps {
            let at = at.min(line.len());
            if at > from {
                self.push(&mut out, &mut open, line.get(from..at)?);
                from = at;
            }
            self.stack.apply(&step).ok()?;
            if self.stack.len() > DEEPEST {
                return None;
            }
        }
        self.push(&mut out, &mut open, line.get(from..)?);
        if !open.is_empty() {
            out.push_str("</span>");
        }
        Some(out)
    }

    fn push(&mut self, out: &mut String, open: &mut &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        let class = self.classes.of(&self.stack);
        if class != *open && !text.trim().is_empty() {
            if !open.is_empty() {
                out.push_str("</span>");
            }
            if !class.is_empty() {
                out.push_str("<span class=\"");
                out.push_str(class);
                out.push_str("\">");
            }
            *open = class;
        }
        push_code(out, text);
    }
}

fn by_name(name: &str) -> Option<&'static SyntaxReference> {
    let name = name.rsplit('/').next().unwrap_or_default();
    if name.len() > 255 {
        return None;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let syntax = SYNTAXES
        .find_syntax_by_extension(name)
        .or_else(|| (!extension.is_empty()).then(|| SYNTAXES.find_syntax_by_extension(extension)).flatten());
    known(syntax.or_else(|| by_alias(extension)))
}

fn by_token(language: &str) -> Option<&'static SyntaxReference> {
    if language.len() > 64 {
        return None;
    }
    known(by_alias(language).or_else(|| SYNTAXES.find_syntax_by_token(language)))
}

/// Names that people use and grammars do not know.
fn by_alias(language: &str) -> Option<&'static SyntaxReference> {
    let token = match language.to_ascii_lowercase().as_str() {
        "shell" | "console" | "shellscript" | "shell-session" => "sh",
        "ipython" | "ipython3" | "python3" | "pycon" => "py",
        "jsonc" | "json5" | "jsonl" | "ndjson" | "ipynb" | "webmanifest" => "json",
        "golang" => "go",
        "ir" => "r",
        _ => return None,
    };
    SYNTAXES.find_syntax_by_token(token)
}

fn known(syntax: Option<&'static SyntaxReference>) -> Option<&'static SyntaxReference> {
    syntax.filter(|syntax| syntax.name != "Plain Text")
}
