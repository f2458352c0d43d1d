"""What clients stumble over, looked at on the wire: the numbered gotchas of the protocol, one test each.

The other files prove that the published clients work today. These prove what those clients rely on
without saying so, so that a change that breaks a client names the rule it broke. Numbers that are
missing concern parts of the Hub that stoa does not serve yet (Xet, discussions, collections).
"""

import base64
import hashlib
import json
import re
import struct

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RemoteEntryNotFoundError, RepositoryNotFoundError

BINARY = bytes(range(256)) * 8
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
LFS = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}


def git_oid(content):
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def repo(new_repo):
    return new_repo(files={"a.txt": "hello\n", "w.bin": BINARY, "x/b.txt": "b"})


MISSING = [
    "/api/models/{}",
    "/api/models/{}/revision/main",
    "/api/models/{}/tree/main",
    "/api/models/{}/refs",
    "/api/models/{}/commits/main",
    "/{}/resolve/main/a.txt",
    "/api/datasets/{}",
    "/datasets/{}/resolve/main/a.txt",
    "/api/spaces/{}",
    "/spaces/{}/resolve/main/a.txt",
]


@pytest.mark.parametrize("route", MISSING)
@pytest.mark.parametrize("repo_id", ["ada/no-such-repo", "no-such-repo"])
def test_02_20_a_missing_repository_says_so_in_a_header(raw, ada, route, repo_id):
    """On http:// the client knows a missing repository by this header alone; ids may have one segment."""
    for headers, code in ((ada.headers, 404), ({}, 401)):
        answer = raw.get(route.format(repo_id), headers=headers)
        assert answer.status_code == code
        assert answer.headers["X-Error-Code"] == "RepoNotFound"
        assert answer.headers["X-Error-Message"]
        assert isinstance(answer.json()["error"], str)


def test_03_head_answers_carry_code_and_message_in_headers(raw, ada, bob, repo, new_repo):
    gated = new_repo(files={"a.txt": "a"})
    ada.api.update_repo_settings(gated, gated="manual")
    for path, headers, status, code in (
        (f"/{repo}/resolve/main/no.txt", {}, 404, "EntryNotFound"),
        (f"/{repo}/resolve/no-such-revision/a.txt", {}, 404, "RevisionNotFound"),
        (f"/{gated}/resolve/main/a.txt", {}, 401, "GatedRepo"),
        (f"/{gated}/resolve/main/a.txt", bob.headers, 403, "GatedRepo"),
        ("/ada/no-such-repo/resolve/main/a.txt", {}, 401, "RepoNotFound"),
    ):
        answer = raw.head(path, headers=headers)
        assert (answer.status_code, answer.headers.get("X-Error-Code")) == (status, code), path
        assert answer.headers["X-Error-Message"] and answer.content == b""


def test_04_redirects_keep_the_method_and_stay_on_this_host(raw, ada, new_repo, new_name):
    old = new_repo(files={"a.txt": "a"})
    new = f"ada/{new_name('moved')}"
    ada.api.move_repo(old, new)
    for method, path in (
        ("GET", "/api/models/{}"),
        ("GET", "/api/models/{}/tree/main?recursive=true&expand=false"),
        ("HEAD", "/{}/resolve/main/a.txt"),
        ("GET", "/{}/resolve/main/a.txt?download=true"),
        ("POST", "/api/models/{}/preupload/main"),
        ("POST", "/api/models/{}/commit/main"),
        ("POST", "/{}.git/info/lfs/objects/batch"),
        ("PUT", "/api/models/{}/settings"),
        ("DELETE", "/api/models/{}/branch/x"),
    ):
        answer = raw.request(method, path.format(old), headers=ada.headers)
        assert answer.status_code in (307, 308), f"{method} {path}: {answer.status_code}"
        assert answer.headers["Location"] == path.format(new), "relative, with its query"


def test_05_the_next_page_is_an_absolute_link_with_every_parameter(raw, hub, ada, new_repo, new_name):
    word = new_name("pages")
    for number in range(3):
        ada.api.create_repo(f"ada/{word}-{number}")
    answer = raw.get("/api/models", params={"search": word, "limit": 1, "full": "true", "sort": "createdAt"})
    link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers["Link"]).group(1)
    assert link.startswith(f"{hub}/api/models?")
    for parameter in (f"search={word}", "limit=1", "full=true", "sort=createdAt", "cursor="):
        assert parameter in link
    second = raw.get(link)
    assert second.json()[0]["id"] != answer.json()[0]["id"]
    last = raw.get(re.search(r"<([^>]+)>", second.headers["Link"]).group(1))
    assert len(last.json()) == 1 and "Link" not in last.headers


