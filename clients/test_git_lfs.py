"""git-lfs sends, fetches and locks large files.

Whatever needs git itself to push and clone is in `test_git_lfs_push.py`; here repositories are made by `git init`, and
`lfs.url` leads to the hub.
"""

import hashlib
import itertools
import json
import random
import subprocess

import httpx2
import pytest
from checkout import Checkout, address, requests, statuses
from huggingface_hub.errors import HfHubHTTPError
from support import HUB, commit

MIB = 1 << 20
KINDS = ["model", "dataset", "space"]


SEEDS = itertools.count()


def noise(size):
    """Bytes that no other test sends: what the hub has from elsewhere it does not ask for."""
    return random.Random(next(SEEDS)).randbytes(size)


@pytest.fixture
def files():
    same = noise(100)
    return {"a.bin": noise(300_000), "deep/er/b.bin": same, "c ü ?.bin": noise(1), "same.bin": same}


@pytest.fixture
def checkout(tmp_path, ada):
    """`checkout(repo_id)`: a new repository of ada's that sends to and fetches from the hub."""
    count = iter(range(100))

    def checkout(repo_id, kind="model", person=ada, token=None, **options):
        return Checkout(tmp_path / f"work-{next(count)}", address(repo_id, kind, person, token), **options)

    return checkout


def agent(work):
    """Sets the transfer agent of huggingface_hub up, as its own command does."""
    subprocess.run(["hf", "lfs-enable-largefiles", work.folder], check=True, capture_output=True, env=work.environment)


def same_files(work, files):
    for path, content in files.items():
        assert (work.folder / path).read_bytes() == content, path


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_sent_comes_back_in_a_fresh_repository(checkout, new_repo, tmp_path, kind, files):
    repo_id = new_repo(kind)
    work = checkout(repo_id, kind)
    work.write(files)
    asked = work.send()
    distinct = {hashlib.sha256(content).hexdigest() for content in files.values()}
    assert sum(method == "PUT" for method, _ in asked) == len(distinct) == 3
    # Without an account: the repository is public.
    fresh = work.clone(tmp_path / "fresh", address(repo_id, kind))
    assert (fresh.folder / "a.bin").read_bytes().startswith(b"version https://git-lfs")
    fresh.git("lfs", "fetch")
    fresh.git("lfs", "checkout")
    same_files(fresh, files)
    assert fresh.git("lfs", "fsck").strip().endswith("OK")


def test_what_is_here_is_not_sent_again(checkout, new_repo, files):
    work = checkout(new_repo())
    work.write(files)
    work.send()
    assert [method for method, _ in work.send()] == ["POST"], "one question, nothing sent"
    new = noise(5000)
    work.write({"new.bin": new})
    asked = work.send()
    oid = hashlib.sha256(new).hexdigest()
    assert [path.split("/")[-1] for method, path in asked if method == "PUT"] == [oid]


def test_an_upload_takes_three_requests_and_no_second_credential(checkout, new_repo):
    """Batch, bytes, and whether they arrived: git-lfs must not look for a credential for each of them."""
    work = checkout(new_repo())
    work.write({"a.bin": noise(2000)})
    done = work.attempt("lfs", "push", "--object-id", "origin", *work.oids(), GIT_TRACE="1")
    assert [method for method, _ in requests(done.stderr)] == ["POST", "PUT", "POST"]
    assert statuses(done.stderr) == [200, 200, 200]


def test_only_some_files_are_fetched(checkout, new_repo, tmp_path, files):
    repo_id = new_repo()
    work = checkout(repo_id)
    work.write(files)
    work.send()
    fresh = work.clone(tmp_path / "fresh", address(repo_id))
    fresh.git("lfs", "pull", "--include", "deep")
    same_files(fresh, {"deep/er/b.bin": files["deep/er/b.bin"]})
    assert (fresh.folder / "a.bin").stat().st_size < 200


