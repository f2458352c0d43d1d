"""Clone, fetch and push with git itself, over HTTP. Every git on this machine has its turn."""

import random

import pytest
from plain_git import GITS, Git, address
from support import commit

KINDS = ["model", "dataset", "space"]
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@pytest.fixture(params=GITS.values(), ids=GITS.keys())
def program(request):
    return request.param


@pytest.fixture
def work(at, program):
    """`work(repo_id)`: a clone of ada's that may push."""

    def work(repo_id, kind="model", person=None, **settings):
        from_ada = address(repo_id, kind, person)
        return Git(at(), program, **settings).clone(from_ada)

    return work


@pytest.fixture
def history(ada, new_repo, work):
    """A repository with branches, merges, tags of both sorts, and a clone that pushed them."""
    repo_id = new_repo(files={"README.md": "# Hello\n", "a/b/c.txt": "c\n"})
    git = work(repo_id, person=ada)
    git.write({"a/b/c.txt": "c2\n", "d.txt": "d\n"}, "Second")
    git("tag", "light")
    git("checkout", "--quiet", "-b", "side")
    git.write({"side.txt": "s\n", "d.txt": None}, "Side")
    git("checkout", "--quiet", "main")
    git.write({"a/e.txt": "e\n"}, "Main")
    git("merge", "--quiet", "--no-edit", "side")
    git("tag", "-a", "v1", "-m", "Version 1")
    git("tag", "-a", "v1-again", "-m", "A tag of a tag", "v1")
    git("push", "--quiet", "origin", "main", "side", "--tags")
    return repo_id, git


def same(git, other):
    """Two repositories have the same branches and tags."""
    def heads(refs):
        return {name.replace("refs/remotes/origin/", "refs/heads/"): oid for name, oid in refs.items()
                if "/HEAD" not in name}
    assert heads(git.refs()) == heads(other.refs())


@pytest.mark.parametrize("version", [0, 1, 2])
def test_a_clone_has_what_was_pushed(history, at, program, version):
    repo_id, pushed = history
    git = Git(at(), program, protocol_version=version).clone(address(repo_id))
    git.fsck("--full")
    same(git, pushed)
    assert git.tree("origin/main") == pushed.tree("main")
    assert git.head("v1-again^{}") == pushed.head("main")
    assert git("symbolic-ref", "HEAD") == "refs/heads/main"
    mirror = Git(at(), program, protocol_version=version)
    mirror("clone", "--quiet", "--mirror", address(repo_id), mirror.folder)
    mirror.fsck()
    assert set(pushed.ls_remote(address(repo_id))) >= set(mirror.refs())


@pytest.mark.parametrize("kind", KINDS)
def test_every_sort_of_repository_has_both_addresses(ada, new_repo, at, program, kind):
    repo_id = new_repo(kind, files={"x.txt": "x\n"})
    head = ada.api.repo_info(repo_id, repo_type=kind).sha
    with_git = address(repo_id, kind)
    for url in [with_git, with_git.removesuffix(".git"), with_git.removesuffix(".git") + "/"]:
        git = Git(at(), program).clone(url)
        git.fsck()
        assert git.head() == head
    git = Git(at(), program).clone(address(repo_id, kind, ada).removesuffix(".git"))
    pushed = git.write({"y.txt": "y\n"})
    git("push", "--quiet")
    assert ada.api.repo_info(repo_id, repo_type=kind).sha == pushed


def test_a_pull_brings_what_was_committed_since(ada, new_repo, work, write):
    repo_id = new_repo(files={f"f{i}.txt": f"{i}\n" * 50 for i in range(20)})
    git = work(repo_id)
    before = len(git("rev-list", "--objects", "--all").splitlines())
    for turn in range(3):
        write(repo_id, {"f3.txt": f"turn {turn}\n", f"new/{turn}.txt": "n\n"})
        git("pull", "--quiet")
        git.fsck()
        assert git.head() == ada.api.repo_info(repo_id).sha
    # Nothing came twice: a commit, two trees and two blobs each time, the blob of `n` once.
    assert len(git("rev-list", "--objects", "--all").splitlines()) == before + 3 * 4 + 1
    counts = dict(line.split(": ") for line in git("count-objects", "-v").splitlines())
    assert int(counts["count"]) + int(counts["in-pack"]) <= before + 3 * 5


