"""Buckets, as `hf buckets`, `HfApi` and `hf://buckets/…` use them: all their bytes go through Xet."""

import json
import os
import time

import pytest
from huggingface_hub import HfFileSystem
from huggingface_hub.errors import BucketBatchError, BucketNotFoundError, EntryNotFoundError, HfHubHTTPError
from support import CLIENTS, HUB, as_json, files_below

BIG = os.urandom(3_000_000)
ZEROS = "0" * 64


@pytest.fixture(autouse=True)
def with_xet(monkeypatch):
    """Buckets have no other way; the rest of these tests switch it off."""
    from huggingface_hub import constants

    monkeypatch.setenv("HF_HUB_DISABLE_XET", "0")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)


@pytest.fixture
def new_bucket(ada, new_name):
    def create(files=None, **options):
        bucket = f"ada/{new_name('bucket')}"
        ada.api.create_bucket(bucket, **options)
        if files:
            ada.api.batch_bucket_files(bucket, add=[(content, path) for path, content in files.items()])
        return bucket

    return create


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "data"
    (folder / "sub" / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "empty").write_bytes(b"")
    (folder / "sub" / "big.bin").write_bytes(BIG)
    (folder / "sub" / "deep" / "é b.json").write_text("{}")
    return folder


def paths(person, bucket, **options):
    return [entry.path for entry in person.api.list_bucket_tree(bucket, **options)]


# --- the bucket itself -------------------------------------------------------------------------------------------


def test_a_bucket_is_created_described_changed_moved_and_deleted(ada, new_name):
    name = new_name("bucket")
    url = ada.api.create_bucket(name)
    assert (url.bucket_id, url.url) == (f"ada/{name}", f"{HUB}/buckets/ada/{name}")
    info = ada.api.bucket_info(f"ada/{name}")
    assert (info.id, info.private, info.size, info.total_files) == (f"ada/{name}", False, 0, 0)
    assert info.created_at.year >= 2024
    with pytest.raises(HfHubHTTPError) as taken:
        ada.api.create_bucket(f"ada/{name.upper()}")
    assert taken.value.response.status_code == 409
    assert ada.api.create_bucket(name, exist_ok=True).bucket_id == f"ada/{name}"
    ada.api.update_bucket_settings(f"ada/{name}", private=True)
    assert ada.api.bucket_info(f"ada/{name}").private
    ada.api.batch_bucket_files(f"ada/{name}", add=[(b"kept", "a")])
    ada.api.move_bucket(f"ada/{name}", f"ada/{name}-moved")
    assert ada.api.bucket_info(f"ada/{name}-moved").total_files == 1
    with pytest.raises(BucketNotFoundError):
        ada.api.bucket_info(f"ada/{name}")
    ada.api.delete_bucket(f"ada/{name}-moved")
    ada.api.delete_bucket(f"ada/{name}-moved", missing_ok=True)
    with pytest.raises(BucketNotFoundError):
        ada.api.delete_bucket(f"ada/{name}-moved")


def test_buckets_of_an_account_are_listed_and_searched(ada, bob, new_name, new_bucket):
    word = new_name("w").replace("-", "")
    public, private = f"ada/{word}-public", f"ada/{word}-private"
    ada.api.create_bucket(public)
    ada.api.create_bucket(private, private=True)
    new_bucket()
    assert [b.id for b in ada.api.list_buckets(search=word)] == [public, private]
    assert [b.id for b in bob.api.list_buckets("ada", search=word.upper())] == [public]
    assert len(list(ada.api.list_buckets("ada"))) >= 3
    with pytest.raises(HfHubHTTPError):
        list(ada.api.list_buckets("nobody-here"))


def test_a_private_bucket_is_nobodys_business(ada, bob, acme, carol, new_bucket, new_name):
    bucket = new_bucket({"a.bin": BIG}, private=True)
    file = next(iter(ada.api.list_bucket_tree(bucket)))
    for stranger in (bob, carol):
        for ask in (
            lambda api: api.bucket_info(bucket),
            lambda api: list(api.list_bucket_tree(bucket)),
            lambda api: list(api.get_bucket_paths_info(bucket, ["a.bin"])),
            lambda api: api.batch_bucket_files(bucket, delete=["a.bin"]),
            lambda api: api.delete_bucket(bucket),
            lambda api: api.move_bucket(bucket, "bob/mine"),
            lambda api: api.update_bucket_settings(bucket, private=False),
        ):
            with pytest.raises(HfHubHTTPError) as refused:
                ask(stranger.api)
            assert refused.value.response.status_code == 404
    # Whoever knows the name of a file in the store does not get it by that.
    mine = f"bob/{new_name()}"
    bob.api.create_bucket(mine)
    for source in (bucket, mine):
        with pytest.raises(BucketBatchError):
            bob.api.batch_bucket_files(mine, copy=[("bucket", source, file.xet_hash, "stolen")])
    assert paths(bob, mine) == []
    # Members of an organization read what belongs to it, and write as their role allows.
    shared = f"{acme}/{new_name()}"
    ada.api.create_bucket(shared, private=True)
    ada.api.batch_bucket_files(shared, add=[(b"x", "x")])
    assert paths(carol, shared) == ["x"]
    with pytest.raises(HfHubHTTPError) as refused:
        carol.api.batch_bucket_files(shared, delete=["x"])
    assert refused.value.response.status_code == 403


