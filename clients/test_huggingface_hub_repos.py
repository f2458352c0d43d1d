"""`huggingface_hub`: repositories as things: create, delete, move, settings, information, lists, people."""

import re
import time
from datetime import datetime, timedelta, timezone
from typing import get_args

import pytest
from huggingface_hub import HfApi, RepoUrl
from huggingface_hub.errors import (
    BadRequestError,
    GatedRepoError,
    HfHubHTTPError,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import ExpandDatasetProperty_T, ExpandModelProperty_T, ExpandSpaceProperty_T
from huggingface_hub.utils import paginate

KINDS = ["model", "dataset", "space"]
PREFIX = {"model": "", "dataset": "datasets/", "space": "spaces/"}
EXPANDABLE = {"model": ExpandModelProperty_T, "dataset": ExpandDatasetProperty_T, "space": ExpandSpaceProperty_T}

CARD = """---
license: apache-2.0
language:
- en
- fr
library_name: transformers
pipeline_tag: text-classification
tags:
- finance
- {tag}
datasets:
- imdb
base_model: google-bert/bert-base-uncased
---
# A model

It reads.
"""


def status(error):
    return error.value.response.status_code


# --- who am I ----------------------------------------------------------------------------------------------------


def test_whoami_names_the_user_the_token_and_the_organizations(ada, acme):
    me = ada.api.whoami()
    assert (me["type"], me["name"], me["fullname"]) == ("user", "ada", "Ada Lovelace")
    assert me["auth"]["type"] == "access_token"
    assert me["auth"]["accessToken"]["displayName"] == "laptop"
    assert me["auth"]["accessToken"]["role"] == "write"
    org = next(org for org in me["orgs"] if org["name"] == acme)
    assert (org["type"], org["roleInOrg"]) == ("org", "admin")


def test_a_wrong_token_is_refused(hub):
    with pytest.raises(HfHubHTTPError) as error:
        HfApi(endpoint=hub, token="hf_" + "x" * 34).whoami()
    assert status(error) == 401
    assert "Invalid user token" in str(error.value)


def test_a_wrong_token_is_refused_even_for_public_repositories(hub, new_repo):
    repo_id = new_repo()
    with pytest.raises(HfHubHTTPError) as error:
        HfApi(endpoint=hub, token="hf_" + "x" * 34).model_info(repo_id)
    assert status(error) == 401


def test_a_read_token_reads_and_does_not_write(hub, server, ada, new_repo):
    reader = HfApi(endpoint=hub, token=server.token("ada", "reader", "read"))
    assert reader.whoami()["auth"]["accessToken"]["role"] == "read"
    private = new_repo(private=True)
    assert reader.model_info(private).private is True
    with pytest.raises(HfHubHTTPError) as error:
        reader.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=private)
    assert status(error) == 403
    with pytest.raises(HfHubHTTPError) as error:
        reader.create_repo("ada/never")
    assert status(error) == 403


# --- create and delete -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_created_repository_has_a_url_and_an_initial_commit(ada, hub, new_name, kind):
    repo_id = f"ada/{new_name()}"
    url = ada.api.create_repo(repo_id, repo_type=kind, space_sdk="static" if kind == "space" else None)
    assert isinstance(url, RepoUrl)
    assert url == f"{hub}/{PREFIX[kind]}{repo_id}"
    assert (url.endpoint, url.repo_id, url.repo_type) == (hub, repo_id, kind)

    commits = ada.api.list_repo_commits(repo_id, repo_type=kind)
    assert [commit.title for commit in commits] == ["initial commit"]
    files = ada.api.list_repo_files(repo_id, repo_type=kind)
    assert ".gitattributes" in files
    if kind == "space":
        assert {"README.md", "index.html", "style.css"} <= set(files)
        assert ada.api.space_info(repo_id).sdk == "static"


def test_a_name_without_namespace_belongs_to_the_token_owner(ada, new_name):
    name = new_name()
    assert ada.api.create_repo(name).repo_id == f"ada/{name}"


