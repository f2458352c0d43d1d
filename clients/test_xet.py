"""Clients as they come out of the box: large files go up and down as chunks, through Xet."""

import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import CLIENTS, files_below, sha256

MIB = 1 << 20

# Where scripts/test.sh puts environments with older pairs of huggingface_hub and hf-xet.
OLD = Path(os.environ.get("STOA_CACHE", Path.home() / ".cache" / "stoa-ci")) / "old"


@pytest.fixture(autouse=True)
def default_settings(home, monkeypatch):
    """Nothing is switched off, and nothing is remembered of what was sent before."""
    from huggingface_hub import constants
    from huggingface_hub.utils import _xet

    monkeypatch.delenv("HF_HUB_DISABLE_XET", raising=False)
    monkeypatch.setenv("HF_XET_CACHE", str(home / "xet"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", False)
    forget(monkeypatch)
    yield
    _xet.XET_CONNECTION_INFO_CACHE.clear()


def forget(monkeypatch):
    """As a new process would: no session, no tokens."""
    from huggingface_hub.utils import _xet

    monkeypatch.setattr(_xet, "_GLOBAL_XET_HOLDER", _xet.XetSessionHolder())
    _xet.XET_CONNECTION_INFO_CACHE.clear()


@pytest.fixture
def elsewhere(tmp_path_factory, monkeypatch):
    """`elsewhere()`: from here on everything happens on another computer, which has seen nothing yet."""
    from huggingface_hub import constants

    def elsewhere():
        place = tmp_path_factory.mktemp("elsewhere")
        for name in ("HF_HOME", "HF_HUB_CACHE", "HF_XET_CACHE"):
            monkeypatch.setenv(name, str(place / name.lower()))
            monkeypatch.setattr(constants, name, str(place / name.lower()))
        forget(monkeypatch)
        return place

    return elsewhere


@pytest.fixture
def stored(server):
    """Bytes that the server keeps of large files: `{"xorbs": …, "lfs": …}`."""

    def stored():
        def below(folder):
            return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

        [blobs] = [folder.parent for folder in server.data.rglob("xorbs") if folder.is_dir()] or [server.data / "blobs"]
        return {kind: below(blobs / kind) for kind in ("xorbs", "lfs")}

    return stored


@pytest.fixture
def requests(server):
    """`requests()`: what the server was asked since the test began, as its log says it."""
    before = server.size()
    return lambda: server.said(before)


def noise(seed, size):
    """Bytes that neither compress nor repeat."""
    return random.Random(seed).randbytes(size)


def xet_hash(path):
    import hf_xet

    [info] = hf_xet.hash_files([str(path)])
    return getattr(info, "hash", info)


def entry(person, repo_id, path, kind="model"):
    [entry] = person.api.get_paths_info(repo_id, [path], repo_type=kind)
    return entry


def until(what, seconds=100):
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.3)
    return found


# --- up and down -------------------------------------------------------------------------------------------------


CONTENTS = {
    "random": noise(1, 3 * MIB + 17),
    "zeros": bytes(5 * MIB),
    "text": b"".join(b"line %d of a text that compresses\n" % n for n in range(100_000)),
    "floats": b"".join(random.Random(n).randbytes(2) + b"\x80\x3f" for n in range(300_000)),
    "one-byte": b"\x00",
    "one-chunk": noise(2, 8192),
    "longest-chunk": bytes(131_072),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_file_comes_back_as_it_went(ada, new_repo, elsewhere, tmp_path, stored, kind):
    content = CONTENTS[kind]
    path = tmp_path / f"{kind}.bin"
    path.write_bytes(content)
    repo_id = new_repo()
    before = stored()
    ada.api.upload_file(path_or_fileobj=path, path_in_repo=path.name, repo_id=repo_id)
    after = stored()
    # What other tests sent without Xet may become chunks meanwhile, never more.
    assert after["lfs"] <= before["lfs"], "nothing went up whole"
    found = entry(ada, repo_id, path.name)
    assert found.size == len(content)
    if found.lfs:
        assert found.lfs.sha256 == sha256(path)
        assert found.xet_hash == xet_hash(path), "the file has the name that the client itself gives it"
    if kind in ("zeros", "text"):
        assert after["xorbs"] - before["xorbs"] < len(content) / 2, "what compresses is kept compressed"
    elsewhere()
    assert Path(ada.api.hf_hub_download(repo_id, path.name)).read_bytes() == content


def test_an_empty_file(ada, new_repo, tmp_path):
    (tmp_path / "empty.bin").touch()
    repo_id = new_repo()
    ada.api.upload_file(path_or_fileobj=tmp_path / "empty.bin", path_in_repo="empty.bin", repo_id=repo_id)
    assert Path(ada.api.hf_hub_download(repo_id, "empty.bin")).read_bytes() == b""


def test_bytes_and_open_files_go_up_too(ada, new_repo, tmp_path):
    import io

    repo_id = new_repo()
    content = noise(3, 2 * MIB)
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="bytes.bin", repo_id=repo_id)
    ada.api.upload_file(path_or_fileobj=io.BytesIO(content), path_in_repo="buffer.bin", repo_id=repo_id)
    for path in ("bytes.bin", "buffer.bin"):
        assert Path(ada.api.hf_hub_download(repo_id, path)).read_bytes() == content


def test_a_folder_of_many_files_and_large_ones(ada, new_repo, elsewhere, tmp_path):
    folder = tmp_path / "folder"
    for n in range(120):
        path = folder / f"part-{n % 7}" / f"{n:03}.{'txt' if n % 3 else 'bin'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(noise(n, 300 * n) if n % 3 == 0 else b"text %d\n" % n)
    (folder / "large.safetensors").write_bytes(noise(500, 20 * MIB))
    (folder / "again.safetensors").write_bytes(noise(500, 20 * MIB))
    (folder / "empty.bin").touch()
    repo_id = new_repo()
    ada.api.upload_folder(repo_id=repo_id, folder_path=folder)
    for item in ada.api.list_repo_tree(repo_id, recursive=True):
        if getattr(item, "lfs", None) and item.size:
            assert item.xet_hash == xet_hash(folder / item.path), item.path
    elsewhere()
    copy = files_below(ada.api.snapshot_download(repo_id, local_dir=tmp_path / "copy"))
    copy.pop(".gitattributes")
    assert copy == files_below(folder)


def test_the_command_line(hf, ada, new_repo, tmp_path, requests):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(noise(4, 5 * MIB))
    (folder / "config.json").write_text("{}")
    repo_id = new_repo()
    default = {"HF_XET_CACHE": str(tmp_path / "xet"), "HF_HUB_DISABLE_XET": "0"}
    hf("upload", repo_id, folder, environment=default)
    assert entry(ada, repo_id, "model.safetensors").xet_hash == xet_hash(folder / "model.safetensors")
    default["HF_XET_CACHE"] = str(tmp_path / "xet-2")
    hf("download", repo_id, "--local-dir", tmp_path / "copy", environment=default)
    copy = files_below(tmp_path / "copy")
    copy.pop(".gitattributes")
    assert copy == files_below(folder)


def test_a_file_of_five_gigabytes(ada, new_repo, elsewhere, server, tmp_path):
    """Islands of noise in a sea of zeros, many xorbs long, sent and fetched in bounded memory."""
    process = Path(f"/proc/{server.process.pid}")

    def memory(name):
        return next(int(line.split()[1]) for line in (process / "status").read_text().splitlines() if line.startswith(name))

    (process / "clear_refs").write_text("5")  # the peak begins again: other tests had theirs
    before = memory("VmRSS")  # and what they left in caches is not this file's
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        for n in range(320):
            file.seek(n * 16 * MIB + n * 4321)
            file.write(noise(n, MIB))
        file.truncate(5_000 * MIB + 17)
    digest = sha256(path)
    repo_id = new_repo()
    ada.api.upload_file(path_or_fileobj=path, path_in_repo="large.bin", repo_id=repo_id)
    assert entry(ada, repo_id, "large.bin").lfs.sha256 == digest
    path.unlink()
    elsewhere()
    assert sha256(ada.api.hf_hub_download(repo_id, "large.bin")) == digest
    grown = memory("VmHWM") - before
    assert grown < 200_000, f"{grown} kB more at the peak: memory does not grow with files"


# --- what is here is not sent again ------------------------------------------------------------------------------


def test_one_percent_changed_sends_a_few_percent(ada, new_repo, elsewhere, stored, tmp_path):
    size = 64 * MIB
    content = bytearray(noise(10, size))
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    repo_id = new_repo()
    ada.api.upload_file(path_or_fileobj=path, path_in_repo="model.bin", repo_id=repo_id)
    before = stored()["xorbs"]
    # One percent in a few places, as a file that was edited.
    for n in range(4):
        start = 5 * MIB + n * 15 * MIB
        content[start : start + size // 400] = noise(20 + n, size // 400)
    path.write_bytes(content)
    elsewhere()
    ada.api.upload_file(path_or_fileobj=path, path_in_repo="model.bin", repo_id=repo_id)
    sent = stored()["xorbs"] - before
    assert sent < size * 0.03, f"{sent / size:.1%} of the file was sent"
    elsewhere()
    assert Path(ada.api.hf_hub_download(repo_id, "model.bin")).read_bytes() == content


def test_the_same_file_is_kept_once(ada, new_repo, elsewhere, stored):
    content = noise(11, 8 * MIB)
    before = stored()["xorbs"]
    for _ in range(3):
        ada.api.upload_file(path_or_fileobj=content, path_in_repo="same.bin", repo_id=new_repo())
        elsewhere()
    assert stored()["xorbs"] - before < 8.1 * MIB


def test_what_was_swept_from_memory_of_the_client_is_found_again(ada, new_repo, elsewhere):
    """The same bytes from a computer that knows nothing, over the direct road of older clients."""
    content = noise(12, 70 * MIB)
    repo_id = new_repo(private=True)
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="a.bin", repo_id=repo_id)
    elsewhere()
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="b.bin", repo_id=repo_id)
    assert entry(ada, repo_id, "a.bin").xet_hash == entry(ada, repo_id, "b.bin").xet_hash


