"""Parts of a history: shallow clones that grow and shrink, partial clones that fetch what they lack when they need it."""

import pytest
from plain_git import GITS, Git, address

DAY = 86_400
START = 1_700_000_000


@pytest.fixture(params=GITS.values(), ids=GITS.keys())
def program(request):
    return request.param


@pytest.fixture
def line(ada, new_repo, at, program):
    """A repository with twelve commits a day apart on `main`, a branch merged in the middle, tags on some; its pusher."""
    repo_id = new_repo()
    git = Git(at(), program).init(address(repo_id, person=ada))
    for day in range(12):
        when = {name: f"{START + day * DAY} +0000" for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE")}
        if day == 5:
            git("checkout", "--quiet", "-b", "side", "HEAD~2")
            git.write({"side/s.txt": "s\n" * 400}, commit=False)
            git("commit", "--quiet", "-m", "Side", **when)
            git("checkout", "--quiet", "main")
            git("merge", "--quiet", "--no-ff", "-m", "Day 5", "side", **when)
        else:
            git.write({f"d{day % 4}/f{day}.txt": f"{day}\n" * 100, "same.txt": f"{day}\n"}, commit=False)
            git("commit", "--quiet", "-m", f"Day {day}", **when)
        if day in (3, 8):
            git("tag", "-a", f"v{day}", "-m", f"Version {day}", **when)
    git("push", "--quiet", "--force", "origin", "main", "side", "--tags")
    return repo_id, git


def count(git, name="HEAD"):
    return int(git("rev-list", "--count", "--first-parent", name))


def is_shallow(git):
    return git("rev-parse", "--is-shallow-repository") == "true"


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_shallow_clone_deepens_until_it_is_whole(line, at, program, version):
    repo_id, pushed = line
    git = Git(at(), program, protocol_version=version).clone(address(repo_id), "--depth", "1")
    git.fsck()
    assert count(git) == 1 and is_shallow(git) and git.tree() == pushed.tree("main")
    git("fetch", "--quiet", "--deepen", "2")
    git.fsck()
    assert count(git) == 3
    git("fetch", "--quiet", "--depth", "8")
    git.fsck()
    assert count(git) == 8
    git("fetch", "--quiet", "--unshallow")
    git.fsck()
    assert not is_shallow(git)
    assert git("rev-list", "HEAD") == pushed("rev-list", "main")


@pytest.mark.parametrize("depth", [1, 2, 3, 6, 9, 100])
def test_each_depth_has_the_commits_of_gits_own_server(line, at, program, depth):
    repo_id, pushed = line
    git = Git(at(), program).clone(address(repo_id), "--depth", depth, "--no-single-branch")
    own = Git(at(), program).clone(f"file://{pushed.folder}", "--depth", depth, "--no-single-branch")
    git.fsck()
    assert sorted(git("rev-list", "--all").splitlines()) == sorted(own("rev-list", "--all").splitlines())
    assert is_shallow(git) == is_shallow(own)
    if is_shallow(git):
        assert sorted((git.folder / ".git/shallow").read_text().split()) == \
            sorted((own.folder / ".git/shallow").read_text().split())


@pytest.mark.parametrize("version", [0, 2])
@pytest.mark.parametrize("option", [f"--shallow-since={START + 7 * DAY}", "--shallow-exclude=v3", "--shallow-exclude=side"])
def test_histories_since_a_time_and_without_a_ref(line, at, program, option, version):
    repo_id, pushed = line
    git = Git(at(), program, protocol_version=version).clone(address(repo_id), option)
    own = Git(at(), program, protocol_version=version).clone(f"file://{pushed.folder}", option)
    git.fsck()
    assert git("rev-list", "HEAD") == own("rev-list", "HEAD")
    git("fetch", "--quiet", "--unshallow")
    git.fsck()
    assert git("rev-list", "HEAD") == pushed("rev-list", "main")


@pytest.mark.parametrize("version", [0, 2])
def test_a_history_since_the_future_has_nothing(line, at, program, version):
    repo_id, _ = line
    git = Git(at(), program, protocol_version=version)
    said = git.refused("clone", f"--shallow-since={START + 70 * DAY}", address(repo_id), git.folder)
    assert "older or excluded" in said


def test_a_whole_clone_becomes_shallow(line, at, program):
    repo_id, pushed = line
    git = Git(at(), program).clone(address(repo_id), "--single-branch", "--no-tags")
    git("fetch", "--quiet", "--depth", "2")
    git.fsck()
    assert is_shallow(git) and count(git, "origin/main") == 2
    git("fetch", "--quiet", "--unshallow")
    git.fsck()
    assert git("rev-list", "HEAD") == pushed("rev-list", "main")


@pytest.mark.parametrize("version", [0, 2])
def test_a_shallow_clone_follows_and_pushes(line, ada, at, program, version):
    repo_id, pushed = line
    git = Git(at(), program, protocol_version=version).clone(address(repo_id, person=ada), "--depth", "2")
    mine = git.write({"mine.txt": "m\n", "same.txt": "mine\n"})
    git("push", "--quiet")
    assert ada.api.repo_info(repo_id).sha == mine
    pushed("pull", "--quiet", "origin", "main")
    theirs = pushed.write({"theirs.txt": "t\n"})
    pushed("push", "--quiet", "origin", "main")
    git("pull", "--quiet")
    git.fsck()
    assert git.head() == theirs and count(git) == 4
    pushed.write({"more.txt": "t\n"})
    pushed("push", "--quiet", "origin", "main")
    done = git.attempt("fetch", "--progress", "--depth", "1")
    git.fsck()
    assert count(git, "origin/main") == 1
    # The commit, its root and the one new file: what the client has is not sent again.
    assert "sends 3 objects" in done.stderr
    # A branch that leaves the history below its end.
    pushed("checkout", "--quiet", "-b", "old", "main~9")
    pushed.write({"old.txt": "o\n"})
    pushed("push", "--quiet", "origin", "old")
    git("fetch", "--quiet", "origin", "old")
    git.fsck()
    assert git("rev-list", "FETCH_HEAD") == pushed("rev-list", "old")


def test_a_shallow_clone_cannot_be_pushed_where_its_past_is_missing(line, ada, new_repo, at, program):
    repo_id, _ = line
    git = Git(at(), program).clone(address(repo_id), "--depth", "2")
    git.write({"mine.txt": "m\n"})
    target = new_repo()
    said = git.refused("push", address(target, person=ada), "HEAD:refs/heads/new")
    assert "git fetch --unshallow" in said
    assert set(git.ls_remote(address(target))) == {"HEAD", "refs/heads/main"}


def missing(git):
    """Objects that are known of and not here."""
    lines = git("rev-list", "--objects", "--all", "--missing=print").splitlines()
    return [line[1:] for line in lines if line.startswith("?")]


def kinds(git, oids):
    """What is here of some objects, without fetching."""
    lines = git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)").splitlines()
    return [line.split(" ")[0] for line in lines]