# --- files ---------------------------------------------------------------------------------------------------------


def test_files_go_up_and_come_down_as_they_were(ada, new_bucket, folder, tmp_path):
    bucket = new_bucket()
    ada.api.batch_bucket_files(bucket, add=[
        (str(folder / "sub" / "big.bin"), "sub/big.bin"),
        (str(folder / "empty"), "empty"),
        (b"text", "a.txt"),
    ])
    info = ada.api.bucket_info(bucket)
    assert (info.total_files, info.size) == (3, len(BIG) + 4)
    files = {file.path: file for file in ada.api.list_bucket_tree(bucket)}
    assert sorted(files) == ["a.txt", "empty", "sub/big.bin"]
    assert files["empty"].size == 0 and files["sub/big.bin"].size == len(BIG)
    assert abs(files["sub/big.bin"].mtime.timestamp() - (folder / "sub" / "big.bin").stat().st_mtime) < 0.002
    assert abs(files["a.txt"].uploaded_at.timestamp() - time.time()) < 60
    out = tmp_path / "out"
    ada.api.download_bucket_files(bucket, [(path, out / path) for path in ["empty", "a.txt", "sub/big.bin"]])
    assert files_below(out) == {"a.txt": b"text", "empty": b"", "sub/big.bin": BIG}
    with pytest.raises(EntryNotFoundError):
        ada.api.download_bucket_files(bucket, [("none", out / "none")], raise_on_missing_files=True)
    # The same path again replaces the file, and a deletion takes it from the sums.
    ada.api.batch_bucket_files(bucket, add=[(b"longer text", "a.txt")], delete=["empty", "never-there"])
    info = ada.api.bucket_info(bucket)
    assert (info.total_files, info.size) == (2, len(BIG) + 11)


def test_the_same_bytes_are_stored_once_and_may_come_again(ada, bob, new_bucket, new_name):
    first, second = new_bucket({"a": BIG}), f"bob/{new_name()}"
    bob.api.create_bucket(second)
    bob.api.batch_bucket_files(second, add=[(BIG, "again")])
    one, other = next(iter(ada.api.list_bucket_tree(first))), next(iter(bob.api.list_bucket_tree(second)))
    assert one.xet_hash == other.xet_hash
    ada.api.batch_bucket_files(first, delete=["a"])
    ada.api.batch_bucket_files(first, add=[(BIG, "b"), (BIG, "c/d")])
    assert paths(ada, first) == ["b", "c/d"]


def test_files_are_copied_on_the_server(ada, bob, new_bucket, new_repo, new_name):
    source, target = new_bucket({"x/big.bin": BIG, "x/small": b"s", "empty": b""}), new_bucket()
    ada.api.copy_files(f"hf://buckets/{source}/x/big.bin", f"hf://buckets/{target}/copied.bin")
    ada.api.copy_files(f"hf://buckets/{source}/x/", f"hf://buckets/{target}/all/")
    ada.api.copy_files(f"hf://buckets/{source}/empty", f"hf://buckets/{target}/")
    assert paths(ada, target) == ["all/big.bin", "all/small", "copied.bin", "empty"]
    # From a repository, large files by their name in the store and small ones through the client.
    repo = new_repo(kind="dataset")
    ada.api.upload_file(path_or_fileobj=BIG, path_in_repo="data/train.bin", repo_id=repo, repo_type="dataset")
    deadline = time.monotonic() + 60
    while ada.api.get_paths_info(repo, "data/train.bin", repo_type="dataset")[0].xet_hash is None:
        assert time.monotonic() < deadline, "the upload did not become chunks"
        time.sleep(0.5)
    ada.api.copy_files(f"hf://datasets/{repo}/data/", f"hf://buckets/{target}/from-repo/")
    file = next(iter(ada.api.get_bucket_paths_info(target, ["from-repo/train.bin"])))
    assert file.size == len(BIG)
    assert HfFileSystem(endpoint=HUB, token=ada.token).cat_file(f"buckets/{target}/from-repo/train.bin") == BIG
    # A repository that the asker does not see is no source.
    ada.api.update_repo_settings(repo, repo_type="dataset", private=True)
    mine = f"bob/{new_name()}"
    bob.api.create_bucket(mine)
    with pytest.raises(BucketBatchError):
        bob.api.batch_bucket_files(mine, copy=[("dataset", repo, file.xet_hash, "stolen")])


