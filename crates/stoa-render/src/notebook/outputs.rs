//! What cells of a notebook have put out.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::ansi::push_terminal;
use super::{Page, text_of};
use crate::markdown::cut;
use crate::shape::{is_picture, picture};

/// Text of one output beyond so many bytes is left out.
const TEXT: usize = 128 << 10;

/// Forms of an output, the one that says most first: its name in format 4 and in format 3.
const FORMS: &[(&str, &str)] = &[
    ("text/html", "html"),
    ("text/markdown", "markdown"),
    ("image/svg+xml", "svg"),
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("text/latex", "latex"),
    ("text/plain", "text"),
];

impl Page<'_> {
    pub(super) fn output(&mut self, output: &Value) {
        self.out.push_str("<div class=\"output\">");
        match output.get("output_type").and_then(Value::as_str) {
            Some("stream") => {
                let name = output.get("name").or_else(|| output.get("stream")).and_then(Value::as_str);
                let class = if name == Some("stderr") { "stderr" } else { "stdout" };
                self.terminal(&text_of(output.get("text")), class);
            }
            Some("error" | "pyerr") => self.traceback(output),
            Some("execute_result" | "display_data" | "pyout" | "update_display_data") => self.richest(output),
            _ => {}
        }
        self.out.push_str("</div>");
    }

    fn traceback(&mut self, output: &Value) {
        let mut text = String::new();
        for line in output.get("traceback").and_then(Value::as_array).into_iter().flatten() {
            text.push_str(line.as_str().unwrap_or_default());
            text.push('\n');
        }
        if text.trim().is_empty() {
            let part = |key: &str| output.get(key).and_then(Value::as_str).unwrap_or_default();
            text = format!("{}: {}", part("ename"), part("evalue"));
        }
        self.terminal(&text, "stderr");
    }

    /// Shows the form of the output that says most.
    fn richest(&mut self, output: &Value) {
        let forms = output.get("data").unwrap_or(output);
        for (kind, old) in FORMS {
            let Some(value) = forms.get(kind).or_else(|| forms.get(old)) else { continue };
            if self.form(kind, &text_of(Some(value))) {
                return;
            }
        }
    }

    /// Shows one form, if it can be shown.
    fn form(&mut self, kind: &str, text: &str) -> bool {
        match kind {
            "text/html" => {
                let source = self.affordable(text);
                let html = self.writer.html(&source);
                // What was only a script or a form leaves nothing behind; then another form says more.
                if html.trim().is_empty() {
                    return false;
                }
                self.out.push_str(&html);
            }
            "text/markdown" => {
                let source = self.affordable(text);
                let html = self.writer.markdown(&source);
                self.out.push_str(&html);
            }
            "text/latex" => {
                let formula = text.trim().trim_matches('$');
                let html = self.writer.code_block(formula, "math");
                self.out.push_str(&html);
            }
            "text/plain" => self.terminal(text, "plain"),
            "image/svg+xml" => {
                // In a picture of its own an SVG runs no scripts and loads nothing.
                let uri = format!("data:{kind};base64,{}", BASE64_STANDARD.encode(text));
                return self.picture(&uri);
            }
            _ => return self.picture(&format!("data:{kind};base64,{}", without_space(text))),
        }
        true
    }

    fn picture(&mut self, uri: &str) -> bool {
        let fits = is_picture(uri);
        if fits {
            self.out.push_str(&picture(uri, ""));
        }
        fits
    }

    fn terminal(&mut self, text: &str, class: &str) {
        let (text, truncated) = cut(text, TEXT);
        self.truncated |= truncated;
        self.out.push_str("<pre class=\"terminal ");
        self.out.push_str(class);
        self.out.push_str("\" tabindex=\"0\">");
        push_terminal(&mut self.out, text);
        self.out.push_str("</pre>");
    }
}

/// Base64 as notebooks wrap it, without the line breaks.
pub(super) fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_whitespace()).collect()
}
