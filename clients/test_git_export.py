"""What clients upload is git: an exported repository satisfies git itself."""

import re
import subprocess
import time
from datetime import datetime, timezone

import pytest

BINARY = bytes(range(256)) * 64


def git(folder, *arguments, text=True):
    done = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, text=text)
    assert done.returncode == 0, f"git {' '.join(arguments)}: {done.stderr}"
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
    write(repo_id, {"x/y/z.txt": None, "a.txt": "a", "a-b": "b", "a/b": "c"} if kind == "space" else {"b.txt": "b"}, kind)
    folder = exported(repo_id, kind)
    done = subprocess.run(["git", "-C", folder, "fsck", "--strict", "--full"], capture_output=True, text=True)
    assert (done.returncode, done.stderr.replace("Checking", "").count("error")) == (0, 0), done.stdout + done.stderr
    assert "warning" not in done.stdout + done.stderr and "missing" not in done.stdout + done.stderr
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
    files = {"a.txt": "a\n", "x/b.txt": "b", "x/empty.txt": "", "x/y/c.json": "{}", "crlf.txt": "1\r\n2\r\n", "日本.txt": "jp"}
    repo_id = new_repo(files=files | {"w.bin": BINARY})
    folder = exported(repo_id)
    git(tmp_path, "clone", "--quiet", str(folder), str(tmp_path / "work"))
    for name, content in files.items():
        assert (tmp_path / "work" / name).read_bytes() == content.encode(), name
    blobs = {path: oid for oid, path in (
        line.split(" ")[2].split("\t") for line in git(folder, "ls-tree", "-r", "-z", "main").split("\0") if line)}
    listed = {entry.path: entry.blob_id for entry in ada.api.list_repo_tree(repo_id, recursive=True)
              if hasattr(entry, "blob_id")}
    assert blobs == listed
    trees = {path: oid for oid, path in (
        line.split(" ")[2].split("\t") for line in git(folder, "ls-tree", "-r", "-d", "-z", "main").split("\0") if line)}
    assert trees == {entry.path: entry.tree_id for entry in ada.api.list_repo_tree(repo_id, recursive=True)
                     if hasattr(entry, "tree_id")}


def test_large_files_are_standard_pointers(exported, ada, new_repo):
    import hashlib

    repo_id = new_repo(files={"w.bin": BINARY})
    pointer = git(exported(repo_id), "show", "main:w.bin")
    assert pointer == (f"version https://git-lfs.github.com/spec/v1\noid sha256:{hashlib.sha256(BINARY).hexdigest()}\n"
                       f"size {len(BINARY)}\n")


def test_branches_and_tags_are_there(exported, ada, new_repo, write):
    repo_id = new_repo()
    first = write(repo_id, {"a.txt": "1"}).oid
    write(repo_id, {"a.txt": "2"})
    ada.api.create_branch(repo_id, branch="feature/x", revision=first)
    ada.api.create_tag(repo_id, tag="v1", revision=first, tag_message="The first")
    ada.api.create_tag(repo_id, tag="plain", revision=first)
    folder = exported(repo_id)
    refs = dict(line.split(" ") for line in git(folder, "for-each-ref", "--format=%(refname) %(objecttype)").splitlines())
    assert refs["refs/heads/main"] == refs["refs/heads/feature/x"] == "commit"
    assert refs["refs/tags/v1"] == "tag"
    assert git(folder, "rev-parse", "v1^{commit}").strip() == git(folder, "rev-parse", "plain^{commit}").strip() == first
    assert "The first" in git(folder, "tag", "-n", "-l", "v1")
    assert re.search(r"tagger ada <\S+@\S+>", git(folder, "cat-file", "tag", "v1"))
