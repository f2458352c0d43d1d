"""`huggingface_hub`: writing: uploads, commits, branches, tags, history, and large files without Xet."""

import hashlib
import io
import json
import os
import re
import threading
from datetime import datetime, timedelta, timezone

import pytest
from huggingface_hub import (
    CommitOperationAdd,
    CommitOperationCopy,
    CommitOperationDelete,
    CommitScheduler,
    RepoFile,
    RepoFolder,
)
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

BINARY = bytes(range(256)) * 8
ODD_NAMES = [
    "what?.txt",
    "50%.txt",
    "%20 is not a space.txt",
    "key:value,other.txt",
    "a space/and another.txt",
    "ünï/日本語.txt",
    "#hash & plus+.txt",
    "quote'\"quote.txt",
    "semi;colon=1.txt",
    "[brackets] {braces}.txt",
    "🎉.txt",
    "~tilde^caret`.txt",
    "deep/" + "/".join("abcdefghij") + "/x.txt",
    "n" * 200 + ".txt",
]


def status(error):
    return error.value.response.status_code


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def git_oid(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@pytest.fixture
def read(ada):
    """What a file of a repository holds, downloaded."""

    def read(repo_id, path, **options):
        with open(ada.api.hf_hub_download(repo_id, path, **options), "rb") as file:
            return file.read()

    return read


# --- uploads -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_a_file_uploads_from_bytes_a_path_and_a_stream(ada, hub, new_repo, read, tmp_path, kind):
    repo_id = new_repo(kind)
    (tmp_path / "local.txt").write_text("from a path")
    sources = {
        "bytes.txt": (b"from bytes", b"from bytes"),
        "path.txt": (tmp_path / "local.txt", b"from a path"),
        "stream.txt": (io.BytesIO(b"from a stream"), b"from a stream"),
    }
    for path, (source, content) in sources.items():
        done = ada.api.upload_file(path_or_fileobj=source, path_in_repo=path, repo_id=repo_id, repo_type=kind,
                                   commit_message=f"Add {path}", commit_description="Because.")
        head = ada.api.repo_info(repo_id, repo_type=kind).sha
        assert done.oid == head
        assert done.commit_url.startswith(hub) and done.commit_url.endswith(f"{repo_id}/commit/{head}")
        assert (done.commit_message, done.commit_description) == (f"Add {path}", "Because.")
        assert read(repo_id, path, repo_type=kind) == content


def test_a_folder_uploads_in_one_commit(ada, new_repo, read, tmp_path):
    repo_id = new_repo()
    for path in ("a.txt", "sub/b.txt", "sub/deep/c.json", "sub/skip.log", ".git/config", ".cache/huggingface/x"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / "w.safetensors").write_bytes(BINARY)
    ada.api.upload_folder(repo_id=repo_id, folder_path=tmp_path, path_in_repo="copy", ignore_patterns=["*.log"],
                          commit_message="All of it")
    assert set(ada.api.list_repo_files(repo_id)) == {
        ".gitattributes", "copy/a.txt", "copy/sub/b.txt", "copy/sub/deep/c.json", "copy/w.safetensors"}
    assert ada.api.list_repo_commits(repo_id)[0].title == "All of it"
    assert read(repo_id, "copy/sub/b.txt") == b"sub/b.txt"
    assert read(repo_id, "copy/w.safetensors") == BINARY


def test_a_folder_upload_can_delete_what_it_replaces(ada, new_repo, tmp_path):
    repo_id = new_repo(files={"logs/1.txt": "1", "logs/2.txt": "2", "keep.txt": "k"})
    (tmp_path / "3.txt").write_text("3")
    ada.api.upload_folder(repo_id=repo_id, folder_path=tmp_path, path_in_repo="logs", delete_patterns="*.txt")
    assert set(ada.api.list_repo_files(repo_id)) == {".gitattributes", "keep.txt", "logs/3.txt"}


def test_a_folder_of_six_hundred_files_uploads(ada, new_repo, read, tmp_path):
    repo_id = new_repo()
    for number in range(600):
        (tmp_path / f"{number:03}.txt").write_text(str(number))
    ada.api.upload_folder(repo_id=repo_id, folder_path=tmp_path)
    assert len(ada.api.list_repo_files(repo_id)) == 601
    assert read(repo_id, "599.txt") == b"599"


def test_large_files_are_lfs_and_text_is_not(ada, new_repo, read, write):
    repo_id = new_repo()
    files = {
        "weights.bin": BINARY,                       # by the default .gitattributes
        "model.safetensors": BINARY[:100],
        "table.parquet": b"PAR1",                    # `datasets` relies on it, whatever the size
        "unknown.xyz": bytes([0, 159, 146, 150]) * 500,  # by its content
        "long.txt": b"line of text\n" * 900_000,     # by its size: 11.7 MB
        "short.txt": b"text\n",
        "middle.txt": b"line of text\n" * 300_000,   # 3.9 MB of text stay git blobs
        "empty.bin": b"",
    }
    write(repo_id, files)
    listed = {entry.path: entry for entry in ada.api.list_repo_tree(repo_id) if entry.path in files}
    assert listed.keys() == files.keys()
    for path, content in files.items():
        entry = listed[path]
        assert entry.size == len(content), path
        if path in ("short.txt", "middle.txt", "empty.bin"):
            assert entry.lfs is None, path
            assert entry.blob_id == git_oid(content)
        else:
            assert entry.lfs is not None, path
            assert (entry.lfs.sha256, entry.lfs.size) == (sha256(content), len(content))
            pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(content)}\nsize {len(content)}\n"
            assert entry.blob_id == git_oid(pointer.encode()) and entry.lfs.pointer_size == len(pointer)
        assert read(repo_id, path) == content


