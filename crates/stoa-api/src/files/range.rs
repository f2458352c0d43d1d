//! `Range`, `If-Range` and `If-None-Match`: which bytes a client wants, and whether it has them already.

use std::ops::Range;

use axum::http::{HeaderMap, header};

/// Which bytes to send.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    /// All of them.
    Whole,
    /// Some of them.
    Part(Range<u64>),
    /// Only such as lie behind the end.
    Beyond,
}

/// Reads `Range` for a file of `size` bytes. What is not understood, and more than one range, counts as none: the
/// whole file is always a right answer.
pub(super) fn wanted(headers: &HeaderMap, size: u64, etag: &str) -> Wanted {
    let Some(range) = headers.get(header::RANGE).and_then(|value| value.to_str().ok()) else {
        return Wanted::Whole;
    };
    if let Some(condition) = headers.get(header::IF_RANGE)
        // A date cannot match, because no `Last-Modified` is ever sent; a weak tag must not.
        && condition.as_bytes() != format!("\"{etag}\"").as_bytes()
    {
        return Wanted::Whole;
    }
    parse(range, size).unwrap_or(Wanted::Whole)
}

fn parse(text: &str, size: u64) -> Option<Wanted> {
    let (unit, spec) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = spec.trim().split_once('-')?;
    let (first, last) = (first.trim_end(), last.trim_start());
    if first.is_empty() {
        let count = number(last)?;
        let start = size.saturating_sub(count);
        return Some(if count == 0 || size == 0 { Wanted::Beyond } else { Wanted::Part(start..size) });
    }
    let start = number(first)?;
    let end = if last.is_empty() { u64::MAX } else { number(last)? };
    if end < start {
        return None;
    }
    if start >= size {
        return Some(Wanted::Beyond);
    }
    Some(Wanted::Part(start..end.saturating_add(1).min(size)))
}

/// Decimal digits; more than fit stand for the largest number.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Whether the client has the file already: `If-None-Match` names its tag.
pub(super) fn has_it(headers: &HeaderMap, etag: &str) -> bool {
    headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .map(str::trim)
            .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"') == etag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(range: &str, size: u64, expected: &Wanted) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().expect("a header value"));
        assert_eq!(wanted(&headers, size, "e"), *expected, "{range} of {size}");
    }

    #[test]
    fn ranges_are_read_as_rfc_9110_says() {
        check("bytes=0-0", 10, &Wanted::Part(0..1));
        check("bytes=2-", 10, &Wanted::Part(2..10));
        check("bytes=2-99", 10, &Wanted::Part(2..10));
        check("bytes=-3", 10, &Wanted::Part(7..10));
        check("bytes=-99", 10, &Wanted::Part(0..10));
        check("Bytes = 1-2", 10, &Wanted::Part(1..3));
        check("bytes=0-18446744073709551615", 10, &Wanted::Part(0..10));
        check("bytes=0-99999999999999999999999", 10, &Wanted::Part(0..10));
    }

    #[test]
    fn what_lies_behind_the_end_cannot_be_sent() {
        for range in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999999-"] {
            check(range, 10, &Wanted::Beyond);
        }
        check("bytes=0-0", 0, &Wanted::Beyond);
        check("bytes=-5", 0, &Wanted::Beyond);
    }

    #[test]
    fn nonsense_and_many_ranges_give_the_whole_file() {
        for range in [
            "bytes=5-2",
            "bytes=a-b",
            "bytes=0-1,4-5",
            "lines=0-1",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=+1-2",
        ] {
            check(range, 10, &Wanted::Whole);
        }
    }

    #[test]
    fn a_range_of_another_version_gives_the_whole_file() {
        for (condition, expected) in [
            ("\"e\"", Wanted::Part(0..1)),
            ("\"other\"", Wanted::Whole),
            ("W/\"e\"", Wanted::Whole),
            ("Wed, 21 Oct 2026 07:28:00 GMT", Wanted::Whole),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RANGE, "bytes=0-0".parse().expect("a header value"));
            headers.insert(header::IF_RANGE, condition.parse().expect("a header value"));
            assert_eq!(wanted(&headers, 10, "e"), expected, "{condition}");
        }
    }

    #[test]
    fn tags_match_weakly_and_in_lists() {
        for (tags, expected) in [
            ("\"e\"", true),
            ("W/\"e\"", true),
            ("\"a\", \"e\"", true),
            ("*", true),
            ("\"a\"", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, tags.parse().expect("a header value"));
            assert_eq!(has_it(&headers, "e"), expected, "{tags}");
        }
    }
}
