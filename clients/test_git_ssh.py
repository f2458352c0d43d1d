"""Git and git-lfs over SSH, with the ssh of OpenSSH."""

import json
import os
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from support import HUB, SSH_PORT, files_below, sha256

COMMIT = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org",
          "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org"}


@dataclass
class Ssh:
    """Somebody's key, and the programs that use it."""

    key: Path
    known_hosts: Path

    @property
    def command(self):
        return ["ssh", "-F", "none", "-i", self.key, "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none",
                "-o", f"UserKnownHostsFile={self.known_hosts}", "-o", "StrictHostKeyChecking=accept-new",
                "-o", "BatchMode=yes", "-o", "LogLevel=ERROR", "-p", str(SSH_PORT)]

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "SSH_", "HF_"))}
        return kept | COMMIT | {
            "GIT_SSH_COMMAND": shlex.join(map(str, self.command)),
            "GIT_CONFIG_GLOBAL": str(self.key.parent / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
        }

    def run(self, *command, user="git", options=("-T",), stdin=b""):
        """Runs ssh with a command, or without one; nothing is decoded."""
        return subprocess.run([*self.command, *options, f"{user}@127.0.0.1", *command], input=stdin,
                              capture_output=True, timeout=60)

    def git(self, *arguments, cwd=None, check=True):
        done = subprocess.run(["git", *map(str, arguments)], cwd=cwd, env=self.environment, capture_output=True,
                              text=True, timeout=120)
        if check:
            assert done.returncode == 0, f"git {arguments}: code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done


def address(repo, kind="model"):
    prefix = {"model": "", "dataset": "datasets/", "space": "spaces/"}[kind]
    return f"ssh://git@127.0.0.1:{SSH_PORT}/{prefix}{repo}"


@pytest.fixture(scope="module")
def new_key(tmp_path_factory):
    """Makes a key; with a name, puts it on that account."""

    def make(server, user=None, kind="ed25519"):
        folder = tmp_path_factory.mktemp("ssh")
        key = folder / f"id_{kind}"
        bits = ["-b", "3072"] if kind == "rsa" else []
        subprocess.run(["ssh-keygen", "-q", "-t", kind, *bits, "-N", "", "-C", f"{user}@laptop", "-f", key], check=True,
                       timeout=60)
        if user:
            server.run("key", "add", user, key.with_suffix(".pub"))
        return Ssh(key, folder / "known_hosts")

    return make


@pytest.fixture(scope="module")
def ada_ssh(server, ada, new_key):
    return new_key(server, ada.name)


@pytest.fixture(scope="module")
def bob_ssh(server, bob, new_key):
    return new_key(server, bob.name)


@pytest.fixture(scope="module")
def stranger(server, new_key):
    return new_key(server)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_key_of_every_kind_is_greeted(server, ada, new_key, kind):
    done = new_key(server, ada.name, kind).run()
    assert (done.returncode, done.stdout) == (0, b"Hi ada, welcome to stoa.\n"), done.stderr


def test_an_unknown_key_is_anonymous(stranger):
    done = stranger.run()
    assert (done.returncode, done.stdout) == (0, b"Hi anonymous, welcome to stoa.\n"), done.stderr


def test_another_user_name_is_refused(ada_ssh):
    done = ada_ssh.run(user="ada")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"The only user name of this server is git" in done.stderr


def test_there_is_no_terminal_and_no_shell(ada_ssh):
    done = ada_ssh.run(options=("-tt",))
    assert b"PTY allocation request failed" in done.stderr
    done = ada_ssh.run("ls", "-l")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"ERROR: This server runs git-upload-pack"), done.stderr


def test_there_is_no_forwarding_and_no_sftp(ada_ssh):
    done = ada_ssh.run("git-lfs-authenticate ada/nothing download", options=("-T", "-o", "ExitOnForwardFailure=yes",
                                                                            "-R", "0:127.0.0.1:9"))
    assert done.returncode == 255
    assert b"forwarding failed" in done.stderr
    done = ada_ssh.run(options=("-W", "127.0.0.1:9"))
    assert done.returncode == 255
    assert b"stdio forwarding failed" in done.stderr
    done = ada_ssh.run("sftp", options=("-s",))
    assert done.returncode == 255
    assert b"subsystem request failed" in done.stderr


