"""git with git-lfs from push to clone. Needs git smart HTTP on the server."""

import hashlib
import itertools
import random
import subprocess

import pytest
from checkout import Checkout, address
from support import commit

MIB = 1 << 20
KINDS = ["model", "dataset", "space"]
SEEDS = itertools.count(1 << 32)


def noise(size):
    """Bytes that no other test sends: what the hub has from elsewhere it does not ask for."""
    return random.Random(next(SEEDS)).randbytes(size)


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def clone(tmp_path, ada):
    """`clone(repo_id)`: a working copy of ada's, as `git clone` with git-lfs makes it."""
    count = iter(range(100))

    def clone(repo_id, kind="model", person=ada, **environment):
        folder = tmp_path / f"clone-{next(count)}"
        maker = Checkout(tmp_path / f"{folder.name}-maker")
        maker.git("lfs", "install", "--skip-repo")
        maker.git("clone", "--quiet", address(repo_id, kind, person), folder, **environment)
        return Checkout(folder)

    return clone


def same_files(work, files):
    for path, content in files.items():
        assert (work.folder / path).read_bytes() == content, path


@pytest.mark.parametrize("kind", KINDS)
def test_a_push_makes_large_files_and_a_clone_brings_them(clone, new_repo, ada, kind):
    files = {"a.bin": noise(300_000), "deep/er/b.bin": noise(100), "c ü.bin": noise(50)}
    repo_id = new_repo(kind)
    work = clone(repo_id, kind)
    work.write(files | {"readme.txt": b"small\n"})
    work.git("push", "--quiet", "origin", "HEAD:main")

    [info] = ada.api.get_paths_info(repo_id, "a.bin", repo_type=kind)
    assert info.lfs is not None and info.lfs.sha256 == sha256(files["a.bin"]) and info.size == 300_000
    entries = {entry.path: entry for entry in ada.api.list_repo_tree(repo_id, recursive=True, repo_type=kind)}
    assert {path: entries[path].lfs.sha256 for path in files} == {path: sha256(content) for path, content in files.items()}
    assert entries["readme.txt"].lfs is None
    assert ada.api.repo_info(repo_id, repo_type=kind).sha == work.git("rev-parse", "HEAD").strip()

    other = clone(repo_id, kind, person=None)
    same_files(other, files | {"readme.txt": b"small\n"})
    assert other.git("status", "--porcelain") == ""
    assert other.git("lfs", "fsck").strip().endswith("OK")


def test_what_a_client_committed_is_cloned_with_its_bytes(clone, new_repo, ada):
    files = {"w.bin": noise(200_000), "x/y.safetensors": noise(1000)}
    repo_id = new_repo(files=files)
    same_files(clone(repo_id, person=None), files)


def test_a_clone_without_smudge_has_pointers_until_it_pulls(clone, new_repo):
    files = {"a/one.bin": noise(5000), "b/two.bin": noise(5000)}
    repo_id = new_repo(files=files)
    work = clone(repo_id, person=None, GIT_LFS_SKIP_SMUDGE="1")
    for path, content in files.items():
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(content)}\nsize 5000\n"
        assert (work.folder / path).read_text() == pointer
    work.git("lfs", "pull", "--include", "a")
    same_files(work, {"a/one.bin": files["a/one.bin"]})
    assert (work.folder / "b/two.bin").stat().st_size < 200
    work.git("lfs", "pull")
    same_files(work, files)


def test_a_pointer_without_its_object_is_refused(clone, new_repo, ada):
    repo_id = new_repo()
    head = ada.api.repo_info(repo_id).sha
    work = clone(repo_id)
    content = noise(4000)
    work.write({"lost.bin": content})
    said = work.refused("push", "origin", "HEAD:main", GIT_LFS_SKIP_PUSH="1")
    assert sha256(content) in said and "lost.bin" in said
    assert ada.api.repo_info(repo_id).sha == head
    # With the object it goes through.
    work.git("push", "--quiet", "origin", "HEAD:main")
    assert ada.api.repo_info(repo_id).sha == work.git("rev-parse", "HEAD").strip()


