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
        bench = Bench(options, pathlib.Path(folder))
        try:
            bench.prepare()
            bench.measure()
        finally:
            bench.stop()
    bench.write(pathlib.Path(options.out))


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.running = {}
        self.port = {"stoa": 18231, "nginx": 18232, "olah": 18233}
        self.results = {}

    # --- servers ---------------------------------------------------------------------------------------------------

    def start(self, name, command, ready, **more):
        log = open(self.folder / f"{name}.log", "wb")
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **more)
        self.running[name] = process
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port[name]}{ready}", timeout=2).read()
                return time.monotonic() - began
            except OSError as error:
                if isinstance(error, urllib.error.HTTPError):
                    return time.monotonic() - began
                if process.poll() is not None or time.monotonic() - began > 60:
                    sys.exit(f"{name} did not start:\n" + (self.folder / f"{name}.log").read_text()[-3000:])
                time.sleep(0.01)

    def stop(self):
        for process in self.running.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def stoa(self, *arguments):
        data = ["--data", str(self.folder / "data")]
        return subprocess.run([self.options.stoa, *arguments, *data], check=True, capture_output=True, text=True).stdout

    def ask(self, method, path, body=None, kind="application/json"):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        url = f"http://127.0.0.1:{self.port['stoa']}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)) as answer:
            return answer.read()

    # --- what is measured ------------------------------------------------------------------------------------------

    def prepare(self):
        listen = f"127.0.0.1:{self.port['stoa']}"
        quiet = {**os.environ, "STOA_LOG": "warn"}
        serve = [self.options.stoa, "serve", "--data", str(self.folder / "data"), "--listen", listen]
        self.start("stoa", serve, "/healthz", env=quiet)
        self.stop()
        self.started = self.start("stoa", serve, "/healthz", env=quiet)
        time.sleep(1)
        self.idle = self.memory("stoa")
        self.token = self.stoa("token", "create", "admin", "--name", "bench", "--role", "write").strip()
        self.fill()
        self.static()
        if self.options.olah:
            self.mirror()

    def fill(self):
        """A repository as they usually look: a card, a few configurations, 10 KB of text, 100 MB of weights."""
        self.ask("POST", "/api/repos/create", json.dumps({"name": "m"}).encode())
        self.ask("POST", "/api/repos/create", json.dumps({"name": "commits"}).encode())
        self.small = ("a line of text that is not very interesting\n" * 250)[:10240].encode()
        self.large = os.urandom(100 << 20)
        self.files = {
            "README.md": b"---\nlicense: mit\nlanguage: en\ntags: [demo]\n---\n# A model\n\nSome words about it.\n",
            "config.json": b'{"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 384}',
            "notes.txt": self.small,
        }
        self.files |= {f"parts/part-{i:02}.json": json.dumps({"part": i}).encode() for i in range(20)}
        lines = [{"key": "header", "value": {"summary": "files", "description": ""}}]
        for path, content in self.files.items():
            value = {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}
            lines.append({"key": "file", "value": value})
        self.commit("m", lines)
        for i in range(120):
            self.ask("POST", "/api/repos/create", json.dumps({"name": f"other-{i}"}).encode())
        oid = hashlib.sha256(self.large).hexdigest()
        ask = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": len(self.large)}]}
        answer = json.loads(self.ask("POST", "/admin/m.git/info/lfs/objects/batch", json.dumps(ask).encode()))
        href = answer["objects"][0]["actions"]["upload"]["href"]
        urllib.request.urlopen(urllib.request.Request(href, self.large, method="PUT")).read()
        value = {"path": "model.safetensors", "algo": "sha256", "oid": oid, "size": len(self.large)}
        lines = [{"key": "header", "value": {"summary": "weights", "description": ""}}]
        self.commit("m", [*lines, {"key": "lfsFile", "value": value}])
        # The hub turns the file into chunks by itself; measure what it serves from then on.
        until = time.monotonic() + 60
        while b"xetHash" not in self.ask("GET", "/api/models/admin/m/tree/main") and time.monotonic() < until:
            time.sleep(0.5)

    def commit(self, repo, lines):
        body = "\n".join(json.dumps(line) for line in lines).encode()
        self.ask("POST", f"/api/models/admin/{repo}/commit/main", body, "application/x-ndjson")

    def static(self):
        """The same bytes as files, and a folder that takes the body of a commit by PUT."""
        root = self.folder / "static"
        (root / "commits").mkdir(parents=True)
        for name, path in (
            ("info.json", "/api/models/admin/m"),
            ("tree.json", "/api/models/admin/m/tree/main"),
            ("list.json", "/api/models?limit=100"),
        ):
            (root / name).write_bytes(self.ask("GET", path))
        (root / "notes.txt").write_bytes(self.small)
        (root / "model.safetensors").write_bytes(self.large)
        config = f"""
            worker_processes {os.cpu_count()}; daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx-error.log;
            events {{ worker_connections 1024; }}
            http {{
              access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; default_type application/octet-stream;
              client_body_temp_path {self.folder}/body; client_max_body_size 100m; open_file_cache max=1000;
              proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f; uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
              server {{ listen 127.0.0.1:{self.port['nginx']}; root {root}; location /commits/ {{ dav_methods PUT; }} }}
            }}"""
        (self.folder / "nginx.conf").write_text(config)
        os.chmod(self.folder, 0o755)
        for path in [root, root / "commits"]:
            os.chmod(path, 0o777)
        user = "user root;" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(user + config)
        self.start("nginx", [self.options.nginx, "-c", str(self.folder / "nginx.conf")], "/info.json")

    def mirror(self):
        """Olah's local mirror is a git repository with a work tree at models/{org}/{name}."""
        repo = self.folder / "mirrors" / "models" / "admin" / "m"
        repo.mkdir(parents=True)
        for path, content in {**self.files, "model.safetensors": self.large}.items():
            (repo / path).parent.mkdir(exist_ok=True)
            (repo / path).write_bytes(content)
        who = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
        for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-qm", "files"]):
            subprocess.run(["git", *arguments], cwd=repo, check=True)
        config = self.folder / "olah.toml"
        config.write_text(
            f'[basic]\nhost = "127.0.0.1"\nport = {self.port["olah"]}\nrepos-path = "{self.folder}/olah"\n'
            f'mirrors-path = ["{self.folder}/mirrors"]\n[accessibility]\noffline = true\n'
        )
        command = [self.options.olah, "--config", str(config), "--log-path", f"{self.folder}/olah-logs"]
        self.start("olah", command, "/api/models/admin/m/revision/main", cwd=self.folder)

    OPERATIONS = {
        # name: (method, path on stoa, path on nginx, path on Olah, connections)
        "repo info": ("GET", "/api/models/admin/m", "/info.json", "/api/models/admin/m/revision/main", 4),
        "HEAD resolve": ("HEAD", "/admin/m/resolve/main/notes.txt", "/notes.txt", "/admin/m/resolve/main/notes.txt", 4),
        "GET resolve, 10 KB": ("GET", "/admin/m/resolve/main/notes.txt", "/notes.txt", "/admin/m/resolve/main/notes.txt", 4),
        "GET resolve, 100 MB": (
            "GET", "/admin/m/resolve/main/model.safetensors", "/model.safetensors", "/admin/m/resolve/main/model.safetensors", 2,
        ),
        "tree": ("GET", "/api/models/admin/m/tree/main", "/tree.json", "/api/models/admin/m/tree/main/", 4),
        "list of 100": ("GET", "/api/models?limit=100", "/list.json", None, 4),
        "commit of a file": ("POST", "/api/models/admin/commits/commit/main", "/commits/@N@", None, 4),
    }

    def measure(self):
        self.number = 1
        for turn in range(self.options.rounds):
            for operation, (method, *paths, connections) in self.OPERATIONS.items():
                servers = list(zip(("stoa", "nginx", "olah"), paths))
                for server, path in servers[turn % 3 :] + servers[: turn % 3]:
                    if path is None or server not in self.running:
                        continue
                    self.once(operation, server, method, path, connections)

    def once(self, operation, server, method, path, connections):
        paths = self.folder / "paths"
        paths.write_text(path + "\n")
        command = [
            self.options.load, "--address", f"127.0.0.1:{self.port[server]}", "--paths", str(paths),
            "--connections", str(connections), "--seconds", str(self.options.seconds), "--first", str(self.number),
        ]
        if operation.startswith("commit"):
            self.number += 10_000_000
            body = self.folder / "body.ndjson"
            content = base64.b64encode(b"some content\n" * 20).decode()
            body.write_text(
                json.dumps({"key": "header", "value": {"summary": "one", "description": ""}}) + "\n"
                + json.dumps({"key": "file", "value": {"path": "f.txt", "content": content, "encoding": "base64"}}) + "\n"
            )
            put = "PUT" if server == "nginx" else "POST"
            command += ["--method", put, "--body", str(body), "--header", f"Authorization: Bearer {self.token}"]
            command += ["--header", "Content-Type: application/x-ndjson"]
        else:
            command += ["--method", method]
        before = self.processor(server)
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        report["cpu"] = (self.processor(server) - before) / max(report["requests"], 1)
        if report["wrong"]:
            print(f"{server}: {operation}: {report['wrong']} of {report['requests']} answers were errors", file=sys.stderr)
        self.results.setdefault((operation, server), []).append(report)
        rate = report["requests_per_second"]
        print(f"{operation:22} {server:6} {rate:10.0f}/s  p50 {report['p50_us']} µs  p99 {report['p99_us']} µs", file=sys.stderr)

    def processes(self, server):
        group = os.getpgid(self.running[server].pid)
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.getpgid(int(entry.name)) == group:
                    yield entry
            except OSError:
                pass

    def processor(self, server):
        """Seconds of processor that a server and its children have used."""
        ticks = 0
        for process in self.processes(server):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def memory(self, server):
        status = pathlib.Path(f"/proc/{self.running[server].pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    # --- the table -------------------------------------------------------------------------------------------------

    def write(self, out):
        lines = [
            "| operation | stoa | p50 | p99 | CPU per request | nginx | p50 | p99 | stoa / nginx | Olah | stoa / Olah |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for operation in self.OPERATIONS:
            row = {server: self.results.get((operation, server)) for server in ("stoa", "nginx", "olah")}
            mid = lambda server, key: statistics.median(report[key] for report in row[server])
            big = operation.endswith("MB")
            rate = lambda server: (
                f"{mid(server, 'bytes_per_second') / 1e9:.2f} GB/s" if big else f"{mid(server, 'requests_per_second'):,.0f}/s"
            )
            micros = lambda server, key: f"{mid(server, key) / 1000:.2f} ms"
            wrong = {server: sum(r["wrong"] for r in row[server] or []) for server in row}
            olah = "–" if not row["olah"] else "errors" if wrong["olah"] or not mid("olah", "requests") else rate("olah")
            ratio = lambda other: mid("stoa", "requests_per_second") / max(mid(other, "requests_per_second"), 1e-9)
            beside = f"{ratio('olah'):.1f}" if olah not in ("–", "errors") else "–"
            lines.append(
                f"| {operation} | {rate('stoa')} | {micros('stoa', 'p50_us')} | {micros('stoa', 'p99_us')} | "
                f"{mid('stoa', 'cpu') * 1e6:,.0f} µs | {rate('nginx')} | {micros('nginx', 'p50_us')} | "
                f"{micros('nginx', 'p99_us')} | {ratio('nginx'):.2f} | {olah} | "
                f"{beside} |"
            )
        lines += ["", f"From start to the first answer: {self.started * 1000:.0f} ms. Memory when idle: {self.idle:.0f} MB."]
        text = out.read_text()
        begin, end = "<!-- http -->", "<!-- /http -->"
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        out.write_text(head + begin + "\n" + "\n".join(lines) + "\n" + end + tail)
        print("\n".join(lines))


if __name__ == "__main__":
    main()