def test_a_download_goes_on_where_it_broke_off(checkout, new_repo, tmp_path):
    repo_id = new_repo()
    work = checkout(repo_id)
    content = noise(900_000)
    work.write({"a.bin": content})
    work.send()
    fresh = work.clone(tmp_path / "fresh", address(repo_id))
    [oid] = fresh.oids()
    part = fresh.folder / ".git" / "lfs" / "incomplete" / f"{oid}.part"
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(content[:700_000])
    done = fresh.attempt("lfs", "pull", GIT_TRACE="1")
    assert done.returncode == 0, done.stderr
    assert "server accepted resume" in done.stderr
    same_files(fresh, {"a.bin": content})


def test_an_object_that_was_never_sent_is_named(checkout, new_repo, tmp_path):
    repo_id = new_repo()
    work = checkout(repo_id)
    work.write({"a.bin": b"never sent"})
    said = work.clone(tmp_path / "fresh", address(repo_id)).refused("lfs", "pull")
    assert hashlib.sha256(b"never sent").hexdigest() in said
    assert "does not exist" in said


def test_credentials_come_from_a_helper(checkout, new_repo, ada, tmp_path, files):
    repo_id = new_repo(private=True)
    work = checkout(repo_id, person=None)
    helper = f"!f() {{ echo username={ada.name}; echo password={ada.token}; }}; f"
    work.git("config", "credential.helper", helper)
    work.write(files)
    work.send()
    assert work.git("lfs", "locks") == ""
    fresh = work.clone(tmp_path / "fresh", address(repo_id))
    fresh.git("config", "credential.helper", helper)
    fresh.git("lfs", "pull")
    same_files(fresh, files)


def test_a_token_in_a_header_is_enough(checkout, new_repo, ada, tmp_path, files):
    """As continuous integration does it; git-lfs then shows it to signed URLs too."""
    repo_id = new_repo(private=True)
    work = checkout(repo_id, person=None)
    work.git("config", "http.extraHeader", f"Authorization: Bearer {ada.token}")
    work.write(files)
    work.send()
    fresh = work.clone(tmp_path / "fresh", address(repo_id))
    fresh.git("config", "http.extraHeader", f"Authorization: Bearer {ada.token}")
    fresh.git("lfs", "pull")
    same_files(fresh, files)


def test_a_private_repository_is_like_a_missing_one(checkout, new_repo, bob, new_name, tmp_path):
    private, missing = new_repo(private=True), f"ada/{new_name()}"
    work = checkout(private)
    work.write({"a.bin": noise(1000)})
    work.send()
    for number, person in enumerate([None, bob]):
        said = []
        for repo_id in (private, missing):
            fresh = work.clone(tmp_path / f"fresh-{number}-{repo_id.split('/')[1]}", address(repo_id, person=person))
            answer = fresh.refused("lfs", "pull") + fresh.refused("lfs", "locks")
            said.append([line for line in answer.replace(repo_id, "REPO").splitlines() if "Request ID" not in line])
        assert said[0] == said[1]


def test_a_wrong_token_is_refused(checkout, new_repo, ada):
    repo_id = new_repo()
    work = checkout(repo_id, token="hf_nonsense")
    work.write({"a.bin": noise(1000)})
    said = work.refused("lfs", "push", "--object-id", "origin", *work.oids())
    assert "credential" in said.lower() or "Authentication" in said or "Authorization" in said, said
    assert httpx2.post(f"{address(repo_id)}/info/lfs/objects/batch", json={"operation": "download", "objects": [
        {"oid": work.oids()[0], "size": 1000}]}, trust_env=False).json()["objects"][0]["error"]["code"] == 404