def test_branches_are_made_moved_and_deleted(ada, new_repo, work):
    repo_id = new_repo()
    git = work(repo_id, person=ada)
    first = git.write({"a.txt": "a\n"})
    git("push", "--quiet", "origin", "HEAD:refs/heads/topic/one", "HEAD:main")
    # At a commit that is there already: no object goes along.
    git("push", "--quiet", "origin", "HEAD:refs/heads/again")
    second = git.write({"b.txt": "b\n"})
    git("push", "--quiet", "origin", "HEAD:topic/one")
    branches = {ref.name: ref.target_commit for ref in ada.api.list_repo_refs(repo_id).branches}
    assert branches == {"main": first, "topic/one": second, "again": first}
    git("push", "--quiet", "origin", ":topic/one", ":again")
    assert [ref.name for ref in ada.api.list_repo_refs(repo_id).branches] == ["main"]
    # Deleting what is not there is no fault, as with git's own server.
    done = git.attempt("push", "origin", ":nowhere")
    assert "nowhere" in done.stderr
    # What was deleted can be pushed again, although the hub still has it.
    git("push", "--quiet", "origin", "HEAD:refs/heads/back")
    assert git.ls_remote()["refs/heads/back"] == second


def test_tags_of_both_sorts_are_pushed_moved_and_deleted(ada, new_repo, work):
    repo_id = new_repo()
    git = work(repo_id, person=ada)
    commit = git.write({"a.txt": "a\n"})
    git("tag", "light")
    git("tag", "-a", "heavy", "-m", "Heavy")
    git("push", "--quiet", "origin", "main", "light", "heavy")
    tags = {ref.name: ref.target_commit for ref in ada.api.list_repo_refs(repo_id).tags}
    assert tags == {"light": commit, "heavy": commit}
    there = git.ls_remote()
    assert there["refs/tags/heavy"] == git.head("heavy") and there["refs/tags/heavy^{}"] == commit
    other = git.write({"b.txt": "b\n"})
    git("tag", "-f", "light")
    assert "already exists" in git.refused("push", "origin", "light")
    git("push", "--quiet", "--force", "origin", "light")
    assert git.ls_remote()["refs/tags/light"] == other
    git("push", "--quiet", "origin", ":light", ":heavy")
    assert ada.api.list_repo_refs(repo_id).tags == []


def test_follow_tags_brings_annotated_tags_along(ada, new_repo, work):
    repo_id = new_repo()
    git = work(repo_id, person=ada)
    git.write({"a.txt": "a\n"})
    git("tag", "-a", "v2", "-m", "Two")
    git("tag", "light")
    git("push", "--quiet", "--follow-tags", "origin", "main")
    assert set(git.ls_remote()) == {"HEAD", "refs/heads/main", "refs/tags/v2", "refs/tags/v2^{}"}


def test_a_fetch_brings_the_tags_of_what_it_brings(ada, new_repo, work):
    repo_id = new_repo()
    reader = work(repo_id)
    git = work(repo_id, person=ada)
    git.write({"a.txt": "a\n"})
    git("tag", "-a", "v3", "-m", "Three")
    git("push", "--quiet", "--follow-tags", "origin", "main")
    reader("fetch", "--quiet")
    assert reader.head("v3") == git.head("v3")
    reader.fsck()


def test_force_replaces_history_and_nothing_else_does(ada, new_repo, work):
    repo_id = new_repo(files={"a.txt": "a\n"})
    git, other = work(repo_id, person=ada), work(repo_id, person=ada)
    theirs = other.write({"b.txt": "b\n"})
    other("push", "--quiet")
    mine = git.write({"c.txt": "c\n"})
    assert "fetch first" in git.refused("push")
    assert git.ls_remote()["refs/heads/main"] == theirs
    assert "stale info" in git.refused("push", "--force-with-lease")
    git("push", "--quiet", "--force")
    assert ada.api.repo_info(repo_id).sha == mine
    other("fetch", "--quiet")
    other.fsck()
    assert other.head("origin/main") == mine


