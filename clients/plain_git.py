"""git as a person has it: working copies of repositories on the hub, without git-lfs and without anybody's configuration."""

import os
import shutil
import subprocess
from pathlib import Path

from checkout import address

__all__ = ["GITS", "Git", "address"]


def gits():
    """Every git on this machine, each version once."""
    found = {}
    for folder in [*os.environ["PATH"].split(os.pathsep), "/usr/local/bin", "/usr/bin"]:
        if place := shutil.which("git", path=folder):
            version = subprocess.run([place, "--version"], capture_output=True, text=True).stdout.strip()
            found.setdefault(version, place)
    assert found, "there is no git here"
    return found


GITS = {version.split()[2]: place for version, place in gits().items()}


class Git:
    """A folder under git, and the git that works in it. Whoever clones, clones into a folder that is not there yet."""

    count = 0

    def __init__(self, folder, program=None, **settings):
        self.folder = Path(folder)
        self.program = program or next(iter(GITS.values()))
        self.settings = settings
        home = self.folder.parent / f"{self.folder.name}-home"
        home.mkdir(exist_ok=True, parents=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "HF_TOKEN"))}
        self.environment = kept | {
            "HOME": str(home),
            "GIT_CONFIG_GLOBAL": str(home / "config"),
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
            "LC_ALL": "C.UTF-8",
        }

    def attempt(self, *arguments, stdin=None, text=True, timeout=280, **environment):
        """Runs git and returns how it ended."""
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name.replace('_', '.')}={value}")]
        folder = self.folder if self.folder.exists() else self.folder.parent
        return subprocess.run([self.program, *settings, *map(str, arguments)], cwd=folder,
                              env=self.environment | environment, input=stdin, capture_output=True, timeout=timeout,
                              stdin=subprocess.DEVNULL if stdin is None else None, text=text,
                              errors="replace" if text else None)

    def __call__(self, *arguments, **options):
        """Runs git, which must succeed, and returns what it printed, without the last newline."""
        done = self.attempt(*arguments, **options)
        said = done.stderr if isinstance(done.stderr, str) else done.stderr.decode(errors="replace")
        assert done.returncode == 0, f"git {' '.join(map(str, arguments))}: {done.stdout}{said}"
        return done.stdout.strip() if isinstance(done.stdout, str) else done.stdout

    def refused(self, *arguments, **options):
        """Runs git, which must fail, and returns what it said."""
        done = self.attempt(*arguments, **options)
        assert done.returncode != 0, f"git {' '.join(map(str, arguments))} succeeded: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def init(self, remote=None):
        self.folder.mkdir(parents=True)
        self("init", "--quiet", "--initial-branch", "main")
        if remote:
            self("remote", "add", "origin", remote)
        return self

    def clone(self, remote, *options, **environment):
        self.attempt("--version")
        self("clone", "--quiet", *options, remote, self.folder, **environment)
        return self

    def write(self, files, message="Change files", commit=True):
        """Writes `{path: content}` and commits all of it; a content of `None` deletes the path."""
        for path, content in files.items():
            place = self.folder / path
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content.encode() if isinstance(content, str) else content)
        self("add", "--all")
        if commit:
            self("commit", "--quiet", "--allow-empty", "--message", message)
            return self.head()
        return None

    def head(self, name="HEAD"):
        return self("rev-parse", name)

    def refs(self):
        """`{full name: id}` of what is here."""
        lines = self("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
        return dict(line.split(" ") for line in lines)

    def tree(self, name="HEAD"):
        """`{path: (mode, kind, id)}` of every file of a commit."""
        entries = {}
        for line in self("ls-tree", "-r", "-z", name).split("\0"):
            if line:
                head, path = line.split("\t", 1)
                entries[path] = tuple(head.split(" "))
        return entries

    def fsck(self, *options):
        """Nothing is wrong with what is here."""
        done = self.attempt("fsck", "--strict", "--no-dangling", "--no-progress", *options)
        said = [line for line in (done.stdout + done.stderr).splitlines() if line and not line.startswith("notice:")]
        assert (done.returncode, said) == (0, []), done.stdout + done.stderr

    def ls_remote(self, *arguments):
        """`{name: id}` of what is there."""
        return dict(reversed(line.split("\t")) for line in self("ls-remote", *arguments).splitlines())