def test_trees_are_flat_or_one_level_deep(ada, new_bucket):
    bucket = new_bucket({path: b"x" for path in ["a", "a-b/c", "a/b", "a/c/d", "a0", "z/y/x"]})
    assert paths(ada, bucket) == ["a", "a-b/c", "a/b", "a/c/d", "a0", "z/y/x"]
    assert paths(ada, bucket, recursive=True, prefix="a") == ["a", "a/b", "a/c/d"]
    level = list(ada.api.list_bucket_tree(bucket, recursive=False))
    assert [(e.type, e.path) for e in level] == [
        ("file", "a"), ("directory", "a-b"), ("directory", "a"), ("file", "a0"), ("directory", "z"),
    ]
    assert paths(ada, bucket, recursive=False, prefix="a/") == ["a", "a/b", "a/c"]
    assert paths(ada, bucket, prefix="none") == []


def test_pages_of_a_large_bucket_follow_one_another(ada, new_bucket, raw):
    bucket = new_bucket()
    names = [f"{folder:02}/{name:03}" for folder in range(12) for name in range(100)]
    lines = [json.dumps({"type": "addFile", "path": name, "xetHash": ZEROS, "mtime": 1_700_000_000_000})
             for name in names]
    for some in (lines[:1000], lines[1000:]):
        answer = raw.post(f"/api/buckets/{bucket}/batch", content="\n".join(some), headers=ada.headers)
        assert answer.json()["success"], answer.text
    assert paths(ada, bucket) == names
    assert paths(ada, bucket, recursive=False) == [f"{folder:02}" for folder in range(12)]
    for recursive, expected in (("true", names[100:200]), ("false", names[100:200])):
        url, found = f"/api/buckets/{bucket}/tree/01?recursive={recursive}&limit=7", []
        while url:
            answer = raw.get(url, headers=ada.headers)
            found += [entry["path"] for entry in answer.json()]
            url = answer.links.get("next", {}).get("url")
        assert found == expected


def test_what_cannot_be_done_is_named_and_the_rest_is_done(ada, new_bucket):
    bucket = new_bucket({"gone": b"x"})
    with pytest.raises(BucketBatchError) as failed:
        ada.api.batch_bucket_files(bucket, add=[(b"kept", "kept"), (b"bad", "../bad")], delete=["gone"])
    assert [failure["path"] for failure in failed.value.failures] == ["../bad"]
    assert paths(ada, bucket) == ["kept"]


# --- the command line ------------------------------------------------------------------------------------------


def test_the_command_line(hf, ada, bob, new_name, folder, tmp_path):
    bucket, xet = f"ada/{new_name('cli')}", {"environment": {"HF_HUB_DISABLE_XET": "0"}}
    hf("buckets", "create", bucket, "--private")
    hf("buckets", "create", bucket, "--exist-ok")
    assert as_json(hf("buckets", "info", bucket, "--format", "json"))["private"] is True
    hf("buckets", "sync", folder, f"hf://buckets/{bucket}/data", **xet)
    listed = as_json(hf("buckets", "list", bucket, "-R", "--format", "json"))
    assert sorted(entry["path"] for entry in listed) == [
        "data/a.txt", "data/empty", "data/sub/big.bin", "data/sub/deep/é b.json",
    ]
    assert "data" in hf("buckets", "ls", bucket).stdout
    assert bucket in hf("buckets", "list").stdout
    # Nothing to do the second time.
    plan = hf("buckets", "sync", folder, f"hf://buckets/{bucket}/data", "--dry-run", **xet).stdout
    assert '"uploads": 0' in plan.replace('"uploads":0', '"uploads": 0'), plan
    out = tmp_path / "out"
    hf("buckets", "sync", f"hf://buckets/{bucket}/data", out, **xet)
    assert files_below(out) == files_below(folder)
    (folder / "a.txt").unlink()
    hf("buckets", "sync", folder, f"hf://buckets/{bucket}/data", "--delete", **xet)
    assert "data/a.txt" not in hf("buckets", "list", bucket, "-R").stdout
    one = tmp_path / "one.bin"
    one.write_bytes(b"one")
    hf("buckets", "cp", one, f"hf://buckets/{bucket}/one.bin", **xet)
    assert hf("buckets", "cp", f"hf://buckets/{bucket}/one.bin", "-", **xet).stdout == "one"
    hf("buckets", "cp", f"hf://buckets/{bucket}/one.bin", f"hf://buckets/{bucket}/two.bin", **xet)
    hf("buckets", "rm", f"{bucket}/one.bin", "--yes")
    hf("buckets", "rm", f"{bucket}/data", "--recursive", "--yes")
    assert [e["path"] for e in as_json(hf("buckets", "list", bucket, "-R", "--format", "json"))] == ["two.bin"]
    hf("buckets", "move", bucket, f"{bucket}-moved")
    stranger = hf("buckets", "info", f"{bucket}-moved", person=bob, check=False)
    assert stranger.returncode != 0
    hf("buckets", "settings", f"{bucket}-moved", "--public")
    hf("buckets", "info", f"{bucket}-moved", person=bob)
    hf("buckets", "delete", f"{bucket}-moved", "--yes")
    assert hf("buckets", "info", f"{bucket}-moved", check=False).returncode != 0