@pytest.mark.parametrize("version", [0, 2])
@pytest.mark.parametrize("spec", ["blob:none", "blob:limit=1k", "blob:limit=150", "tree:0", "tree:1", "tree:2",
                                  "combine:blob:none+tree:2"])
def test_a_partial_clone_fetches_what_it_lacks(line, at, program, spec, version):
    repo_id, pushed = line
    git = Git(at(), program, protocol_version=version).clone(address(repo_id), f"--filter={spec}", "--no-checkout")
    own = Git(at(), program, protocol_version=version)
    pushed("config", "uploadpack.allowFilter", "true")
    pushed("config", "uploadpack.allowAnySHA1InWant", "true")
    own.clone(f"file://{pushed.folder}", f"--filter={spec}", "--no-checkout")
    git.fsck()

    def here(git):
        lines = git("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)").splitlines()
        return sorted(lines)

    assert here(git) == here(own)
    git("checkout", "--quiet", "main")
    git.fsck()
    assert (git.folder / "side/s.txt").read_text() == "s\n" * 400
    assert git("show", "main~7:same.txt") == "4"
    assert git("log", "--stat", "--format=%H", "main") == pushed("log", "--stat", "--format=%H", "main")


def test_a_partial_clone_follows_and_pushes(line, ada, at, program):
    repo_id, pushed = line
    git = Git(at(), program).clone(address(repo_id, person=ada), "--filter=blob:none")
    pushed.write({"d1/f1.txt": "1\n" * 101, "d1/new.txt": "n\n"})
    pushed("push", "--quiet", "origin", "main")
    git("pull", "--quiet")
    git.fsck()
    mine = git.write({"mine.txt": "m\n"})
    git("push", "--quiet")
    assert ada.api.repo_info(repo_id).sha == mine
    git("fetch", "--quiet", "--refetch", "--filter=tree:0") if program == GITS[max(GITS)] else None
    git.fsck()
    assert git("log", "-p", "--format=%H", "HEAD~3..") == Git(at(), program).clone(address(repo_id))(
        "log", "-p", "--format=%H", "HEAD~3..")


def test_a_partial_clone_of_shallow_history(line, at, program):
    repo_id, pushed = line
    git = Git(at(), program).clone(address(repo_id), "--filter=blob:none", "--depth", "2")
    git.fsck()
    git("fetch", "--quiet", "--unshallow")
    git.fsck()
    assert git("rev-list", "HEAD") == pushed("rev-list", "main")


def test_a_sparse_checkout_fetches_its_folders_only(line, at, program):
    repo_id, _ = line
    git = Git(at(), program).clone(address(repo_id), "--filter=blob:none", "--sparse")
    before = len(missing(git))
    assert sorted(path.name for path in git.folder.iterdir() if path.name != ".git") == ["same.txt"]
    git("sparse-checkout", "set", "d1")
    assert (git.folder / "d1/f1.txt").exists() and not (git.folder / "d2").exists()
    assert 0 < len(missing(git)) < before
    git.fsck()


@pytest.mark.parametrize("version", [0, 2])
def test_any_commit_can_be_fetched_by_its_id(line, at, program, version):
    repo_id, pushed = line
    oid = pushed.head("main~4")
    git = Git(at(), program, protocol_version=version).init()
    git("fetch", "--quiet", "--depth", "1", address(repo_id), oid)
    assert git.head("FETCH_HEAD") == oid and git.tree(oid) == pushed.tree(oid)
    git.fsck()
    said = git.refused("fetch", address(repo_id), "12" * 20)
    assert f"not our ref {'12' * 20}" in said
