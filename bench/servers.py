"""stoa beside nginx and Olah, on the same machine, in one run.

nginx serves the very bytes that stoa answers as static files: the floor of what any server could do here. Olah runs in
its local-mirror mode on a git repository with the same files. The order changes every round; medians of the rounds are
written. Called by bench/run.sh, which installs what is needed.
"""

import argparse
import base64
import hashlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stoa", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--nginx", default=shutil.which("nginx") or "/usr/sbin/nginx")
    parser.add_argument("--olah", help="the olah-cli command; left out, its column stays empty")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", required=True, help="the file whose table is replaced")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stoa-bench-") as folder:
 name: (method.*bench = Bench(options, pathlib.Path(folder))
 name: (method.*try:
 name: (method.*    bench.prepare()
 name: (method.*    bench.measure()
 name: (method.*finally:
 name: (method.*    bench.stop()
    bench.write(pathlib.Path(options.out))


class Bench:
    def __init__(self, options, folder):
 name: (method.*self.options = options
 name: (method.*self.folder = folder
 name: (method.*self.running = {}
 name: (method.*self.port = {"stoa": 18231, "nginx": 18232, "olah": 18233}
 name: (method.*self.results = {}

    # --- servers ---------------------------------------------------------------------------------------------------

    def start(self, name, command, ready, **more):
 name: (method.*log = open(self.folder / f"{name}.log", "wb")
 name: (method.*began = time.monotonic()
 name: (method.*process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **more)
 name: (method.*self.running[name] = process
 name: (method.*while True:
 name: (method.*    try:
 name: (method.*        urllib.request.urlopen(f"http://127.0.0.1:{self.port[name]}{ready}", timeout=2).read()
 name: (method.*        return time.monotonic() - began
 name: (method.*    except OSError as error:
 name: (method.*        if isinstance(error, urllib.error.HTTPError):
 name: (method.*            return time.monotonic() - began
 name: (method.*        if process.poll() is not None or time.monotonic() - began > 60:
 name: (method.*            sys.exit(f"{name} did not start:\n" + (self.folder / f"{name}.log").read_text()[-3000:])
 name: (method.*        time.sleep(0.01)

    def stop(self):
 name: (method.*for process in self.running.values():
 name: (method.*    if process.poll() is None:
 name: (method.*        os.killpg(process.pid, signal.SIGTERM)
 name: (method.*for process in self.running.values():
 name: (method.*    try:
 name: (method.*        process.wait(10)
 name: (method.*    except subprocess.TimeoutExpired:
 name: (method.*        os.killpg(process.pid, signal.SIGKILL)

    def stoa(self, *arguments):
 name: (method.*data = ["--data", str(self.folder / "data")]
 name: (method.*return subprocess.run([self.options.stoa, *arguments, *data], check=True, capture_output=True, text=True).stdout

    def ask(self, method, path, body=None, kind="application/json"):
 name: (method.*headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
 name: (method.*url = f"http://127.0.0.1:{self.port['stoa']}{path}"
 name: (method.*with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)) as answer:
 name: (method.*    return answer.read()

    # --- what is measured ------------------------------------------------------------------------------------------

    def prepare(self):
 name: (method.*listen = f"127.0.0.1:{self.port['stoa']}"
 name: (method.*quiet = {**os.environ, "STOA_LOG": "warn"}
 name: (method.*serve = [self.options.stoa, "serve", "--data", str(self.folder / "data"), "--listen", listen]
 name: (method.*self.start("stoa", serve, "/healthz", env=quiet)
 name: (method.*self.stop()
 name: (method.*self.started = self.start("stoa", serve, "/healthz", env=quiet)
 name: (method.*time.sleep(1)
 name: (method.*self.idle = self.memory("stoa")
 name: (method.*self.token = self.stoa("token", "create", "admin", "--name", "bench", "--role", "write").strip()
 name: (method.*self.fill()
 name: (method.*self.static()
 name: (method.*if self.options.olah:
 name: (method.*    self.mirror()

    def fill(self):
 name: (method.*"""A repository as they usually look: a card, a few configurations, 10 KB of text, 100 MB of weights."""
 name: (method.*self.ask("POST", "/api/repos/create", json.dumps({"name": "m"}).encode())
 name: (method.*self.ask("POST", "/api/repos/create", json.dumps({"name": "commits"}).encode())
 name: (method.*self.small = ("a line of text that is not very interesting\n" * 250)[:10240].encode()
 name: (method.*self.large = os.urandom(100 << 20)
 name: (method.*self.files = {
 name: (method.*    "README.md": b"---\nlicense: mit\nlanguage: en\ntags: [demo]\n---\n# A model\n\nSome words about it.\n",
 name: (method.*    "config.json": b'{"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 384}',
 name: (method.*    "notes.txt": self.small,
 name: (method.*}
 name: (method.*self.files |= {f"parts/part-{i:02}.json": json.dumps({"part": i}).encode() for i in range(20)}
 name: (method.*lines = [{"key": "header", "value": {"summary": "files", "description": ""}}]
 name: (method.*for path, content in self.files.items():
 name: (method.*    value = {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}
 name: (method.*    lines.append({"key": "file", "value": value})
 name: (method.*self.commit("m", lines)
 name: (method.*for i in range(120):
 name: (method.*    self.ask("POST", "/api/repos/create", json.dumps({"name": f"other-{i}"}).encode())
 name: (method.*oid = hashlib.sha256(self.large).hexdigest()
 name: (method.*ask = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": len(self.large)}]}
 name: (method.*answer = json.loads(self.ask("POST", "/admin/m.git/info/lfs/objects/batch", json.dumps(ask).encode()))
 name: (method.*href = answer["objects"][0]["actions"]["upload"]["href"]
 name: (method.*urllib.request.urlopen(urllib.request.Request(href, self.large, method="PUT")).read()
 name: (method.*value = {"path": "model.safetensors", "algo": "sha256", "oid": oid, "size": len(self.large)}
 name: (method.*lines = [{"key": "header", "value": {"summary": "weights", "description": ""}}]
 name: (method.*self.commit("m", [*lines, {"key": "lfsFile", "value": value}])
 name: (method.*# The hub turns the file into chunks by itself; measure what it serves from then on.
 name: (method.*until = time.monotonic() + 60
 name: (method.*while b"xetHash" not in self.ask("GET", "/api/models/admin/m/tree/main") and time.monotonic() < until:
 name: (method.*    time.sleep(0.5)

    def commit(self, repo, lines):
 name: (method.*body = "\n".join(json.dumps(line) for line in lines).encode()
 name: (method.*self.ask("POST", f"/api/models/admin/{repo}/commit/main", body, "application/x-ndjson")

    def static(self):
 name: (method.*"""The same bytes as files, and a folder that takes the body of a commit by PUT."""
 name: (method.*root = self.folder / "static"
 name: (method.*(root / "commits").mkdir(parents=True)
 name: (method.*for name, path in (
 name: (method.*    ("info.json", "/api/models/admin/m"),
 name: (method.*    ("tree.json", "/api/models/admin/m/tree/main"),
 name: (method.*    ("list.json", "/api/models?limit=100"),
 name: (method.*):
 name: (method.*    (root / name).write_bytes(self.ask("GET", path))
 name: (method.*(root / "notes.txt").write_bytes(self.small)
 name: (method.*(root / "model.safetensors").write_bytes(self.large)
 name: (method.*config = f"""
 name: (method.*    worker_processes {os.cpu_count()}; daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx-error.log;
 name: (method.*    events {{ worker_connections 1024; }}
 name: (method.*    http {{
 name: (method.*      access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; default_type application/octet-stream;
 name: (method.*      client_body_temp_path {self.folder}/body; client_max_body_size 100m; open_file_cache max=1000;
 name: (method.*      proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
 name: (method.*      server {{ listen 127.0.0.1:{self.port['nginx']}; root {root}; location /commits/ {{ dav_methods PUT; }} }}
 name: (method.*    }}"""
 name: (method.*(self.folder / "nginx.conf").write_text(config)
 name: (method.*os.chmod(self.folder, 0o755)
 name: (method.*for path in [root, root / "commits"]:
 name: (method.*    os.chmod(path, 0o777)
 name: (method.*user = "user root;" if os.getuid() == 0 else ""
 name: (method.*(self.folder / "nginx.conf").write_text(user + config)
 name: (method.*self.start("nginx", [self.options.nginx, "-c", str(self.folder / "nginx.conf")], "/info.json")

    def mirror(self):
 name: (method.*"""Olah's local mirror is a git repository with a work tree at models/{org}/{name}."""
 name: (method.*repo = self.folder / "mirrors" / "models" / "admin" / "m"
 name: (method.*repo.mkdir(parents=True)
 name: (method.*for path, content in {**self.files, "model.safetensors": self.large}.items():
 name: (method.*    (repo / path).parent.mkdir(exist_ok=True)
 name: (method.*    (repo / path).write_bytes(content)
 name: (method.*who = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
 name: (method.*for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-qm", "files"]):
 name: (method.*    subprocess.run(["git", *arguments], cwd=repo, check=True)
 name: (method.*config = self.folder / "olah.toml"
 name: (method.*config.write_text(
 name: (method.*    f'[basic]\nhost = "127.0.0.1"\nport = {self.port["olah"]}\nrepos-path = "{self.folder}/olah"\n'
 name: (method.*    f'mirrors-path = ["{self.folder}/mirrors"]\n[accessibility]\noffline = true\n'
 name: (method.*)
 name: (method.*command = [self.options.olah, "--config", str(config), "--log-path", f"{self.folder}/olah-logs"]
 name: (method.*self.start("olah", command, "/api/models/admin/m/revision/main", cwd=self.folder)

    OPERATIONS = {
 name: (method.*# name: (method, path on stoa, path on nginx, path on Olah, connections)
 name: (method.*"repo info": ("GET", "/api/models/admin/m", "/info.json", "/api/models/admin/m/revision/main", 4),
 name: (method.*"HEAD resolve": ("HEAD", "/admin/m/resolve/main/notes.txt", "/notes.txt", "/admin/m/resolve/main/notes.txt", 4),
 name: (method.*"GET resolve, 10 KB": ("GET", "/admin/m/resolve/main/notes.txt", "/notes.txt", "/admin/m/resolve/main/notes.txt", 4),
 name: (method.*"GET resolve, 100 MB": (
 name: (method.*    "GET", "/admin/m/resolve/main/model.safetensors", "/model.safetensors", "/admin/m/resolve/main/model.safetensors", 2,
 name: (method.*),
 name: (method.*"tree": ("GET", "/api/models/admin/m/tree/main", "/tree.json", "/api/models/admin/m/tree/main/", 4),
 name: (method.*"list of 100": ("GET", "/api/models?limit=100", "/list.json", None, 4),
 name: (method.*"commit of a file": ("POST", "/api/models/admin/commits/commit/main", "/commits/@N@", None, 4),
    }

    def measure(self):
 name: (method.*self.number = 1
 name: (method.*for turn in range(self.options.rounds):
 name: (method.*    for operation, (method, *paths, connections) in self.OPERATIONS.items():
 name: (method.*        servers = list(zip(("stoa", "nginx", "olah"), paths))
 name: (method.*        for server, path in servers[turn % 3 :] + servers[: turn % 3]:
 name: (method.*            if path is None or server not in self.running:
 name: (method.*                continue
 name: (method.*            self.once(operation, server, method, path, connections)

    def once(self, operation, server, method, path, connections):
 name: (method.*paths = self.folder / "paths"
 name: (method.*paths.write_text(path + "\n")
 name: (method.*command = [
 name: (method.*    self.options.load, "--address", f"127.0.0.1:{self.port[server]}", "--paths", str(paths),
 name: (method.*    "--connections", str(connections), "--seconds", str(self.options.seconds), "--first", str(self.number),
 name: (method.*]
 name: (method.*if operation.startswith("commit"):
 name: (method.*    self.number += 10_000_000
 name: (method.*    body = self.folder / "body.ndjson"
 name: (method.*    content = base64.b64encode(b"some content\n" * 20).decode()
 name: (method.*    body.write_text(
 name: (method.*        json.dumps({"key": "header", "value": {"summary": "one", "description": ""}}) + "\n"
 name: (method.*        + json.dumps({"key": "file", "value": {"path": "f.txt", "content": content, "encoding": "base64"}}) + "\n"
 name: (method.*    )
 name: (method.*    put = "PUT" if server == "nginx" else "POST"
 name: (method.*    command += ["--method", put, "--body", str(body), "--header", f"Authorization: Bearer {self.token}"]
 name: (method.*    command += ["--header", "Content-Type: application/x-ndjson"]
 name: (method.*else:
 name: (method.*    command += ["--method", method]
 name: (method.*before = self.processor(server)
 name: (method.*report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
 name: (method.*report["cpu"] = (self.processor(server) - before) / max(report["requests"], 1)
 name: (method.*if report["wrong"]:
 name: (method.*    print(f"{server}: {operation}: {report['wrong']} of {report['requests']} answers were errors", file=sys.stderr)
 name: (method.*self.results.setdefault((operation, server), []).append(report)
 name: (method.*rate = report["requests_per_second"]
 name: (method.*print(f"{operation:22} {server:6} {rate:10.0f}/s  p50 {report['p50_us']} µs  p99 {report['p99_us']} µs", file=sys.stderr)

    def processes(self, server):
 name: (method.*group = os.getpgid(self.running[server].pid)
 name: (method.*for entry in pathlib.Path("/proc").iterdir():
 name: (method.*    try:
 name: (method.*        if entry.name.isdigit() and os.getpgid(int(entry.name)) == group:
 name: (method.*            yield entry
 name: (method.*    except OSError:
 name: (method.*        pass

    def processor(self, server):
 name: (method.*"""Seconds of processor that a server and its children have used."""
 name: (method.*ticks = 0
 name: (method.*for process in self.processes(server):
 name: (method.*    fields = (process / "stat").read_text().rpartition(")")[2].split()
 name: (method.*    ticks += int(fields[11]) + int(fields[12])
 name: (method.*return ticks / TICKS

    def memory(self, server):
 name: (method.*status = pathlib.Path(f"/proc/{self.running[server].pid}/status").read_text()
 name: (method.*return int(status.split("VmRSS:")[1].split()[0]) / 1024

    # --- the table -------------------------------------------------------------------------------------------------

    def write(self, out):
 name: (method.*lines = [
 name: (method.*    "| operation | stoa | p50 | p99 | CPU per request | nginx | p50 | p99 | stoa / nginx | Olah | stoa / Olah |",
 name: (method.*    "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
 name: (method.*]
 name: (method.*for operation in self.OPERATIONS:
 name: (method.*    row = {server: self.results.get((operation, server)) for server in ("stoa", "nginx", "olah")}
 name: (method.*    mid = lambda server, key: statistics.median(report[key] for report in row[server])
 name: (method.*    big = operation.endswith("MB")
 name: (method.*    rate = lambda server: (
 name: (method.*        f"{mid(server, 'bytes_per_second') / 1e9:.2f} GB/s" if big else f"{mid(server, 'requests_per_second'):,.0f}/s"
 name: (method.*    )
 name: (method.*    micros = lambda server, key: f"{mid(server, key) / 1000:.2f} ms"
 name: (method.*    wrong = {server: sum(r["wrong"] for r in row[server] or []) for server in row}
 name: (method.*    olah = "–" if not row["olah"] else "errors" if wrong["olah"] or not mid("olah", "requests") else rate("olah")
 name: (method.*    ratio = lambda other: mid("stoa", "requests_per_second") / max(mid(other, "requests_per_second"), 1e-9)
 name: (method.*    beside = f"{ratio('olah'):.1f}" if olah not in ("–", "errors") else "–"
 name: (method.*    lines.append(
 name: (method.*        f"| {operation} | {rate('stoa')} | {micros('stoa', 'p50_us')} | {micros('stoa', 'p99_us')} | "
 name: (method.*        f"{mid('stoa', 'cpu') * 1e6:,.0f} µs | {rate('nginx')} | {micros('nginx', 'p50_us')} | "
 name: (method.*        f"{micros('nginx', 'p99_us')} | {ratio('nginx'):.2f} | {olah} | "
 name: (method.*        f"{beside} |"
 name: (method.*    )
 name: (method.*lines += ["", f"From start to the first answer: {self.started * 1000:.0f} ms. Memory when idle: {self.idle:.0f} MB."]
 name: (method.*text = out.read_text()
 name: (method.*begin, end = "<!-- http -->", "<!-- /http -->"
 name: (method.*head, _, rest = text.partition(begin)
 name: (method.*_, _, tail = rest.partition(end)
 name: (method.*out.write_text(head + begin + "\n" + "\n".join(lines) + "\n" + end + tail)
 name: (method.*print("\n".join(lines))


if __name__ == "__main__":
    main()
