"""stoa beside git's own server (`git http-backend` behind nginx), with git as the client, in one run.

Three repositories, made here the same every time: small (100 commits), large (20,000 commits), wide (100,000 files in one
commit). Each is pushed to both servers and cloned from both, in an order that changes every round; medians are written.
Server CPU is that of all processes of the server, children included. Called by bench/run.sh, which installs what is needed.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
# name: commits, files at the end, files that change with each commit
REPOSITORIES = {"small": (100, 300, 3), "large": (20_000, 3_000, 2), "wide": (1, 100_000, 0)}
QUICK = {"small": (100, 300, 3), "large": (2_000, 1_000, 2), "wide": (1, 10_000, 0)}
MARKS = ("<!-- git -->", "<!-- /git -->")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stoa", required=True)
    parser.add_argument("--nginx", default=shutil.which("nginx") or "/usr/sbin/nginx")
    parser.add_argument("--fcgiwrap", default=shutil.which("fcgiwrap") or "/usr/sbin/fcgiwrap")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", help="one of the repositories; may be repeated")
    parser.add_argument("--keep", help="a folder where the repositories stay for the next run")
    parser.add_argument("--out", required=True, help="the file whose table is replaced")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stoa-bench-") as folder:
        servers = Servers(options, pathlib.Path(folder))
        try:
            servers.start()
            results = measure(options, servers, pathlib.Path(folder))
        finally:
            servers.stop()
    write(pathlib.Path(options.out), results)


def make(folder, commits, files, edits):
    """A repository of text files that grow line by line, packed as `git gc` packs it."""
    draw = random.Random(1)
    letters = "etaoinshrdlucmfwypvbgkqjxz"
    words = ["".join(draw.choice(letters) for _ in range(draw.randint(2, 10))) for _ in range(5000)]

    def line():
        return " ".join(draw.choice(words) for _ in range(draw.randint(4, 14))) + "\n"

    def path(number):
        return f"d{number % 37}/e{number % 11}/file{number}.txt" if files > 1000 else f"d{number % 7}/file{number}.txt"

    run("git", "init", "-q", "--bare", "-b", "main", folder)
    importer = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
    content, made = {}, 0
    growth = max(1, files // min(commits, 50)) if commits > 1 else files
    for commit in range(commits):
        message = line().encode()
        when = 1_600_000_000 + commit * 60
        importer.stdin.write(
            f"commit refs/heads/main\nmark :{commit + 1}\ncommitter Ada <ada@example.org> {when} +0000\n".encode()
            + b"data %d\n%s" % (len(message), message)
            + (f"from :{commit}\n".encode() if commit else b"")
        )
        new = range(made, min(files, made + growth))
        made = min(files, made + growth)
        for number in [*new, *(draw.randrange(made) for _ in range(edits if commit else 0))]:
            lines = content.get(number)
            if lines is None:
                lines = [line() for _ in range(draw.randint(5, 60))]
            elif draw.random() < 0.6:
                lines.insert(draw.randrange(len(lines) + 1), line())
            else:
                lines[draw.randrange(len(lines))] = line()
            if commits > 1:
                content[number] = lines
            data = "".join(lines).encode()
            head = f"M 100644 inline {path(number)}\ndata {len(data)}\n".encode()
            importer.stdin.write(head + data + b"\n")
    importer.stdin.close()
    if importer.wait() != 0:
        sys.exit("git fast-import failed")
    run("git", "-C", folder, "gc", "-q")


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-3000:]}")
    return done.stdout


class Servers:
    """stoa, and nginx with git's own server behind it."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.ports = {"stoa": 18241, "git": 18242}
        self.processes = {"stoa": [], "git": []}

    def start(self):
        data = self.folder / "stoa"
        run(self.options.stoa, "user", "create", "ada", "--data", data)
        made = run(self.options.stoa, "token", "create", "ada", "--name", "bench", "--role", "write", "--data", data)
        self.token = made.strip().splitlines()[-1].split()[-1]
        listen = f"127.0.0.1:{self.ports['stoa']}"
        self.spawn("stoa", [self.options.stoa, "serve", "--data", data, "--listen", listen, "--log", "warn"])
        roots = self.folder / "git"
        roots.mkdir()
        socket = self.folder / "fcgi.sock"
        self.spawn("git", [self.options.fcgiwrap, "-c", "4", "-s", f"unix:{socket}"])
        # Nobody waits for the processes that git-http-backend starts but itself, so it is asked what they took.
        backend = self.folder / "backend"
        program = pathlib.Path(run("git", "--exec-path").strip()) / "git-http-backend"
        backend.write_text(f"#!/bin/sh\n{program}\ntimes >>{self.folder}/times\n")
        backend.chmod(0o755)
        config = self.folder / "nginx.conf"
        config.write_text(f"""
            {"user root;" if os.getuid() == 0 else ""}
            daemon off; worker_processes 2; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.log;
            events {{ worker_connections 64; }}
            http {{
              access_log off; client_max_body_size 0; client_body_temp_path {self.folder}/body;
              fastcgi_temp_path {self.folder}/fcgi; proxy_temp_path {self.folder}/proxy;
              uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
              server {{
                listen 127.0.0.1:{self.ports["git"]};
                location / {{
                  fastcgi_pass unix:{socket};
                  fastcgi_buffering off; fastcgi_request_buffering off; fastcgi_read_timeout 600;
                  fastcgi_param SCRIPT_FILENAME {backend};
                  fastcgi_param GIT_PROJECT_ROOT {roots};
                  fastcgi_param GIT_HTTP_EXPORT_ALL "";
                  fastcgi_param REMOTE_USER ada;
                  fastcgi_param PATH_INFO $uri;
                  fastcgi_param QUERY_STRING $query_string;
                  fastcgi_param REQUEST_METHOD $request_method;
                  fastcgi_param CONTENT_TYPE $content_type;
                  fastcgi_param CONTENT_LENGTH $content_length;
                  fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
                  fastcgi_param HTTP_GIT_PROTOCOL $http_git_protocol;
                }}
              }}
            }}""")
        self.spawn("git", [self.options.nginx, "-c", config, "-p", self.folder])
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://{listen}/healthz", timeout=1).read()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit("stoa did not start")

    def spawn(self, server, command):
        log = open(self.folder / f"{server}.log", "ab")
        command = [str(word) for word in command]
        self.processes[server].append(subprocess.Popen(command, stdout=log, stderr=log))

    def stop(self):
        for process in [process for all_of in self.processes.values() for process in all_of]:
            process.terminate()
            process.wait(20)

    def create(self, server, name):
        if server == "git":
            run("git", "init", "-q", "--bare", "-b", "main", self.folder / "git" / "ada" / name)
            return
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports['stoa']}/api/repos/create",
            data=json.dumps({"name": name, "type": "model"}).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=60).read()

    def url(self, server, name):
        return f"http://ada:{self.token}@127.0.0.1:{self.ports[server]}/ada/{name}"

    def cpu(self, server):
        """Seconds of all processes of a server, those that ended included."""
        total = 0
        pids = [process.pid for process in self.processes[server]]
        while pids:
            pid = pids.pop()
            try:
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                pids += map(int, pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
            except OSError:
                continue
            total += sum(map(int, fields[11:13])) / TICKS
        times = self.folder / "times"
        if server == "git" and times.exists():
            # Two lines for each request, of the shell and of what it ran: `0m0.01s 0m0.02s`.
            for word in times.read_text().split():
                minutes, seconds = word.rstrip("s").split("m")
                total += 60 * int(minutes) + float(seconds)
        return total

    def memory(self):
        """What stoa has in memory now, in bytes; pages of files that are mapped belong to the system's cache."""
        status = pathlib.Path(f"/proc/{self.processes['stoa'][0].pid}/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) * 1024


def measure(options, servers, folder):
    repositories = QUICK if options.quick else REPOSITORIES
    kept = pathlib.Path(options.keep) if options.keep else folder / "repositories"
    results = {}
    for name, shape in repositories.items():
        if options.only and name not in options.only:
            continue
        source = kept / f"{name}-{shape[0]}"
        if not source.exists():
            make(source, *shape)
        size = sum(pack.stat().st_size for pack in (source / "objects" / "pack").glob("*.pack"))
        results[name] = {"git_pack": size}
        for number in range(options.rounds):
            order = ["stoa", "git"] if number % 2 == 0 else ["git", "stoa"]
            for server in order:
                servers.create(server, f"{name}-{number}")
                url = servers.url(server, f"{name}-{number}")
                timed(servers, server, results[name], "push", "git", "-C", source, "push", "-q", "-f", url, "main")
            for what, extra in [("clone", []), ("clone again", [])]:
                for server in order:
                    clone = folder / "clone"
                    url = servers.url(server, f"{name}-{number}")
                    command = ["git", "clone", "-q", "--bare", *extra, url, clone]
                    timed(servers, server, results[name], what, *command)
                    packs = sum(pack.stat().st_size for pack in (clone / "objects" / "pack").glob("*.pack"))
                    results[name].setdefault(f"{server} bytes", packs)
                    if number == 0 and what == "clone":
                        run("git", "-C", clone, "fsck", "--strict", "--connectivity-only")
                    shutil.rmtree(clone)
        results[name]["memory"] = servers.memory()
        print(name, json.dumps(results[name]), flush=True)
    return results


def timed(servers, server, results, what, *command):
    before, began = servers.cpu(server), time.monotonic()
    run(*command)
    wall = time.monotonic() - began
    results.setdefault(f"{server} {what}", []).append(wall)
    results.setdefault(f"{server} {what} cpu", []).append(servers.cpu(server) - before)


def write(path, results):
    lines = [
        "| repository | what | stoa | git http-backend | time, stoa ÷ git | server CPU, stoa | server CPU, git |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in results.items():
        for what in ("push", "clone", "clone again"):
            wall = {server: statistics.median(found[f"{server} {what}"]) for server in ("stoa", "git")}
            cpu = {server: statistics.median(found[f"{server} {what} cpu"]) for server in ("stoa", "git")}
            lines.append(
                f"| {name} | {what} | {wall['stoa']:.2f} s | {wall['git']:.2f} s | {wall['stoa'] / wall['git']:.2f} "
                f"| {cpu['stoa']:.2f} s | {cpu['git']:.2f} s |"
            )
        ratio = found["stoa bytes"] / found["git_pack"]
        lines.append(
            f"| {name} | pack of a clone | {found['stoa bytes'] / 1e6:.2f} MB | {found['git_pack'] / 1e6:.2f} MB | {ratio:.2f} | | |"
        )
        lines.append(f"| {name} | memory afterwards | {found['memory'] / 1e6:.0f} MB | | | | |")
    print("\n".join(lines))
    text = path.read_text() if path.exists() else "\n".join(MARKS)
    if MARKS[0] in text:
        before, rest = text.split(MARKS[0], 1)
        after = rest.split(MARKS[1], 1)[1]
        path.write_text(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + after)


if __name__ == "__main__":
    main()
