//! Notebooks of both formats, and hostile ones.

use super::*;

fn shown(text: &str) -> Html {
    notebook(text, &Links::new("/ada/m/blob/main/", "/ada/m/resolve/main/")).expect("a notebook")
}

#[test]
fn cells_of_format_4_are_shown_with_their_outputs() {
    let page = shown(
        r##"{"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": [
        {"cell_type": "markdown", "source": ["# Title\n", "![p](attachment:p.png) $x$"],
         "attachments": {"p.png": {"image/png": "iVBO\nRw0="}}},
        {"cell_type": "code", "execution_count": 3, "source": "import x", "outputs": [
          {"output_type": "stream", "name": "stderr", "text": ["\u001b[31mred\u001b[0m <b>"]},
          {"output_type": "execute_result", "data": {"text/plain": "plain", "text/html": "<table><tr><td onclick=x>1</td></tr></table>"}},
          {"output_type": "display_data", "data": {"image/svg+xml": "<svg onload=alert(1)>", "text/plain": "p"}},
          {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["line <1>"]}]},
        {"cell_type": "raw", "source": "<i>raw</i>"}]}"##,
    );
    assert_eq!(page.headings.len(), 1);
    for part in [
        "<h1 id=\"user-content-title\">Title</h1>",
        "<img src=\"data:image/png;base64,iVBORw0=\" alt=\"p\">",
        "<math",
        "In [3]",
        "<span class=\"hl-k\">import </span>x",
        "<span class=\"ansi-1\">red</span> &lt;b&gt;",
        "<td>1</td>",
        "<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+\"",
        "line &lt;1&gt;",
        "&lt;i&gt;raw&lt;/i&gt;",
    ] {
        assert!(page.html.contains(part), "{part} is missing in {}", page.html);
    }
    assert!(!page.html.contains(">plain<"), "only the richest form is shown");
}

#[test]
fn cells_of_format_3_are_shown_too() {
    let page = shown(
        r#"{"nbformat": 3, "worksheets": [{"cells": [
        {"cell_type": "heading", "level": 2, "source": "Old"},
        {"cell_type": "code", "language": "python", "prompt_number": 1, "input": "1", "outputs": [
          {"output_type": "pyout", "png": "iVBORw0=", "text": "x"},
          {"output_type": "pyerr", "ename": "E", "evalue": "v", "traceback": []},
          {"output_type": "stream", "stream": "stdout", "text": "out"}]}]}]}"#,
    );
    for part in ["<h2 id=\"user-content-old\">", "data:image/png;base64,iVBORw0=", "E: v", ">out<"] {
        assert!(page.html.contains(part), "{part} is missing in {}", page.html);
    }
}

#[test]
fn what_only_looks_like_a_picture_is_not_shown_as_one() {
    let page = shown(
        r#"{"cells": [{"cell_type": "code", "source": "", "outputs": [
          {"output_type": "display_data", "data": {"image/png": "\"><script>alert(1)</script>", "text/plain": "fallback"}}]},
          {"cell_type": "markdown", "source": "![a](attachment:a) ![b](attachment:b)",
           "attachments": {"a": {"text/html": "eA=="}, "b": {"image/png;x=\"": "eA=="}}}]}"#,
    );
    assert!(page.html.contains("fallback") && !page.html.contains("<script") && !page.html.contains("<img"));
}

#[test]
fn other_files_are_not_notebooks() {
    let links = Links::new("/", "/");
    for text in ["", "[]", "{}", "{\"cells\": 5}", &"[".repeat(100_000), "{\"worksheets\": {}}"] {
        assert_eq!(notebook(text, &links), Err(Error::NotANotebook), "{text:.20}");
    }
    assert_eq!(notebook(&" ".repeat(LONGEST + 1), &links), Err(Error::TooLarge));
}

#[test]
fn parts_of_the_wrong_kind_do_not_matter() {
    let page = shown(
        r#"{"metadata": [], "cells": [null, 1, {"cell_type": 1}, {"cell_type": "code", "source": {"a": 1},
           "outputs": [null, {"output_type": "stream"}, {"output_type": "display_data", "data": {"text/html": 5}}],
           "execution_count": "x"}, {"cell_type": "markdown", "attachments": [1], "source": null}]}"#,
    );
    assert!(page.html.contains("In [ ]"));
}

#[test]
fn long_outputs_and_many_cells_are_cut() {
    let text = format!(
        r#"{{"cells": [{{"cell_type": "code", "source": "", "outputs": [{{"output_type": "stream", "text": "{}"}}]}}]}}"#,
        "line\\n".repeat(100_000)
    );
    let page = shown(&text);
    assert!(page.truncated && page.html.len() < 200_000);
    let text = format!(r#"{{"cells": [{}null]}}"#, "null,".repeat(CELLS));
    assert!(shown(&text).truncated);
}
