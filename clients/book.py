"""The book that stoa serves, taken apart: its fenced blocks and its links."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
BOOK = DOCS / "book"

FENCE = re.compile(r"^(`{3,})(.*)$")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
SAVE = re.compile(r"[Ss]ave (?:this|the Python code of the card) as `([^`]+)`")


@dataclass
class Block:
    """A fenced block: where it begins, the words behind its fence, what is in it, and the paragraph before it."""

    place: str
    words: list[str]
    text: str
    before: str

    @property
    def language(self):
        return self.words[0] if self.words else ""

    @property
    def path(self):
        """The file that the reader is told to make of it."""
        named = SAVE.search(self.before)
        return named[1] if named else None


def blocks(page):
    """The fenced blocks of a page, in order."""
    found, fence, before, ended = [], None, [], True
    for number, line in enumerate(page.read_text().splitlines(), 1):
        mark = FENCE.match(line)
        if fence and line == fence:
            fence = None
        elif fence:
            found[-1].text += f"{line}\n"
        elif mark:
            fence = mark[1]
            found.append(Block(f"{page.name}:{number}", mark[2].split(), "", " ".join(before)))
            before = []
        elif line:
            before, ended = [line] if ended else [*before, line], False
        else:
            ended = True
    assert not fence, f"{page}: a block has no end"
    return found


def prose(page):
    """The text of a page without its blocks and without code."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]+`", "", text)


def links(page):
    """Where the links of a page lead, without those to other hosts."""
    return [link for link in LINK.findall(prose(page)) if not re.match(r"[a-z]+:", link)]


def anchors(page):
    """The names of a page's headings in addresses."""
    headings = re.findall(r"^#{1,6} +(.*?)\s*$", re.sub(r"^(`{3,}).*?^\1$", "", page.read_text(),
                                                       flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