def test_06_dates_end_in_z(raw, repo, ada):
    def dates(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                if name in ("createdAt", "lastModified", "date", "updatedAt", "pushedAt") and inner is not None:
                    yield inner
                yield from dates(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from dates(inner)

    for path in (f"/api/models/{repo}", f"/api/models/{repo}/commits/main", f"/api/models/{repo}/lfs-files",
                 f"/api/models/{repo}/tree/main?expand=true", "/api/models?limit=5&full=true", "/api/whoami-v2",
                 "/api/settings/repositories"):
        found = list(dates(raw.get(path, headers=ada.headers).json()))
        assert found, path
        assert all(DATE.fullmatch(date) for date in found), (path, found)


def lines(*entries):
    """The body of a commit: a header and the given lines."""
    return "\n".join(json.dumps(entry) for entry in ({"key": "header", "value": {"summary": "x"}}, *entries)).encode()


def inline(path, content="eA=="):
    return {"key": "file", "value": {"path": path, "content": content, "encoding": "base64"}}


@pytest.mark.parametrize("method, path, body", [
    ("POST", "/api/repos/create", b"{"),
    ("POST", "/api/repos/create", b"[]"),
    ("POST", "/api/repos/create", b'{"name": 1}'),
    ("POST", "/api/repos/create", b'{"name": "a--b"}'),
    ("POST", "/api/repos/create", b'{"name": "../x"}'),
    ("DELETE", "/api/repos/delete", b"null"),
    ("POST", "/api/repos/move", b"{}"),
    ("POST", "/api/models/REPO/preupload/main", b"{}"),
    ("POST", "/api/models/REPO/commit/main", b"not json"),
    ("POST", "/api/models/REPO/commit/main", b'{"key":"header","value":{"summary":""}}'),
    ("POST", "/api/models/REPO/commit/main", lines(inline("../x"))),
    ("POST", "/api/models/REPO/commit/main", lines(inline("/x"))),
    ("POST", "/api/models/REPO/commit/main", lines(inline(".git/x"))),
    ("POST", "/api/models/REPO/commit/main", lines(inline("a\0b"))),
    ("POST", "/api/models/REPO/commit/main", lines(inline("x" * 5000))),
    ("POST", "/api/models/REPO/commit/main", lines(inline("x", "%%"))),
    ("POST", "/api/models/REPO/paths-info/main", b"\xff\xfe"),
    ("POST", "/REPO.git/info/lfs/objects/batch", b'{"operation": "dance"}'),
    ("PUT", "/api/models/REPO/settings", b'{"gated": "perhaps"}'),
    ("GET", "/api/models/REPO?expand=nonsense", b""),
    ("GET", "/api/models?limit=minus", b""),
    ("GET", "/api/models?cursor=nonsense", b""),
    ("GET", "/REPO/resolve/main/%00", b""),
    ("GET", "/REPO/resolve/main/../../etc/passwd", b""),
    ("GET", "/REPO/resolve/%2e%2e/a.txt", b""),
])
def test_07_17_errors_are_json_objects_and_never_the_servers_fault(raw, ada, repo, method, path, body):
    kind = "application/x-ndjson" if "/commit/" in path else "application/json"
    answer = raw.request(method, path.replace("REPO", repo), content=body, headers=ada.headers | {"Content-Type": kind})
    assert 400 <= answer.status_code < 500, answer.text
    assert isinstance(answer.json(), dict)
    assert "error" in answer.json()


def test_08_urls_in_answers_are_on_the_host_of_the_endpoint(raw, ada, hub, new_name):
    name = new_name()
    ask = {"name": name, "organization": "ada", "type": "dataset", "visibility": "public"}
    made = raw.post("/api/repos/create", json=ask, headers=ada.headers)
    assert made.json()["url"] == f"{hub}/datasets/ada/{name}"
    assert made.json()["name"] == f"ada/{name}"
    assert re.fullmatch(r"[0-9a-f]{24}", made.json()["id"])
    again = raw.post("/api/repos/create", json=ask, headers=ada.headers)
    assert (again.status_code, again.json()["url"]) == (409, f"{hub}/datasets/ada/{name}")
    copy = raw.post(f"/api/datasets/ada/{name}/duplicate", json={"repository": f"ada/{name}-2"}, headers=ada.headers)
    assert copy.json()["url"] == f"{hub}/datasets/ada/{name}-2"


def batch(raw, person, repo, operation, content, **more):
    ask = {"operation": operation, "transfers": ["basic", "multipart"], "hash_algo": "sha256",
           "objects": [{"oid": sha256(content), "size": len(content)}], **more}
    return raw.post(f"/{repo}.git/info/lfs/objects/batch", content=json.dumps(ask), headers=person.headers | LFS)


def test_10_what_is_absent_is_left_out_and_not_null(raw, ada, repo):
    known = batch(raw, ada, repo, "upload", BINARY).json()["objects"][0]
    assert known["oid"] == sha256(BINARY) and "actions" not in known and "error" not in known
    new = batch(raw, ada, repo, "upload", BINARY + b"!").json()["objects"][0]
    assert new["actions"]["upload"]["href"]
    missing = batch(raw, ada, repo, "download", BINARY + b"!").json()["objects"][0]
    assert (missing["error"]["code"], "actions" in missing) == (404, False)
    assert "application/vnd.git-lfs+json" in batch(raw, ada, repo, "upload", BINARY).headers["Content-Type"]


def test_lfs_upload_links_need_no_token_and_take_nothing_but_the_promised_bytes(raw, ada, repo):
    content = BINARY + b"promised"
    href = batch(raw, ada, repo, "upload", content).json()["objects"][0]["actions"]["upload"]["href"]
    for wrong in (content[:-1], content + b"x", content[:-1] + b"x"):
        assert 400 <= raw.put(href, content=wrong).status_code < 500
        still = batch(raw, ada, repo, "upload", content).json()["objects"][0]
        assert "actions" in still, "a wrong body leaves nothing behind"
    assert raw.put(href, content=content).status_code == 200
    answer = batch(raw, ada, repo, "upload", content).json()["objects"][0]
    verify = answer.get("actions", {}).get("verify")
    if verify:
        ask = {"oid": sha256(content), "size": len(content)}
        assert raw.post(verify["href"], json=ask, headers=ada.headers | LFS).status_code == 200


def test_lfs_files_above_the_limit_go_up_in_parts(raw, ada, repo):
    """The client counts the all-digit keys of `header` and PUTs each part where its key points, without a token."""
    content = BINARY * (20 << 10) + b"!"  # 40 MiB and one byte
    upload = batch(raw, ada, repo, "upload", content).json()["objects"][0]["actions"]["upload"]
    size = int(upload["header"]["chunk_size"])
    parts = {int(name): href for name, href in upload["header"].items() if name.isdigit()}
    assert set(parts) == set(range(1, -(-len(content) // size) + 1)) and len(parts) > 1
    done = []
    for number, href in parts.items():
        answer = raw.put(href, content=content[(number - 1) * size:number * size])
        assert answer.status_code == 200
        done.append({"partNumber": number, "etag": answer.headers["ETag"]})
    answer = raw.post(upload["href"], json={"oid": sha256(content), "parts": done}, headers=LFS)
    assert answer.status_code < 300, answer.text
    assert "actions" not in batch(raw, ada, repo, "upload", content).json()["objects"][0]


def test_12_preupload_answers_for_every_file(raw, ada, repo):
    files = [{"path": path, "sample": base64.b64encode(sample).decode(), "size": size} for path, sample, size in (
        ("a.txt", b"hello\n", 6), ("w.bin", BINARY[:512], 2048), ("new.txt", b"new", 3), ("new.md", b"x", 20_000_000))]
    answer = raw.post(f"/api/models/{repo}/preupload/main", json={"files": files}, headers=ada.headers).json()
    found = {file["path"]: file for file in answer["files"]}
    assert {path: file["uploadMode"] for path, file in found.items()} == {
        "a.txt": "regular", "w.bin": "lfs", "new.txt": "regular", "new.md": "lfs"}
    assert all(file["shouldIgnore"] is False for file in found.values())
    assert found["a.txt"]["oid"] == git_oid(b"hello\n") and found["w.bin"]["oid"] == sha256(BINARY)
    assert found["new.txt"].get("oid") is None
    ignoring = {"files": files, "gitIgnore": "new.*\n"}
    answer = raw.post(f"/api/models/{repo}/preupload/main", json=ignoring, headers=ada.headers).json()
    assert {file["path"] for file in answer["files"] if file["shouldIgnore"]} == {"new.txt", "new.md"}


def test_13_refs_always_have_all_their_lists(raw, repo):
    refs = raw.get(f"/api/models/{repo}/refs").json()
    assert (refs["converts"], refs["tags"]) == ([], [])
    assert [branch["ref"] for branch in refs["branches"]] == ["refs/heads/main"]
    assert raw.get(f"/api/models/{repo}/refs?include_prs=1").json()["pullRequests"] == []


def test_14_15_16_resolve_carries_commit_hash_and_true_length(raw, ada, repo):
    sha = ada.api.model_info(repo).sha
    for name, content, etag in (("a.txt", b"hello\n", git_oid(b"hello\n")), ("w.bin", BINARY, sha256(BINARY))):
        path = f"/{repo}/resolve/main/{name}"
        for method in ("HEAD", "GET"):
            answer = raw.request(method, path, headers={"Accept-Encoding": "gzip, br"})
            assert answer.status_code in (200, 302), "a redirect leads to the object store"
            assert answer.headers["X-Repo-Commit"] == sha
            assert (answer.headers.get("X-Linked-Etag") or answer.headers["ETag"]).strip('"') == etag
            assert int(answer.headers.get("X-Linked-Size") or answer.headers["Content-Length"]) == len(content)
            assert "Content-Encoding" not in answer.headers
            if method == "GET" and answer.status_code == 200:
                assert answer.content == content
    missing = raw.head(f"/{repo}/resolve/main/no.txt")
    assert (missing.status_code, missing.headers["X-Repo-Commit"]) == (404, sha)


@pytest.mark.parametrize("name, content", [("a.txt", b"hello\n"), ("w.bin", BINARY)])
def test_15_parts_of_files(raw, ada, repo, name, content):
    sha = ada.api.model_info(repo).sha
    size = len(content)
    for asked, first, last in (("bytes=0-0", 0, 0), ("bytes=2-3", 2, 3), ("bytes=3-", 3, size - 1),
                               ("bytes=-2", size - 2, size - 1), (f"bytes=1-{size * 2}", 1, size - 1)):
        answer = raw.get(f"/{repo}/resolve/main/{name}", headers={"Range": asked}, follow_redirects=True)
        assert (answer.status_code, answer.content) == (206, content[first:last + 1]), asked
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["X-Repo-Commit"] == sha
    beyond = raw.get(f"/{repo}/resolve/main/{name}", headers={"Range": f"bytes={size}-"}, follow_redirects=True)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")


def test_18_names_ignore_case(ada, repo):
    assert ada.api.model_info(repo.upper()).id == repo
    assert ada.api.file_exists(repo.upper(), "a.txt")
    with pytest.raises(HfHubHTTPError) as error:
        ada.api.create_repo(repo.upper().replace("ADA/", "ada/"))
    assert error.value.response.status_code == 409


def test_19_a_conflict_is_not_a_reason_to_try_again_at_once(raw, ada, repo):
    ask = {"name": repo.split("/")[1], "organization": "ada"}
    answer = raw.post("/api/repos/create", json=ask, headers=ada.headers)
    assert answer.status_code == 409 and "another conflicting operation" not in answer.text


def test_20_ids_of_one_segment_are_routed(hub, ada):
    for api in (ada.api, HfApi(endpoint=hub, token=False)):
        assert api.repo_exists("repo-that-does-not-exist") is False
        assert api.file_exists("gpt2", "config.json") is False
        for get in (lambda: api.model_info("gpt2"), lambda: api.hf_hub_download("gpt2", "config.json"),
                    lambda: api.model_info("gpt2", revision="main"), lambda: list(api.list_repo_tree("gpt2"))):
            with pytest.raises(RepositoryNotFoundError) as error:
                get()
            assert not isinstance(error.value, RemoteEntryNotFoundError)


def test_21_transformers_info_has_no_other_keys(ada, raw, write, repo):
    write(repo, {
        "config.json": json.dumps({"architectures": ["BertForMaskedLM"], "model_type": "bert"}),
        "tokenizer_config.json": '{"mask_token": "[MASK]"}',
        "model.safetensors": struct.pack("<Q", 2) + b"{}",
    })
    info = raw.get(f"/api/models/{repo}").json()
    assert info["transformersInfo"]["auto_model"] == "AutoModelForMaskedLM"
    assert info["transformersInfo"].keys() <= {"auto_model", "custom_class", "pipeline_tag", "processor"}
    assert ada.api.model_info(repo).transformers_info.auto_model == "AutoModelForMaskedLM"


def test_22_cards_are_validated_for_anybody(raw):
    """`RepoCard.validate` sends no token; `create_commit` parses the answer before it looks at the status."""
    good = raw.post("/api/validate-yaml", json={"content": "---\nlicense: mit\n---\n", "repoType": "model"})
    assert (good.status_code, good.json()) == (200, {"errors": [], "warnings": []})
    empty = raw.post("/api/validate-yaml", json={"content": "# No metadata\n", "repoType": "model"})
    assert empty.status_code == 200 and empty.json()["warnings"][0]["message"]
    bad = raw.post("/api/validate-yaml", json={"content": "---\nlicense: none-such\n---\n", "repoType": "model"})
    assert bad.status_code == 400
    assert '"license" must be one of [' in bad.json()["errors"][0]["message"]


def test_requests_are_named(raw):
    own = raw.get("/api/models?limit=1", headers={"X-Request-Id": "custom"})
    assert own.headers["X-Request-Id"] == "custom"
    traced = raw.get("/api/models?limit=1", headers={"X-Amzn-Trace-Id": "1b2c-3d4e"})
    assert "1b2c-3d4e" in traced.headers["X-Request-Id"]
    assert raw.get("/api/models?limit=1").headers["X-Request-Id"]


def test_what_every_process_asks_for_is_there(raw):
    assert raw.head("/api/telemetry/x/y").status_code < 300
    assert raw.get("/api/agent-harnesses").status_code in (200, 404)


def test_browsers_of_other_sites_may_read(raw):
    answer = raw.get("/api/models?limit=1", headers={"Origin": "https://example.org"})
    assert answer.headers["Access-Control-Allow-Origin"] in ("*", "https://example.org")
    exposed = answer.headers["Access-Control-Expose-Headers"].lower()
    assert all(name in exposed for name in ("x-repo-commit", "x-error-code", "link", "etag", "content-range"))


def test_raw_gives_the_git_blob(raw, repo):
    assert raw.get(f"/{repo}/raw/main/a.txt").content == b"hello\n"
    assert raw.head(f"/{repo}/raw/main/a.txt").status_code == 200
    assert raw.head(f"/{repo}/raw/main/no.txt").status_code == 404
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(BINARY)}\nsize {len(BINARY)}\n"
    assert raw.get(f"/{repo}/raw/main/w.bin").text == pointer


def test_paths_info_takes_forms_and_json(raw, repo):
    form = raw.post(f"/api/models/{repo}/paths-info/main", data={"paths": ["a.txt", "x"], "expand": "true"})
    data = raw.post(f"/api/models/{repo}/paths-info/main", json={"paths": ["a.txt", "x"], "expand": True})
    assert form.json() == data.json() and {entry["path"] for entry in form.json()} == {"a.txt", "x"}


def test_revisions_with_slashes_come_encoded(raw, ada, repo):
    ada.api.create_branch(repo, branch="feature/x")
    assert raw.get(f"/api/models/{repo}/revision/feature%2Fx").json()["id"] == repo
    assert raw.get(f"/{repo}/resolve/feature%2Fx/a.txt", follow_redirects=True).content == b"hello\n"
    assert raw.get(f"/api/models/{repo}/tree/refs%2Fheads%2Fmain/x").json()[0]["path"] == "x/b.txt"
    assert raw.get(f"/api/models/{repo}/revision/HEAD").json()["sha"] == ada.api.model_info(repo).sha


def test_an_inline_file_on_a_large_file_path_is_accepted(ada, raw, repo):
    """`hf-hub` (Rust) inlines every file until Xet is offered, whatever preupload said."""
    body = lines(inline("v.bin", base64.b64encode(b"\0\1\2").decode()))
    answer = raw.post(f"/api/models/{repo}/commit/main", content=body,
                      headers=ada.headers | {"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200 and answer.json()["commitOid"] == ada.api.model_info(repo).sha
    assert open(ada.api.hf_hub_download(repo, "v.bin"), "rb").read() == b"\0\1\2"