def test_nobody_learns_what_is_in_a_private_repository(ada, bob, new_repo, new_name, elsewhere, raw, requests, home):
    import httpx2

    content = noise(13, 8 * MIB)
    secret = new_repo(private=True)
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="secret.bin", repo_id=secret)
    file = entry(ada, secret, "secret.bin").xet_hash
    elsewhere()
    own = f"bob/{new_name()}"
    bob.api.create_repo(own)
    token = raw.get(f"/api/models/{own}/xet-write-token/main", headers=bob.headers).json()
    with httpx2.Client(base_url=token["casUrl"], trust_env=False,
                       headers={"Authorization": f"Bearer {token['accessToken']}"}) as store:
        assert store.get(f"/v2/reconstructions/{file}").status_code == 404
        bob.api.upload_file(path_or_fileobj=content, path_in_repo="mine.bin", repo_id=own)
        assert entry(bob, own, "mine.bin").xet_hash == file
        assert store.get(f"/v2/reconstructions/{file}").status_code == 200, "now it is his"
    assert 'path="/cas/e1/v1/xorbs/' in requests(), "he had to send it, as if it were not here"
    assert Path(bob.api.hf_hub_download(own, "mine.bin")).read_bytes() == content
    with pytest.raises(Exception, match="404"):
        bob.api.hf_hub_download(secret, "secret.bin", token=bob.token)