# --- as a file system --------------------------------------------------------------------------------------------


def test_a_bucket_is_a_file_system(ada, new_bucket, tmp_path):
    bucket = new_bucket()
    fs = HfFileSystem(endpoint=HUB, token=ada.token, skip_instance_cache=True)
    root = f"hf://buckets/{bucket}"
    assert fs.ls(root, detail=False) == []
    with fs.open(f"{root}/sub/big.bin", "wb") as file:
        file.write(BIG)
    with fs.open(f"{root}/a.txt", "w") as file:
        file.write("text")
    assert fs.ls(root, detail=False) == [f"buckets/{bucket}/a.txt", f"buckets/{bucket}/sub"]
    assert fs.find(root) == [f"buckets/{bucket}/a.txt", f"buckets/{bucket}/sub/big.bin"]
    assert fs.info(f"{root}/sub/big.bin")["size"] == len(BIG)
    assert fs.isdir(f"{root}/sub") and fs.exists(f"{root}/a.txt") and not fs.exists(f"{root}/none")
    with fs.open(f"{root}/sub/big.bin", "rb", block_size=100_000) as file:
        file.seek(1_234_567)
        assert file.read(1000) == BIG[1_234_567:1_235_567]
    assert fs.cat_file(f"{root}/sub/big.bin", start=5, end=15) == BIG[5:15]
    assert fs.read_text(f"{root}/a.txt") == "text"
    fs.get_file(f"{root}/sub/big.bin", str(tmp_path / "big"))
    assert (tmp_path / "big").read_bytes() == BIG
    fs.cp_file(f"{root}/sub/big.bin", f"{root}/copy.bin")
    fs.rm(f"{root}/sub", recursive=True)
    fs.invalidate_cache()
    assert fs.find(root) == [f"buckets/{bucket}/a.txt", f"buckets/{bucket}/copy.bin"]
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1, 2, 3]})
    table.to_csv(f"{root}/t.csv", index=False, storage_options={"endpoint": HUB, "token": ada.token})
    back = pandas.read_csv(f"{root}/t.csv", storage_options={"endpoint": HUB, "token": ada.token})
    assert back.equals(table)


def test_a_read_is_a_plain_download(raw, ada, new_bucket):
    bucket = new_bucket({"dir/a b.txt": b"0123456789", "page.html": b"<script>1</script>"})
    head = raw.head(f"/buckets/{bucket}/resolve/dir%2Fa%20b.txt")
    assert head.headers["content-length"] == "10" and len(head.headers["x-xet-hash"]) == 64
    assert f"{HUB}/api/buckets/{bucket}/xet-read-token" in head.headers["link"]
    part = raw.get(f"/buckets/{bucket}/resolve/dir/a%20b.txt", headers={"Range": "bytes=3-5"})
    assert (part.status_code, part.content) == (206, b"345")
    assert raw.get(f"/buckets/{bucket}/resolve/none").headers["x-error-code"] == "EntryNotFound"
    page = raw.get(f"/buckets/{bucket}/resolve/page.html")
    assert page.headers["content-type"].startswith("text/plain")


def test_javascript_changes_a_file_without_sending_all_of_it(run, js_modules, ada, new_bucket):
    done = run("node", CLIENTS / "js" / "edit.mjs", new_bucket(), person=ada, cwd=CLIENTS / "js")
    assert done.stdout.strip() == "5 edits"