def test_those_who_may_only_read_are_told_so(server, checkout, new_repo, ada, bob):
    repo_id = new_repo()
    reading = server.token("ada", "reading", "read")
    for work in (checkout(repo_id, token=reading), checkout(repo_id, person=bob)):
        work.write({"a.bin": noise(1000)})
        said = work.refused("lfs", "push", "--object-id", "origin", *work.oids())
        assert f"You don't have the rights to write to the model {repo_id}" in said
        said = work.refused("lfs", "lock", "a.bin")
        assert f"You don't have the rights to write to the model {repo_id}" in said


def test_the_former_name_of_a_repository_still_works(checkout, new_repo, ada, new_name, tmp_path, files):
    repo_id = new_repo()
    work = checkout(repo_id)
    work.write(files)
    ada.api.move_repo(repo_id, f"ada/{new_name('moved')}")
    work.send()
    work.git("lfs", "lock", "a.bin")
    assert "a.bin" in work.git("lfs", "locks")
    fresh = work.clone(tmp_path / "fresh", address(repo_id))
    fresh.git("lfs", "pull")
    same_files(fresh, files)


def test_large_files_go_up_in_parts_with_the_agent_of_huggingface_hub(checkout, new_repo, tmp_path, raw):
    """`hf lfs-enable-largefiles`. One batch with small files too: git-lfs hands all of them to the agent."""
    files = {"large.bin": noise(40 * MIB), "small.bin": noise(1000), "one.bin": b"1"}
    repo_id = new_repo()
    work = checkout(repo_id)
    agent(work)
    work.write(files)
    done = work.attempt("lfs", "push", "--object-id", "origin", *work.oids(), GIT_TRACE="1")
    assert done.returncode == 0, done.stderr
    assert 'starting transfer adapter "multipart"' in done.stderr
    assert 'starting transfer adapter "basic"' not in done.stderr
    fresh = work.clone(tmp_path / "fresh", address(repo_id))
    fresh.git("lfs", "pull")
    same_files(fresh, files)

    # Without a large one among them the agent has nothing to do.
    work.write({"more.bin": noise(2000)})
    done = work.attempt("lfs", "push", "--object-id", "origin", *work.oids(), GIT_TRACE="1")
    assert 'starting transfer adapter "basic"' in done.stderr and "multipart" not in done.stderr.split("batch 1")[-1]


def test_large_files_go_up_whole_without_an_agent(checkout, new_repo, tmp_path):
    repo_id = new_repo()
    work = checkout(repo_id)
    files = {"large.bin": noise(36 * MIB)}
    work.write(files)
    assert [method for method, _ in work.send()] == ["POST", "PUT", "POST"]
    fresh = work.clone(tmp_path / "fresh", address(repo_id))
    fresh.git("lfs", "pull")
    same_files(fresh, files)


@pytest.fixture(scope="session")
def dan(server, acme):
    """Somebody who writes to what acme owns."""
    dan = server.person("dan", "Dan Writer")
    server.run("org", "member", acme, dan.name, "write")
    return dan


@pytest.fixture
def team(acme, ada, dan, checkout, new_name):
    """A model of acme's, and what ada, who administers it, and dan have of it."""
    repo_id = f"acme/{new_name()}"
    ada.api.create_repo(repo_id)
    works = checkout(repo_id, person=ada), checkout(repo_id, person=dan)
    for work in works:
        work.write({"a.bin": b"a", "d/b ü.bin": b"b"})
    return repo_id, *works