# --- between repositories and roads ------------------------------------------------------------------------------


def test_copies_between_repositories(ada, new_repo, elsewhere, stored):
    from huggingface_hub import CommitOperationCopy

    content = noise(14, 4 * MIB)
    one, two = new_repo(), new_repo()
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="a.bin", repo_id=one)
    before = stored()
    ada.api.create_commit(one, [CommitOperationCopy("a.bin", "b.bin")], commit_message="Copy")
    ada.api.create_commit(two, [CommitOperationCopy("a.bin", "c.bin", src_repo_id=one, src_repo_type="model")],
                          commit_message="Copy")
    assert stored() == before
    elsewhere()
    for repo_id, path in ((one, "b.bin"), (two, "c.bin")):
        assert entry(ada, repo_id, path).xet_hash == entry(ada, one, "a.bin").xet_hash
        assert Path(ada.api.hf_hub_download(repo_id, path)).read_bytes() == content
    # The copy does not need the original.
    ada.api.delete_repo(one)
    elsewhere()
    assert Path(ada.api.hf_hub_download(two, "c.bin")).read_bytes() == content


def test_a_client_without_xet_reads_what_xet_sent(ada, hf, new_repo, tmp_path):
    content = noise(15, 6 * MIB)
    repo_id = new_repo()
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="a.bin", repo_id=repo_id)
    hf("download", repo_id, "a.bin", "--local-dir", tmp_path, environment={"HF_HUB_DISABLE_XET": "1"})
    assert (tmp_path / "a.bin").read_bytes() == content