def test_a_large_file_from_disk_arrives_whole(ada, new_repo, tmp_path):
    """In parts, the last of which is smaller than the others."""
    repo_id = new_repo()
    content = os.urandom(1 << 20) * 50 + b"the end"
    (tmp_path / "big.bin").write_bytes(content)
    ada.api.upload_file(path_or_fileobj=tmp_path / "big.bin", path_in_repo="big.bin", repo_id=repo_id)
    metadata = ada.api.get_paths_info(repo_id, "big.bin")[0]
    assert metadata.lfs.sha256 == sha256(content)
    with open(ada.api.hf_hub_download(repo_id, "big.bin"), "rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == sha256(content)


def test_gitattributes_of_the_repository_decide(ada, new_repo, write):
    repo_id = new_repo(files={".gitattributes": "*.dat filter=lfs diff=lfs merge=lfs -text\n"})
    write(repo_id, {"a.dat": "text", "b.bin": "text"})
    lfs = {entry.path: entry.lfs is not None for entry in ada.api.list_repo_tree(repo_id)}
    assert (lfs["a.dat"], lfs["b.bin"]) == (True, False)


def test_ignored_files_are_left_out(ada, new_repo, write):
    repo_id = new_repo(files={".gitignore": "*.tmp\n/build/\n"})
    write(repo_id, {"a.txt": "a", "b.tmp": "b", "build/c.txt": "c"})
    assert set(ada.api.list_repo_files(repo_id)) == {".gitattributes", ".gitignore", "a.txt"}


def test_what_has_not_changed_is_not_committed(ada, new_repo, write):
    repo_id = new_repo(files={"a.txt": "a", "w.bin": BINARY})
    head = ada.api.model_info(repo_id).sha
    assert write(repo_id, {"a.txt": "a", "w.bin": BINARY}).oid == head
    assert len(ada.api.list_repo_commits(repo_id)) == 2


def test_odd_names_are_names_like_any_other(ada, new_repo, read, write, tmp_path):
    repo_id = new_repo()
    files = {name: name.encode() for name in ODD_NAMES} | {"odd?%:,ü.bin": BINARY}
    write(repo_id, files)
    assert set(ada.api.list_repo_files(repo_id)) == files.keys() | {".gitattributes"}
    assert {info.path for info in ada.api.get_paths_info(repo_id, list(files))} == files.keys()
    for name, content in files.items():
        assert ada.api.file_exists(repo_id, name), name
        assert read(repo_id, name) == content, name
    ada.api.snapshot_download(repo_id, local_dir=tmp_path)
    for name, content in files.items():
        assert (tmp_path / name).read_bytes() == content, name
    assert [entry.path for entry in ada.api.list_repo_tree(repo_id, "ünï")] == ["ünï/日本語.txt"]
    write(repo_id, dict.fromkeys(files))
    assert ada.api.list_repo_files(repo_id) == [".gitattributes"]


# --- commits -----------------------------------------------------------------------------------------------------


def test_one_commit_adds_copies_and_deletes(ada, new_repo, read):
    repo_id = new_repo(files={"a.txt": "a", "old/w.bin": BINARY, "old/b.txt": "b", "gone/1": "1", "gone/x/2": "2"})
    ada.api.create_commit(repo_id, commit_message="Everything", operations=[
        CommitOperationAdd("new.txt", b"new"),
        CommitOperationDelete("a.txt"),
        CommitOperationDelete("gone/"),
        CommitOperationCopy("old/w.bin", "copied/w.bin"),
        CommitOperationCopy("old/b.txt", "copied/b.txt"),
    ])
    assert set(ada.api.list_repo_files(repo_id)) == {
        ".gitattributes", "new.txt", "old/w.bin", "old/b.txt", "copied/w.bin", "copied/b.txt"}
    assert read(repo_id, "copied/w.bin") == BINARY
    assert read(repo_id, "copied/b.txt") == b"b"


def test_a_file_is_renamed_by_copy_and_delete(ada, new_repo):
    repo_id = new_repo(files={"w.bin": BINARY})
    before = ada.api.get_paths_info(repo_id, "w.bin")[0].lfs.sha256
    ada.api.create_commit(repo_id, commit_message="Rename", operations=[
        CommitOperationCopy("w.bin", "renamed.bin"), CommitOperationDelete("w.bin")])
    assert not ada.api.file_exists(repo_id, "w.bin")
    assert ada.api.get_paths_info(repo_id, "renamed.bin")[0].lfs.sha256 == before


def test_files_are_copied_between_repositories(ada, bob, new_repo, read, new_name):
    """Small ones: the client copies large files only between repositories that speak Xet."""
    source, target = new_repo("dataset", files={"a.txt": "a"}), new_repo()
    ada.api.create_commit(target, commit_message="Take", operations=[
        CommitOperationCopy("a.txt", "taken/a.txt", src_repo_id=source, src_repo_type="dataset")])
    assert read(target, "taken/a.txt") == b"a"

    secret, theirs = new_repo(private=True, files={"a.txt": "secret"}), f"bob/{new_name()}"
    bob.api.create_repo(theirs)
    with pytest.raises(RepositoryNotFoundError):
        bob.api.create_commit(theirs, commit_message="Steal", operations=[
            CommitOperationCopy("a.txt", "a.txt", src_repo_id=secret, src_repo_type="model")])


def test_the_content_of_others_cannot_be_claimed_by_its_hash(bob, raw, new_repo, new_name):
    """Knowing a SHA-256 is no right to the bytes: a commit may only name what its author uploaded or may read."""
    content = os.urandom(4096)
    new_repo(private=True, files={"w.bin": content})
    theirs = f"bob/{new_name()}"
    bob.api.create_repo(theirs)
    large = {"path": "w.bin", "algo": "sha256", "oid": sha256(content), "size": len(content)}
    lines = [{"key": "header", "value": {"summary": "Claim", "description": ""}}, {"key": "lfsFile", "value": large}]
    answer = raw.post(f"/api/models/{theirs}/commit/main", content="\n".join(map(json.dumps, lines)),
                      headers=bob.headers | {"Content-Type": "application/x-ndjson"})
    assert answer.status_code >= 400
    assert not bob.api.file_exists(theirs, "w.bin")


def test_a_commit_can_replace_a_folder_by_a_file_and_back(ada, new_repo, write, read):
    repo_id = new_repo(files={"x/1": "1", "x/2": "2"})
    write(repo_id, {"x/": None, "x": "a file now"})
    assert set(ada.api.list_repo_files(repo_id)) == {".gitattributes", "x"}
    write(repo_id, {"x": None, "x/3": "3"})
    assert read(repo_id, "x/3") == b"3"


def test_folders_and_patterns_are_deleted(ada, new_repo):
    repo_id = new_repo(files={f"{folder}/{name}": name for folder in "abc" for name in ("1.txt", "2.log", "s/3.txt")})
    ada.api.delete_folder("a", repo_id)
    ada.api.delete_file("b/1.txt", repo_id)
    ada.api.delete_files(repo_id, ["c/*.txt"])
    assert set(ada.api.list_repo_files(repo_id)) == {".gitattributes", "b/2.log", "b/s/3.txt", "c/2.log"}


def test_deleting_what_is_not_there_is_an_error(ada, new_repo):
    repo_id = new_repo()
    for path in ("no.txt", "no/"):
        with pytest.raises(EntryNotFoundError):
            ada.api.create_commit(repo_id, [CommitOperationDelete(path)], commit_message="Delete")
    assert len(ada.api.list_repo_commits(repo_id)) == 1


def test_a_commit_onto_another_parent_is_refused(ada, new_repo, write):
    repo_id = new_repo()
    parent = ada.api.model_info(repo_id).sha
    first = write(repo_id, {"a.txt": "1"}, parent_commit=parent)
    with pytest.raises(HfHubHTTPError) as error:
        write(repo_id, {"a.txt": "2"}, parent_commit=parent)
    assert status(error) == 412
    assert "The branch was updated since you opened this page" in str(error.value)
    write(repo_id, {"a.txt": "3"}, parent_commit=first.oid[:10])
    assert len(ada.api.list_repo_commits(repo_id)) == 3


def test_concurrent_commits_are_all_kept(ada, new_repo, write):
    repo_id = new_repo()
    failed = []

    def work(number):
        try:
            write(repo_id, {f"{number}.txt": str(number), f"{number}.bin": BINARY + bytes([number])})
        except Exception as error:  # noqa: BLE001 - reported below
            failed.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failed
    assert len(ada.api.list_repo_files(repo_id)) == 25
    assert len(ada.api.list_repo_commits(repo_id)) == 13


def test_a_commit_needs_a_branch(ada, new_repo, write):
    with pytest.raises(RevisionNotFoundError):
        write(new_repo(), {"a.txt": "a"}, revision="no-such-branch")


def test_a_commit_needs_a_repository(ada, write):
    with pytest.raises(RepositoryNotFoundError):
        write("ada/no-such-repo", {"a.txt": "a"})


@pytest.mark.parametrize("card", [
    "---\nlicense: no-such-license\n---\n",
    "---\nmodel-index: foo\n---\n",
    "---\ntags: [unclosed\n---\n",
])
def test_a_wrong_card_is_refused_with_a_reason(ada, new_repo, write, card):
    repo_id = new_repo()
    with pytest.raises(ValueError, match="Invalid metadata in README.md"):
        write(repo_id, {"README.md": card})
    assert not ada.api.file_exists(repo_id, "README.md")


def test_large_files_can_be_uploaded_before_their_commit(ada, new_repo, read):
    repo_id = new_repo()
    operations = [CommitOperationAdd(f"{number}.bin", BINARY + bytes([number])) for number in range(3)]
    for operation in operations:
        ada.api.preupload_lfs_files(repo_id, [operation])
    assert ada.api.list_repo_files(repo_id) == [".gitattributes"], "nothing is visible before the commit"
    ada.api.create_commit(repo_id, operations, commit_message="Now")
    assert read(repo_id, "2.bin") == BINARY + b"\2"


def test_uploads_run_as_futures(ada, new_repo, read):
    repo_id = new_repo()
    futures = [ada.api.upload_file(path_or_fileobj=b"%d" % number, path_in_repo=f"{number}.txt", repo_id=repo_id,
                                   run_as_future=True) for number in range(3)]
    assert all(re.fullmatch(r"[0-9a-f]{40}", future.result(timeout=60).oid) for future in futures)
    assert ada.api.run_as_future(ada.api.model_info, repo_id).result(timeout=60).id == repo_id
    assert [read(repo_id, f"{number}.txt") for number in range(3)] == [b"0", b"1", b"2"]


def test_a_scheduler_commits_what_grew(ada, new_name, read, tmp_path):
    repo_id = f"ada/{new_name()}"
    with CommitScheduler(
        repo_id=repo_id, folder_path=tmp_path, every=60, repo_type="dataset", hf_api=ada.api
    ) as scheduler:
        with scheduler.lock:
            (tmp_path / "log.jsonl").write_text('{"step": 1}\n')
        scheduler.trigger().result(timeout=60)
    assert read(repo_id, "log.jsonl", repo_type="dataset") == b'{"step": 1}\n'


# --- trees, paths ------------------------------------------------------------------------------------------------


def test_trees_list_one_level_or_all(ada, new_repo):
    repo_id = new_repo(files={"a.txt": "a", "x/b.txt": "b", "x/y/c.bin": BINARY})
    api = ada.api
    top = {entry.path: entry for entry in api.list_repo_tree(repo_id)}
    assert set(top) == {".gitattributes", "a.txt", "x"}
    assert isinstance(top["x"], RepoFolder) and isinstance(top["a.txt"], RepoFile)
    assert re.fullmatch(r"[0-9a-f]{40}", top["x"].tree_id)
    everything = [entry.path for entry in api.list_repo_tree(repo_id, recursive=True)]
    assert set(everything) == {".gitattributes", "a.txt", "x", "x/b.txt", "x/y", "x/y/c.bin"}
    assert {entry.path for entry in api.list_repo_tree(repo_id, "x")} == {"x/b.txt", "x/y"}
    assert {entry.path for entry in api.list_repo_tree(repo_id, "x", recursive=True)} == {
        "x/b.txt", "x/y", "x/y/c.bin"}
    with pytest.raises(EntryNotFoundError):
        list(api.list_repo_tree(repo_id, "no-such-folder"))
    with pytest.raises(RevisionNotFoundError):
        list(api.list_repo_tree(repo_id, revision="no-such-revision"))


def test_expanded_trees_name_the_last_commit_of_each_entry(ada, new_repo, write):
    repo_id = new_repo()
    first = write(repo_id, {"a.txt": "a", "x/b.txt": "b"}, message="First")
    second = write(repo_id, {"x/c.bin": BINARY}, message="Second")
    expanded = {entry.path: entry for entry in ada.api.list_repo_tree(repo_id, recursive=True, expand=True)}
    for path, oid, title in [("a.txt", first.oid, "First"), ("x/b.txt", first.oid, "First"),
                             ("x/c.bin", second.oid, "Second"), ("x", second.oid, "Second")]:
        assert (expanded[path].last_commit.oid, expanded[path].last_commit.title) == (oid, title), path
        assert datetime.now(timezone.utc) - expanded[path].last_commit.date < timedelta(minutes=5)


def test_trees_of_a_thousand_files_come_in_pages(ada, new_repo, write):
    repo_id = new_repo()
    write(repo_id, {f"d{number % 3}/{number:04}.txt": str(number) for number in range(1_500)})
    assert sum(isinstance(entry, RepoFile) for entry in ada.api.list_repo_tree(repo_id, recursive=True)) == 1_501
    assert len(list(ada.api.list_repo_tree(repo_id, "d1"))) == 500
    expanded = list(ada.api.list_repo_tree(repo_id, "d1", expand=True))
    assert len(expanded) == 500 and all(entry.last_commit for entry in expanded)


def test_paths_are_looked_up_and_missing_ones_left_out(ada, new_repo):
    repo_id = new_repo(files={"a.txt": "a", "x/b.txt": "b"})
    found = {info.path: info for info in ada.api.get_paths_info(repo_id, ["a.txt", "x", "x/b.txt", "no.txt"])}
    assert set(found) == {"a.txt", "x", "x/b.txt"}
    assert isinstance(found["x"], RepoFolder)
    assert ada.api.get_paths_info(repo_id, ["a.txt"], expand=True)[0].last_commit.title == "Add files"
    assert ada.api.get_paths_info(repo_id, ["no.txt"]) == []
    with pytest.raises(RevisionNotFoundError):
        ada.api.get_paths_info(repo_id, ["a.txt"], revision="no-such-revision")


# --- branches, tags, history -------------------------------------------------------------------------------------


def test_branches_are_made_listed_used_and_deleted(ada, new_repo, write, read):
    repo_id = new_repo()
    first = ada.api.model_info(repo_id).sha
    head = write(repo_id, {"a.txt": "main"}).oid
    ada.api.create_branch(repo_id, branch="side")
    ada.api.create_branch(repo_id, branch="feature/one", revision=first)
    branches = {branch.name: branch for branch in ada.api.list_repo_refs(repo_id).branches}
    assert {name: branch.target_commit for name, branch in branches.items()} == {
        "main": head, "side": head, "feature/one": first}
    assert branches["feature/one"].ref == "refs/heads/feature/one"

    write(repo_id, {"a.txt": "one"}, revision="feature/one")
    assert read(repo_id, "a.txt", revision="feature/one") == b"one"
    assert read(repo_id, "a.txt") == b"main"

    with pytest.raises(HfHubHTTPError) as error:
        ada.api.create_branch(repo_id, branch="side")
    assert status(error) == 409
    ada.api.create_branch(repo_id, branch="side", exist_ok=True)
    with pytest.raises(RevisionNotFoundError):
        ada.api.create_branch(repo_id, branch="x", revision="no-such-revision")
    with pytest.raises(BadRequestError):
        ada.api.create_branch(repo_id, branch="in valid..name")

    ada.api.delete_branch(repo_id, branch="feature/one")
    assert {branch.name for branch in ada.api.list_repo_refs(repo_id).branches} == {"main", "side"}
    with pytest.raises(HfHubHTTPError):
        ada.api.delete_branch(repo_id, branch="feature/one")
    with pytest.raises(HfHubHTTPError):
        ada.api.delete_branch(repo_id, branch="main")


def test_tags_are_made_listed_used_and_deleted(ada, new_repo, write, read):
    repo_id = new_repo()
    first = write(repo_id, {"a.txt": "1"}).oid
    write(repo_id, {"a.txt": "2"})
    ada.api.create_tag(repo_id, tag="v1", revision=first, tag_message="The first")
    ada.api.create_tag(repo_id, tag="latest")
    tags = {tag.name: tag for tag in ada.api.list_repo_refs(repo_id).tags}
    assert tags["v1"].target_commit == first and tags["v1"].ref == "refs/tags/v1"
    assert set(tags) == {"v1", "latest"}
    assert read(repo_id, "a.txt", revision="v1") == b"1"

    with pytest.raises(HfHubHTTPError) as error:
        ada.api.create_tag(repo_id, tag="v1")
    assert status(error) == 409
    ada.api.create_tag(repo_id, tag="v1", exist_ok=True)
    with pytest.raises(RevisionNotFoundError):
        ada.api.create_tag(repo_id, tag="v2", revision="no-such-revision")
    ada.api.delete_tag(repo_id, tag="v1")
    assert [tag.name for tag in ada.api.list_repo_refs(repo_id).tags] == ["latest"]
    with pytest.raises(RevisionNotFoundError):
        ada.api.delete_tag(repo_id, tag="v1")


def test_history_names_authors_dates_and_messages(ada, acme, bob, new_repo):
    repo_id = new_repo(owner=acme)
    ada.api.upload_file(path_or_fileobj=b"a", path_in_repo="a.txt", repo_id=repo_id,
                        commit_message="Add *a*", commit_description="First line.\n\nSecond line.")
    newest, oldest = ada.api.list_repo_commits(repo_id)
    assert (newest.title, newest.message) == ("Add *a*", "First line.\n\nSecond line.")
    assert (oldest.title, oldest.authors) == ("initial commit", ["ada"])
    assert newest.authors == ["ada"]
    assert datetime.now(timezone.utc) - newest.created_at < timedelta(minutes=5)
    assert ada.api.list_repo_commits(repo_id, revision=oldest.commit_id)[0].commit_id == oldest.commit_id
    assert ada.api.list_repo_commits(repo_id, formatted=True)[0].formatted_title
    with pytest.raises(RevisionNotFoundError):
        ada.api.list_repo_commits(repo_id, revision="no-such-revision")


def test_long_histories_come_in_pages(ada, new_repo, write):
    repo_id = new_repo()
    for number in range(60):
        write(repo_id, {"n.txt": str(number)}, message=f"Number {number}")
    titles = [commit.title for commit in ada.api.list_repo_commits(repo_id)]
    assert titles == [f"Number {number}" for number in reversed(range(60))] + ["initial commit"]


def test_history_is_squashed(ada, new_repo, write, read):
    repo_id = new_repo()
    for number in range(3):
        write(repo_id, {"n.txt": str(number), f"{number}.bin": BINARY + bytes([number])})
    ada.api.super_squash_history(repo_id, commit_message="All in one")
    assert [commit.title for commit in ada.api.list_repo_commits(repo_id)] == ["All in one"]
    assert len(ada.api.list_repo_files(repo_id)) == 5
    assert read(repo_id, "n.txt") == b"2" and read(repo_id, "0.bin") == BINARY + b"\0"


def test_large_files_are_listed_and_deleted_for_good(ada, new_repo, write):
    repo_id = new_repo(files={"a.bin": BINARY, "b.bin": BINARY + b"b", "c.txt": "c"})
    write(repo_id, {"a.bin": None})
    listed = {file.oid: file for file in ada.api.list_lfs_files(repo_id)}
    assert set(listed) == {sha256(BINARY), sha256(BINARY + b"b")}
    assert {file.filename for file in listed.values()} == {"a.bin", "b.bin"}
    assert all(file.size in (2048, 2049) for file in listed.values())
    ada.api.permanently_delete_lfs_files(repo_id, [listed[sha256(BINARY + b"b")]])
    assert sha256(BINARY + b"b") not in {file.oid for file in ada.api.list_lfs_files(repo_id)}
    assert not ada.api.file_exists(repo_id, "b.bin")
    assert ada.api.file_exists(repo_id, "c.txt")
