"""What clients upload is git: an exported repository satisfies git itself."""

import hashlib
import os
import re
import subprocess
import time
from datetime import datetime, timezone

import pytest
from huggingface_hub import RepoFile, RepoFolder

BINARY = bytes(range(256)) * 64


# git as it comes, whatever the person who runs this has configured.
PLAIN = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "GIT_LFS_SKIP_SMUDGE": "1"}


def try_git(folder, *arguments, stdin=None):
    command = ["git", "-C", folder, *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=os.environ | PLAIN)


def git(folder, *arguments, stdin=None):
    done = try_git(folder, *arguments, stdin=stdin)
    assert done.returncode == 0, f"git {' '.join(map(str, arguments))}: {done.stderr}"
    return done.stdout


@pytest.fixture
def exported(server, tmp_path):
    def exported(repo_id, kind="model"):
        folder = tmp_path / f"{kind}.git"
        server.run("repo", "export", "--kind", kind, repo_id, folder)
        return folder

    return exported


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_git_finds_nothing_to_complain_about(exported, new_repo, write, kind):
    repo_id = new_repo(kind, files={"README.md": "# x\n", "x/y/z.txt": "z", "w.bin": BINARY, "ünï ?.txt": "u"})
    write(repo_id, {"x/y/z.txt": None, "a.txt": "a", "a-b": "b", "a/b": "c", "a0": "d"}, kind)
    folder = exported(repo_id, kind)
    done = try_git(folder, "fsck", "--strict", "--full", "--no-dangling", "--no-progress")
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert git(folder, "rev-parse", "--is-bare-repository").strip() == "true"
    assert git(folder, "symbolic-ref", "HEAD").strip() == "refs/heads/main"


def test_the_log_names_authors_dates_and_messages(exported, ada, new_repo):
    repo_id = new_repo()
    before = int(time.time())
    ada.api.upload_file(path_or_fileobj=b"a", path_in_repo="a.txt", repo_id=repo_id,
                        commit_message="Add a", commit_description="Why.\n\nBecause it is the first: ü.")
    head = ada.api.model_info(repo_id).sha
    folder = exported(repo_id)
    assert git(folder, "rev-parse", "main").strip() == head
    oid, author, email, at, body = git(folder, "log", "-1", "--format=%H%x00%an%x00%ae%x00%at%x00%B").split("\0")
    assert (oid, author) == (head, "ada") and "@" in email
    assert before - 1 <= int(at) <= time.time() + 1
    assert body.strip() == "Add a\n\nWhy.\n\nBecause it is the first: ü."
    assert git(folder, "log", "--format=%s").splitlines() == ["Add a", "initial commit"]

    newest = ada.api.list_repo_commits(repo_id)[0]
    assert newest.commit_id == head
    assert newest.created_at.replace(microsecond=0) == datetime.fromtimestamp(int(at), timezone.utc)


def test_a_checkout_is_what_the_client_downloads(exported, ada, new_repo, tmp_path):
    files = {"a.txt": "a\n", "x/b.txt": "b", "x/empty.txt": "", "x/y/c.json": "{}", "crlf.txt": "1\r\n2\r\n",
             "日本.txt": "jp"}
    repo_id = new_repo(files=files | {"w.bin": BINARY})
    folder = exported(repo_id)
    git(tmp_path, "clone", "--quiet", str(folder), str(tmp_path / "work"))
    for name, content in files.items():
        assert (tmp_path / "work" / name).read_bytes() == content.encode(), name
    listed = list(ada.api.list_repo_tree(repo_id, recursive=True))
    assert ls_tree(folder, "-r") == {entry.path: entry.blob_id for entry in listed if isinstance(entry, RepoFile)}
    folders = {entry.path: entry.tree_id for entry in listed if isinstance(entry, RepoFolder)}
    assert ls_tree(folder, "-r", "-d") == folders


def ls_tree(folder, *options):
    """`{path: id}` as git lists it."""
    lines = git(folder, "ls-tree", *options, "-z", "main").split("\0")
    return dict(reversed(line.split(" ")[2].split("\t")) for line in lines if line)


def test_large_files_are_standard_pointers(exported, new_repo):
    pointer = git(exported(new_repo(files={"w.bin": BINARY})), "show", "main:w.bin")
    oid = hashlib.sha256(BINARY).hexdigest()
    assert pointer == f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(BINARY)}\n"


def test_git_lfs_knows_the_pointers(exported, new_repo, tmp_path):
    (tmp_path / "pointer").write_text(git(exported(new_repo(files={"w.bin": BINARY})), "show", "main:w.bin"))
    git(tmp_path, "lfs", "pointer", "--check", "--strict", "--file", tmp_path / "pointer")


def test_branches_and_tags_are_there(exported, ada, new_repo, write):
    repo_id = new_repo()
    first = write(repo_id, {"a.txt": "1"}).oid
    write(repo_id, {"a.txt": "2"})
    ada.api.create_branch(repo_id, branch="feature/x", revision=first)
    ada.api.create_tag(repo_id, tag="v1", revision=first, tag_message="The first")
    ada.api.create_tag(repo_id, tag="plain", revision=first)
    folder = exported(repo_id)
    lines = git(folder, "for-each-ref", "--format=%(refname) %(objecttype)").splitlines()
    refs = dict(line.split(" ") for line in lines)
    assert refs["refs/heads/main"] == refs["refs/heads/feature/x"] == "commit"
    assert refs["refs/tags/v1"] == "tag"
    for tag in ("v1", "plain"):
        assert git(folder, "rev-parse", f"{tag}^{{commit}}").strip() == first
    assert "The first" in git(folder, "tag", "-n", "-l", "v1")
    assert re.search(r"tagger ada <\S+@\S+>", git(folder, "cat-file", "tag", "v1"))
