//! Text that is safe in a header.

use axum::http::HeaderValue;

/// `text` as a header value: at most `max` characters, visible ASCII and spaces; everything else becomes `?`.
pub fn header_text(text: &str, max: usize) -> HeaderValue {
    let safe: String =
        text.chars().take(max).map(|c| if c == ' ' || c.is_ascii_graphic() { c } else { '?' }).collect();
    HeaderValue::from_str(safe.trim()).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_unsafe_reaches_a_header() {
        assert_eq!(header_text("a b", 10), "a b");
        assert_eq!(header_text("é\r\nX-Evil: 1\0", 100), "???X-Evil: 1?");
        assert_eq!(header_text("abcdef", 3), "abc");
        assert_eq!(header_text("", 3), "");
    }
}
