"""The server under test, the people who use it, and the environment of their clients.

Imports no client: `conftest.py` sets the environment from here before any of them is imported.
"""

import hashlib
import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

CLIENTS = Path(__file__).resolve().parent

# What `cargo` and `npm` need: they may have to go through the proxies that clients must not use.
CALLER = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


PORT = free_port()
HUB = f"http://127.0.0.1:{PORT}"
SSH_PORT = free_port()
NOWHERE = "http://127.0.0.1:9"

CLIENT = {
    "HF_ENDPOINT": HUB,
    # Until stoa speaks Xet, large files go through LFS basic and multipart.
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_UPDATE_DOWNLOAD_COUNTS": "0",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "NO_COLOR": "1",
    "NO_PROXY": "127.0.0.1,localhost",
    "no_proxy": "127.0.0.1,localhost",
} | {name: NOWHERE for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")}

# So that the real models of the tests go up in parts and the rest in one piece: both roads are driven.
SMALL_PARTS = {"STOA_LIMITS_MULTIPART_ABOVE": "32 MiB", "STOA_LIMITS_PART_SIZE": "16 MiB"}

PASSWORD = "correct horse battery staple"


@dataclass
class Person:
    """Somebody with an account: a name and a token of their own."""

    name: str
    token: str

    @property
    def api(self):
        from huggingface_hub import HfApi

        return HfApi(endpoint=HUB, token=self.token)

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"}


class Server:
    """The process under test, its data folder and what it printed."""

    def __init__(self, binary, folder):
        self.binary = binary
        self.data = folder / "data"
        self.log = folder / "stoa.log"
        self.process = None

    @property
    def environment(self):
        kept = {name: value for name, value in CALLER.items() if not name.startswith("STOA_")}
        return kept | {"RUST_BACKTRACE": "1", "STOA_SIGN_UP": "open"} | SMALL_PARTS

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--listen", f"127.0.0.1:{PORT}", "--data", self.data, "--public-url", HUB,
                 "--ssh-listen", f"127.0.0.1:{SSH_PORT}"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
            )
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None:
                pytest.exit(f"stoa ended with code {self.process.returncode}:\n{self.tail()}", returncode=3)
            if time.monotonic() > deadline:
                self.stop()
                pytest.exit(f"stoa did not answer on {HUB}/healthz within 60 s:\n{self.tail()}", returncode=3)
            time.sleep(0.05)

    def answers(self):
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{HUB}/healthz", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def run(self, *arguments, stdin=""):
        """Runs one `stoa` command beside the running server and returns what it printed."""
        done = subprocess.run(
            [self.binary, *arguments, "--data", self.data],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            env=self.environment,
        )
        assert done.returncode == 0, f"stoa {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def size(self):
        return self.log.stat().st_size if self.log.exists() else 0

    def said(self, since=0):
        with self.log.open("rb") as log:
            log.seek(since)
            return log.read().decode(errors="replace")

    def tail(self, since=0, lines=80):
        return "\n".join(self.said(since).splitlines()[-lines:])

    def person(self, name, fullname):
        self.run("user", "create", name, "--fullname", fullname, "--email", f"{name}@example.org", "--password-stdin",
                 stdin=PASSWORD + "\n")
        return Person(name, self.token(name, "laptop", "write"))

    def token(self, user, name, role):
        token = self.run("token", "create", user, "--name", name, "--role", role)
        assert re.fullmatch(r"hf_\w+", token), f"`stoa token create` must print the token alone, not {token!r}"
        return token


def commit(person, repo_id, files, kind="model", message="Add files", **options):
    """One commit that writes `{path: content}`; a content of `None` deletes the path."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    operations = [
        CommitOperationDelete(path)
        if content is None
        else CommitOperationAdd(path, content.encode() if isinstance(content, str) else content)
        for path, content in files.items()
    ]
    return person.api.create_commit(repo_id, operations, commit_message=message, repo_type=kind, **options)


def package_folder(name):
    """Where an installed Python package lies, without importing it."""
    return Path(find_spec(name).origin).parent


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_below(folder):
    """`{relative path: bytes}` of every file, without the client's own `.cache`."""
    folder = Path(folder)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.relative_to(folder).as_posix().startswith(".cache/")
    }


def as_json(done):
    """What a command printed with `--json`."""
    return json.loads(done.stdout)