def test_creating_twice_is_a_conflict_unless_existing_is_fine(ada, new_repo):
    repo_id = new_repo()
    with pytest.raises(HfHubHTTPError) as error:
        ada.api.create_repo(repo_id)
    assert status(error) == 409
    assert "already created this model repo" in str(error.value)
    assert ada.api.create_repo(repo_id, exist_ok=True).repo_id == repo_id


def test_the_same_name_may_be_a_model_a_dataset_and_a_space(ada, new_name):
    repo_id = f"ada/{new_name()}"
    for kind in KINDS:
        ada.api.create_repo(repo_id, repo_type=kind, space_sdk="static" if kind == "space" else None)
    ada.api.delete_repo(repo_id, repo_type="dataset")
    assert [ada.api.repo_exists(repo_id, repo_type=kind) for kind in KINDS] == [True, False, True]


def test_only_members_create_in_an_organization(ada, bob, carol, acme, new_name):
    assert ada.api.create_repo(f"{acme}/{new_name()}").namespace == acme
    for person in (bob, carol):
        with pytest.raises(HfHubHTTPError) as error:
            person.api.create_repo(f"{acme}/{new_name()}")
        assert status(error) == 403


def test_a_space_needs_an_sdk_that_exists(ada, raw, new_name):
    answer = raw.post(
        "/api/repos/create", json={"name": new_name(), "type": "space", "sdk": "cobol"}, headers=ada.headers
    )
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_a_deleted_repository_is_gone(ada, new_repo):
    repo_id = new_repo(files={"a.txt": "a"})
    ada.api.delete_repo(repo_id)
    assert not ada.api.repo_exists(repo_id)
    assert not ada.api.file_exists(repo_id, "a.txt")
    with pytest.raises(RepositoryNotFoundError):
        ada.api.delete_repo(repo_id)
    ada.api.delete_repo(repo_id, missing_ok=True)


def test_only_the_owner_deletes(ada, bob, new_repo):
    repo_id = new_repo()
    with pytest.raises(HfHubHTTPError) as error:
        bob.api.delete_repo(repo_id)
    assert status(error) == 403
    assert ada.api.repo_exists(repo_id)


# --- who may see what --------------------------------------------------------------------------------------------


def private_reads(api, repo_id):
    """Every way to read a repository that this client has."""
    return {
        "info": lambda: api.model_info(repo_id),
        "info of a revision": lambda: api.model_info(repo_id, revision="main"),
        "tree": lambda: list(api.list_repo_tree(repo_id)),
        "paths": lambda: api.get_paths_info(repo_id, ["a.txt"]),
        "refs": lambda: api.list_repo_refs(repo_id),
        "commits": lambda: api.list_repo_commits(repo_id),
        "likers": lambda: list(api.list_repo_likers(repo_id)),
        "file": lambda: api.hf_hub_download(repo_id, "a.txt"),
        "large file": lambda: api.hf_hub_download(repo_id, "w.bin"),
        "snapshot": lambda: api.snapshot_download(repo_id),
        "auth check": lambda: api.auth_check(repo_id),
    }


def private_writes(api, repo_id):
    """Every way to change it."""
    return {
        "copy": lambda: api.duplicate_repo(repo_id, "bob/copy-of-a-secret"),
        "commit": lambda: api.upload_file(path_or_fileobj=b"x", path_in_repo="x", repo_id=repo_id),
        "branch": lambda: api.create_branch(repo_id, branch="b"),
        "settings": lambda: api.update_repo_settings(repo_id, private=False),
        "delete": lambda: api.delete_repo(repo_id),
    }


@pytest.mark.parametrize("route", private_reads(None, None) | private_writes(None, None))
@pytest.mark.parametrize("stranger", ["bob", "nobody"])
def test_a_private_repository_is_missing_for_others(ada, bob, hub, new_repo, route, stranger):
    repo_id = new_repo(private=True, files={"a.txt": "a secret", "w.bin": bytes(range(256)) * 64})
    api = bob.api if stranger == "bob" else HfApi(endpoint=hub, token=False)
    with pytest.raises(HfHubHTTPError) as error:
        (private_reads(api, repo_id) | private_writes(api, repo_id))[route]()
    assert status(error) == (404 if stranger == "bob" else 401)
    if stranger == "bob" or route in private_reads(None, None):
        assert isinstance(error.value, RepositoryNotFoundError)
        assert not isinstance(error.value, GatedRepoError)
    assert not api.repo_exists(repo_id)
    assert not api.file_exists(repo_id, "a.txt")
    assert ada.api.model_info(repo_id).private