def test_an_atomic_push_is_whole_or_nothing(ada, new_repo, work):
    repo_id = new_repo(files={"a.txt": "a\n"})
    git, other = work(repo_id, person=ada), work(repo_id, person=ada)
    git("push", "--quiet", "origin", "HEAD:refs/heads/one", "HEAD:refs/heads/two")
    git("fetch", "--quiet")
    before = git.ls_remote()
    # The other moves a branch between our look and our push: a hook of ours does it in the middle of the push.
    other.write({"b.txt": "b\n"})
    git.write({"c.txt": "c\n"})
    hook = git.folder / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nunset GIT_DIR\ncd {other.folder} && {other.program} push --quiet origin HEAD:two\n")
    hook.chmod(0o755)
    said = git.refused("push", "--atomic", "origin", "HEAD:one", "HEAD:two")
    assert "fetch first" in said and "atomic" in said
    after = git.ls_remote()
    assert after["refs/heads/one"] == before["refs/heads/one"] and after["refs/heads/two"] == other.head()
    # Without the word, the one that can moves.
    other.write({"d.txt": "d\n"})
    hook.write_text(hook.read_text().replace("HEAD:two", "HEAD:three"))
    git("fetch", "--quiet", "--no-tags")
    other("push", "--quiet", "origin", "HEAD:refs/heads/three")
    git("fetch", "--quiet")
    other.write({"e.txt": "e\n"})
    said = git.refused("push", "--force", "origin", "HEAD:one", "HEAD:three")
    assert "fetch first" in said
    after = git.ls_remote()
    assert after["refs/heads/one"] == git.head() and after["refs/heads/three"] == other.head()


def test_push_options_are_taken(ada, new_repo, work):
    repo_id = new_repo()
    git = work(repo_id, person=ada)
    pushed = git.write({"a.txt": "a\n"})
    git("push", "--quiet", "-o", "ci.skip", "-o", "reviewer=bob", "origin", "main")
    assert ada.api.repo_info(repo_id).sha == pushed


def test_ls_remote_shows_branches_tags_and_where_head_points(history):
    repo_id, git = history
    url = address(repo_id)
    there = git.ls_remote(url)
    expected = {name: oid for name, oid in git.refs().items() if name.startswith(("refs/heads/", "refs/tags/"))}
    expected |= {"HEAD": git.head("main")}
    expected |= {f"{name}^{{}}": git.head("main") for name in ("refs/tags/v1", "refs/tags/v1-again")}
    assert there == expected
    assert git("ls-remote", "--symref", url, "HEAD").splitlines()[0] == "ref: refs/heads/main\tHEAD"
    assert set(git.ls_remote("--tags", url)) == {name for name in expected if "/tags/" in name}
    assert git.ls_remote(url, "refs/heads/si*") == {"refs/heads/side": git.head("side")}
    for version in (0, 1):
        assert dict(reversed(line.split("\t")) for line in
                    git("-c", f"protocol.version={version}", "ls-remote", url).splitlines()) == expected


def test_a_new_repository_can_be_cloned_and_filled(ada, new_repo, work):
    repo_id = new_repo()
    git = work(repo_id, person=ada)
    git.fsck()
    assert list(git.tree()) == [".gitattributes"]
    git.write({"a.txt": "a\n"})
    git("push", "--quiet")
    assert ada.api.repo_info(repo_id).sha == git.head()


def test_unrelated_histories_octopus_merges_and_empty_commits_come_back(ada, new_repo, work):
    repo_id = new_repo(files={"base.txt": "b\n"})
    git = work(repo_id, person=ada)
    for branch in ("x", "y", "z"):
        git("checkout", "--quiet", "-b", branch, "origin/main")
        git.write({f"{branch}/{branch}.txt": branch, "same.txt": "same\n"})
    git("checkout", "--quiet", "main")
    git.write({"main.txt": "m\n"})
    git("merge", "--quiet", "-m", "Three at once", "x", "y", "z")
    assert len(git("rev-list", "--parents", "-1", "HEAD").split()) == 5
    git("commit", "--quiet", "--allow-empty", "-m", "Nothing")
    git("checkout", "--quiet", "--orphan", "other")
    git("rm", "-rqf", ".")
    git.write({"other.txt": "o\n"}, "Another root")
    git("checkout", "--quiet", "main")
    git("merge", "--quiet", "--allow-unrelated-histories", "-m", "Both", "other")
    # A commit without files, at the root of a history and later.
    git("checkout", "--quiet", "--orphan", "void")
    git("rm", "-rqf", ".")
    git("commit", "--quiet", "--allow-empty", "-m", "Void")
    assert git.head("void^{tree}") == EMPTY_TREE
    git("push", "--quiet", "origin", "main", "other", "void", "x")
    for version in (0, 2):
        fresh = work(repo_id, protocol_version=version)
        fresh.fsck("--full")
        for branch in ("main", "other", "void", "x"):
            assert fresh.tree(f"origin/{branch}") == git.tree(branch)
    only = Git(git.folder.parent / "only", git.program).clone(address(repo_id), "--single-branch", "--branch", "void")
    only.fsck()
    assert only.tree() == {}


