"""Many at once, servers that die, and long walks: what git sees and what the API shows stay one thing."""

import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete
from huggingface_hub.errors import HfHubHTTPError
from plain_git import Git, address
from support import commit

WALK = 70


@pytest.fixture
def work(at):
    def work(repo_id, person=None):
        return Git(at()).clone(address(repo_id, person=person))

    return work


def rows(server, sql):
    """Reads the server's database beside it."""
    place = next(server.data.rglob("*.db"), None) or next(server.data.rglob("*.sqlite*"))
    with sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=20) as database:
        return database.execute(sql).fetchall()


def test_a_push_and_a_commit_at_once_end_one_after_the_other(ada, new_repo, work):
    repo_id = new_repo(files={"base.txt": "b\n"})
    git = work(repo_id, person=ada)
    for turn in range(10):
        mine = git.write({f"git-{turn}.txt": f"{turn}\n"})
        parent = git.head("origin/main")
        start, said = threading.Barrier(2), {}

        def push():
            start.wait()
            said["push"] = git.attempt("push", "origin", "main")

        def by_api():
            start.wait()
            try:
                said["api"] = commit(ada, repo_id, {f"api-{turn}.txt": f"{turn}\n"}, parent_commit=parent).oid
            except HfHubHTTPError as error:
                said["refused"] = error

        threads = [threading.Thread(target=work) for work in (push, by_api)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        head = ada.api.repo_info(repo_id).sha
        if "api" in said:
            assert head == said["api"] and said["push"].returncode != 0
            assert "fetch first" in said["push"].stderr
            git("pull", "--quiet", "--rebase")
            git("push", "--quiet")
        else:
            assert head == mine and said["push"].returncode == 0
            assert said["refused"].response.status_code == 412
            git("fetch", "--quiet")
    fresh = work(repo_id)
    fresh.fsck()
    assert {path for path in fresh.tree() if path.startswith("git-")} == {f"git-{turn}.txt" for turn in range(10)}


def test_many_pushes_to_one_branch_all_get_through(ada, new_repo, work):
    repo_id = new_repo(files={"base.txt": "b\n"})
    clones = [work(repo_id, person=ada) for _ in range(5)]

    def add(place):
        git = clones[place]
        for turn in range(3):
            git.write({f"{place}/{turn}.txt": f"{place} {turn}\n"})
            while git.attempt("push", "origin", "main").returncode != 0:
                git("pull", "--quiet", "--rebase", "--no-tags")

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(add, range(5)))
    fresh = work(repo_id)
    fresh.fsck()
    assert len([path for path in fresh.tree() if "/" in path]) == 15


def test_the_same_objects_pushed_by_many_at_once_arrive_once(ada, new_repo, work, server):
    repo_id = new_repo()
    source = work(repo_id, person=ada)
    for turn in range(20):
        source.write({f"d{i}/f.txt": f"{turn} {i}\n" * 20 for i in range(10)}, f"Turn {turn}")
    # Some of them end badly: what they brought is what the others count on.
    clones = []
    for place in range(6):
        git = Git(source.folder.parent / f"same-{place}").clone(source.folder)
        git("remote", "set-url", "origin", address(repo_id, person=ada))
        if place % 2:
            git.write({"README.md": f"---\nlicense: [{place}\n---\n"})
        clones.append(git)
    with ThreadPoolExecutor(6) as pool:
        ends = list(pool.map(lambda git: git.attempt("push", "origin", f"HEAD:refs/heads/{git.folder.name}"), clones))
    for place, end in enumerate(ends):
        busy = "push again in a moment" in end.stderr
        assert (end.returncode != 0) == bool(place % 2) or busy, end.stderr
        if busy:
            again = clones[place].attempt("push", "origin", f"HEAD:refs/heads/{clones[place].folder.name}")
            assert (again.returncode != 0) == bool(place % 2), again.stderr
    fresh = work(repo_id)
    fresh.fsck()
    assert {name for name in fresh("branch", "-r", "--format=%(refname:short)").split() if "same" in name} == {
        "origin/same-0", "origin/same-2", "origin/same-4"}
    assert rows(server, "SELECT COUNT(*) FROM push_claims") == [(0,)]


def test_clones_during_pushes_are_whole(ada, new_repo, work, at):
    repo_id = new_repo(files={f"f{i}.txt": f"{i}\n" * 30 for i in range(50)})
    pusher, done = work(repo_id, person=ada), threading.Event()

    def push():
        turn = 0
        while not done.is_set():
            pusher.write({f"f{turn % 50}.txt": f"turn {turn}\n", f"new/{turn}.txt": "n\n"})
            pusher("push", "--quiet")
            turn += 1

    folders = [at() for _ in range(20)]
    thread = threading.Thread(target=push)
    thread.start()
    try:
        with ThreadPoolExecutor(20) as pool:
            clones = list(pool.map(lambda folder: Git(folder).clone(address(repo_id)), folders))
    finally:
        done.set()
        thread.join()
    for git in clones:
        git.fsck()
        git("fetch", "--quiet")
        assert git.head("origin/main") == pusher.head()