def test_members_read_private_repositories_of_their_organization(ada, carol, bob, acme, new_repo):
    repo_id = new_repo(owner=acme, private=True, files={"a.txt": "for us"})
    assert carol.api.model_info(repo_id).private
    assert open(carol.api.hf_hub_download(repo_id, "a.txt")).read() == "for us"
    with pytest.raises(HfHubHTTPError) as error:
        carol.api.upload_file(path_or_fileobj=b"x", path_in_repo="x", repo_id=repo_id)
    assert status(error) == 403
    assert not bob.api.repo_exists(repo_id)


def test_everybody_reads_public_repositories_and_only_writers_write(bob, hub, new_repo):
    repo_id = new_repo(files={"a.txt": "open"})
    nobody = HfApi(endpoint=hub, token=False)
    assert open(nobody.hf_hub_download(repo_id, "a.txt")).read() == "open"
    with pytest.raises(HfHubHTTPError) as error:
        bob.api.upload_file(path_or_fileobj=b"x", path_in_repo="x", repo_id=repo_id)
    assert status(error) == 403
    with pytest.raises(HfHubHTTPError) as error:
        nobody.upload_file(path_or_fileobj=b"x", path_in_repo="x", repo_id=repo_id)
    assert status(error) == 401


def test_auth_check_tells_reading_from_writing(ada, bob, new_repo):
    public, private = new_repo(), new_repo(private=True)
    ada.api.auth_check(private, write=True)
    bob.api.auth_check(public)
    with pytest.raises(HfHubHTTPError) as error:
        bob.api.auth_check(public, write=True)
    assert status(error) == 403
    with pytest.raises(RepositoryNotFoundError):
        bob.api.auth_check(private)


# --- settings, move, duplicate -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_visibility_can_change_and_change_back(ada, bob, new_repo, kind):
    repo_id = new_repo(kind)
    ada.api.update_repo_settings(repo_id, private=True, repo_type=kind)
    assert ada.api.repo_info(repo_id, repo_type=kind).private is True
    assert not bob.api.repo_exists(repo_id, repo_type=kind)
    ada.api.update_repo_settings(repo_id, private=False, repo_type=kind)
    assert bob.api.repo_info(repo_id, repo_type=kind).private is False


@pytest.mark.parametrize("gate", ["auto", "manual"])
def test_a_gated_repository_shows_itself_and_keeps_its_files(ada, bob, hub, new_repo, gate):
    repo_id = new_repo(files={"a.txt": "asked for", "w.bin": bytes(2048)})
    ada.api.update_repo_settings(repo_id, gated=gate)
    nobody = HfApi(endpoint=hub, token=False)
    for api in (bob.api, nobody):
        assert api.model_info(repo_id).gated == gate
        assert "a.txt" in api.list_repo_files(repo_id)
        for file in ("a.txt", "w.bin"):
            with pytest.raises(GatedRepoError) as error:
                api.hf_hub_download(repo_id, file)
            assert "restricted" in str(error.value)
    with pytest.raises(GatedRepoError):
        bob.api.auth_check(repo_id)
    assert open(ada.api.hf_hub_download(repo_id, "a.txt")).read() == "asked for"
    ada.api.update_repo_settings(repo_id, gated=False)
    assert nobody.model_info(repo_id).gated is False
    assert open(nobody.hf_hub_download(repo_id, "a.txt")).read() == "asked for"