def test_links_programs_and_submodules_survive(ada, new_repo, work):
    repo_id = new_repo()
    git = work(repo_id, person=ada)
    (git.folder / "link").symlink_to("run.sh")
    (git.folder / "sub").mkdir()
    git.write({"run.sh": "#!/bin/sh\n", "ü/ö ?.txt": "odd\n"}, commit=False)
    git("update-index", "--chmod=+x", "run.sh")
    git("update-index", "--add", "--cacheinfo", f"160000,{'12' * 20},sub/module")
    git("commit", "--quiet", "-m", "All sorts")
    git("push", "--quiet")
    fresh = work(repo_id)
    fresh.fsck()
    tree = fresh.tree()
    assert tree == git.tree()
    assert {path: entry[0] for path, entry in tree.items() if path != ".gitattributes"} == {
        "link": "120000", "run.sh": "100755", "sub/module": "160000", "ü/ö ?.txt": "100644"}
    assert (fresh.folder / "link").read_text() == "#!/bin/sh\n"
    # The files beside the submodule are the hub's, too.
    assert {entry.path for entry in ada.api.list_repo_tree(repo_id, recursive=True)} >= {"link", "run.sh", "ü/ö ?.txt"}


def test_what_git_pushes_is_what_the_api_lists(ada, history, hub, raw):
    repo_id, git = history
    for branch in ("main", "side"):
        listed = {entry.path: entry.blob_id for entry in ada.api.list_repo_tree(repo_id, recursive=True, revision=branch)
                  if hasattr(entry, "blob_id")}
        assert listed == {path: entry[2] for path, entry in git.tree(branch).items()}
        commits = [one.commit_id for one in ada.api.list_repo_commits(repo_id, revision=branch)]
        assert sorted(commits) == sorted(git("rev-list", branch).splitlines())
        for path in git.tree(branch):
            answer = raw.get(f"/{repo_id}/resolve/{branch}/{path}")
            assert answer.content == git("show", f"{branch}:{path}", text=False)
            assert answer.headers["x-repo-commit"] == git.head(branch)
    titles = [one.title for one in ada.api.list_repo_commits(repo_id)]
    assert "Second" in titles and "Side" in titles
    assert {ref.name for ref in ada.api.list_repo_refs(repo_id).tags} == {"light", "v1", "v1-again"}


def test_what_the_api_commits_is_what_git_fetches(ada, new_repo, work, write):
    repo_id = new_repo(files={"a.txt": "a\n", "deep/er/b.txt": "b\n"})
    git = work(repo_id)
    write(repo_id, {"deep/er/b.txt": None, "deep/c.txt": "c\n", "a.txt": "a2\n"})
    ada.api.create_branch(repo_id, branch="topic/x")
    commit(ada, repo_id, {"only-here.txt": "1"}, revision="topic/x")
    ada.api.create_tag(repo_id, tag="v1", tag_message="One")
    ada.api.create_tag(repo_id, tag="light")
    git("fetch", "--quiet", "--tags")
    git.fsck()
    assert git.head("origin/main") == ada.api.repo_info(repo_id).sha == git.head("v1^{}") == git.head("light")
    assert git("show", "origin/main:a.txt") == "a2" and git("show", "origin/topic/x:only-here.txt") == "1"
    assert sorted(git.tree("origin/main")) == [".gitattributes", "a.txt", "deep/c.txt"]


