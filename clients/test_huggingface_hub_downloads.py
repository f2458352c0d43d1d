"""`huggingface_hub`: reading: downloads, the cache, file systems, model cards, safetensors headers."""

import hashlib
import json
import os
from pathlib import Path

import numpy
import pytest
from huggingface_hub import (
    DatasetCard,
    HfApi,
    HfFileSystem,
    ModelCard,
    ModelCardData,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    metadata_update,
    scan_cache_dir,
    snapshot_download,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    NotASafetensorsRepoError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.file_download import _CACHED_NO_EXIST
from safetensors.numpy import save, save_file
from support import files_below

BINARY = bytes(range(256)) * 64


def git_oid(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


# --- single files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_a_download_lands_in_the_cache_under_its_hash(ada, new_repo, home, kind):
    repo_id = new_repo(kind, files={"x/a.txt": "hello\n", "w.bin": BINARY})
    sha = ada.api.repo_info(repo_id, repo_type=kind).sha
    small = Path(hf_hub_download(repo_id, "x/a.txt", repo_type=kind))
    large = Path(hf_hub_download(repo_id, "w.bin", repo_type=kind))
    cache = home / "hub" / f"{kind}s--{repo_id.replace('/', '--')}"
    assert small == cache / "snapshots" / sha / "x" / "a.txt"
    assert small.read_bytes() == b"hello\n"
    assert small.resolve().name == git_oid(b"hello\n")
    assert large.resolve().name == hashlib.sha256(BINARY).hexdigest()
    assert (cache / "refs" / "main").read_text() == sha
    assert hf_hub_download(repo_id, "x/a.txt", repo_type=kind, local_files_only=True) == str(small)


def test_file_metadata_without_the_file(ada, hub, new_repo):
    repo_id = new_repo(files={"a.txt": "hello\n", "w.bin": BINARY})
    sha = ada.api.model_info(repo_id).sha
    etags = {"a.txt": git_oid(b"hello\n"), "w.bin": hashlib.sha256(BINARY).hexdigest()}
    for name, size in (("a.txt", 6), ("w.bin", len(BINARY))):
        metadata = get_hf_file_metadata(hf_hub_url(repo_id, name))
        assert (metadata.commit_hash, metadata.etag, metadata.size) == (sha, etags[name], size)
        assert metadata.location.startswith(hub)
        # A large file that came whole becomes chunks within seconds, and may or may not be announced by now.
        assert name == "w.bin" or metadata.xet_file_data is None


def test_downloads_at_any_revision(ada, new_repo, write):
    repo_id = new_repo()
    first = write(repo_id, {"a.txt": "1"}).oid
    write(repo_id, {"a.txt": "2"})
    ada.api.create_tag(repo_id, tag="v1", revision=first)
    ada.api.create_branch(repo_id, branch="feature/x", revision=first)
    for revision in (first, first[:7], "v1", "feature/x", "refs/tags/v1", "refs/heads/feature/x"):
        assert Path(hf_hub_download(repo_id, "a.txt", revision=revision)).read_text() == "1", revision
    for revision in (None, "main"):
        assert Path(hf_hub_download(repo_id, "a.txt", revision=revision)).read_text() == "2"


def test_downloads_into_a_folder(new_repo, write, tmp_path):
    repo_id = new_repo(files={"x/a.txt": "1", "w.bin": BINARY})
    path = Path(hf_hub_download(repo_id, "a.txt", subfolder="x", local_dir=tmp_path))
    assert path == tmp_path / "x" / "a.txt" and path.read_text() == "1"
    hf_hub_download(repo_id, "w.bin", local_dir=tmp_path)
    write(repo_id, {"x/a.txt": "2"})
    hf_hub_download(repo_id, "x/a.txt", local_dir=tmp_path)
    assert files_below(tmp_path) == {"x/a.txt": b"2", "w.bin": BINARY}


def test_an_interrupted_download_goes_on_where_it_stopped(new_repo, home, tmp_path):
    """What lies in the `.incomplete` file is kept, so the answer to the Range request must be the rest."""
    repo_id = new_repo(files={"w.bin": BINARY})
    blobs = home / "hub" / f"models--{repo_id.replace('/', '--')}" / "blobs"
    blobs.mkdir(parents=True)
    etag = hashlib.sha256(BINARY).hexdigest()
    (blobs / f"{etag}.incomplete").write_bytes(BINARY[:5000])
    assert Path(hf_hub_download(repo_id, "w.bin")).read_bytes() == BINARY


def test_a_missing_file_is_remembered_as_missing(ada, new_repo):
    repo_id = new_repo()
    with pytest.raises(RemoteEntryNotFoundError):
        hf_hub_download(repo_id, "config.json")
    sha = ada.api.model_info(repo_id).sha
    assert try_to_load_from_cache(repo_id, "config.json", revision=sha) is _CACHED_NO_EXIST


def test_each_mistake_has_its_own_error(ada, bob, hub, new_repo):
    repo_id, private = new_repo(files={"a.txt": "a"}), new_repo(private=True, files={"a.txt": "a"})
    gated = new_repo(files={"a.txt": "a"})
    ada.api.update_repo_settings(gated, gated="auto")
    for error, get in {
        RemoteEntryNotFoundError: lambda: hf_hub_download(repo_id, "b.txt"),
        RevisionNotFoundError: lambda: hf_hub_download(repo_id, "a.txt", revision="no-such-revision"),
        RepositoryNotFoundError: lambda: hf_hub_download("ada/no-such-repo", "a.txt"),
        GatedRepoError: lambda: hf_hub_download(gated, "a.txt", token=bob.token),
    }.items():
        with pytest.raises(error):
            get()
    for token in (bob.token, False):
        with pytest.raises(RepositoryNotFoundError) as raised:
            hf_hub_download(private, "a.txt", token=token)
        assert not isinstance(raised.value, GatedRepoError)
    with pytest.raises(LocalEntryNotFoundError):
        hf_hub_download(repo_id, "a.txt", local_files_only=True)
    assert "Request ID" in str(raised.value)


def test_what_exists(ada, new_repo):
    repo_id = new_repo(files={"x/a.txt": "a"})
    api = ada.api
    assert api.repo_exists(repo_id) and not api.repo_exists(repo_id + "x")
    assert not api.repo_exists(repo_id, repo_type="dataset")
    assert api.revision_exists(repo_id, "main") and not api.revision_exists(repo_id, "v1")
    assert not api.revision_exists(repo_id + "x", "main")
    assert api.file_exists(repo_id, "x/a.txt")
    for name in ("x/b.txt", "x", "a.txt"):
        assert not api.file_exists(repo_id, name), name
    assert not api.file_exists(repo_id, "x/a.txt", revision="no-such-revision")


# --- snapshots ---------------------------------------------------------------------------------------------------

FILES = {"README.md": "# x\n", "a.json": "{}", "x/b.json": "[]", "x/w.bin": BINARY, "x/y/c.txt": "c"}


def test_a_snapshot_is_the_repository(ada, new_repo, tmp_path):
    repo_id = new_repo(files=FILES)
    folder = snapshot_download(repo_id)
    assert Path(folder).name == ada.api.model_info(repo_id).sha
    expected = {path: content if isinstance(content, bytes) else content.encode() for path, content in FILES.items()}
    assert {path: content for path, content in files_below(folder).items() if path != ".gitattributes"} == expected
    snapshot_download(repo_id, local_dir=tmp_path)
    assert files_below(tmp_path).keys() == expected.keys() | {".gitattributes"}
    assert snapshot_download(repo_id, local_files_only=True) == folder


def test_a_snapshot_of_a_part_and_of_the_past(ada, new_repo, write, tmp_path):
    repo_id = new_repo(files=FILES)
    old = ada.api.model_info(repo_id).sha
    write(repo_id, {"x/b.json": "[1]", "d.json": "1"})
    part = {"allow_patterns": ["*.json", "*.bin"], "ignore_patterns": "a.*"}
    snapshot_download(repo_id, revision=old, local_dir=tmp_path, **part)
    assert files_below(tmp_path) == {"x/b.json": b"[]", "x/w.bin": BINARY}


@pytest.mark.parametrize("kind", ["dataset", "space"])
def test_a_snapshot_of_another_kind(new_repo, kind):
    repo_id = new_repo(kind, files=FILES)
    assert files_below(snapshot_download(repo_id, repo_type=kind)).keys() >= FILES.keys() - {"README.md"}


def test_a_dry_run_downloads_nothing(new_repo, home):
    repo_id = new_repo(files=FILES)
    plan = {file.filename: file for file in snapshot_download(repo_id, dry_run=True)}
    assert plan.keys() == FILES.keys() | {".gitattributes"}
    assert plan["x/w.bin"].file_size == len(BINARY) and plan["x/w.bin"].will_download
    one = hf_hub_download(repo_id, "a.json", dry_run=True)
    assert one.will_download and one.file_size == 2
    assert not list(home.glob("hub/**/snapshots/*/*"))


def test_a_snapshot_of_nothing_is_an_error(new_repo, bob):
    with pytest.raises(RepositoryNotFoundError):
        snapshot_download("ada/no-such-repo")
    with pytest.raises(RevisionNotFoundError):
        snapshot_download(new_repo(), revision="no-such-revision")
    with pytest.raises(RepositoryNotFoundError):
        snapshot_download(new_repo(private=True), token=bob.token)


def test_the_cache_verifies_against_the_hub(ada, new_repo, home):
    repo_id = new_repo(files=FILES)
    folder = Path(snapshot_download(repo_id))
    assert [repo.repo_id for repo in scan_cache_dir(home / "hub").repos] == [repo_id]
    result = ada.api.verify_repo_checksums(repo_id)
    assert result.checked_count == len(FILES) + 1
    assert not result.mismatches and not result.missing_paths
    (folder / "x" / "w.bin").resolve().write_bytes(b"broken")
    assert [mismatch["path"] for mismatch in ada.api.verify_repo_checksums(repo_id).mismatches] == ["x/w.bin"]


# --- file systems ------------------------------------------------------------------------------------------------


@pytest.fixture
def fs(hub, ada):
    return HfFileSystem(endpoint=hub, token=ada.token, skip_instance_cache=True)


def test_a_repository_is_a_file_system(fs, new_repo, ada):
    repo_id = new_repo("dataset", files=FILES)
    root = f"datasets/{repo_id}"
    names = lambda paths: {path.removeprefix(root + "/") for path in paths}
    assert names(fs.ls(root, detail=False)) == {".gitattributes", "README.md", "a.json", "x"}
    assert names(fs.find(root)) == FILES.keys() | {".gitattributes"}
    assert names(fs.glob(f"{root}/**/*.json")) == {"a.json", "x/b.json"}
    assert names(fs.glob(f"{root}@main/x/*.json")) == {f"{root}@main/x/b.json"}
    assert fs.isdir(f"{root}/x") and fs.isfile(f"{root}/x/w.bin") and not fs.exists(f"{root}/no")
    assert not fs.exists(f"datasets/ada/no-such-repo")
    info = fs.info(f"{root}/x/w.bin", expand_info=True)
    assert (info["type"], info["size"]) == ("file", len(BINARY))
    assert info["lfs"].sha256 == hashlib.sha256(BINARY).hexdigest()
    assert info["last_commit"].title == "Add files"
    assert fs.du(f"{root}/x") == sum(len(FILES[name]) for name in ("x/b.json", "x/w.bin", "x/y/c.txt"))
    assert fs.cat(f"{root}/x/y/c.txt") == b"c"
    assert fs.url(f"{root}/a.json").endswith(f"/{root}/resolve/main/a.json")
    assert [set(files) for _, _, files in fs.walk(f"{root}/x/y")] == [{"c.txt"}]


@pytest.mark.parametrize("name", ["w.bin", "w.txt"])
def test_parts_of_files_are_read(fs, new_repo, name):
    content = BINARY if name == "w.bin" else bytes(range(32, 127)) * 100
    path = f"{new_repo(files={name: content})}/{name}"
    with fs.open(path, "rb", block_size=1000) as file:
        assert file.read(10) == content[:10]
        file.seek(5000)
        assert file.read(2500) == content[5000:7500]
        file.seek(-7, os.SEEK_END)
        assert file.read() == content[-7:]
    with fs.open(path, "rb", block_size=0) as stream:
        assert stream.read() == content
    assert fs.read_block(path, 100, 50) == content[100:150]
    assert fs.cat_file(path, start=10, end=20) == content[10:20]


def test_files_are_written_copied_moved_and_removed(fs, ada, new_repo, tmp_path):
    repo_id = new_repo()
    with fs.open(f"{repo_id}/a.txt", "w") as file:
        file.write("one\n")
    assert fs.read_text(f"{repo_id}/a.txt") == "one\n"
    (tmp_path / "w.bin").write_bytes(BINARY)
    fs.put(str(tmp_path / "w.bin"), f"{repo_id}/x/w.bin")
    fs.cp_file(f"{repo_id}/x/w.bin", f"{repo_id}/y/w.bin")
    fs.mv(f"{repo_id}/a.txt", f"{repo_id}/b.txt")
    fs.rm(f"{repo_id}/x", recursive=True)
    assert set(ada.api.list_repo_files(repo_id)) == {".gitattributes", "b.txt", "y/w.bin"}
    fs.get(f"{repo_id}/y/w.bin", str(tmp_path / "back.bin"))
    assert (tmp_path / "back.bin").read_bytes() == BINARY


def test_a_file_system_at_a_revision(fs, ada, new_repo, write):
    repo_id = new_repo(files={"a.txt": "old"})
    ada.api.create_branch(repo_id, branch="feature/x")
    write(repo_id, {"a.txt": "new"})
    assert fs.cat(f"{repo_id}@feature%2Fx/a.txt") == b"old"
    assert fs.cat(f"{repo_id}/a.txt", revision="feature/x") == b"old"
    assert fs.cat(f"{repo_id}/a.txt") == b"new"
    with pytest.raises(FileNotFoundError):
        fs.cat(f"{repo_id}@no-such-revision/a.txt")


def test_tables_open_by_their_hf_address(ada, new_repo, tables):
    import pandas

    repo_id = new_repo("dataset", files={"weather.csv": (tables / "seattle-weather.csv").read_bytes()})
    frame = pandas.read_csv(f"hf://datasets/{repo_id}/weather.csv")
    assert len(frame) == 1461


# --- safetensors -------------------------------------------------------------------------------------------------


def test_the_header_of_a_safetensors_file(ada, new_repo):
    tensors = {"a": numpy.zeros((3, 4), numpy.float32), "b": numpy.zeros(5, numpy.float16)}
    repo_id = new_repo(files={"model.safetensors": save(tensors, metadata={"format": "np"})})
    metadata = ada.api.get_safetensors_metadata(repo_id)
    assert not metadata.sharded
    assert metadata.parameter_count == {"F32": 12, "F16": 5}
    assert metadata.files_metadata["model.safetensors"].tensors["a"].shape == [3, 4]
    info = ada.api.model_info(repo_id)
    assert info.safetensors.parameters == {"F32": 12, "F16": 5} and info.safetensors.total == 17
    assert "safetensors" in info.tags


def test_the_headers_of_a_sharded_model(ada, new_repo, tmp_path):
    weights, total = {}, 0
    for number in (1, 2):
        shard = f"model-{number:05}-of-00002.safetensors"
        tensors = {f"layer.{number}.w": numpy.ones((number, 10), numpy.float32)}
        save_file(tensors, tmp_path / shard)
        weights |= dict.fromkeys(tensors, shard)
        total += number * 40
    index = {"metadata": {"total_size": total}, "weight_map": weights}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    repo_id = new_repo()
    ada.api.upload_folder(repo_id=repo_id, folder_path=tmp_path)
    metadata = ada.api.get_safetensors_metadata(repo_id)
    assert metadata.sharded and metadata.weight_map == weights
    assert metadata.parameter_count == {"F32": 30}
    assert ada.api.model_info(repo_id).safetensors.total == 30


def test_a_repository_without_safetensors_says_so(ada, new_repo):
    with pytest.raises(NotASafetensorsRepoError):
        ada.api.get_safetensors_metadata(new_repo())


# --- cards -------------------------------------------------------------------------------------------------------


def test_a_card_is_pushed_loaded_and_updated(ada, new_repo):
    repo_id = new_repo()
    data = ModelCardData(language="en", license="mit", library_name="stoa-test", tags=["one"])
    card = ModelCard(f"---\n{data.to_yaml()}\n---\n\n# A card\n\nText.\n")
    card.validate()
    card.push_to_hub(repo_id, commit_message="Card")
    loaded = ModelCard.load(repo_id)
    assert loaded.data.to_dict() == data.to_dict() and "# A card" in loaded.text
    metadata_update(repo_id, {"pipeline_tag": "text-generation", "tags": ["one", "two"]}, overwrite=True)
    info = ada.api.model_info(repo_id)
    assert info.pipeline_tag == "text-generation" and {"one", "two", "license:mit", "stoa-test"} <= set(info.tags)


def test_a_wrong_card_does_not_validate():
    with pytest.raises(ValueError):
        ModelCard("---\nlicense: no-such-license\n---\n").validate()


def test_dataset_cards_work_too(new_repo):
    repo_id = new_repo("dataset")
    DatasetCard("---\nlicense: mit\npretty_name: Rows\n---\n# Rows\n").push_to_hub(repo_id)
    assert DatasetCard.load(repo_id).data.pretty_name == "Rows"
    with pytest.raises(EntryNotFoundError):
        DatasetCard.load(new_repo("dataset"))


def test_a_client_that_names_its_endpoint_needs_no_environment(hub, ada, new_repo):
    """`HfApi(endpoint=…)` alone is enough, as in code that speaks to two hubs."""
    repo_id = new_repo(files={"a.txt": "a"})
    api = HfApi(endpoint=hub, token=ada.token)
    assert api.whoami()["name"] == "ada"
    assert Path(api.hf_hub_download(repo_id, "a.txt")).read_text() == "a"


def test_an_unknown_route_is_an_error_the_client_can_show(raw):
    answer = raw.get("/api/no-such-route")
    assert answer.status_code == 404
    assert isinstance(answer.json().get("error"), str)


def test_a_server_error_names_its_request(ada):
    with pytest.raises(HfHubHTTPError) as error:
        ada.api.get_user_overview("no-such-user")
    assert "Request ID" in str(error.value)