@pytest.mark.parametrize("kind", KINDS)
def test_a_moved_repository_answers_to_its_old_name_on_every_route(ada, hub, new_repo, new_name, kind, tmp_path):
    old = new_repo(kind, files={"a.txt": "a", "w.bin": bytes(range(256)) * 8})
    new = f"ada/{new_name('moved')}"
    ada.api.move_repo(old, new, repo_type=kind)
    api, of = ada.api, {"repo_type": kind}

    assert api.repo_info(old, **of).id == new
    assert api.repo_info(old, revision="main", **of).id == new
    assert "a.txt" in api.list_repo_files(old, **of)
    assert [info.path for info in api.get_paths_info(old, ["a.txt"], **of)] == ["a.txt"]
    assert api.list_repo_refs(old, **of).branches[0].name == "main"
    assert len(api.list_repo_commits(old, **of)) == 2
    assert open(api.hf_hub_download(old, "a.txt", **of)).read() == "a"
    assert open(api.hf_hub_download(old, "w.bin", **of), "rb").read() == bytes(range(256)) * 8
    api.snapshot_download(old, local_dir=tmp_path / "copy", **of)
    assert (tmp_path / "copy" / "a.txt").read_text() == "a"
    api.auth_check(old, write=True, **of)

    api.upload_file(path_or_fileobj=b"b", path_in_repo="b.txt", repo_id=old, **of)
    api.upload_file(path_or_fileobj=bytes(range(255, -1, -1)) * 8, path_in_repo="v.bin", repo_id=old, **of)
    api.create_branch(old, branch="side", **of)
    api.create_tag(old, tag="v1", **of)
    api.update_repo_settings(old, private=True, **of)
    assert {"a.txt", "b.txt", "v.bin", "w.bin"} <= set(api.list_repo_files(new, **of))
    assert {branch.name for branch in api.list_repo_refs(new, **of).branches} == {"main", "side"}
    assert api.repo_info(new, **of).private is True


def test_a_repository_moves_into_an_organization_and_never_onto_another(ada, bob, acme, new_repo, new_name):
    mine, other = new_repo(files={"a.txt": "a"}), new_repo()
    with pytest.raises(HfHubHTTPError) as error:
        ada.api.move_repo(mine, other)
    assert 400 <= status(error) < 500
    with pytest.raises(HfHubHTTPError):
        bob.api.move_repo(mine, f"bob/{new_name()}")
    ours = f"{acme}/{new_name()}"
    ada.api.move_repo(mine, ours)
    assert ada.api.model_info(ours).author == acme
    assert ada.api.model_info(mine).id == ours


@pytest.mark.parametrize("kind", KINDS)
def test_a_duplicate_has_the_files_of_its_source(ada, bob, new_repo, new_name, kind):
    weights = bytes(range(256)) * 512
    source = new_repo(kind, files={"a.txt": "a", "dir/w.bin": weights})
    target = f"bob/{new_name('copy')}"
    url = bob.api.duplicate_repo(source, target, repo_type=kind)
    assert (url.repo_id, url.repo_type) == (target, kind)
    assert set(bob.api.list_repo_files(target, repo_type=kind)) == set(ada.api.list_repo_files(source, repo_type=kind))
    assert open(bob.api.hf_hub_download(target, "dir/w.bin", repo_type=kind), "rb").read() == weights
    with pytest.raises(HfHubHTTPError) as error:
        bob.api.duplicate_repo(source, target, repo_type=kind)
    assert status(error) == 409
    assert bob.api.duplicate_repo(source, target, repo_type=kind, exist_ok=True).repo_id == target

    bob.api.upload_file(path_or_fileobj=b"b", path_in_repo="b.txt", repo_id=target, repo_type=kind)
    assert "b.txt" not in ada.api.list_repo_files(source, repo_type=kind)


# --- information -------------------------------------------------------------------------------------------------


