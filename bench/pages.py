"""Pages of the site on a seeded catalogue, beside the same bytes from memory. Called by bench/run.sh.

Each kind of page is asked at thousands of addresses in turn, over one connection (what one visitor waits for) and over
four (both cores busy). The bare handler answers every request with the bytes of one such page and knows nothing else.
The database is read once before, as on a hub that has been in use: what is timed is the server, not the disk.
"""

import argparse
import base64
import gzip
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

STOA, BARE = 18251, 18252
SAMPLE = 1500


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stoa", required=True)
    parser.add_argument("--load", required=True)
    parser.add_argument("--bare", required=True)
    parser.add_argument("--data", required=True, help="a data folder that `stoa-bench seed` filled")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", required=True, help="the file whose table is replaced")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stoa-pages-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        try:
            bench.prepare()
            bench.measure()
        finally:
            bench.stop()
    bench.write(pathlib.Path(options.out))


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.running, self.results, self.sizes = {}, {}, {}

    def start(self, name, port, command, **more):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log, **more)
        until = time.monotonic() + 60
        while True:
            try:
                return self.page("/healthz", port)
            except OSError:
                if self.running[name].poll() is not None or time.monotonic() > until:
                    sys.exit(f"{name} did not start:\n" + (self.folder / f"{name}.log").read_text()[-3000:])
                time.sleep(0.02)

    def stop(self, *names):
        for name in names or list(self.running):
            process = self.running.pop(name)
            process.terminate()
            process.wait(30)

    def page(self, path, port=STOA, headers=None):
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers or {})
        with urllib.request.urlopen(asked) as answer:
            return answer.read()

    def ask(self, method, path, body, kind="application/json"):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        url = f"http://127.0.0.1:{STOA}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method)) as answer:
            return answer.read()

    def prepare(self):
        serve = [self.options.stoa, "serve", "--data", self.options.data, "--listen", f"127.0.0.1:{STOA}"]
        self.start("stoa", STOA, serve, env={**os.environ, "STOA_LOG": "warn"})
        run = lambda *command: subprocess.run([self.options.stoa, *command, "--data", self.options.data],
                                              capture_output=True, text=True)
        run("user", "create", "pages")
        self.token = run("token", "create", "pages", "--name", "bench", "--role", "write").stdout.strip()
        self.long_card()
        self.paths = self.addresses()
        with open(pathlib.Path(self.options.data) / "stoa.db", "rb") as file:
            while file.read(1 << 24):
                pass

    def long_card(self):
        """A repository as the best ones look: a card of 40 KB with tables, code and formulas, and a folder of 60 files."""
        if b'"pages/long"' in self.page("/api/models?author=pages"):
            return
        self.ask("POST", "/api/repos/create", json.dumps({"name": "long"}).encode())
        part = ("## Part {n}\n\n" + "Some *words* about a [thing](docs/x.md) that `does` it, and $x_{n}^2$. " * 8
                + "\n\n```python\nfrom transformers import pipeline\nfor i in range({n}):\n    print(pipeline('fill-mask'), i)\n```\n\n"
                + "| a | b |\n|---|--:|\n" + "| one | 0.{n} |\n" * 12 + "\n")
        card = "---\nlicense: mit\ntags: [demo]\n---\n# A long card\n\n" + "".join(part.replace("{n}", str(n)) for n in range(40))
        code = "".join(f"def f{n}(x):\n    return x * {n} + len('{n}')\n\n" for n in range(400))
        files = {"README.md": card, "train.py": code} | {f"parts/{n:02}.json": "{}" for n in range(60)}
        lines = [{"key": "header", "value": {"summary": "files", "description": ""}}]
        for path, content in files.items():
            value = {"path": path, "content": base64.b64encode(content.encode()).decode(), "encoding": "base64"}
            lines.append({"key": "file", "value": value})
        body = "\n".join(json.dumps(line) for line in lines).encode()
        self.ask("POST", "/api/models/pages/long/commit/main", body, "application/x-ndjson")

    def addresses(self):
        draw = random.Random(7)
        names = []
        for sort in ("downloads", "likes", "createdAt", "lastModified", "trendingScore"):
            names += [item["id"] for item in json.loads(self.page(f"/api/models?sort={sort}&limit=1000"))]
        names = draw.sample(sorted(set(names) - {"pages/long"}), min(SAMPLE, len(set(names)) - 1))
        tags = json.loads(self.page("/api/models-tags-by-type"))
        some = lambda kind: [tag["id"] for tag in tags.get(kind, [])[:40]]
        lists = ["/models", "/models?sort=downloads", "/models?sort=likes", "/models?sort=created", "/models?sort=modified",
                 "/datasets", "/spaces", "/datasets?sort=downloads"]
        for parameter, kind in (("pipeline_tag", "pipeline_tag"), ("library", "library"), ("language", "language"), ("license", "license")):
            for tag in some(kind):
                value = tag.partition(":")[2] or tag
                lists.append(f"/models?{parameter}={value}")
                lists.append(f"/models?{parameter}={value}&sort={draw.choice(['downloads', 'likes', 'created', 'modified'])}")
        for _ in range(100):
            task, library = draw.choice(some("pipeline_tag")), draw.choice(some("library"))
            lists.append(f"/models?pipeline_tag={task}&library={library}")
        draw.shuffle(lists)
        return {
            "first page": ["/"],
            "lists with filters": lists,
            "model pages": [f"/{name}" for name in names],
            "model page with a long card": ["/pages/long"],
            "file lists": [f"/{name}/tree/main" for name in names],
            "file list of 60": ["/pages/long/tree/main/parts"],
            "a file": [path for name in names if self.is_there(path := f"/{name}/blob/main/config.json")],
            "1,200 lines of code": ["/pages/long/blob/main/train.py"],
            "history": [f"/{name}/commits/main" for name in names],
            "profiles": sorted({f"/{name.partition('/')[0]}" for name in names}),
        }

    def is_there(self, path):
        try:
            return bool(self.page(path))
        except urllib.error.HTTPError:
            return False

    def measure(self):
        for what, paths in self.paths.items():
            file = self.folder / "paths"
            file.write_text("\n".join(paths) + "\n")
            body = self.page(paths[0])
            (self.folder / "body").write_bytes(body)
            self.sizes[what] = (len(body), len(gzip.compress(body, 6)))
            self.start("bare", BARE, [self.options.bare, "--listen", f"127.0.0.1:{BARE}", "--body", str(self.folder / "body")])
            for turn in range(self.options.rounds):
                for server, port in (("stoa", STOA), ("bare", BARE))[:: 1 if turn % 2 else -1]:
                    for connections in (1, 4):
                        command = [self.options.load, "--address", f"127.0.0.1:{port}", "--paths", str(file),
                                   "--connections", str(connections), "--seconds", str(self.options.seconds),
                                   "--header", "Accept: text/html", "--header", "Accept-Encoding: identity"]
                        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                        if report["wrong"]:
                            print(f"{what}: {report['wrong']} of {report['requests']} answers were errors", file=sys.stderr)
                        self.results.setdefault((what, server, connections), []).append(report)
            self.stop("bare")
            mid = lambda server, connections, key: statistics.median(r[key] for r in self.results[what, server, connections])
            print(f"{what:30} p50 {mid('stoa', 1, 'p50_us') / 1000:.2f} p99 {mid('stoa', 1, 'p99_us') / 1000:.2f} ms  "
                  f"{mid('stoa', 4, 'requests_per_second'):.0f}/s", file=sys.stderr)

    def write(self, out):
        lines = ["| pages | addresses | size (gzip) | p50 | p99 | p99 of four at once | stoa | bare handler | its p99 |",
                 "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
        for what, paths in self.paths.items():
            mid = lambda server, connections, key: statistics.median(r[key] for r in self.results[what, server, connections])
            ms = lambda server, connections, key: f"{mid(server, connections, key) / 1000:.2f} ms"
            plain, packed = self.sizes[what]
            lines.append(
                f"| {what} | {len(paths):,} | {plain / 1000:.0f} ({packed / 1000:.1f}) KB | {ms('stoa', 1, 'p50_us')} | "
                f"{ms('stoa', 1, 'p99_us')} | {ms('stoa', 4, 'p99_us')} | {mid('stoa', 4, 'requests_per_second'):,.0f}/s | "
                f"{mid('bare', 4, 'requests_per_second'):,.0f}/s | {ms('bare', 1, 'p99_us')} |"
            )
        text = out.read_text()
        begin, end = "<!-- pages -->", "<!-- /pages -->"
        head, _, rest = text.partition(begin)
        _, _, tail = rest.partition(end)
        out.write_text(head + begin + "\n" + "\n".join(lines) + "\n" + end + tail)
        print("\n".join(lines))


if __name__ == "__main__":
    main()