def test_a_server_that_is_killed_during_a_push_keeps_nothing_of_it(ada, new_repo, work, server):
    repo_id = new_repo(files={"a.txt": "a\n"})
    git = work(repo_id, person=ada)
    before = git.ls_remote()
    objects = rows(server, "SELECT COUNT(*) FROM objects")
    noise = random.Random(7)
    for part in range(6):
        git.write({f"d{part}/{i}.txt": noise.randbytes(2000).hex() for i in range(1500)})
    pushing = threading.Thread(target=lambda: git.attempt("push", "origin", "main", "HEAD:refs/heads/other"))
    pushing.start()
    deadline = time.monotonic() + 60
    while rows(server, "SELECT COUNT(*) FROM objects")[0][0] < objects[0][0] + 200:
        assert time.monotonic() < deadline and pushing.is_alive()
    server.process.kill()
    server.process.wait()
    pushing.join()
    server.start()
    assert git.ls_remote() == before
    assert rows(server, "SELECT COUNT(*) FROM pushes") == [(1,)]
    dead = git.head("HEAD~1")
    assert ada.api.repo_info(repo_id).sha == before["refs/heads/main"]
    with pytest.raises(HfHubHTTPError):
        ada.api.list_repo_tree(repo_id, revision=dead).__next__()
    deadline = time.monotonic() + 40
    while rows(server, "SELECT COUNT(*) FROM pushes") != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert rows(server, "SELECT COUNT(*) FROM objects") == objects
    git("push", "--quiet", "origin", "main")
    fresh = work(repo_id)
    fresh.fsck()
    assert fresh.tree() == git.tree()


def test_pushing_again_right_after_the_server_was_killed_works(ada, new_repo, work, server):
    repo_id = new_repo(files={"a.txt": "a\n"})
    git = work(repo_id, person=ada)
    objects = rows(server, "SELECT COUNT(*) FROM objects")
    noise = random.Random(8)
    for part in range(4):
        git.write({f"d{part}/{i}.txt": noise.randbytes(2000).hex() for i in range(1500)})
    pushing = threading.Thread(target=lambda: git.attempt("push", "origin", "main"))
    pushing.start()
    deadline = time.monotonic() + 60
    while rows(server, "SELECT COUNT(*) FROM objects")[0][0] < objects[0][0] + 200:
        assert time.monotonic() < deadline and pushing.is_alive()
    server.process.kill()
    server.process.wait()
    pushing.join()
    server.start()
    # What the dead push brought is still there, and goes while this one counts on it.
    git("push", "--quiet", "origin", "main")
    deadline = time.monotonic() + 40
    while rows(server, "SELECT COUNT(*) FROM pushes") != [(0,)]:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    fresh = work(repo_id)
    fresh.fsck()
    assert fresh.tree() == git.tree()