def test_model_info_says_what_the_card_and_the_files_say(ada, new_repo, new_name):
    tag = new_name("tag")
    repo_id = new_repo(files={"README.md": CARD.format(tag=tag), "config.json": '{"model_type": "bert"}'})
    info = ada.api.model_info(repo_id)
    assert (info.id, info.modelId, info.author) == (repo_id, repo_id, "ada")
    assert (info.private, info.gated, info.disabled) == (False, False, False)
    assert (info.downloads, info.likes) == (0, 0)
    assert (info.pipeline_tag, info.library_name) == ("text-classification", "transformers")
    assert info.card_data.license == "apache-2.0"
    assert info.card_data.tags == ["finance", tag]
    assert {"transformers", "finance", tag, "en", "fr", "license:apache-2.0", "dataset:imdb", "text-classification",
            "base_model:google-bert/bert-base-uncased"} <= set(info.tags)
    assert info.config["model_type"] == "bert"
    assert {sibling.rfilename for sibling in info.siblings} == {".gitattributes", "README.md", "config.json"}
    assert re.fullmatch(r"[0-9a-f]{40}", info.sha)
    now = datetime.now(timezone.utc)
    assert now - timedelta(minutes=5) < info.created_at <= info.last_modified < now + timedelta(seconds=5)


def test_dataset_and_space_information(ada, new_repo):
    card = "---\nlicense: mit\nlanguage: en\n---\n# Rows\n"
    dataset = new_repo("dataset", files={"README.md": card, "a.csv": "x\n1\n"})
    info = ada.api.dataset_info(dataset)
    assert (info.id, info.author, info.downloads) == (dataset, "ada", 0)
    assert {"license:mit", "language:en"} <= set(info.tags)
    space = new_repo("space", space_sdk="gradio")
    info = ada.api.space_info(space)
    assert (info.id, info.author, info.sdk) == (space, "ada", "gradio")
    assert "README.md" in {sibling.rfilename for sibling in info.siblings}


def test_file_metadata_of_all_siblings(ada, new_repo):
    weights = bytes(range(256)) * 8
    repo_id = new_repo(files={"a.txt": "hello\n", "w.bin": weights})
    siblings = {s.rfilename: s for s in ada.api.model_info(repo_id, files_metadata=True).siblings}
    assert (siblings["a.txt"].size, siblings["a.txt"].blob_id) == (6, "ce013625030ba8dba906f756967f9e9ca394464a")
    assert siblings["a.txt"].lfs is None
    assert siblings["w.bin"].size == siblings["w.bin"].lfs.size == len(weights)
    assert re.fullmatch(r"[0-9a-f]{64}", siblings["w.bin"].lfs.sha256)
    assert siblings["w.bin"].lfs.pointer_size > 0


def test_information_about_any_kind_of_revision(ada, new_repo, write):
    repo_id = new_repo()
    first = ada.api.model_info(repo_id).sha
    write(repo_id, {"a.txt": "a"})
    head = ada.api.model_info(repo_id).sha
    ada.api.create_branch(repo_id, branch="a/b", revision=first)
    ada.api.create_tag(repo_id, tag="v1.0", revision=first, tag_message="one")
    for revision, sha in {"main": head, "refs/heads/main": head, first: first, first[:8]: first, "a/b": first,
                          "v1.0": first, "refs/tags/v1.0": first}.items():
        info = ada.api.model_info(repo_id, revision=revision)
        assert info.sha == sha, revision
        assert ("a.txt" in {s.rfilename for s in info.siblings}) == (sha == head)
        assert ada.api.revision_exists(repo_id, revision)
    with pytest.raises(RevisionNotFoundError):
        ada.api.model_info(repo_id, revision="no-such-revision")
    assert not ada.api.revision_exists(repo_id, "no-such-revision")
    assert ada.api.resolve_revision(repo_id, revision="v1.0").resolved == first


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_can_be_asked_for_alone(ada, new_repo, kind):
    repo_id = new_repo(kind, files={"README.md": "---\nlicense: mit\n---\n# x\n"})
    for name in get_args(EXPANDABLE[kind]):
        info = ada.api.repo_info(repo_id, repo_type=kind, expand=[name])
        assert info.id == repo_id, name
    info = ada.api.repo_info(repo_id, repo_type=kind, expand=["likes", "tags"])
    assert info.likes == 0 and "license:mit" in info.tags
    assert info.siblings is None and info.sha is None, "only what was asked for"


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_property_is_refused_with_the_list_of_known_ones(ada, new_repo, kind):
    repo_id = new_repo(kind)
    with pytest.raises(BadRequestError) as error:
        ada.api.repo_info(repo_id, repo_type=kind, expand=["nonsense"])
    known = re.search(r'"expand" must be one of \[(.*?)\]', str(error.value)).group(1).split(", ")
    assert set(get_args(EXPANDABLE[kind])) <= set(known)


