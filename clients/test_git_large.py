"""Large repositories go through git: many commits, many files."""

import random

import pytest
from plain_git import Git, address

COMMITS, FILES = 20_000, 100_000


def many_commits(count):
    """A history that edits a few hundred files, for `git fast-import`."""
    draw = random.Random(1)
    yield b"feature done\n"
    for number in range(count):
        yield (f"commit refs/heads/main\nmark :{number + 1}\ncommitter Ada <ada@example.org> {1_600_000_000 + number} +0000\n"
               f"data <<E\nCommit {number}\nE\n").encode()
        if number:
            yield f"from :{number}\n".encode()
        path = draw.randrange(600)
        data = b"".join(b"%d\n" % draw.randrange(1000) for _ in range(draw.randint(1, 30)))
        yield f"M 100644 inline d{path % 23}/e{path % 7}/f{path}.txt\ndata {len(data)}\n".encode() + data + b"\n"
    yield b"done\n"


def many_files(count):
    yield b"feature done\ncommit refs/heads/main\ncommitter Ada <ada@example.org> 1600000000 +0000\ndata <<E\nAll\nE\n"
    for number in range(count):
        data = b"file %d\n" % number
        yield f"M 100644 inline d{number % 37}/e{number % 211}/f{number}.txt\ndata {len(data)}\n".encode() + data + b"\n"
    yield b"done\n"


@pytest.fixture
def large(ada, new_repo, at):
    """Pushes what `git fast-import` makes of a stream to a new repository."""

    def large(stream):
        repo_id = new_repo()
        git = Git(at())
        git("init", "--quiet", "--bare", "--initial-branch", "main", git.folder)
        git("fast-import", "--quiet", stdin=b"".join(stream), text=False)
        git("push", "--quiet", "--force", address(repo_id, person=ada), "main")
        return repo_id, git

    return large


def test_a_history_of_twenty_thousand_commits(large, raw, at):
    repo_id, pushed = large(many_commits(COMMITS))
    git = Git(at()).clone(address(repo_id), "--no-checkout")
    git.fsck("--connectivity-only")
    assert git("rev-list", "--count", "origin/main") == str(COMMITS)
    assert git.tree("origin/main") == pushed.tree("main")
    shallow = Git(at()).clone(address(repo_id), "--depth", "100", "--no-checkout")
    shallow.fsck("--connectivity-only")
    shallow("fetch", "--quiet", "--unshallow")
    assert shallow("rev-list", "--count", "origin/main") == str(COMMITS)
    shallow.fsck("--connectivity-only")
    assert raw.get(f"/api/models/{repo_id}/commits/main").headers["x-total-count"] == str(COMMITS)


def test_a_hundred_thousand_files(large, at):
    repo_id, pushed = large(many_files(FILES))
    git = Git(at()).clone(address(repo_id), "--no-checkout")
    git.fsck("--connectivity-only")
    assert git.head("origin/main") == pushed.head("main")
    assert len(git("ls-tree", "-r", "--name-only", "origin/main").splitlines()) == FILES
    git("checkout", "--quiet", "main", "--", "d1")
    assert (git.folder / "d1/e1/f1.txt").read_text() == "file 1\n"