def test_what_came_whole_becomes_chunks(ada, hf, raw, new_repo, elsewhere, stored, tmp_path):
    content = noise(16, 6 * MIB)
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    repo_id = new_repo()
    whole = stored()["lfs"]
    hf("upload", repo_id, path, "a.bin", environment={"HF_HUB_DISABLE_XET": "1"})
    # Readers do not notice when it happens.
    wrong, done = [], threading.Event()

    def read():
        while not done.is_set():
            answer = raw.get(f"/{repo_id}/resolve/main/a.bin", headers=ada.headers, follow_redirects=True)
            if answer.content != content:
                wrong.append(answer.status_code)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        found = until(lambda: entry(ada, repo_id, "a.bin").xet_hash)
        time.sleep(0.5)
    finally:
        done.set()
        reader.join()
    assert not wrong
    assert found == xet_hash(path)
    until(lambda: stored()["lfs"] <= whole, seconds=15)
    elsewhere()
    assert Path(ada.api.hf_hub_download(repo_id, "a.bin")).read_bytes() == content


def test_ranges_through_the_file_system(ada, new_repo):
    from huggingface_hub import HfFileSystem

    content = noise(17, 9 * MIB)
    repo_id = new_repo()
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="a.bin", repo_id=repo_id)
    files = HfFileSystem(token=ada.token, skip_instance_cache=True)
    with files.open(f"{repo_id}/a.bin", block_size=100_000) as file:
        for start, length in ((0, 10), (5 * MIB - 3, 70_000), (9 * MIB - 5, 100), (131_071, 2)):
            file.seek(start)
            assert file.read(length) == content[start : start + length]
    assert files.cat_file(f"{repo_id}/a.bin", start=-7) == content[-7:]
    with files.open(f"{repo_id}/b.bin", "wb") as file:
        file.write(content)
    assert files.cat_file(f"{repo_id}/b.bin") == content


def test_data_sets(ada, new_name, elsewhere):
    import datasets

    repo_id = f"ada/{new_name('rows')}"
    rows = datasets.Dataset.from_dict({"n": list(range(15_000)), "text": [f"row {n}" for n in range(15_000)],
                                       "noise": [noise(n, 40) for n in range(15_000)]})
    rows.push_to_hub(repo_id, max_shard_size="500KB")
    parts = [item for item in ada.api.list_repo_tree(repo_id, recursive=True, repo_type="dataset")
             if item.path.endswith(".parquet")]
    assert len(parts) > 1 and all(part.xet_hash for part in parts)
    elsewhere()
    streamed = datasets.load_dataset(repo_id, split="train", streaming=True)
    assert next(iter(streamed))["text"] == "row 0"
    assert sum(row["n"] for row in streamed) == sum(range(15_000))
    loaded = datasets.load_dataset(repo_id, split="train")
    assert loaded[14_999]["noise"] == noise(14_999, 40)


