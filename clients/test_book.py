"""The book that stoa serves: its pages lead to each other, and none is forgotten."""

import re

import pytest
from book import BOOK, DOCS, anchors, blocks, links, prose

CONTENTS = BOOK / "contents.md"
LANGUAGES = {"sh", "text", "json", "python", "markdown", "yaml", "toml", "nginx", "caddy", "ini", "sql", "js", "rust"}
PAGES = sorted(page for page in DOCS.rglob("*.md") if "decisions" not in page.parts)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_link_leads_to_a_page_and_a_heading(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.is_file(), f"{link}: there is no {there}"
        assert DOCS in there.parents, f"{link}: stoa serves nothing outside docs/"
        assert not anchor or anchor in anchors(there), f"{link}: {there.name} has no such heading"


def test_the_contents_list_every_page_once():
    listed = [(CONTENTS.parent / link).resolve() for link in links(CONTENTS)]
    assert len(listed) == len(set(listed))
    assert set(listed) == set(PAGES) - {CONTENTS}


def test_the_contents_are_parts_with_links():
    for line in CONTENTS.read_text().splitlines()[1:]:
        assert not line or re.fullmatch(r"- [A-Z][\w ]+|  - \[[^\]]+\]\([^)\s]+\)", line), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_pages_begin_with_one_heading_and_hold_no_html(page):
    text = page.read_text()
    assert text.startswith("# "), "the first line is the title"
    assert len(re.findall(r"^# ", re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)) == 1
    assert not re.search(r"<(?!https?://|!--)[a-zA-Z/!]", prose(page)), "HTML is not shown"
    for block in blocks(page):
        assert block.language in LANGUAGES, f"{block.place}: {block.language!r} is no language of this book"
