"""The web site in a real Chromium: the tests themselves are in js/site/, one file for each kind of visitor."""

import os

import pytest
from support import CLIENTS, PASSWORD


@pytest.fixture(scope="session")
def root(server):
    """Who administers the hub."""
    server.run("user", "create", "root", "--admin", "--password-stdin", stdin=PASSWORD + "\n")


@pytest.mark.parametrize("visitor", ["reader", "journey", "hostile", "admin"])
def test_the_site(run, js_modules, ada, root, visitor):
    shots = {name: value for name, value in os.environ.items() if name in ("STOA_SCREENSHOTS", "CHROMIUM")}
    done = run("node", "--test", "--test-reporter=spec", f"site/{visitor}.test.mjs", person=ada, cwd=CLIENTS / "js",
               check=False, timeout=600, environment={"PASSWORD": PASSWORD, "ROOT_PASSWORD": PASSWORD, **shots})
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