def test_models(ada, new_name, elsewhere):
    import torch
    from transformers import BertConfig, BertModel

    model = BertModel(BertConfig(vocab_size=2000, hidden_size=256, num_hidden_layers=4, num_attention_heads=4,
                                 intermediate_size=512)).eval()
    repo_id = f"ada/{new_name('bert')}"
    model.push_to_hub(repo_id)
    assert entry(ada, repo_id, "model.safetensors").xet_hash
    elsewhere()
    loaded = BertModel.from_pretrained(repo_id).state_dict()
    assert all(torch.equal(tensor, loaded[name]) for name, tensor in model.state_dict().items())


def test_a_folder_that_is_watched(ada, new_repo, tmp_path):
    from huggingface_hub import CommitScheduler

    repo_id = new_repo("dataset")
    watched, written = tmp_path / "watched", tmp_path / "log.bin"
    watched.mkdir()
    written.write_bytes(noise(18, MIB))
    with CommitScheduler(repo_id=repo_id, repo_type="dataset", folder_path=watched, every=10, token=ada.token,
                         hf_api=ada.api):
        # Whole at once: the scheduler may look at any time, and would send (and remember) a file that is still empty.
        os.replace(written, watched / "log.bin")
    # The client itself sends what may still grow whole; the hub makes chunks of it.
    assert until(lambda: entry(ada, repo_id, "log.bin", "dataset").xet_hash) == xet_hash(watched / "log.bin")


# --- who may, and what goes wrong --------------------------------------------------------------------------------


def test_who_may_only_read_sends_nothing(ada, bob, carol, acme, server, new_repo, stored):
    from huggingface_hub.errors import HfHubHTTPError

    content = noise(19, 3 * MIB)
    repo_id, shared = new_repo(), new_repo(owner=acme)
    before = stored()
    reader = server.token("ada", "reader", "read")
    for token, target in ((bob.token, repo_id), (carol.token, shared), (reader, repo_id)):
        with pytest.raises(HfHubHTTPError) as refused:
            ada.api.upload_file(path_or_fileobj=content, path_in_repo="a.bin", repo_id=target, token=token)
        assert refused.value.response.status_code == 403
    assert stored() == before
    private = new_repo(private=True)
    ada.api.upload_file(path_or_fileobj=content, path_in_repo="a.bin", repo_id=private)
    assert Path(ada.api.hf_hub_download(private, "a.bin", token=reader)).read_bytes() == content


UPLOAD = """
import sys
from huggingface_hub import HfApi
HfApi().upload_file(path_or_fileobj=sys.argv[1], path_in_repo="a.bin", repo_id=sys.argv[2])
"""


def test_an_upload_that_was_killed_goes_on(ada, new_repo, tmp_path, home, stored, elsewhere):
    path = tmp_path / "a.bin"
    with path.open("wb") as file:
        for n in range(200):
            file.write(noise(1000 + n, MIB))
    repo_id = new_repo()
    settings = dict(os.environ) | {"HF_TOKEN": ada.token, "HF_HOME": str(home)}
    before = stored()["xorbs"]
    first = subprocess.Popen([sys.executable, "-c", UPLOAD, path, repo_id], env=settings,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        until(lambda: first.poll() is not None or stored()["xorbs"] - before > 60 * MIB)
    finally:
        first.kill()
        first.communicate()
    assert not ada.api.file_exists(repo_id, "a.bin")
    second = subprocess.run([sys.executable, "-c", UPLOAD, path, repo_id], env=settings, capture_output=True, text=True,
                            timeout=120)
    assert second.returncode == 0, second.stdout + second.stderr
    assert stored()["xorbs"] - before < 260 * MIB, "what had arrived was not kept twice"
    elsewhere()
    assert sha256(ada.api.hf_hub_download(repo_id, "a.bin")) == sha256(path)


def test_many_at_once(ada, new_repo, elsewhere, tmp_path):
    repo_id = new_repo()
    contents = {f"{n:02}.bin": noise(2000 + n, MIB + n) for n in range(64)}

    def up(name):
        while True:
            try:
                return ada.api.upload_file(path_or_fileobj=contents[name], path_in_repo=name, repo_id=repo_id)
            except Exception as error:
                # Each commit needs the head that it began with.
                if getattr(getattr(error, "response", None), "status_code", 0) not in (409, 412):
                    raise

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(up, contents))
    elsewhere()
    with ThreadPoolExecutor(64) as pool:
        found = dict(zip(contents, pool.map(lambda name: Path(ada.api.hf_hub_download(repo_id, name)).read_bytes(),
                                            contents), strict=True))
    assert found == contents


