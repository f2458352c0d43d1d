"""The `hf` command, as a person types it."""

import os
import re
import subprocess
import time

import pytest
from browser import approve
from support import PASSWORD, as_json, files_below

BINARY = bytes(range(256)) * 64


@pytest.fixture
def folder(tmp_path):
    """A small model on disk."""
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "README.md").write_text("---\nlicense: mit\ntags:\n- typed\n---\n# Typed\n")
    (folder / "config.json").write_text('{"model_type": "bert"}')
    (folder / "sub" / "weights.bin").write_bytes(BINARY)
    return folder


# --- logging in --------------------------------------------------------------------------------------------------


def test_whoami(hf, hub, acme):
    said = hf("auth", "whoami").stdout
    assert "ada" in said and acme in said
    assert as_json(hf("auth", "whoami", "--json"))["user"] == "ada"
    nobody = hf("auth", "whoami", person=None, check=False)
    assert "Not logged in" in nobody.stdout + nobody.stderr


def test_logging_in_with_a_token_and_out_again(hf, ada):
    hf("auth", "login", "--token", ada.token, person=None)
    assert "ada" in hf("auth", "whoami", person=None).stdout
    assert hf("auth", "token", person=None).stdout.strip().endswith(ada.token)
    assert "laptop" in hf("auth", "list", person=None).stdout
    hf("auth", "logout", person=None)
    nobody = hf("auth", "whoami", person=None, check=False)
    assert "Not logged in" in nobody.stdout + nobody.stderr


def test_a_wrong_token_does_not_log_in(hf):
    refused = hf("auth", "login", "--token", "hf_" + "x" * 34, person=None, check=False)
    assert refused.returncode != 0


