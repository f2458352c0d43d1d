//! What the Markdown of a card gives away.

use super::MAX_TEXT;

/// Most papers one card is taken to be about.
const MAX_PAPERS: usize = 20;
/// Most lines searched for a paragraph.
const MAX_LINES: usize = 2_000;

/// The ids of the papers that the text links to, in order and each once.
///
/// Compat: any link to arXiv or to a paper page of the Hub makes a tag `arxiv:{id}`.
pub(super) fn papers(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices('/') {
        if found.len() == MAX_PAPERS {
            break;
        }
        let after = &text[at + 1..];
        let Some(id) = arxiv_id(after) else { continue };
        let before = &text[..at];
        let linked =
            ["arxiv.org/abs", "arxiv.org/pdf", "arxiv.org/html", "huggingface.co/papers", "hf.co/papers"]
                .iter()
                .any(|place| before.len() >= place.len() && ends_with_ignoring_case(before, place));
        if linked && !found.contains(&id) {
            found.push(id);
        }
    }
    found
}

fn ends_with_ignoring_case(text: &str, end: &str) -> bool {
    let tail = &text.as_bytes()[text.len() - end.len()..];
    tail.eq_ignore_ascii_case(end.as_bytes())
}

/// An id such as `1706.03762` at the beginning of a text, without its version.
fn arxiv_id(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let digits =
        |from: usize| bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let year = digits(0);
    let number = digits(5);
    (year == 4 && bytes.get(4) == Some(&b'.') && (4..=5).contains(&number)).then(|| &text[..5 + number])
}

/// The first paragraph that is prose: no heading, picture, table, list, quotation, code or HTML.
pub(super) fn first_paragraph(markdown: &str) -> Option<String> {
    let mut paragraph = String::new();
    let mut fence = None;
    let mut in_comment = false;
    for line in markdown.lines().take(MAX_LINES) {
        let line = line.trim();
        if let Some(mark) = fence {
            if line.starts_with(mark) {
                fence = None;
            }
            continue;
        }
        if in_comment || line.starts_with("<!--") {
            in_comment = !line.contains("-->");
            continue;
        }
        fence = ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark));
        if fence.is_some()
            || line.is_empty()
            || !(is_prose(line) || !paragraph.is_empty() && !line.starts_with('#'))
        {
            if !paragraph.is_empty() {
                break;
            }
            continue;
        }
        if !paragraph.is_empty() {
            paragraph.push(' ');
        }
        paragraph.push_str(line);
        if paragraph.len() > 8 * MAX_TEXT {
            break;
        }
    }
    let plain = plain(&paragraph);
    let mut cut: String = plain.chars().take(MAX_TEXT).collect();
    if cut.len() < plain.len() {
        cut.push('…');
    }
    (!cut.is_empty()).then_some(cut)
}

fn is_prose(line: &str) -> bool {
    let numbered = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_item = line.starts_with("- ")
        || line.starts_with("* ")
        || line.starts_with("+ ")
        || numbered.len() < line.len() && (numbered.starts_with(". ") || numbered.starts_with(") "));
    let is_rule = line.chars().all(|c| "-=*_ ".contains(c));
    !is_item
        && !is_rule
        && !line.starts_with(['#', '|', '>', '<', '!'])
        && !line.starts_with("[![")
        && !line.starts_with("$$")
        && line.contains(char::is_alphabetic)
}

/// Markdown without emphasis, code marks and link targets: `[text](url)` becomes `text`.
fn plain(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' | '`' | '[' => {}
            ']' => {
                if rest.starts_with('(')
                    && let Some(end) = rest.find(')')
                {
                    rest = &rest[end + 1..];
                }
            }
            '!' if rest.starts_with('[') => {}
            '<' if rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') => match rest.find('>') {
                Some(end) => rest = &rest[end + 1..],
                None => out.push('<'),
            },
            _ => out.push(c),
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_papers_are_found_wherever_they_stand() {
        for (text, expected) in [
            ("[a](https://arxiv.org/abs/1706.03762)", &["1706.03762"][..]),
            ("http://www.ArXiv.org/pdf/1810.04805v2.pdf and again arxiv.org/abs/1810.04805", &["1810.04805"]),
            (
                "https://huggingface.co/papers/2401.00001, https://hf.co/papers/0704.0001",
                &["2401.00001", "0704.0001"],
            ),
            ("https://arxiv.org/html/2401.123456", &[]),
            ("https://arxiv.org/abs/cs/0112017 https://example.com/abs/1706.03762 arXiv:1706.03762", &[]),
            ("papers/1706.03762 /1706.03762 abs/", &[]),
            ("é/arxiv.org/abs/1706.0376", &["1706.0376"]),
            ("arxiv.org/abs/1706.", &[]),
        ] {
            assert_eq!(papers(text), expected, "{text}");
        }
        let many = (1000..2000).map(|n| format!("arxiv.org/abs/1706.0{n}")).collect::<Vec<_>>().join(" ");
        assert_eq!(papers(&many).len(), MAX_PAPERS);
    }

    #[test]
    fn the_first_prose_is_found_and_plain() {
        for (text, expected) in [
            ("", None),
            ("# Only a heading\n", None),
            (
                "# T\n\n![x](y)\n[![badge](a)](b)\n<p align=center>\n\nThis is **it**,\nand *more*.\n\nNot this.",
                Some("This is it, and more."),
            ),
            (
                "```\ncode here\n```\n- item\n1. one\n> quote\n| a | b |\n---\nText with [a link](http://x) and `code`.",
                Some("Text with a link and code."),
            ),
            ("<!-- hidden\nstill hidden -->\nSeen\n# Next", Some("Seen")),
            ("<!-- a --> \nSeen <br/> it: 1 < 2", Some("Seen it: 1 < 2")),
            ("2024 was a year", Some("2024 was a year")),
            ("]( [ ) ](", None),
        ] {
            assert_eq!(first_paragraph(text).as_deref(), expected, "{text}");
        }
        let long = first_paragraph(&"é ".repeat(10_000)).expect("prose");
        assert_eq!(long.chars().count(), MAX_TEXT + 1);
        assert!(first_paragraph(&"[a](".repeat(10_000)).is_some_and(|text| text.len() < 2_000));
    }
}