def test_passwords_are_not_asked_for(ada_ssh):
    done = ada_ssh.run(options=("-o", "PubkeyAuthentication=no"))
    assert done.returncode == 255
    assert b"Permission denied (publickey)" in done.stderr


def test_clone_and_push(ada_ssh, bob_ssh, stranger, new_repo, ada, tmp_path):
    repo = new_repo(files={"README.md": "# Hello\n", "data/a.txt": "one\n"})
    ada_ssh.git("clone", address(repo), tmp_path / "ada")
    assert (tmp_path / "ada" / "data" / "a.txt").read_text() == "one\n"
    (tmp_path / "ada" / "b.txt").write_text("two\n")
    ada_ssh.git("add", ".", cwd=tmp_path / "ada")
    ada_ssh.git("commit", "-m", "Add b", cwd=tmp_path / "ada")
    ada_ssh.git("push", cwd=tmp_path / "ada")
    head = ada_ssh.git("rev-parse", "HEAD", cwd=tmp_path / "ada").stdout.strip()
    assert ada.api.model_info(repo).sha == head
    # Others fetch what is public, and push nothing.
    for other in (bob_ssh, stranger):
        folder = tmp_path / other.key.parent.name
        other.git("clone", f"{address(repo)}.git", folder)
        assert (folder / "b.txt").read_text() == "two\n"
        other.git("commit", "--allow-empty", "-m", "Not mine", cwd=folder)
        refused = other.git("push", cwd=folder, check=False)
        assert refused.returncode != 0
        assert "ERROR: " in refused.stderr
    assert ada.api.model_info(repo).sha == head


@pytest.mark.parametrize("version", [0, 1, 2])
def test_every_version_of_the_protocol(ada_ssh, new_repo, tmp_path, version):
    repo = new_repo("dataset", files={f"f{n}.txt": f"{n}\n" * 1000 for n in range(20)})
    ada_ssh.git("-c", f"protocol.version={version}", "clone", address(repo, "dataset"), tmp_path / "clone")
    ada_ssh.git("fsck", "--strict", cwd=tmp_path / "clone")
    assert (tmp_path / "clone" / "f7.txt").read_text() == "7\n" * 1000
    trace = subprocess.run(["git", "-c", f"protocol.version={version}", "ls-remote", address(repo, "dataset")],
                           env=ada_ssh.environment | {"GIT_TRACE_PACKET": "1"}, capture_output=True, text=True)
    assert ("version 2" in trace.stderr) == (version == 2), trace.stderr


def test_a_large_push_and_clone(ada_ssh, new_repo, tmp_path):
    """More than every window and buffer on the way, in both directions."""
    repo = new_repo()
    ada_ssh.git("clone", address(repo), tmp_path / "ada")
    for n in range(12):
        (tmp_path / "ada" / f"part{n}.txt").write_text(os.urandom(1 << 20).hex())
    ada_ssh.git("add", ".", cwd=tmp_path / "ada")
    ada_ssh.git("commit", "-m", "Parts", cwd=tmp_path / "ada")
    ada_ssh.git("push", cwd=tmp_path / "ada")
    ada_ssh.git("clone", address(repo), tmp_path / "again")
    ours, theirs = (
        {name: content for name, content in files_below(tmp_path / folder).items() if not name.startswith(".git/")}
        for folder in ("ada", "again")
    )
    assert ours == theirs


def test_commands_share_a_connection(ada_ssh, new_repo, tmp_path):
    """ControlMaster: git-lfs and many people's configurations use it."""
    repo = new_repo(files={"a.txt": "one\n"})
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is too long for a socket
        control = ["-o", "ControlMaster=auto", "-o", f"ControlPath={folder}/%C", "-o", "ControlPersist=60"]
        shared = shlex.join(map(str, [*ada_ssh.command, *control]))
        for n in range(12):
            done = subprocess.run(["git", "clone", "-q", address(repo), tmp_path / f"clone{n}"], timeout=60,
                                  env=ada_ssh.environment | {"GIT_SSH_COMMAND": shared}, stderr=subprocess.DEVNULL)
            assert done.returncode == 0
            assert (tmp_path / f"clone{n}" / "a.txt").read_text() == "one\n"
        ended = subprocess.run([*ada_ssh.command, *control, "-O", "exit", "git@127.0.0.1"], capture_output=True,
                               timeout=60)
        assert ended.returncode == 0, ended.stderr


