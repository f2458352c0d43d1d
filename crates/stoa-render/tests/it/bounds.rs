//! What is too long, too deep or too much is cut, and never takes the stack of a small thread.

use stoa_render::{Html, Links, highlight_as, markdown, notebook};

/// Renders on a thread with the stack that threads of a server have.
fn shown(text: String) -> Html {
    let run = move || markdown(&text, &Links::new("/ada/m/blob/main/", "/ada/m/resolve/main/"));
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread starts");
    thread.join().expect("the thread ends")
}

#[test]
fn deep_nesting_is_flat_in_the_page() {
    for text in [
        ">".repeat(10_000),
        format!("{}x", "> ".repeat(10_000)),
        "- ".repeat(10_000),
        "1. ".repeat(10_000),
        (0..400).map(|n| format!("{}- a\n", " ".repeat(2 * n))).collect::<Vec<_>>().concat(),
        "<div>".repeat(100_000),
        "<b>".repeat(20_000),
        "<table><tr><td>".repeat(10_000),
        "<ul><li>".repeat(20_000),
        "<span><p>".repeat(20_000),
        format!("{}a{}", "*a **a ".repeat(5_000), "b** b*".repeat(5_000)),
        "[".repeat(20_000),
        "![a](".repeat(5_000),
        format!("${}x{}$", "\\sqrt{".repeat(40), "}".repeat(40)),
        format!("${}$", "\\sqrt".repeat(700)),
    ] {
        let start: String = text.chars().take(20).collect();
        let html = shown(text).html;
        let mut depth = 0usize;
        let mut deepest = 0;
        for (at, _) in html.match_indices('<') {
            if html[at..].starts_with("</") {
                depth -= 1;
            } else if !html[at..].starts_with("<br") && !html[at..].starts_with("<img") {
                depth += 1;
            }
            deepest = deepest.max(depth);
        }
        assert!(deepest <= 200, "{start}: {deepest} deep");
    }
}

#[test]
fn pages_do_not_grow_out_of_proportion() {
    let mut formatting = (0..5_000).map(|n| format!("<b title={n}>")).collect::<Vec<_>>().concat();
    formatting.push_str(&"<p>x".repeat(5_000));
    let bombs = [
        formatting,
        format!("|{}\n|{}\n{}", "a|".repeat(1000), "-|".repeat(1000), "|a|\n".repeat(5_000)),
        format!("[r]: /{}\n\n{}", "x".repeat(3000), "[r]".repeat(5_000)),
        format!("<table>{}", "<b>x</b>".repeat(10_000)),
        "<a href=x>".repeat(10_000),
        "<Gallery/>".repeat(10_000),
    ];
    for text in bombs {
        let start: String = text.chars().take(20).collect();
        let length = text.len();
        let html = shown(text).html;
        assert!(html.len() < 10 * length + (1 << 20), "{start}: {} of {length}", html.len());
    }
}

#[test]
fn long_texts_are_cut_behind_a_line() {
    let page = shown("line\n".repeat(300_000));
    assert!(page.truncated);
    assert!(page.html.ends_with("line</p>\n"));
    assert!(!shown("short".to_owned()).truncated);
}

#[test]
fn text_without_end_loses_nothing_when_it_is_broken() {
    let html = shown("a&amp;<".repeat(20_000)).html;
    assert!(html.contains("<span></span>"));
    assert_eq!(html.replace("<span></span>", "").matches("a&amp;&lt;").count(), 20_000);
}

#[test]
fn what_comes_after_too_many_tags_or_lines_is_left_out() {
    let page = shown(format!("{}end", "<hr>".repeat(120_000)));
    assert!(page.truncated && !page.html.contains("end"));
    let page = shown("- a\n".repeat(60_000));
    assert!(page.truncated);
}

#[test]
fn beginnings_of_formulas_that_never_end_are_text() {
    assert!(shown("\\(".repeat(50_000)).html.starts_with("<p>("));
    assert!(shown("\\(x\\) ".repeat(50)).html.contains("<math"));
}

#[test]
fn highlighting_ends_when_time_is_over_and_the_text_stays_whole() {
    let left = std::cell::Cell::new(2);
    let budget = || {
        left.set(left.get() - 1);
        left.get() >= 0
    };
    let lines = highlight_as("let a = 1;\nlet b = 1;\nlet <c> = 1;", "rust", &budget).expect("Rust is known");
    assert!(lines[1].contains("hl-k"));
    assert_eq!(lines[2], "let &lt;c&gt; = 1;");
}

#[test]
fn texts_and_lines_that_are_too_long_are_not_highlighted() {
    assert_eq!(highlight_as(&"x\n".repeat(300_000), "rust", &|| true), None);
    let lines =
        highlight_as(&format!("1\n{}\n1", "1".repeat(10_000)), "rust", &|| true).expect("Rust is known");
    assert_eq!(lines[0], "<span class=\"hl-n\">1</span>");
    assert_eq!(lines[1], "1".repeat(10_000));
    assert_eq!(lines[2], lines[0]);
}

#[test]
fn one_notebook_has_the_bounds_of_one_text() {
    let cell = format!(r#"{{"cell_type": "markdown", "source": "{}"}},"#, "a\\n".repeat(100_000));
    let text = format!(r#"{{"cells": [{}null]}}"#, cell.repeat(30));
    let page = notebook(&text, &Links::new("/", "/")).expect("a notebook");
    assert!(page.truncated);
}
