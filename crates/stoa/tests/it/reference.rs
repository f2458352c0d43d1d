//! `docs/reference/api.md` is made from the heads of the endpoint files, so that it cannot say anything else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// To make the page anew: `STOA_UPDATE=1 cargo nextest run -p stoa reference`.
#[test]
fn the_api_reference_is_what_the_endpoints_say_of_themselves() {
    let page = page();
    let path = root().join("docs/reference/api.md");
    #[expect(
        clippy::disallowed_methods,
        reason = "the person who updates the page says so in the environment"
    )]
    if std::env::var("STOA_UPDATE").is_ok() {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/reference/api.md is out of date: STOA_UPDATE=1 cargo nextest run -p stoa reference"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# Endpoints\n\nMade from the heads of the files in `crates/stoa-api/src`. `{type}` is `model`, `dataset` or \
         `space`; the pages of models have no prefix, those of datasets and Spaces begin with `/datasets` and \
         `/spaces`. Errors are JSON objects with `error`, and carry `X-Error-Code` and `X-Error-Message`.\n",
    );
    for area in ["repos", "lists", "files", "commits", "git", "lfs", "cas", "buckets", "people", "hub"] {
        let folder = root().join("crates/stoa-api/src").join(area);
        let mut heads = Vec::new();
        let mut title = String::new();
        for entry in std::fs::read_dir(&folder).expect("an area is a folder").flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let head = head(&std::fs::read_to_string(&path).expect("a file can be read"));
            if path.ends_with("mod.rs") {
                title = head;
            } else if ["GET", "POST", "PUT", "DELETE", "HEAD"].iter().any(|m| head.contains(&format!("`{m}")))
            {
                heads.push(head);
            }
        }
        heads.sort();
        let _ = write!(page, "\n## {}\n\n", title.trim_end_matches('.'));
        for head in heads {
            let _ = writeln!(page, "- {head}");
        }
    }
    page + &absent()
}

/// The sentences of what answers 501.
fn absent() -> String {
    let text = std::fs::read_to_string(root().join("crates/stoa-api/src/hub/absent.rs"))
        .expect("the table is a file");
    let mut page = String::from("\n## What answers 501\n\n");
    let mut sentence = None;
    let table = text.split("#[cfg(test)]").next().unwrap_or_default();
    for piece in table.split('"').skip(1).step_by(2) {
        if piece.starts_with('/') {
            if let Some(sentence) = &sentence {
                let _ = writeln!(page, "- `{piece}`: {sentence}");
            }
        } else if piece.contains(' ') {
            sentence = Some(piece.to_owned());
        }
    }
    page
}

/// The first paragraph of a file's head.
fn head(text: &str) -> String {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!"));
    let paragraph: Vec<&str> = lines.map(str::trim).take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}
