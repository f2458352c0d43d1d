//! A forgiving tokenizer for HTML: tags and text, in one pass over the input.
//!
//! It never decides what is safe; what it makes of the input is written anew and then sanitized. It only has to be
//! linear: every search that fails once is not tried again.

use crate::escape::unescape;

/// Attributes beyond this many are not looked at.
const ATTRIBUTES: usize = 32;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// Text as it stands in the source, with its character references.
    Text(&'a str),
    /// A start tag: name in lower case, attributes.
    Open(String, Vec<(String, String)>),
    /// An end tag.
    Close(String),
}

/// Reads tokens; an iterator.
pub(crate) struct Tags<'a> {
    rest: &'a str,
    /// Searches that ran to the end in vain: for the end of a comment, for `>`, and for the end tags of `gone`.
    no_comment_end: bool,
    no_tag_end: bool,
    gone: Vec<String>,
}

impl<'a> Tags<'a> {
    /// Tokens of `html`.
    pub(crate) fn of(html: &'a str) -> Self {
        Self { rest: html, no_comment_end: false, no_tag_end: false, gone: Vec::new() }
    }

    /// Skips to behind the end tag of `name`, if there is one.
    pub(crate) fn skip_element(&mut self, name: &str) {
        if self.gone.iter().any(|gone| gone == name) {
            return;
        }
        let bytes = self.rest.as_bytes();
        let mut from = 0;
        while let Some(at) = self.rest[from..].find("</").map(|at| from + at) {
            let end = at + 2 + name.len();
            if bytes.get(at + 2..end).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
                && !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric)
            {
                self.rest = &self.rest[at..];
                self.next();
                return;
            }
            from = at + 2;
        }
        self.gone.push(name.to_owned());
    }

    /// A `<!…`, `<?…` or `</…` that is no tag: nothing, or the `<` as text if it never ends.
    fn skip_comment(&mut self) -> bool {
        let comment = self.rest.starts_with("<!--");
        if comment && !self.no_comment_end {
            // `<!-->` and `<!--->` are whole comments.
            for short in ["<!-->", "<!--->"] {
                if let Some(rest) = self.rest.strip_prefix(short) {
                    self.rest = rest;
                    return true;
                }
            }
            if let Some(end) = self.rest.find("-->") {
                self.rest = &self.rest[end + 3..];
                return true;
            }
            self.no_comment_end = true;
        }
        if !self.no_tag_end {
            if let Some(end) = self.rest.find('>') {
                self.rest = &self.rest[end + 1..];
                return true;
            }
            self.no_tag_end = true;
        }
        false
    }

    fn text(&mut self, length: usize) -> Token<'a> {
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        Token::Text(text)
    }

    /// The tag at the beginning of the rest, or `None` if it never ends.
    fn tag(&mut self) -> Option<Token<'a>> {
        let closing = self.rest.starts_with("</");
        let body = &self.rest[if closing { 2 } else { 1 }..];
        let length = body.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')?;
        let name = body[..length].to_ascii_lowercase();
        let mut rest = &body[length..];
        let mut attributes: Vec<(String, String)> = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if let Some(after) = rest.strip_prefix('>') {
                self.rest = after;
                return Some(if closing { Token::Close(name) } else { Token::Open(name, attributes) });
            }
            let (key, value, after) = attribute(rest)?;
            rest = after;
            let key = key.to_ascii_lowercase();
            if attributes.len() < ATTRIBUTES && !attributes.iter().any(|(known, _)| *known == key) {
                attributes.push((key, unescape(value)));
            }
        }
    }
}

/// One attribute: name, raw value, what follows.
fn attribute(text: &str) -> Option<(&str, &str, &str)> {
    // An `=` in front belongs to the name, as browsers read it.
    let first = text.chars().next()?.len_utf8();
    let end = text[first..]
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '='))
        .map(|at| at + first)?;
    let (key, rest) = text.split_at(end);
    let spaced = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
    let Some(value) = spaced.strip_prefix('=') else { return Some((key, "", rest)) };
    let value = value.trim_start_matches(|c: char| c.is_ascii_whitespace());
    for quote in ['"', '\''] {
        if let Some(value) = value.strip_prefix(quote) {
            let end = value.find(quote)?;
            return Some((key, &value[..end], &value[end + 1..]));
        }
    }
    let end = value.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
    Some((key, &value[..end], &value[end..]))
}

impl<'a> Iterator for Tags<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let at = match self.rest.find('<') {
                _ if self.rest.is_empty() => return None,
                None => return Some(self.text(self.rest.len())),
                Some(0) => 0,
                Some(at) => return Some(self.text(at)),
            };
            let after = &self.rest.as_bytes()[at + 1..];
            let letter = |index: usize| after.get(index).is_some_and(u8::is_ascii_alphabetic);
            match after.first() {
                Some(b'/') if letter(1) => {}
                Some(b'/' | b'!' | b'?') => {
                    if self.skip_comment() {
                        continue;
                    }
                    return Some(self.text(1));
                }
                Some(_) if letter(0) => {}
                _ => return Some(self.text(1)),
            }
            // A tag that never ends makes everything after it text, so that it is looked at once.
            return Some(self.tag().unwrap_or_else(|| self.text(self.rest.len())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(html: &str) -> Vec<Token<'_>> {
        Tags::of(html).collect()
    }

    fn open(name: &str, attributes: &[(&str, &str)]) -> Token<'static> {
        let attributes = attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Token::Open(name.to_owned(), attributes)
    }

    #[test]
    fn attributes_are_read_as_browsers_read_them() {
        assert_eq!(
            tokens("<IMG/src=x onerror='a>b' ALT=\"&quot;\" src=y>"),
            [open("img", &[("src", "x"), ("onerror", "a>b"), ("alt", "\"")])]
        );
        assert_eq!(tokens("<a =x=1>"), [open("a", &[("=x", "1")])]);
        assert_eq!(tokens("</P class=x>"), [Token::Close("p".to_owned())]);
    }

    #[test]
    fn comments_vanish_and_what_never_ends_is_text() {
        assert_eq!(tokens("a<!-- <b> --><!--><!DOCTYPE x><?php ?></ x>"), [Token::Text("a")]);
        assert_eq!(tokens("<a href=\"x"), [Token::Text("<a href=\"x")]);
        assert_eq!(tokens("1 < 2"), [Token::Text("1 "), Token::Text("<"), Token::Text(" 2")]);
        assert_eq!(tokens("<!-- x"), [Token::Text("<"), Token::Text("!-- x")]);
    }
}
