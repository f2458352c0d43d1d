"""What may not be pushed or read, and the sentence that git shows for it."""

import hashlib

import pytest
from plain_git import Git, address



@pytest.fixture
def work(at):
    def work(repo_id, kind="model", person=None, token=None, **settings):
        return Git(at(), **settings).clone(address(repo_id, kind, person, token))

    return work


@pytest.fixture
def unchanged(ada, new_repo, work):
    """A repository whose refs must be the same at the end, and a clone that may push."""
    repo_id = new_repo(files={"a.txt": "a\n"})
    git = work(repo_id, person=ada)
    before = git.ls_remote()
    yield repo_id, git
    assert git.ls_remote() == before
    Git(git.folder.parent / "after").clone(address(repo_id)).fsck()


def test_main_cannot_be_deleted(unchanged):
    _, git = unchanged
    assert "main is the default branch and cannot be deleted" in git.refused("push", "origin", ":main")


@pytest.mark.parametrize("name", ["refs/foo", "refs/foo/bar", "refs/convert/parquet", "refs/pr/1", "refs/notes/x",
                                  "refs/remotes/origin/x", "refs/stash"])
def test_only_branches_and_tags_can_be_pushed(unchanged, name):
    _, git = unchanged
    said = git.refused("push", "origin", f"HEAD:{name}")
    assert "can be pushed" in said or "open one first" in said or "not a full ref name" in said


@pytest.mark.parametrize("name", ["refs/heads/" + "12" * 20, "refs/heads/HEAD", "refs/heads/-x", "refs/tags/" + "x" * 260])
def test_names_that_mean_something_else_are_refused(unchanged, name):
    _, git = unchanged
    assert "Invalid" in git.refused("push", "origin", f"HEAD:{name}")


def test_a_branch_names_a_commit_and_tags_lead_to_commits(unchanged):
    _, git = unchanged
    git("tag", "-a", "v1", "-m", "v1")
    said = git.refused("push", "origin", "v1:refs/heads/tagged")
    assert "a branch names a commit" in said or "non-commit" in said
    for what in ("HEAD^{tree}", "HEAD:a.txt"):
        said = git.refused("push", "origin", f"{git.head(what)}:refs/tags/odd")
        assert "is not a commit or a tag of one" in said
    git("tag", "-a", "blob", "-m", "A tag of a file", git.head("HEAD:a.txt"))
    assert "is not a commit or a tag of one" in git.refused("push", "origin", "blob")


def test_a_branch_cannot_be_a_folder_of_branches(unchanged, ada):
    repo_id, git = unchanged
    git("push", "--quiet", "origin", "HEAD:refs/heads/a")
    said = git.refused("push", "origin", "HEAD:refs/heads/a/b")
    assert "`refs/heads/a`" in said and "rejected" in said
    with pytest.raises(Exception, match="refs/heads/a`"):
        ada.api.create_branch(repo_id, branch="a/b")
    ada.api.create_branch(repo_id, branch="c/d")
    with pytest.raises(Exception, match="refs/heads/c/d`"):
        ada.api.create_branch(repo_id, branch="c")
    ada.api.create_tag(repo_id, tag="t/u")
    with pytest.raises(Exception, match="refs/tags/t/u`"):
        ada.api.create_tag(repo_id, tag="t")
    assert "refs/heads/c/d" in git.refused("push", "origin", "HEAD:refs/heads/c")
    # Two at once: the first one has the name.
    said = git.refused("push", "origin", "HEAD:refs/heads/e", "HEAD:refs/heads/e/f")
    assert "rejected" in said
    # One goes and the other comes.
    git("push", "--quiet", "origin", ":a", "HEAD:refs/heads/a/b", ":c/d", "HEAD:refs/heads/c")
    there = set(git.ls_remote())
    assert {"refs/heads/a/b", "refs/heads/c"} <= there and not {"refs/heads/a", "refs/heads/c/d"} & there
    Git(git.folder.parent / "fresh").clone(address(repo_id)).fsck()
    # Names that only begin alike are no trouble.
    git("push", "--quiet", "origin", "HEAD:refs/heads/a-b", "HEAD:refs/heads/a0", "HEAD:refs/heads/cc")
    left = [name for name in git.ls_remote() if name.startswith("refs/") and name != "refs/heads/main"]
    git("push", "--quiet", "origin", *(f":{name}" for name in left))


def test_a_large_file_is_refused_with_its_name_and_what_to_do(unchanged):
    _, git = unchanged
    git.write({"deep/big.weights": bytes(11 << 20)})
    said = git.refused("push", "origin", "HEAD:main")
    assert "deep/big.weights" in said and "git lfs migrate import" in said and '*.weights' in said
    # Also when a later commit takes it away again.
    git.write({"deep/big.weights": None})
    assert "deep/big.weights" in git.refused("push", "origin", "HEAD:main")


