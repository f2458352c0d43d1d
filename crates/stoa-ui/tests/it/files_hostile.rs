//! What strangers wrote into names, files and messages never runs, and never breaks a page.

use serde_json::json;

use super::files::with_files;
use super::is_page;

const NAMES: &[&str] = &[
    "<img src=x onerror=alert(1)>.txt",
    "\"onmouseover=\"alert(1).txt",
    "'quotes'.md",
    "a b/c  d.txt",
    "hash#mark?query%41&amp;.txt",
    "javascript:alert(1)",
    "{{7*7}}.txt",
    "日本語 ünïcödé 😀.txt",
    "\u{202e}txt.exe",
    "</title><script>alert(1)</script>.md",
];

/// Fails if a page holds anything that would run, or leads to it.
#[track_caller]
fn harmless(text: &str, about: &str) {
    let lower = text.to_ascii_lowercase();
    for tag in lower.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        if tag.starts_with("script") {
            assert!(tag.starts_with("script type=\"module\" src=\"/static/"), "{about}: <{tag}>");
        }
        for bad in ["href=\"javascript:", "src=\"javascript:", "action=\"javascript:", "src=\"data:text"] {
            assert!(!tag.contains(bad), "{about}: <{tag}>");
        }
        // Between quotes everything is a value, which cannot end before its quote.
        let names: String = tag.split('"').step_by(2).collect();
        for bad in [" on", " srcdoc", " style"] {
            assert!(!names.contains(bad), "{about}: <{tag}>");
        }
        for bad in ["object", "embed", "base", "meta http", "foreignobject", "use ", "animate", "set "] {
            assert!(!tag.starts_with(bad), "{about}: <{tag}>");
        }
    }
}

fn encoded(path: &str) -> String {
    let one = |byte: u8| match byte {
        b'/' => "/".to_owned(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.bytes().map(one).collect()
}

#[tokio::test]
async fn hostile_names_are_only_names() {
    let files: Vec<(String, &[u8])> =
        NAMES.iter().map(|name| (format!("dir/{name}"), &b"content\n"[..])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
    let hub = with_files(&files).await;
    let mut ada = hub.browser_of("ada").await;
    let text = ada.get("/ada/m/tree/main/dir").await.expect(200).text();
    harmless(&text, "the folder");
    for link in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        if link.contains("/main/dir/") && !link.contains("/resolve/") {
            ada.get(link).await.expect(200);
        }
    }
    for name in NAMES {
        let path = encoded(&format!("dir/{name}"));
        for page in ["blob", "commits", "edit", "delete"] {
            let answer = ada.get(&format!("/ada/m/{page}/main/{path}")).await.expect(200);
            is_page(&answer);
            harmless(&answer.text(), &format!("{page} of {name}"));
        }
    }
    let id = hub.as_user("ada").get("/api/models/ada/m/commits/main").await.json()[0]["id"].clone();
    let text = ada.get(&format!("/ada/m/commit/{}", id.as_str().expect("an id"))).await.expect(200).text();
    harmless(&text, "the commit");
    for name in NAMES {
        let path = encoded(&format!("dir/{name}"));
        let fields = [
            ("path", format!("dir2/{name}")),
            ("text", "x\n".to_owned()),
            ("base", id.as_str().expect("an id").to_owned()),
        ];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let answer = ada.submit(&format!("/ada/m/edit/main/{path}"), &fields).await.expect(303);
        harmless(&ada.follow(&answer).await.expect(200).text(), name);
    }
}

/// The texts of the corpus of hostile cards.
fn corpus() -> Vec<&'static str> {
    include_str!("../../../stoa-render/tests/it/xss.txt").split("\n%%\n").skip(1).collect()
}

#[tokio::test]
async fn hostile_texts_are_shown_and_do_nothing() {
    let texts = corpus();
    assert!(texts.len() > 150);
    let all = texts.join("\n\n");
    let notebook = json!({ "nbformat": 4, "cells": texts.iter().map(|text| json!({
        "cell_type": "markdown", "source": text })).chain(texts.iter().map(|text| json!({
        "cell_type": "code", "source": text, "outputs": [{ "output_type": "display_data", "data": { "text/html": text, "image/svg+xml": text } }] })))
        .collect::<Vec<_>>() })
    .to_string();
    let rows: String =
        texts.iter().map(|text| json!({ "<script>alert(1)</script>": text }).to_string() + "\n").collect();
    let mut files: Vec<(String, Vec<u8>)> =
        texts.iter().enumerate().map(|(at, text)| (format!("{at}.md"), text.as_bytes().to_vec())).collect();
    for (name, content) in [
        ("all.md", &all),
        ("all.html", &all),
        ("all.svg", &all),
        ("all.py", &all),
        ("all.txt", &all),
        ("all.csv", &all),
        ("all.tsv", &all),
        ("all.jsonl", &rows),
        ("all.ipynb", &notebook),
    ] {
        files.push((name.to_owned(), content.as_bytes().to_vec()));
    }
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    let hub = with_files(&files).await;
    let mut browser = hub.browser();
    for (path, _) in &files {
        for source in ["", "?code=true"] {
            if !source.is_empty() && !path.starts_with("all") {
                continue;
            }
            let answer = browser.get(&format!("/ada/m/blob/main/{path}{source}")).await.expect(200);
            harmless(&answer.text(), path);
        }
    }
    let id = hub.as_user("ada").get("/api/models/ada/m/commits/main").await.json()[0]["id"].clone();
    for page in ["", "?p=1"] {
        let answer =
            browser.get(&format!("/ada/m/commit/{}{page}", id.as_str().expect("an id"))).await.expect(200);
        harmless(&answer.text(), "the commit");
    }
}

#[tokio::test]
async fn hostile_messages_are_only_words() {
    let hub = with_files(&[]).await;
    let ada = hub.as_user("ada");
    let message = "<script>alert(1)</script><img src=x onerror=alert(1)> \" ' \u{202e}";
    let lines = [
        json!({ "key": "header", "value": { "summary": message, "description": format!("{message}\n</pre>{message}") } }),
        json!({ "key": "file", "value": { "path": "a.txt", "content": "", "encoding": "utf-8" } }),
    ];
    ada.commit_lines("ada/m", "main", &lines).await.expect(200);
    let id = ada.get("/api/models/ada/m/commits/main").await.json()[0]["id"].clone();
    let commit = format!("commit/{}", id.as_str().expect("an id"));
    for page in ["tree/main", "commits/main", "blob/main/a.txt", "compare/main...main", &commit] {
        let answer = hub.browser().get(&format!("/ada/m/{page}")).await.expect(200);
        is_page(&answer);
        harmless(&answer.text(), page);
    }
}

#[tokio::test]
async fn what_would_turn_the_direction_of_writing_is_shown_by_its_number() {
    let line = "let admin = \u{202e}false;\n";
    let hub = with_files(&[("a.txt", line.as_bytes()), ("a.rs", line.as_bytes())]).await;
    for path in ["a.txt", "a.rs"] {
        let text = hub.browser().get(&format!("/ada/m/blob/main/{path}")).await.expect(200).text();
        assert!(text.contains("<span class=\"hl-x\">U+202E</span>") && !text.contains('\u{202e}'), "{path}");
    }
    let id = hub.as_user("ada").get("/api/models/ada/m/commits/main").await.json()[0]["id"].clone();
    let text = hub.browser().get(&format!("/ada/m/commit/{}", id.as_str().expect("an id"))).await.text();
    assert!(text.contains("U+202E</span>") && !text.contains('\u{202e}'), "{text}");
}