def test_locks_from_their_making_to_their_end(team, ada):
    repo_id, work, others = team
    assert work.git("lfs", "locks") == ""
    assert "Locked a.bin" in work.git("lfs", "lock", "a.bin")
    assert "Locked d/b ü.bin" in others.git("lfs", "lock", "d/b ü.bin")
    said = others.refused("lfs", "lock", "a.bin")
    assert "`a.bin` is locked by ada since 20" in said

    listed = [line.split("\t")[:2] for line in work.git("lfs", "locks").splitlines()]
    assert [[part.strip() for part in line] for line in listed] == [["a.bin", "ada"], ["d/b ü.bin", "dan"]]
    assert "a.bin" in work.git("lfs", "locks", "--path", "a.bin")
    verified = work.git("lfs", "locks", "--verify").splitlines()
    assert [line[:7].strip() for line in verified] == ["O a.bin", "d/b ü"], "O marks one's own"
    assert others.git("lfs", "locks", "--verify").splitlines()[1].startswith("O d/b ü.bin")

    said = others.refused("lfs", "unlock", "a.bin")
    assert "`a.bin` belongs to ada" in said
    assert "Unlocked" in work.git("lfs", "unlock", "a.bin")
    # An administrator takes dan's lock away.
    assert "belongs to dan" in work.refused("lfs", "unlock", "d/b ü.bin")
    assert "Unlocked" in work.git("lfs", "unlock", "--force", "d/b ü.bin")
    assert others.git("lfs", "locks") == ""
    assert "no such lock" in work.refused("lfs", "unlock", "--id", "0")


def test_a_lock_is_found_by_its_id_and_its_path(team):
    _, work, _ = team
    [made] = json.loads(work.git("lfs", "lock", "--json", "a.bin"))
    assert {"id", "path", "owner", "locked_at"} <= made.keys() and made["owner"]["name"] == "ada"
    for option in (["--id", made["id"]], ["--path", "a.bin"]):
        [found] = json.loads(work.git("lfs", "locks", "--json", *option))
        assert found["id"] == made["id"]
    assert json.loads(work.git("lfs", "locks", "--json", "--path", "d/b ü.bin")) == []
    work.git("lfs", "unlock", "--id", made["id"])


def test_git_lfs_asks_before_a_push(team, tmp_path):
    """Git goes to a folder here, large files to the hub: what git-lfs does before a push is the same."""
    _, work, others = team
    for each, name in ((work, "a"), (others, "b")):
        remote = tmp_path / f"{name}.git"
        each.git("init", "--quiet", "--bare", remote)
        each.git("remote", "set-url", "origin", remote)
    work.git("lfs", "lock", "a.bin")
    done = work.attempt("push", "origin", "HEAD:main")
    assert done.returncode == 0, done.stderr
    assert "Consider unlocking your own locked files" in done.stdout + done.stderr
    others.write({"a.bin": noise(100), "new.bin": noise(100)})
    done = others.attempt("push", "origin", "HEAD:main")
    said = done.stdout + done.stderr
    assert "a.bin - ada" in said and "would have halted this push" in said
    others.git("config", "lfs.locksverify", "true")
    others.write({"a.bin": noise(100)})
    said = others.refused("push", "origin", "HEAD:main")
    assert "a.bin - ada" in said and "Cannot update locked files" in said
    work.git("lfs", "unlock", "a.bin")
    others.git("push", "--quiet", "origin", "HEAD:main")


def test_a_commit_by_the_api_respects_locks(team, ada, dan):
    repo_id, work, others = team
    others.git("lfs", "lock", "a.bin")
    with pytest.raises(HfHubHTTPError, match="`a.bin` is locked by dan") as refusal:
        commit(ada, repo_id, {"a.bin": b"ada's"})
    assert "git lfs unlock a.bin" in str(refusal.value)
    commit(dan, repo_id, {"a.bin": b"dan's"})
    others.git("lfs", "unlock", "a.bin")
    commit(ada, repo_id, {"a.bin": b"ada's"})


def test_many_locks_are_listed_to_their_end(team, ada):
    repo_id, work, _ = team
    with httpx2.Client(base_url=HUB, headers=ada.headers, trust_env=False) as client:
        for number in range(230):
            made = client.post(f"/{repo_id}.git/info/lfs/locks", json={"path": f"f/{number:03}.bin"})
            assert made.status_code == 201, made.text
    assert len(work.git("lfs", "locks").splitlines()) == 230
    assert len(work.git("lfs", "locks", "--verify").splitlines()) == 230
    assert len(work.git("lfs", "locks", "--limit", "7").splitlines()) == 7