def test_a_private_repository_and_a_missing_one_look_the_same(bob_ssh, stranger, new_repo, new_name):
    private, missing = new_repo(private=True), f"ada/{new_name('model')}"
    for person in (bob_ssh, stranger):
        for command in ("git-upload-pack '{}'", "git-receive-pack '{}'", "git-lfs-authenticate {} download",
                        "git-lfs-authenticate {} upload"):
            one = person.run(command.format(private))
            other = person.run(command.format(missing))
            assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)
            assert one.returncode == 1
            assert one.stderr.startswith(b"ERROR: Repository not found")


def test_odd_addresses(ada_ssh, new_repo):
    repo = new_repo()
    for written in (repo, f"/{repo}", f"{repo}.git", f"/{repo}.git/", f"models/{repo}"):
        assert ada_ssh.run(f"git-lfs-authenticate '{written}' download").returncode == 0, written
    for written in ("ada", "../ada/m", f"{repo}'\\''; id", "$(id)/m", f"buckets/{repo}", ""):
        done = ada_ssh.run(f"git-upload-pack '{written}'")
        assert done.returncode == 1
        assert b"is no repository" in done.stderr, written


def test_a_renamed_repository_says_where_it_went(ada, ada_ssh, new_repo, new_name):
    repo, to = new_repo(), f"ada/{new_name()}"
    ada.api.move_repo(repo, to)
    done = ada_ssh.run(f"git-upload-pack '{repo}'")
    assert done.returncode == 1
    assert f"The model is now {to}. Run `git remote set-url origin {address(to)}`" in done.stderr.decode()


def batch(answer, operation):
    body = {"operation": operation, "transfers": ["basic"], "objects": [{"oid": "ab" * 32, "size": 3}]}
    headers = answer["header"] | {"Accept": "application/vnd.git-lfs+json",
                                  "Content-Type": "application/vnd.git-lfs+json"}
    with httpx2.Client(trust_env=False, timeout=30) as client:
        return client.post(f"{answer['href']}/objects/batch", content=json.dumps(body), headers=headers)


def test_git_lfs_authenticate_opens_the_batch(ada_ssh, stranger, new_repo):
    repo = new_repo(private=True)
    up = json.loads(ada_ssh.run(f"git-lfs-authenticate {repo}.git upload").stdout)
    down = json.loads(ada_ssh.run(f"git-lfs-authenticate {repo}.git download").stdout)
    assert up["href"] == f"{HUB}/{repo}.git/info/lfs"
    assert up["expires_in"] == 3600
    assert batch(up, "upload").json()["objects"][0]["actions"]["upload"]["href"]
    assert batch(down, "download").status_code == 200
    # The wrong direction, and another repository.
    assert batch(down, "upload").status_code == 403
    other = new_repo(private=True)
    assert batch(up | {"href": up["href"].replace(repo, other)}, "upload").status_code in (403, 404)
    # Visitors need no pass for what is public.
    public = new_repo()
    answer = json.loads(stranger.run(f"git-lfs-authenticate {public} download").stdout)
    assert answer["header"] == {}
    assert batch(answer, "download").status_code == 200


def test_git_lfs_moves_files(ada_ssh, ada, new_repo, tmp_path):
    repo = new_repo()
    ada_ssh.git("lfs", "install", "--skip-repo")
    ada_ssh.git("clone", address(repo), tmp_path / "ada")
    large = tmp_path / "ada" / "weights.bin"
    large.write_bytes(os.urandom(3 << 20))
    ada_ssh.git("lfs", "track", "*.bin", cwd=tmp_path / "ada")
    ada_ssh.git("add", ".", cwd=tmp_path / "ada")
    ada_ssh.git("commit", "-m", "Add weights", cwd=tmp_path / "ada")
    ada_ssh.git("push", cwd=tmp_path / "ada")
    [info] = ada.api.get_paths_info(repo, "weights.bin")
    assert info.lfs.sha256 == sha256(large)
    ada_ssh.git("clone", address(repo), tmp_path / "again")
    assert sha256(tmp_path / "again" / "weights.bin") == sha256(large)