def test_a_pointer_without_its_object_is_refused(unchanged):
    _, git = unchanged
    oid = hashlib.sha256(b"never sent").hexdigest()
    git.write({"w.bin": f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 10\n"})
    said = git.refused("push", "origin", "HEAD:main")
    assert "w.bin" in said and oid in said and "git lfs push --all" in said


def test_a_card_with_wrong_metadata_is_refused(unchanged):
    _, git = unchanged
    git.write({"README.md": "---\nlicense: [unclosed\n---\n"})
    assert "Invalid metadata in README.md" in git.refused("push", "origin", "HEAD:main")
    git.write({"README.md": "---\nlicense: 7\n---\n"})
    assert "Invalid metadata in README.md" in git.refused("push", "origin", "HEAD:main")


def made(git, tree, *parents):
    """A commit of a tree that `git add` would not make."""
    oid = git("commit-tree", tree, *(word for parent in parents for word in ("-p", parent)), "-m", "Odd")
    git("update-ref", "refs/heads/odd", oid)
    return oid


@pytest.mark.parametrize("name", ["a\\b", "a\x01b", "a\nb", "..", ".", ".git", ".GIT", "c\x7f", "x" * 5000])
@pytest.mark.parametrize("sort", ["file", "folder", "submodule", "link"])
def test_odd_paths_are_refused_by_name(unchanged, name, sort):
    _, git = unchanged
    blob = git("hash-object", "-w", "--stdin", stdin="text\n")
    tree = git("mktree", "-z", stdin=f"100644 blob {blob}\tf.txt\0")
    entry = {"file": f"100644 blob {blob}", "folder": f"040000 tree {tree}", "link": f"120000 blob {blob}",
             "submodule": f"160000 commit {'12' * 20}"}[sort]
    made(git, git("mktree", "-z", stdin=f"{entry}\t{name}\0"), git.head())
    said = git.refused("push", "origin", "odd:main")
    assert "rejected" in said and ("path" in said.lower() or "name" in said.lower()), said


def test_names_that_are_not_utf_8_are_refused(unchanged):
    _, git = unchanged
    blob = git("hash-object", "-w", "--stdin", stdin="text\n")
    tree = git("mktree", "-z", stdin=f"100644 blob {blob}\t".encode() + b"caf\xe9\0", text=False)
    made(git, tree.decode().strip(), git.head())
    assert "UTF-8" in git.refused("push", "origin", "odd:main")


def test_several_faults_are_all_told(unchanged):
    _, git = unchanged
    git.write({f"big{i}.dat": bytes([i]) * (11 << 20) for i in range(3)})
    said = git.refused("push", "origin", "HEAD:main", "HEAD:refs/heads/other")
    assert all(f"big{i}.dat" in said for i in range(3)) and said.count("rejected") >= 2


def test_a_private_repository_is_missing_without_the_right_token(ada, bob, new_repo, at, server):
    repo_id = new_repo(private=True, files={"a.txt": "secret\n"})
    git = Git(at())
    for url in (address(repo_id), address(repo_id, token="hf_wrong", person=ada)):
        said = git.refused("clone", url, git.folder)
        assert "could not read Username" in said or "Authentication failed" in said
    said = git.refused("clone", address(repo_id, person=bob), git.folder)
    assert "not found" in said
    git.clone(address(repo_id, person=ada))
    assert (git.folder / "a.txt").read_text() == "secret"[:6] + "\n"
    # The name of whoever has the token does not matter, nor does the side of the colon.
    assert git.ls_remote(address(repo_id).replace("//", f"//x:{ada.token}@"))["HEAD"] == git.head()
    said = git.refused("ls-remote", address("ada/never-was", person=ada))
    assert "not found" in said


def test_a_token_that_may_read_cannot_push(ada, unchanged, server):
    repo_id, git = unchanged
    token = server.token("ada", "reader", "read")
    git.write({"b.txt": "b\n"})
    said = git.refused("push", address(repo_id, person=ada, token=token), "HEAD:main")
    assert "403" in said, said
    assert Git(git.folder.parent / "r").clone(address(repo_id, person=ada, token=token)).head() != git.head()


def test_a_stranger_cannot_push(bob, unchanged):
    repo_id, git = unchanged
    git.write({"b.txt": "b\n"})
    assert "403" in git.refused("push", address(repo_id, person=bob), "HEAD:main")
    said = git.refused("push", address(repo_id), "HEAD:main")
    assert "could not read Username" in said


def test_a_gated_repository_keeps_its_history(ada, bob, new_repo, at):
    repo_id = new_repo(files={"a.txt": "a\n"})
    ada.api.update_repo_settings(repo_id, gated="manual")
    git = Git(at())
    said = git.refused("clone", address(repo_id, person=bob), git.folder)
    assert "403" in said or "gated" in said or "restricted" in said
    assert "could not read Username" in git.refused("clone", address(repo_id), git.folder)
    git.clone(address(repo_id, person=ada)).fsck()