@pytest.mark.parametrize("kind", KINDS)
def test_missing_repositories_are_missing(ada, hub, kind):
    nobody = HfApi(endpoint=hub, token=False)
    for api in (ada.api, nobody):
        for repo_id in ("ada/no-such-repo", "nobody-here/at-all", "no-such-repo"):
            with pytest.raises(RepositoryNotFoundError):
                api.repo_info(repo_id, repo_type=kind)
            assert api.repo_exists(repo_id, repo_type=kind) is False
            assert api.file_exists(repo_id, "config.json", repo_type=kind) is False


# --- lists -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shelf(ada, acme):
    """Five models, four datasets and three Spaces that share a rare word, made once."""
    from support import commit

    word = "shelf" + str(time.time_ns())
    api = ada.api
    for number, (task, license, library) in enumerate([
        ("text-classification", "mit", "transformers"), ("text-generation", "mit", "transformers"),
        ("text-generation", "apache-2.0", "transformers"), ("image-classification", "apache-2.0", "timm"),
        ("sentence-similarity", "mit", "sentence-transformers"),
    ]):
        repo_id = f"{'acme' if number == 4 else 'ada'}/{word}-m{number}"
        api.create_repo(repo_id, private=number == 3)
        card = f"---\npipeline_tag: {task}\nlicense: {license}\nlibrary_name: {library}\nlanguage: en\n"
        card += f"datasets:\n- ada/{word}-d0\ntags:\n- tag{word}{number}\n---\n# {number}\n"
        commit(ada, repo_id, {"README.md": card})
    for number, (language, task) in enumerate([("en", "question-answering"), ("fr", "question-answering"),
                                               ("de", "translation"), ("en", "translation")]):
        repo_id = f"ada/{word}-d{number}"
        api.create_repo(repo_id, repo_type="dataset")
        card = f"---\nlanguage: {language}\ntask_categories:\n- {task}\nsize_categories:\n- n<1K\nlicense: mit\n---\n"
        commit(ada, repo_id, {"README.md": card}, kind="dataset")
    for number, sdk in enumerate(["gradio", "static", "docker"]):
        repo_id = f"ada/{word}-s{number}"
        api.create_repo(repo_id, repo_type="space", space_sdk=sdk)
        card = f"---\ntitle: S{number}\nsdk: {sdk}\nmodels:\n- ada/{word}-m0\ndatasets:\n- ada/{word}-d0\n---\n"
        commit(ada, repo_id, {"README.md": card}, kind="space")
    return word


def names(infos, word):
    return [info.id.split(word + "-")[1] for info in infos if word in info.id]


def test_lists_filter_models(ada, bob, shelf):
    found = lambda api=ada.api, **query: set(names(api.list_models(search=shelf, **query), shelf))
    assert found() == {"m0", "m1", "m2", "m3", "m4"}
    assert found(bob.api) == {"m0", "m1", "m2", "m4"}, "a private model is listed for its owner only"
    assert found(author="acme") == {"m4"}
    assert found(author="nobody-at-all") == set()
    assert found(pipeline_tag="text-generation") == {"m1", "m2"}
    assert found(filter="text-generation") == {"m1", "m2"}
    assert found(filter=["text-generation", "license:mit"]) == {"m1"}
    assert found(filter="timm") == {"m3"}
    assert found(filter=f"tag{shelf}2") == {"m2"}
    assert found(filter="en") == found()
    assert found(trained_dataset=f"ada/{shelf}-d0") == found()
    assert found(gated=True) == set()
    assert found(gated=False) == found()
    assert set(names(ada.api.list_models(search=shelf.upper()), shelf)) == found(), "search ignores case"
    assert set(names(ada.api.list_models(search=shelf[3:]), shelf)) == found(), "search finds inside words"


