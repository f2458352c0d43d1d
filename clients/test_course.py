"""The first course of the book, typed by a beginner: every block of every chapter, in order, on a terminal.

A block of `sh` is typed into the reader's terminal, or into the one that the second word names: `first` is where the hub
runs, `bob` the colleague's, `new` a fresh one. The blocks of `text` and `json` behind it are what the terminal must show,
line by line, with `…` for what differs from machine to machine. Other blocks become files where the text says so.
"""

import os
import re
import sys
from pathlib import Path

import pytest
from book import BOOK, blocks
from browser import approve
from support import CALLER, CLIENT, free_port
from terminal import Terminal

PRINTED = "http://127.0.0.1:8080"
PASSWORD = "correct horse"


class Reader:
    """Somebody who takes the course, from the folder that they begin in."""

    def __init__(self, folder):
        port = free_port()
        self.hub = f"http://127.0.0.1:{port}"
        self.folder = folder
        self.terminals = {}
        kept = {name: value for name, value in CALLER.items() if not name.startswith(("HF_", "STOA_"))}
        quiet = {name: value for name, value in CLIENT.items() if name not in ("HF_ENDPOINT", "HF_HUB_DISABLE_XET")}
        programs = Path(os.environ["STOA_BIN"]).resolve().parent
        self.environment = kept | quiet | {
            "HOME": str(folder), "STOA_LISTEN": f"127.0.0.1:{port}", "PATH": f"{programs}:{CALLER['PATH']}"}

    @property
    def place(self):
        """The folder of the course."""
        return self.folder / "stoa-course"

    def terminal(self, name):
        if name not in self.terminals:
            self.terminals[name] = Terminal(self.folder, self.environment)
        return self.terminals[name]

    def save(self, block):
        (self.place / block.path).write_text(block.text.replace(PRINTED, self.hub))

    def type(self, block):
        """Types a block. Returns what the terminal shows, and how the last command ended."""
        terminal = self.terminal(block.words[1] if len(block.words) > 1 else "mine")
        text = block.text.replace(PRINTED, self.hub).strip()
        if text.endswith("stoa serve"):
            terminal.type(f"{text}\n")
            return terminal.until("stoa serves .*\n")[0], 0
        if text.startswith("python3 -m venv"):
            return self.switch_on(terminal)
        if text == "hf auth login":
            return self.sign_in(terminal)
        return terminal.run(text, typed=f"{PASSWORD}\n" if "--password-stdin" in text else "")

    def switch_on(self, terminal):
        """The clients that the other tests drive, in place of the newest ones of the registry."""
        activate = self.place / ".venv" / "bin" / "activate"
        activate.parent.mkdir(parents=True)
        activate.write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
        return terminal.run(". .venv/bin/activate")

    def sign_in(self, terminal):
        terminal.type("hf auth login\n")
        terminal.until("Paste an access token")
        shown, _ = terminal.press_enter("Open this URL in your browser:")
        more, asked = terminal.until(r"(http\S+/device)\S*\s+And enter the code: (\S+)\s")
        approve(asked[1], username="ada", password=PASSWORD, code=asked[2])
        rest, status = terminal.run("")
        return shown + more + rest, status

    def leave(self):
        for terminal in reversed(self.terminals.values()):
            terminal.close()


@pytest.fixture
def reader(tmp_path):
    reader = Reader(tmp_path)
    yield reader
    reader.leave()


def shows(shown, expected):
    """The first line of `expected` that is not shown after the ones before it."""
    lines = iter(line.split("\r")[-1] for line in shown.split("\n"))
    for line in filter(None, map(str.strip, expected.splitlines())):
        # A table is as wide as what stands in it, so any blanks are as good as others.
        words = (r"\s+".join(map(re.escape, part.split(" "))) for part in re.sub(" +", " ", line).split("…"))
        pattern = re.compile(rf"\s*{'.*'.join(words)}\s*")
        if not any(pattern.fullmatch(one) for one in lines):
            return line
    return None


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("server")
def test_the_course_works_as_it_is_printed(reader):
    typed, commands = None, 0
    for chapter in sorted((BOOK / "course").glob("*.md")):
        for block in blocks(chapter):
            if block.path:
                reader.save(block)
            elif block.language == "sh":
                assert not typed or typed[2] == 0, f"{typed[0].place} fails:\n{typed[1]}"
                typed, commands = (block, *reader.type(block)), commands + 1
            elif block.language in ("text", "json") and typed:
                missing = shows(typed[1], block.text.replace(PRINTED, reader.hub))
                assert missing is None, f"{block.place}: {missing!r} is not in what {typed[0].place} shows:\n{typed[1]}"
                # What it shows says how it ends, well or not.
                typed = (typed[0], typed[1], 0)
    assert commands > 30