def test_logging_in_with_a_code_that_a_browser_approves(hf, home, ada):
    """Asks for a device code, lets a browser approve it, and goes on as that person."""
    settings = dict(os.environ) | {"HF_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    settings.pop("HF_TOKEN", None)
    command = subprocess.Popen(["hf", "auth", "login", "--format", "agent"], env=settings, text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    said = ""
    try:
        while "Waiting for authorization" not in said:
            line = command.stdout.readline()
            assert line, f"hf auth login ended: {said}"
            said += line
        url, code = re.search(r"open (\S+) in a browser and enter the code (\S+?)\. ", said).groups()
        approve(url, username="ada", password=PASSWORD, code=code)
        said += command.communicate(timeout=60)[0]
    finally:
        command.kill()
        command.wait()
    assert command.returncode == 0, said
    assert "logged in as ada" in said
    assert "ada" in hf("auth", "whoami", person=None).stdout
    hf("repos", "create", f"coded-{time.time_ns()}", person=None)


# --- repositories ------------------------------------------------------------------------------------------------


def test_a_repository_is_created_changed_moved_copied_and_deleted(hf, hub, ada, new_name):
    first, second, third = (f"ada/{new_name()}" for _ in range(3))
    assert f"{hub}/{first}" in hf("repos", "create", first).stdout
    again = hf("repos", "create", first, check=False)
    assert again.returncode != 0 and "already" in again.stdout + again.stderr
    hf("repos", "create", first, "--exist-ok")
    hf("repos", "settings", first, "--private")
    assert ada.api.model_info(first).private
    hf("repos", "settings", first, "--public", "--gated", "auto")
    assert ada.api.model_info(first).gated == "auto"
    hf("repos", "move", first, second)
    assert ada.api.model_info(first).id == second
    hf("repos", "duplicate", second, third)
    assert third in {repo["id"] for repo in as_json(hf("repos", "list", "--json", "--limit", "1000"))}
    hf("repos", "delete", second, "--yes")
    assert not ada.api.repo_exists(second)
    hf("repos", "delete", second, "--yes", "--missing-ok")
    assert hf("repos", "delete", second, "--yes", check=False).returncode != 0


@pytest.mark.parametrize("kind", ["dataset", "space"])
def test_other_kinds_of_repositories(hf, ada, new_name, kind):
    repo_id = f"ada/{new_name()}"
    hf("repos", "create", repo_id, "--type", kind, *(["--sdk", "gradio"] if kind == "space" else []))
    assert repo_id in hf(f"{kind}s", "ls", "--search", repo_id.split("/")[1], "--json").stdout
    assert as_json(hf(f"{kind}s", "info", repo_id, "--json"))["id"] == repo_id
    hf("repos", "delete", repo_id, "--type", kind, "--yes")
    assert not ada.api.repo_exists(repo_id, repo_type=kind)


def test_branches_and_tags(hf, ada, new_repo):
    repo_id = new_repo()
    hf("repos", "branch", "create", repo_id, "feature/x")
    hf("repos", "branch", "create", repo_id, "feature/x", "--exist-ok")
    hf("repos", "tag", "create", repo_id, "v1", "-m", "The first")
    assert "v1" in hf("repos", "tag", "list", repo_id).stdout
    refs = ada.api.list_repo_refs(repo_id)
    assert {ref.name for ref in refs.branches + refs.tags} == {"main", "feature/x", "v1"}
    hf("repos", "tag", "delete", repo_id, "v1", "--yes")
    hf("repos", "branch", "delete", repo_id, "feature/x")
    refs = ada.api.list_repo_refs(repo_id)
    assert [ref.name for ref in refs.branches + refs.tags] == ["main"]


# --- files -------------------------------------------------------------------------------------------------------


def test_a_folder_goes_up_and_comes_down(hf, ada, new_name, folder, tmp_path):
    """The first thing a new user does: the repository need not exist before."""
    repo_id = f"ada/{new_name()}"
    hf("upload", repo_id, folder, "--commit-message", "All of it")
    assert ada.api.list_repo_commits(repo_id)[0].title == "All of it"
    hf("download", repo_id, "--local-dir", tmp_path / "down")
    down = files_below(tmp_path / "down")
    assert down.pop(".gitattributes")
    assert down == files_below(folder)
    assert "all" in hf("cache", "verify", repo_id, "--local-dir", tmp_path / "down").stdout.lower()


def test_single_files_go_up_and_come_down(hf, ada, new_repo, folder, tmp_path):
    repo_id = new_repo("dataset")
    hf("upload", repo_id, folder / "config.json", "deep/c.json", "--type", "dataset")
    hf("upload", repo_id, folder / "sub", ".", "--type", "dataset", "--include", "*.bin")
    path = hf("download", repo_id, "deep/c.json", "--type", "dataset", "-q").stdout.strip()
    assert open(path).read() == '{"model_type": "bert"}'
    files = ada.api.list_repo_files(repo_id, repo_type="dataset")
    assert set(files) == {".gitattributes", "deep/c.json", "weights.bin"}
    missing = hf("download", repo_id, "no.txt", "--type", "dataset", check=False)
    assert missing.returncode != 0 and "no.txt" in missing.stdout + missing.stderr


def test_uploads_to_a_branch_replacing_what_is_there(hf, ada, new_repo, folder):
    repo_id = new_repo(files={"old.txt": "old"})
    hf("upload", repo_id, folder, ".", "--revision", "next", "--delete", "*.txt", "--exclude", "*.md")
    assert set(ada.api.list_repo_files(repo_id, revision="next")) == {
        ".gitattributes", "config.json", "sub/weights.bin"}
    assert set(ada.api.list_repo_files(repo_id)) == {".gitattributes", "old.txt"}


def test_files_are_deleted_by_pattern(hf, ada, new_repo):
    repo_id = new_repo(files={"a.txt": "a", "x/b.txt": "b", "c.json": "{}"})
    hf("repos", "delete-files", repo_id, "*.txt")
    assert set(ada.api.list_repo_files(repo_id)) == {".gitattributes", "c.json"}


def test_files_are_copied_by_address(hf, new_repo, tmp_path):
    repo_id = new_repo(files={"a.txt": "a"})
    (tmp_path / "b.txt").write_text("b")
    hf("cp", tmp_path / "b.txt", f"hf://{repo_id}/b.txt")
    hf("cp", f"hf://{repo_id}/b.txt", f"hf://{repo_id}/c.txt")
    hf("cp", f"hf://{repo_id}/c.txt", tmp_path / "c.txt")
    assert (tmp_path / "c.txt").read_text() == "b"


def test_a_dry_run_tells_and_does_nothing(hf, home, new_repo):
    repo_id = new_repo(files={"w.bin": BINARY})
    said = hf("download", repo_id, "--dry-run").stdout
    assert "w.bin" in said and "16.4K" in said
    assert not list(home.glob("hub/**/w.bin"))


def test_the_cache_is_listed_and_verified(hf, new_repo, home):
    repo_id = new_repo(files={"a.txt": "a", "w.bin": BINARY})
    hf("download", repo_id)
    assert repo_id in hf("cache", "ls").stdout
    hf("cache", "verify", repo_id)
    blob = next(path for path in home.glob("hub/models--*/blobs/*") if path.stat().st_size == len(BINARY))
    blob.write_bytes(b"x")
    broken = hf("cache", "verify", repo_id, check=False)
    assert broken.returncode != 0 and "w.bin" in broken.stdout + broken.stderr


# --- looking around ----------------------------------------------------------------------------------------------


def test_models_are_listed_and_described(hf, ada, new_repo, new_name, folder):
    repo_id = f"ada/{new_name()}"
    hf("upload", repo_id, folder)
    word = repo_id.split("/")[1]
    assert [model["id"] for model in as_json(hf("models", "ls", "--search", word, "--json"))] == [repo_id]
    assert repo_id in hf("models", "ls", "--author", "ada", "--filter", "typed", "--sort", "created_at", "-q").stdout
    info = as_json(hf("models", "info", repo_id, "--json"))
    assert info["id"] == repo_id and "license:mit" in info["tags"]
    assert as_json(hf("models", "info", repo_id, "--expand", "likes,tags", "--json"))["likes"] == 0
    assert "# Typed" in hf("models", "card", repo_id).stdout
    assert as_json(hf("models", "card", repo_id, "--metadata", "--json"))["license"] == "mit"
    files = hf("models", "ls", repo_id, "-R").stdout
    assert "sub/weights.bin" in files and "16384" in files
    assert "weights.bin" in hf("models", "ls", repo_id, "--tree", "-R", "-h").stdout


def test_mistakes_are_explained(hf, bob, new_repo):
    private = new_repo(private=True)
    for arguments, person in ((("models", "info", "ada/no-such-repo"), bob), (("download", private), bob),
                              (("download", private), None)):
        failed = hf(*arguments, person=person, check=False)
        assert failed.returncode != 0
        said = failed.stdout + failed.stderr
        assert "Traceback" not in said and "not found" in said.lower(), said
