//! HTML that is ready: templates write it as it is, while they escape every other text.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;

/// HTML that was made of escaped parts, or that `stoa-render` made harmless.
///
/// Invariant: whoever makes one has escaped what strangers wrote.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Markup(pub(crate) String);

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

/// A text as it may stand between tags and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\0' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// One segment or several of a path, as they may stand in an address.
pub(crate) fn path(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'_'
            | b'.'
            | b'~'
            | b'/'
            | b'@'
            | b'+'
            | b',' => {
                encoded.push(char::from(byte));
            }
            byte => {
                // Writing to a string cannot fail.
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// A value as it may stand in a query, or a single segment of a path: nothing but letters, digits and `-_.~` stays.
pub(crate) fn segment(text: &str) -> String {
    path(text).replace('/', "%2F").replace('+', "%2B").replace(',', "%2C").replace('@', "%40")
}

/// The same HTML with every heading one level deeper: the page around it has the heading of the first. Text and values of
/// attributes hold no `<`, so whatever begins with one is a tag.
pub(crate) fn below(mut html: String) -> String {
    for level in (1..6).rev() {
        for (tag, end) in [("<h", " "), ("<h", ">"), ("</h", ">")] {
            html = html.replace(&format!("{tag}{level}{end}"), &format!("{tag}{}{end}", level + 1));
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_go_one_level_down_and_end_at_the_sixth() {
        let html = "<h1 id=\"a\">A</h1><h2>B</h2><h5>C</h5><h6>D</h6><hr>".to_owned();
        assert_eq!(below(html), "<h2 id=\"a\">A</h2><h3>B</h3><h6>C</h6><h6>D</h6><hr>");
    }

    #[test]
    fn nothing_that_opens_a_tag_or_ends_an_attribute_stays() {
        assert_eq!(escape("<a b='\"'>&\0"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;");
    }

    #[test]
    fn addresses_keep_their_slashes_and_nothing_else_that_means_something() {
        assert_eq!(path("a b/ü?#%\"<.txt"), "a%20b/%C3%BC%3F%23%25%22%3C.txt");
        assert_eq!(segment("refs/pr/1"), "refs%2Fpr%2F1");
        assert_eq!(segment("a+b,c@d&e=f"), "a%2Bb%2Cc%40d%26e%3Df");
    }
}
