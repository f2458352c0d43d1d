"""A person's git repository with git-lfs, as `git` and `git-lfs` come: no configuration of whoever runs the tests."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

from support import HUB

PREFIX = {"model": "", "dataset": "datasets/", "space": "spaces/"}


def address(repo_id, kind="model", person=None, token=None):
    """Where git finds a repository; with the person's token in the URL if there is one."""
    parts = urlsplit(HUB)
    user = f"{person.name}:{token or person.token}@" if person else ""
    return f"{parts.scheme}://{user}{parts.netloc}/{PREFIX[kind]}{repo_id}.git"


class Checkout:
    """A folder under git. Objects go to and come from `remote`, a URL that may hold a token. `lfs` says where they go in
    so many words; otherwise git-lfs finds it from the remote."""

    def __init__(self, folder, remote=None, lfs=True):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        home = self.folder.parent / f"{self.folder.name}-home"
        home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "HF_TOKEN"))}
        self.environment = kept | {
            "HOME": str(home),
            "GIT_CONFIG_GLOBAL": str(home / "config"),
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
        }
        if not (self.folder / ".git").exists():
            self.git("init", "--quiet", "--initial-branch", "main")
        self.git("lfs", "install", "--local")
        if remote:
            self.git("remote", "add", "origin", remote)
        if remote and lfs:
            self.git("config", "lfs.url", f"{remote}/info/lfs")

    def attempt(self, *arguments, **environment):
        """Runs git and returns how it ended."""
        return subprocess.run(["git", *map(str, arguments)], cwd=self.folder, env=self.environment | environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=300)

    def git(self, *arguments, **environment):
        """Runs git, which must succeed, and returns what it printed."""
        done = self.attempt(*arguments, **environment)
        assert done.returncode == 0, f"git {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}"
        return done.stdout

    def refused(self, *arguments, **environment):
        """Runs git, which must fail, and returns what it said."""
        done = self.attempt(*arguments, **environment)
        assert done.returncode != 0, f"git {' '.join(map(str, arguments))} succeeded: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def write(self, files, patterns=("*.bin",), message="Add files"):
        """Tracks the patterns, writes `{path: bytes}` and commits all of it."""
        for pattern in patterns:
            self.git("lfs", "track", pattern)
        for path, content in files.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def oids(self):
        """SHA-256 of every large file of the last commit."""
        return [line.split(" ")[0] for line in self.git("lfs", "ls-files", "--long").splitlines()]

    def send(self, **environment):
        """Sends every large file of the last commit and returns the requests it took."""
        done = self.attempt("lfs", "push", "--object-id", "origin", *self.oids(), GIT_TRACE="1", **environment)
        assert done.returncode == 0, done.stderr
        return requests(done.stderr)

    def clone(self, folder, remote):
        """A clone of this repository without the large files, which come from `remote`."""
        self.git("clone", "--quiet", self.folder, folder, GIT_LFS_SKIP_SMUDGE="1")
        clone = Checkout(folder)
        clone.git("config", "lfs.url", f"{remote}/info/lfs")
        return clone


def requests(trace):
    """`(method, path, status)` of each request in what `GIT_TRACE=1 git lfs` wrote; objects are sent one by one."""
    found = []
    for line in trace.splitlines():
        if asked := re.search(r"HTTP: (GET|POST|PUT) \w+://[^/]+(/\S*)", line):
            found.append((asked[1], asked[2]))
    return found


def statuses(trace):
    return [int(status) for status in re.findall(r"HTTP: (\d{3})$", trace, re.MULTILINE)]
