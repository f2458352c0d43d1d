"""`hf-hub` from the Rust registry, in its newest and its most used form: the tests themselves are in rust/."""

import os
import subprocess
from pathlib import Path

import pytest
from support import CALLER, CLIENTS


@pytest.fixture(scope="module")
def binary():
    """Builds the client once; cargo, unlike clients, may use the proxies of this machine."""
    target = CALLER.get("CARGO_TARGET_DIR")
    target = Path(target) / "clients" if target else CLIENTS / "rust" / "target"
    done = subprocess.run(["cargo", "build", "--locked", "--target-dir", target], cwd=CLIENTS / "rust",
                          env=CALLER, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target / "debug" / "stoa-clients-rust"


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("client", ["newest", "widespread"])
def test_the_rust_client(binary, run, ada, bob, new_repo, new_name, client, tmp_path):
    repo_id = new_repo(files={"README.md": "---\nlicense: mit\n---\n# Rust\n", "config.json": '{"model_type": "bert"}',
                              "x/a.txt": "hello\n", "w.bin": bytes(range(256)) * 1000})
    private = new_repo(private=True, files={"a.txt": "secret"})
    run(binary, client, person=ada, environment={
        "STOA_REPO": repo_id, "STOA_PRIVATE": private, "STOA_NEW": f"ada/{new_name('rust')}", "BOB_TOKEN": bob.token,
        "STOA_SCRATCH": str(tmp_path)})
    assert os.environ["HF_ENDPOINT"]