def test_lists_filter_datasets(ada, shelf):
    found = lambda **query: set(names(ada.api.list_datasets(search=shelf, **query), shelf))
    assert found() == {"d0", "d1", "d2", "d3"}
    assert found(language="en") == {"d0", "d3"}
    assert found(task_categories="translation") == {"d2", "d3"}
    assert found(task_categories="translation", language="de") == {"d2"}
    assert found(size_categories="n<1K") == found()
    assert found(filter="license:mit") == found()
    assert found(dataset_name=f"{shelf}-d1") == {"d1"}
    assert found(author="ada") == found()


def test_lists_filter_spaces(ada, shelf):
    found = lambda **query: set(names(ada.api.list_spaces(search=shelf, **query), shelf))
    assert found() == {"s0", "s1", "s2"}
    assert found(filter="gradio") == {"s0"}
    assert found(models=f"ada/{shelf}-m0") == found()
    assert found(datasets=f"ada/{shelf}-d0") == found()
    assert found(linked=True) == found()
    assert {space.sdk for space in ada.api.list_spaces(search=shelf)} == {"gradio", "static", "docker"}


def test_lists_sort(ada, shelf):
    newest_first = names(ada.api.list_models(search=shelf, sort="created_at"), shelf)
    assert newest_first == ["m4", "m3", "m2", "m1", "m0"]
    ada.api.upload_file(path_or_fileobj=b"x", path_in_repo=f"{time.time_ns()}.txt", repo_id=f"ada/{shelf}-m1")
    assert names(ada.api.list_models(search=shelf, sort="last_modified"), shelf)[0] == "m1"
    for sort in ("downloads", "likes", "trending_score"):
        assert len(names(ada.api.list_models(search=shelf, sort=sort), shelf)) == 5
        assert len(names(ada.api.list_datasets(search=shelf, sort=sort), shelf)) == 4
    for sort in ("created_at", "last_modified", "likes", "trending_score"):
        assert len(names(ada.api.list_spaces(search=shelf, sort=sort), shelf)) == 3


def test_lists_stop_at_the_limit_and_follow_pages(ada, hub, shelf):
    assert len(list(ada.api.list_models(search=shelf, limit=2))) == 2
    for kind, count in (("models", 5), ("datasets", 4), ("spaces", 3)):
        for sort in ("createdAt", "likes"):
            pages = paginate(f"{hub}/api/{kind}", {"search": shelf, "limit": 2, "sort": sort}, ada.headers)
            seen = [item["id"] for item in pages]
            assert len(seen) == len(set(seen)) == count


def test_lists_carry_what_was_asked_for(ada, shelf):
    model = next(iter(ada.api.list_models(search=f"{shelf}-m0")))
    assert model.pipeline_tag == "text-classification" and model.library_name == "transformers"
    assert model.created_at is not None and model.private is False and f"tag{shelf}0" in model.tags
    full = next(iter(ada.api.list_models(search=f"{shelf}-m0", full=True, cardData=True, fetch_config=True)))
    assert full.author == "ada" and full.sha and full.last_modified and full.siblings
    assert full.card_data.license == "mit"
    part = next(iter(ada.api.list_models(search=f"{shelf}-m0", expand=["sha", "likes"])))
    assert part.sha and part.likes == 0 and part.tags is None
    dataset = next(iter(ada.api.list_datasets(search=f"{shelf}-d0", full=True)))
    assert dataset.author == "ada" and dataset.last_modified
    space = next(iter(ada.api.list_spaces(search=f"{shelf}-s0", full=True)))
    assert space.models == [f"ada/{shelf}-m0"] and space.datasets == [f"ada/{shelf}-d0"]