@pytest.mark.parametrize("buffer", [66_000, 200_000, 1 << 20])
def test_a_push_larger_than_the_buffer_goes_in_pieces(ada, new_repo, work, buffer):
    repo_id = new_repo()
    git = work(repo_id, person=ada, http_postBuffer=buffer)
    noise = random.Random(buffer)
    pushed = git.write({f"n{i}.txt": noise.randbytes(90_000).hex() for i in range(20)})
    git("push", "--quiet")
    assert ada.api.repo_info(repo_id).sha == pushed
    fresh = work(repo_id)
    fresh.fsck()
    assert fresh.tree() == git.tree()


@pytest.mark.parametrize("version", [0, 2])
def test_long_histories_on_both_sides_find_what_they_share(ada, new_repo, work, program, version):
    repo_id = new_repo(files={"base.txt": "base\n"})
    ours, theirs = work(repo_id, protocol_version=version), work(repo_id, person=ada)

    def grow(git, name, count):
        lines = ["feature done"]
        for i in range(count):
            start = [f"from {git.head()}"] if i == 0 else []
            lines += [f"commit refs/heads/{name}", f"committer Ada <ada@example.org> {1_700_000_000 + i} +0000",
                      f"data <<E\n{name} {i}\nE", *start, f"M 644 inline {name}/{i % 9}.txt", f"data <<E\n{i}\nE"]
        git("fast-import", "--quiet", stdin="\n".join([*lines, "done", ""]))

    grow(theirs, "theirs", 300)
    theirs("push", "--quiet", "origin", "theirs:main")
    grow(ours, "ours", 300)
    # Hundreds of haves that the hub has not: git compresses them.
    ours("fetch", "--quiet", "origin", "main")
    ours.fsck()
    assert ours.head("FETCH_HEAD") == theirs.head("theirs")
    assert int(dict(line.split(": ") for line in ours("count-objects", "-v").splitlines())["in-pack"]) < 3000
    theirs("remote", "set-url", "origin", address(repo_id, person=ada))
    ours("push", "--quiet", address(repo_id, person=ada), "ours:refs/heads/ours")
    theirs("fetch", "--quiet")
    theirs.fsck()
    assert theirs.head("origin/ours") == ours.head("ours")


def test_hundreds_of_branches_come_and_go(ada, new_repo, work):
    repo_id = new_repo()
    git = work(repo_id, person=ada)
    head = git.head()
    updates = "".join(f"create refs/heads/many/{i} {head}\n" for i in range(700))
    git("update-ref", "--stdin", stdin=updates)
    git("push", "--quiet", "--all", "origin")
    assert len(git.ls_remote()) == 702
    fresh = work(repo_id)
    assert len(fresh("branch", "--remotes").splitlines()) == 702
    git("push", "--quiet", "origin", *(f":many/{i}" for i in range(700)))
    assert set(git.ls_remote()) == {"HEAD", "refs/heads/main"}
    fresh("fetch", "--quiet", "--prune")
    assert len(fresh("branch", "--remotes").splitlines()) == 2


def test_a_renamed_repository_is_found_at_its_old_address(ada, new_repo, new_name, work):
    old, new = new_repo(files={"a.txt": "a\n"}), f"ada/{new_name()}"
    git = work(old, person=ada)
    ada.api.move_repo(old, new)
    assert work(old).head() == git.head()
    pushed = git.write({"b.txt": "b\n"})
    git("push", "--quiet")
    assert ada.api.repo_info(new).sha == pushed
    # Another one takes the old name.
    ada.api.create_repo(old)
    assert work(old).head() != pushed


def test_a_mirror_of_everything_is_pushed_to_another_repository(ada, history, new_repo, at, program):
    repo_id, pushed = history
    mirror = Git(at(), program)
    mirror("clone", "--quiet", "--mirror", address(repo_id), mirror.folder)
    target = new_repo()
    mirror("push", "--quiet", "--mirror", address(target, person=ada))
    assert mirror.ls_remote(address(target)) == pushed.ls_remote(address(repo_id))
    fresh = Git(at(), program).clone(address(target))
    fresh.fsck()
    same(fresh, pushed)