def test_the_object_of_somebody_elses_private_file_cannot_be_claimed_by_a_pointer(clone, new_repo, new_name, bob):
    secret = noise(4000)
    new_repo(private=True, files={"secret.bin": secret})
    repo_id = f"bob/{new_name()}"
    bob.api.create_repo(repo_id)
    work = clone(repo_id, person=bob)
    work.write({"mine.bin": secret})
    said = work.refused("push", "origin", "HEAD:main", GIT_LFS_SKIP_PUSH="1")
    assert sha256(secret) in said and "mine.bin" in said


def test_objects_go_up_once_over_several_pushes(clone, new_repo):
    work = clone(new_repo())
    work.write({"a.bin": noise(3000)})
    work.git("push", "--quiet", "origin", "HEAD:main")
    work.write({"a.txt": b"text"})
    done = work.attempt("push", "origin", "HEAD:main", GIT_TRACE="1", GIT_CURL_VERBOSE="1")
    assert done.returncode == 0 and "/lfs/put/" not in done.stderr
    work.git("push", "--quiet", "origin", "HEAD:side")


def test_a_file_that_another_locked_cannot_be_pushed(clone, new_name, server, acme, ada):
    repo_id = f"{acme}/{new_name()}"
    ada.api.create_repo(repo_id)
    gil = server.person(new_name("gil"), "Gil Writer")
    server.run("org", "member", acme, gil.name, "write")
    work = clone(repo_id)
    work.write({"a.bin": noise(3000), "b.bin": noise(3000)})
    work.git("push", "--quiet", "origin", "HEAD:main")
    others = clone(repo_id, person=gil)
    work.git("lfs", "lock", "a.bin")

    others.write({"b.bin": noise(3000)}, message="Not locked")
    others.git("push", "--quiet", "origin", "HEAD:main")
    before = ada.api.repo_info(repo_id).sha
    others.write({"a.bin": noise(3000)}, message="Locked")
    # git-lfs warns, sends the object and lets git push; the hub refuses.
    said = others.refused("push", "origin", "HEAD:main")
    assert "`a.bin` is locked by ada" in said and "git lfs unlock a.bin" in said
    # Told to be strict, git-lfs stops by itself.
    others.git("config", "lfs.locksverify", "true")
    said = others.refused("push", "origin", "HEAD:main")
    assert "a.bin - ada" in said and "Cannot update locked files" in said
    # Not asked at all, the hub refuses.
    assert "`a.bin` is locked by ada" in others.refused("push", "--no-verify", "origin", "HEAD:main")
    assert ada.api.repo_info(repo_id).sha == before

    work.git("lfs", "unlock", "a.bin")
    others.git("push", "--quiet", "origin", "HEAD:main")
    assert ada.api.repo_info(repo_id).sha == others.git("rev-parse", "HEAD").strip()


def test_ones_own_lock_does_not_stop_a_push(clone, new_repo, ada):
    repo_id = new_repo()
    work = clone(repo_id)
    work.git("lfs", "lock", "a.bin")
    work.write({"a.bin": noise(3000)})
    done = work.attempt("push", "origin", "HEAD:main")
    assert done.returncode == 0, done.stderr
    assert "a.bin" in done.stderr + done.stdout, "git-lfs reminds of the lock"


def test_a_commit_by_the_api_and_a_push_meet(clone, new_repo, ada):
    repo_id = new_repo()
    work = clone(repo_id)
    first, second = noise(3000), noise(3000)
    work.write({"a.bin": first})
    work.git("push", "--quiet", "origin", "HEAD:main")
    commit(ada, repo_id, {"b.bin": second})
    work.git("pull", "--quiet", "--rebase", "origin", "main")
    same_files(work, {"a.bin": first, "b.bin": second})


def test_files_above_the_part_size_go_up_with_the_agent_of_huggingface_hub(clone, new_repo, ada):
    repo_id = new_repo()
    work = clone(repo_id)
    subprocess.run(["hf", "lfs-enable-largefiles", work.folder], check=True, capture_output=True, env=work.environment)
    files = {"large.bin": noise(40 * MIB), "small.bin": noise(1000)}
    work.write(files)
    work.git("push", "--quiet", "origin", "HEAD:main")
    same_files(clone(repo_id, person=None), files)