def test_tags_by_type(ada, shelf):
    models, datasets = ada.api.get_model_tags(), ada.api.get_dataset_tags()
    for tags in (models, datasets):
        assert all({"id", "label", "type"} <= set(tag) for group in tags.values() for tag in group)
    assert "license:mit" in {tag["id"] for tag in models["license"]}
    assert "text-generation" in {tag["id"] for tag in models["pipeline_tag"]}
    assert "task_categories:translation" in {tag["id"] for tag in datasets["task_categories"]}


# --- likes and people --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_likes_are_counted_listed_and_taken_back(ada, bob, raw, new_repo, kind):
    repo_id = new_repo(kind)
    for _ in range(2):
        assert raw.post(f"/api/{kind}s/{repo_id}/like", headers=bob.headers).status_code < 300
    assert ada.api.repo_info(repo_id, repo_type=kind).likes == 1
    assert [user.username for user in ada.api.list_repo_likers(repo_id, repo_type=kind)] == ["bob"]
    assert repo_id in getattr(ada.api.list_liked_repos("bob"), f"{kind}s")
    assert bob.api.list_liked_repos().total >= 1

    bob.api.unlike(repo_id, repo_type=kind)
    bob.api.unlike(repo_id, repo_type=kind)
    assert ada.api.repo_info(repo_id, repo_type=kind).likes == 0
    assert repo_id not in getattr(ada.api.list_liked_repos("bob"), f"{kind}s")
    with pytest.raises(RepositoryNotFoundError):
        bob.api.unlike("ada/no-such-repo", repo_type=kind)


def test_the_private_likes_of_others_stay_private(ada, raw, bob, new_repo):
    repo_id = new_repo(private=True)
    raw.post(f"/api/models/{repo_id}/like", headers=ada.headers)
    assert repo_id not in bob.api.list_liked_repos("ada").models


def test_overviews_of_people_and_organizations(ada, acme, new_repo):
    new_repo()
    user = ada.api.get_user_overview("ada")
    assert (user.username, user.fullname) == ("ada", "Ada Lovelace")
    assert user.num_models >= 1
    assert acme in {org.name for org in user.orgs}
    org = ada.api.get_organization_overview(acme)
    assert (org.name, org.fullname) == (acme, "Acme Corporation")
    members = {member.username for member in ada.api.list_organization_members(acme)}
    assert members >= {"ada", "carol"}
    assert org.num_users == len(members)
    for listing in (ada.api.list_user_followers("ada"), ada.api.list_user_following("ada"),
                    ada.api.list_organization_followers(acme)):
        assert list(listing) == []
    for missing in (lambda: ada.api.get_user_overview("no-such-user"),
                    lambda: ada.api.get_organization_overview("no-such-org")):
        with pytest.raises(HfHubHTTPError) as error:
            missing()
        assert status(error) == 404


def test_storage_of_my_repositories(ada, acme, new_repo):
    mine = new_repo(files={"w.bin": bytes(range(256)) * 400})
    ours = new_repo("dataset", owner=acme)
    found = {repo.id: repo for repo in ada.api.list_user_repos()}
    assert found[mine].type == "model" and found[mine].visibility == "public"
    assert found[mine].storage >= 102_400
    assert ours in {repo.id for repo in ada.api.list_user_repos(acme)}
    assert ada.api.model_info(mine, expand=["usedStorage"]).used_storage >= 102_400


def test_downloads_are_counted(ada, bob, new_repo):
    repo_id = new_repo(files={"config.json": "{}"})
    assert ada.api.model_info(repo_id).downloads == 0
    bob.api.hf_hub_download(repo_id, "config.json")
    deadline = time.monotonic() + 20
    while (seen := ada.api.model_info(repo_id, expand=["downloads", "downloadsAllTime"])).downloads == 0:
        assert time.monotonic() < deadline, "a download of config.json must be counted"
        time.sleep(0.2)
    # One HEAD and one GET: both count, as on the Hub.
    assert seen.downloads == seen.downloads_all_time == 2


def test_an_entry_missing_is_not_a_repository_missing(ada, new_repo):
    with pytest.raises(RemoteEntryNotFoundError):
        ada.api.hf_hub_download(new_repo(), "no/such/file.txt")
