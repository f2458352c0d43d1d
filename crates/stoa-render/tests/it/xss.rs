//! No text of `xss.txt` becomes anything but harmless HTML, wherever it stands.

use stoa_render::{Links, highlight_as, markdown, notebook};

use crate::strict::check;

/// The texts of the corpus.
fn corpus() -> Vec<String> {
    include_str!("xss.txt").split("\n%%\n").skip(1).map(unescaped).collect()
}

/// Reads `\u{…}`.
fn unescaped(block: &str) -> String {
    let mut parts = block.split("\\u{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').expect("an escape ends");
        let number = u32::from_str_radix(digits, 16).expect("an escape is hexadecimal");
        out.push(char::from_u32(number).expect("an escape is a character"));
        out.push_str(rest);
    }
    out
}

fn links() -> Links<'static> {
    let mut links = Links::new("/ada/m/blob/main/", "/ada/m/resolve/main/");
    links.origin = "https://hub.example";
    links
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}

#[test]
fn the_corpus_is_as_large_as_it_should_be() {
    assert!(corpus().len() >= 150, "{} texts", corpus().len());
}

#[test]
fn hostile_cards_become_harmless() {
    for text in corpus() {
        let html = markdown(&text, &links()).html;
        check(&html).unwrap_or_else(|fault| panic!("{fault}\nfrom {text}\ncame {html}"));
    }
}

#[test]
fn hostile_text_is_harmless_in_every_place_of_a_card() {
    let places: &[(&str, &str)] = &[
        ("> ", "\n"),
        ("- ", "\n"),
        ("# ", "\n"),
        ("<div>\n\n", "\n\n</div>"),
        ("<table><tr><td>", "</td></tr></table>"),
        ("<table>", "</table>"),
        ("<h2>", "</h2>"),
        ("<a href=\"", "\">x</a>"),
        ("<img src=\"", "\" alt=\"x\">"),
        ("<img src=x alt='", "'>"),
        ("<p title=\"", "\">"),
        ("<details><summary>", "</summary>"),
        ("<picture>", "<img src=x></picture>"),
        ("<pre>", "</pre>"),
        ("[x](", ")"),
        ("![", "](https://other.example/x.png)"),
        ("[^1]\n\n[^1]: ", "\n"),
        ("$", "$"),
        ("$$\\text{", "}$$"),
        ("`", "`"),
        ("```html\n", "\n```"),
        ("~~~", "\nx\n~~~"),
        ("| a | b |\n|---|---|\n| ", " | x |"),
        ("<!-- ", " -->"),
        ("<svg>", "</svg>"),
        ("<math><mi>", "</mi></math>"),
        ("<b><i>", ""),
    ];
    for text in corpus() {
        for (before, after) in places {
            let text = format!("{before}{text}{after}");
            let html = markdown(&text, &links()).html;
            check(&html).unwrap_or_else(|fault| panic!("{fault}\nfrom {text}\ncame {html}"));
        }
    }
}

#[test]
fn two_hostile_texts_do_no_more_than_one() {
    let corpus = corpus();
    for (at, first) in corpus.iter().enumerate() {
        let second = &corpus[(at * 7 + 3) % corpus.len()];
        for text in [format!("{first}{second}"), format!("{first}\n\n{second}")] {
            let html = markdown(&text, &links()).html;
            check(&html).unwrap_or_else(|fault| panic!("{fault}\nfrom {text}\ncame {html}"));
        }
    }
}

#[test]
fn hostile_notebooks_become_harmless() {
    for text in corpus() {
        let quoted = json(&text);
        let book = format!(
            r#"{{"metadata": {{"language_info": {{"name": {quoted}}}}}, "cells": [
              {{"cell_type": "markdown", "source": {quoted}, "attachments": {{{quoted}: {{"image/png": {quoted}}}}}}},
              {{"cell_type": {quoted}, "source": {quoted}}},
              {{"cell_type": "code", "source": {quoted}, "execution_count": {quoted}, "outputs": [
                {{"output_type": "display_data", "data": {{"text/html": {quoted}}}}},
                {{"output_type": "display_data", "data": {{"text/html": [{quoted}, {quoted}]}}}},
                {{"output_type": "display_data", "data": {{"text/markdown": {quoted}}}}},
                {{"output_type": "display_data", "data": {{"text/latex": {quoted}}}}},
                {{"output_type": "display_data", "data": {{"image/svg+xml": {quoted}}}}},
                {{"output_type": "display_data", "data": {{"image/png": {quoted}, "text/plain": {quoted}}}}},
                {{"output_type": "stream", "name": {quoted}, "text": {quoted}}},
                {{"output_type": "error", "ename": {quoted}, "evalue": {quoted}, "traceback": [{quoted}]}}]}}]}}"#
        );
        let html = notebook(&book, &links()).expect("a notebook").html;
        check(&html).unwrap_or_else(|fault| panic!("{fault}\nfrom {text}\ncame {html}"));
    }
}

#[test]
fn hostile_code_becomes_harmless() {
    let text = corpus().join("\n");
    for language in ["html", "js", "py", "diff"] {
        for line in highlight_as(&text, language, &|| true).expect("a known language") {
            check(&line).unwrap_or_else(|fault| panic!("{fault}\ncame {line}"));
        }
    }
}

#[test]
fn hostile_gallery_captions_and_addresses_become_harmless() {
    let gallery: Vec<_> = corpus().into_iter().map(|text| (text.clone(), text)).collect();
    for some in gallery.chunks(50) {
        let mut links = links();
        links.gallery = some;
        let html = markdown("<Gallery />\n\n<Gallery/>", &links).html;
        check(&html).unwrap_or_else(|fault| panic!("{fault}\ncame {html}"));
        assert_eq!(html.matches("class=\"gallery\"").count(), 1, "a gallery is shown once");
    }
}

#[test]
fn the_check_itself_finds_faults() {
    for html in [
        "<script>x</script>",
        "<p onclick=\"x\">y</p>",
        "<a href=\"javascript:x\">y</a>",
        "<a href=\"https://other.example\">y</a>",
        "<img src=\"https://other.example/x.png\">",
        "<img src=\"//other.example/x.png\">",
        "<p id=\"main\">x</p>",
        "<p class=\"button\">x</p>",
        "<p>x",
        "<p><div>x</div></p>",
        "<div style=\"x\">x</div>",
        "<math><annotation>x</annotation></math>",
        "<a href=\"#x\"><a href=\"#y\">z</a></a>",
        "<table><b>x</b></table>",
        "a > b",
    ] {
        assert!(check(html).is_err(), "{html}");
    }
}