# --- other clients -----------------------------------------------------------------------------------------------


ROUND_TRIP = """
import sys
from pathlib import Path
from huggingface_hub import HfApi, hf_hub_download
folder, repo_id, other = sys.argv[1:]
HfApi().upload_file(path_or_fileobj=folder + "/a.bin", path_in_repo="a.bin", repo_id=repo_id)
HfApi().upload_folder(folder_path=folder, repo_id=repo_id)
for source, name in ((repo_id, "a.bin"), (repo_id, "b.bin"), (other, "new.bin")):
    assert Path(hf_hub_download(source, name)).read_bytes() == Path(folder, name).read_bytes(), name
"""


def old_pairs():
    return sorted(path.name for path in OLD.glob("*") if (path / "bin" / "python").exists()) or ["none"]


@pytest.mark.parametrize("version", old_pairs())
def test_older_clients(run, ada, new_repo, tmp_path, version):
    if version == "none":
        pytest.fail(f"no older clients in {OLD}; scripts/test.sh installs them")
    folder = tmp_path / "folder"
    folder.mkdir()
    seed = int.from_bytes(version.encode()) % 1000
    for n, name in enumerate(("a.bin", "b.bin", "new.bin")):
        (folder / name).write_bytes(noise(3000 + seed + n, 3 * MIB) + bytes(MIB))
    repo_id, other = new_repo(), new_repo()
    ada.api.upload_file(path_or_fileobj=folder / "new.bin", path_in_repo="new.bin", repo_id=other)
    for turn in ("first", "second"):
        # The second time from a computer that knows nothing.
        run(OLD / version / "bin" / "python", "-c", ROUND_TRIP, folder, repo_id, other, person=ada,
            environment={"HF_HOME": str(tmp_path / turn), "HF_HUB_CACHE": str(tmp_path / turn / "hub"),
                         "HF_XET_CACHE": str(tmp_path / turn / "xet")})
    # Those that ask the LFS batch how to send may be told to send whole; chunks it becomes in any case.
    assert until(lambda: entry(ada, repo_id, "a.bin").xet_hash) == xet_hash(folder / "a.bin")


def test_the_javascript_client(run, js_modules, ada, new_repo, tmp_path):
    content = noise(21, 3 * MIB)
    (tmp_path / "a.bin").write_bytes(content)
    repo_id = new_repo()
    run("node", CLIENTS / "js" / "xet.mjs", repo_id, tmp_path / "a.bin", tmp_path / "b.bin", person=ada,
        cwd=CLIENTS / "js")
    assert entry(ada, repo_id, "a.bin").lfs.sha256 == sha256(tmp_path / "a.bin")
    assert until(lambda: entry(ada, repo_id, "a.bin").xet_hash)
    run("node", CLIENTS / "js" / "xet.mjs", repo_id, tmp_path / "a.bin", tmp_path / "c.bin", person=ada,
        cwd=CLIENTS / "js")
    assert (tmp_path / "c.bin").read_bytes() == content, "from chunks"
    assert (tmp_path / "b.bin").read_bytes() == content
    assert Path(ada.api.hf_hub_download(repo_id, "a.bin")).read_bytes() == content