class Walk:
    """A repository that changes at random, by git and by the API in turns."""

    def __init__(self, ada, repo_id, git, seed):
        self.ada, self.repo_id, self.git, self.draw = ada, repo_id, git, random.Random(seed)
        self.step = 0

    def branches(self):
        return [ref.name for ref in self.ada.api.list_repo_refs(self.repo_id).branches]

    def path(self):
        names = [self.draw.choice("abcdef") for _ in range(self.draw.randint(0, 3))]
        return "/".join([*names, f"{self.draw.choice('uvwxyz')}.txt"])

    def content(self):
        lines = [f"{self.draw.randint(0, 9)}\n" for _ in range(self.draw.randint(1, 60))]
        return "".join(lines).encode()

    def one(self):
        self.step += 1
        self.git("fetch", "--quiet", "--prune", "--prune-tags", "origin")
        branch = self.draw.choice(self.branches())
        tip = f"origin/{branch}"
        files = [path for path in self.git.tree(tip) if path.endswith(".txt")]
        action = self.draw.choice(["add", "add", "edit", "edit", "delete", "rename", "mode", "branch", "merge", "tag",
                                   "force", "unbranch", "untag", "amend"])
        api = self.draw.random() < 0.5
        getattr(self, action)(branch, tip, files, api)
        return action, branch, api

    def commit(self, branch, tip, changes, api):
        if api:
            operations = [CommitOperationDelete(path) if content is None else CommitOperationAdd(path, content)
                          for path, content in changes.items()]
            self.ada.api.create_commit(self.repo_id, operations, commit_message=f"Step {self.step}", revision=branch)
            return
        self.git("checkout", "--quiet", "--detach", "--force", tip)
        self.git.write(changes, f"Step {self.step}")
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")

    def add(self, branch, tip, files, api):
        path = f"new/{self.step}/{self.path()}"
        self.commit(branch, tip, {path: self.content(), f"{path}.txt": self.content()}, api)

    def edit(self, branch, tip, files, api):
        some = self.draw.sample(files, min(len(files), 3))
        self.commit(branch, tip, {path: self.content() + f"{self.step}\n".encode() for path in some}
                    or {"first.txt": b"1\n"}, api)

    def delete(self, branch, tip, files, api):
        if len(files) > 1:
            self.commit(branch, tip, {path: None for path in self.draw.sample(files, min(2, len(files) - 1))}, api)

    def rename(self, branch, tip, files, api):
        if files:
            old = self.draw.choice(files)
            content = self.git("show", f"{tip}:{old}", text=False)
            self.commit(branch, tip, {old: None, f"moved/{self.step}.txt": content}, api)

    def mode(self, branch, tip, files, api):
        if not files:
            return
        self.git("checkout", "--quiet", "--detach", "--force", tip)
        place = self.git.folder / self.draw.choice(files)
        place.chmod(place.stat().st_mode ^ 0o111)
        self.git.write({}, f"Step {self.step}")
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")

    def branch(self, branch, tip, files, api):
        if api:
            self.ada.api.create_branch(self.repo_id, branch=f"b{self.step}", revision=branch)
        else:
            self.git("push", "--quiet", "origin", f"{tip}:refs/heads/b{self.step}")

    def merge(self, branch, tip, files, api):
        other = self.draw.choice(self.branches())
        self.git("checkout", "--quiet", "--detach", "--force", tip)
        done = self.git.attempt("merge", "--quiet", "--no-edit", "-X", "ours", "--allow-unrelated-histories",
                                f"origin/{other}")
        if done.returncode != 0:
            self.git("merge", "--abort")
            return
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")

    def tag(self, branch, tip, files, api):
        name = f"t{self.step}"
        message = self.draw.choice([None, f"Tag {self.step}"])
        if api:
            self.ada.api.create_tag(self.repo_id, tag=name, tag_message=message, revision=branch)
        else:
            self.git("tag", *(["-a", "-m", message] if message else []), name, tip)
            self.git("push", "--quiet", "origin", name)

    def untag(self, branch, tip, files, api):
        if tags := [ref.name for ref in self.ada.api.list_repo_refs(self.repo_id).tags]:
            name = self.draw.choice(tags)
            if api:
                self.ada.api.delete_tag(self.repo_id, tag=name)
            else:
                self.git("push", "--quiet", "origin", f":refs/tags/{name}")

    def unbranch(self, branch, tip, files, api):
        if branch != "main":
            if api:
                self.ada.api.delete_branch(self.repo_id, branch=branch)
            else:
                self.git("push", "--quiet", "origin", f":{branch}")

    def force(self, branch, tip, files, api):
        if self.git.attempt("rev-parse", "--verify", "--quiet", f"{tip}~1").returncode == 0:
            self.git("push", "--quiet", "--force", "origin", f"{tip}~1:refs/heads/{branch}")

    def amend(self, branch, tip, files, api):
        self.git("checkout", "--quiet", "--detach", "--force", tip)
        self.git.write({"amended.txt": self.content()}, commit=False)
        self.git("commit", "--quiet", "--amend", "--allow-empty", "--message", f"Amended at {self.step}")
        self.git("push", "--quiet", "--force", "origin", f"HEAD:refs/heads/{branch}")


@pytest.mark.parametrize("seed", [1, 2])
def test_git_and_the_api_agree_after_every_step_of_a_long_walk(ada, new_repo, work, at, seed):
    repo_id = new_repo(files={"a.txt": "a\n", "d/b.txt": "b\n"})
    walk = Walk(ada, repo_id, work(repo_id, person=ada), seed)
    follower = Git(at())
    follower("clone", "--quiet", "--mirror", address(repo_id), follower.folder)
    for step in range(WALK):
        did = walk.one()
        # One follows all along, another begins anew; both must see what the API shows.
        follower("fetch", "--quiet", "--prune", "origin", "+refs/*:refs/*")
        refs = ada.api.list_repo_refs(repo_id)
        there = {f"refs/heads/{ref.name}": ref.target_commit for ref in refs.branches}
        there |= {f"refs/tags/{ref.name}": ref.target_commit for ref in refs.tags}
        mine = {name: follower.head(f"{name}^{{commit}}") for name in follower.refs()}
        assert mine == there, (step, did)
        branch = did[1] if f"refs/heads/{did[1]}" in there else "main"
        listed = {entry.path: entry.blob_id for entry in
                  ada.api.list_repo_tree(repo_id, recursive=True, revision=branch) if hasattr(entry, "blob_id")}
        git = Git(at())
        git("clone", "--quiet", "--bare", "--single-branch", "--branch", branch, address(repo_id), git.folder)
        for one in (git, follower):
            assert {path: entry[2] for path, entry in one.tree(f"refs/heads/{branch}").items()} == listed, (step, did)
        git.fsck()
        if step % 10 == 9:
            follower.fsck()
            whole = Git(at())
            whole("clone", "--quiet", "--mirror", address(repo_id), whole.folder)
            whole.fsck()
            assert whole.refs() == follower.refs()
