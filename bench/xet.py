"""Large files through stoa beside cp, nginx with curl, and the simulation server of the published crate xet-client.

Uploads and downloads are made by `hf` with hf_xet at its default settings, as users make them, and by hf_xet alone, with
which the simulation server can be compared: it is no hub. The order of servers changes every round; medians are written. Called by
bench/run.sh, which installs what is needed.
"""

import argparse
import contextlib
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20

# hf_xet alone: `up FILE` prints the file's hash, `down HASH SIZE FILE`.
SESSION = """
import sys, hf_xet
session, (endpoint, token, what, *rest) = hf_xet.XetSession(), sys.argv[1:]
more = dict(endpoint=endpoint, token=token, token_expiry_unix_secs=4102444800)
if what == "up":
    commit = session.new_upload_commit(**more)
    upload = commit.start_upload_file(rest[0])
    commit.wait_to_finish()
    print(upload.result().xet_info.hash)
else:
    group = session.new_file_download_group(**more)
    group.start_download_file(hf_xet.XetFileInfo(rest[0], int(rest[1])), rest[2])
    group.wait_to_finish()
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stoa", required=True)
    parser.add_argument("--python", required=True, help="a Python with huggingface_hub and hf_xet")
    parser.add_argument("--simulation", help="local_cas_server of xet-client; left out, its column stays empty")
    parser.add_argument("--nginx", default=shutil.which("nginx") or "/usr/sbin/nginx")
    parser.add_argument("--model", help="a real safetensors file")
    parser.add_argument("--mib", type=int, default=2048, help="size of the random file")
    parser.add_argument("--huge-mib", type=int, default=5120, help="size of the sparse file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", required=True, help="the file whose table is replaced")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stoa-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        try:
            lines = bench.run()
        finally:
            bench.stop()
    out = pathlib.Path(options.out)
    head, _, rest = out.read_text().partition("<!-- xet -->")
    _, _, tail = rest.partition("<!-- /xet -->")
    out.write_text(head + "<!-- xet -->\n" + "\n".join(lines) + "\n<!-- /xet -->" + tail)
    print("\n".join(lines))


class Bench:
    PORTS = {"stoa": 18241, "nginx": 18242, "simulation": 18243}

    def __init__(self, options, folder):
        self.options, self.folder, self.running, self.number = options, folder, {}, 0
        self.results = {}

    # --- servers -----------------------------------------------------------------------------------------------------

    def start(self, name, command, ready, **more):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, **more)
        self.running[name] = process
        until = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{self.PORTS[name]}{ready}", timeout=2).read()
                    return
                except urllib.error.HTTPError:
                    return
            if process.poll() is not None or time.monotonic() > until:
                sys.exit(f"{name} did not start:\n" + (self.folder / f"{name}.log").read_text()[-3000:])
            time.sleep(0.05)

    def stop(self, *names):
        for name in names or list(self.running):
            process = self.running.pop(name)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def start_stoa(self):
        data, listen = str(self.folder / "data"), f"127.0.0.1:{self.PORTS['stoa']}"
        quiet = os.environ | {"STOA_LOG": "warn"}
        self.start("stoa", [self.options.stoa, "serve", "--data", data, "--listen", listen], "/healthz", env=quiet)
        command = [self.options.stoa, "token", "create", "admin", "--name", f"bench-{time.time_ns()}", "--role", "write"]
        done = subprocess.run([*command, "--data", data], check=True, capture_output=True, text=True)
        self.token = done.stdout.strip()

    def start_others(self):
        root = self.folder / "static"
        root.mkdir()
        os.chmod(self.folder, 0o755)
        user = "user root;" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(f"""{user}
            worker_processes {os.cpu_count()}; daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
            events {{ worker_connections 256; }}
            http {{
              access_log off; sendfile on; tcp_nopush on; default_type application/octet-stream;
              client_body_temp_path {self.folder}/b; proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f;
              uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;
              server {{ listen 127.0.0.1:{self.PORTS['nginx']}; root {root}; }}
            }}""")
        self.start("nginx", [self.options.nginx, "-c", str(self.folder / "nginx.conf")], "/")
        if self.options.simulation:
            command = [self.options.simulation, "-d", str(self.folder / "simulation"), "-p", str(self.PORTS["simulation"])]
            self.start("simulation", command, "/health")

    def processors(self, name):
        """Seconds that a server and its children have been on a processor."""
        ticks = 0
        group = str(self.running[name].pid)
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if fields[2] == group:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / TICKS

    def peak(self):
        status = pathlib.Path(f"/proc/{self.running['stoa'].pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    # --- clients -----------------------------------------------------------------------------------------------------

    def client(self, *command):
        """Runs a client with a home of its own, so that it remembers nothing; its output and its processor seconds."""
        self.number += 1
        home = self.folder / f"home-{self.number}"
        settings = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        settings |= {
            "HF_ENDPOINT": f"http://127.0.0.1:{self.PORTS['stoa']}", "HF_TOKEN": self.token, "HF_HOME": str(home),
            "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "127.0.0.1",
        }
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([str(part) for part in command], env=settings, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        shutil.rmtree(home, ignore_errors=True)
        if done.returncode:
            sys.exit(f"{command} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def hf(self, *arguments):
        return self.client(pathlib.Path(self.options.python).parent / "hf", *arguments)

    def time(self, row, column, size, action, server=None):
        busy = self.processors(server) if server else 0
        began = time.monotonic()
        result, used = action()
        wall = time.monotonic() - began
        busy = self.processors(server) - busy if server else 0
        self.results.setdefault((row, column), []).append((size / wall / 1e9, busy / size * 1e9, used / size * 1e9))
        return result

    # --- what is measured --------------------------------------------------------------------------------------------

    def run(self):
        big = self.folder / "random.bin"
        with big.open("wb") as file:
            for _ in range(self.options.mib):
                file.write(os.urandom(MIB))
        files = {f"{self.options.mib / 1024:g} GiB random": big}
        if self.options.model:
            files[f"{pathlib.Path(self.options.model).stat().st_size / 1e6:.0f} MB model"] = pathlib.Path(self.options.model)
        self.start_stoa()
        self.start_others()
        for turn in range(self.options.rounds):
            for name, path in files.items():
                sides = [self.beside_stoa, self.beside_simulation, self.beside_files]
                for side in sides[turn % 3 :] + sides[: turn % 3]:
                    side(name, path, turn)
        lines = self.table(files)
        lines += ["", self.one_percent(big), "", self.fine_tunes()]
        big.unlink()
        self.fresh_stoa()
        lines += ["", self.huge()]
        return lines

    def beside_stoa(self, name, path, turn):
        self.fresh_stoa()
        size, repo = path.stat().st_size, f"admin/{path.stem.lower()}-{turn}"
        self.time(f"{name}, up", "stoa", size, lambda: self.hf("upload", repo, path, "w.bin"), "stoa")
        down = self.folder / "down"
        self.time(f"{name}, down", "stoa", size, lambda: self.hf("download", repo, "w.bin", "--local-dir", down), "stoa")
        same(path, down / "w.bin")
        shutil.rmtree(down)
        url = f"http://127.0.0.1:{self.PORTS['stoa']}/{repo}/resolve/main/w.bin"
        row = f"{name}, down by curl"
        self.time(row, "stoa", size, lambda: self.client("curl", "-sSfL", "-o", "/dev/null", url), "stoa")
        self.fresh_stoa()
        self.ask("/api/repos/create", json.dumps({"name": "alone"}).encode())
        token = self.ask("/api/models/admin/alone/xet-write-token/main")
        self.alone(name, path, "stoa", token["casUrl"], token["accessToken"])

    def fresh_stoa(self):
        """A hub without the file, or nothing would be sent."""
        self.stop("stoa")
        shutil.rmtree(self.folder / "data")
        self.start_stoa()

    def ask(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.PORTS['stoa']}{path}", body, headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def alone(self, name, path, server, endpoint, token):
        size, session = path.stat().st_size, [self.options.python, "-c", SESSION, endpoint, token]
        row = f"{name}, up by hf_xet alone"
        hash = self.time(row, server, size, lambda: self.client(*session, "up", path), server).strip()
        down = self.folder / "down.bin"
        row = f"{name}, down by hf_xet alone"
        self.time(row, server, size, lambda: self.client(*session, "down", hash, size, down), server)
        same(path, down)
        down.unlink()

    def beside_simulation(self, name, path, turn):
        if not self.options.simulation:
            return
        if turn:
            self.stop("simulation")
            shutil.rmtree(self.folder / "simulation")
            command = [self.options.simulation, "-d", str(self.folder / "simulation"), "-p", str(self.PORTS["simulation"])]
            self.start("simulation", command, "/health")
        self.alone(name, path, "simulation", f"http://127.0.0.1:{self.PORTS['simulation']}", "bench")

    def beside_files(self, name, path, turn):
        size, copy = path.stat().st_size, self.folder / "static" / "w.bin"
        self.time(f"{name}, up", "cp", size, lambda: self.client("sh", "-c", f"cp '{path}' '{copy}' && sync '{copy}'"))
        url = f"http://127.0.0.1:{self.PORTS['nginx']}/w.bin"
        row = f"{name}, down by curl"
        self.time(row, "nginx", size, lambda: self.client("curl", "-sSf", "-o", "/dev/null", url), "nginx")
        down = self.folder / "down.bin"
        self.time(f"{name}, down", "nginx", size, lambda: self.client("curl", "-sSf", "-o", down, url), "nginx")
        down.unlink()
        copy.unlink()

    def table(self, files):
        lines = [
            "| file | stoa | server CPU | client CPU | simulation server | its CPU | stoa / simulation | cp and sync | nginx and curl | stoa / nginx |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for name in files:
            for how in ("up", "down", "down by curl", "up by hf_xet alone", "down by hf_xet alone"):
                row = f"{name}, {how}"
                mid = lambda column, at: statistics.median(one[at] for one in self.results[row, column])
                has = lambda column: (row, column) in self.results
                rate = lambda column: f"{mid(column, 0):.2f} GB/s" if has(column) else "–"
                cpu = lambda column, at: f"{mid(column, at):.2f} s/GB" if has(column) else "–"
                ratio = lambda column: f"{mid('stoa', 0) / mid(column, 0):.2f}" if has(column) else "–"
                lines.append(
                    f"| {row} | {rate('stoa')} | {cpu('stoa', 1)} | {cpu('stoa', 2)} | {rate('simulation')} | "
                    f"{cpu('simulation', 1)} | {ratio('simulation')} | {rate('cp')} | {rate('nginx')} | {ratio('nginx')} |"
                )
        return lines

    def stored(self):
        files = (self.folder / "data" / "objects").rglob("*")
        return sum(path.stat().st_size for path in files if path.is_file())

    def one_percent(self, path):
        """Sends a file again of which a hundredth changed, in ten places, with a client that remembers nothing."""
        size = path.stat().st_size
        self.hf("upload", "admin/changed", path, "w.bin")
        before = self.stored()
        with path.open("r+b") as file:
            for place in range(10):
                file.seek(size * (2 * place + 1) // 20)
                file.write(os.urandom(size // 1000))
        self.hf("upload", "admin/changed", path, "w.bin")
        share = (self.stored() - before) / size
        return f"The random file again with 1 % changed in ten places, by a client that remembers nothing: {share:.1%} of it sent and stored."

    def fine_tunes(self):
        """A base model and ten that differ in 5 % of their tensors."""
        before, whole = self.stored(), 0
        path, dice = self.folder / "model.safetensors", random.Random(1)
        tensors = [os.urandom(2 * MIB) for _ in range(100)]
        for turn in range(11):
            for place in dice.sample(range(100), 5) if turn else ():
                tensors[place] = os.urandom(2 * MIB)
            header, at = {}, 0
            for place, tensor in enumerate(tensors):
                header[f"layers.{place}.weight"] = {
                    "dtype": "BF16", "shape": [1024, 1024], "data_offsets": [at, at + len(tensor)]}
                at += len(tensor)
            text = json.dumps(header).encode()
            text += b" " * (-len(text) % 8)
            path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(tensors))
            whole += path.stat().st_size
            self.hf("upload", f"admin/tune-{turn}", path, "model.safetensors")
        path.unlink()
        kept = self.stored() - before
        return (
            f"A model of 200 MiB and ten fine-tunes in a row, each with 5 % of the tensors changed: {kept / MIB:.0f} MiB stored; "
            f"as whole files {whole / MIB:.0f} MiB ({whole / kept:.1f} times as much)."
        )

    def huge(self):
        """A sparse file with random parts, up and down; what the server needed."""
        path, size = self.folder / "sparse.bin", self.options.huge_mib * MIB
        with path.open("wb") as file:
            for at in range(0, size, 16 * MIB):
                file.seek(at)
                file.write(os.urandom(4 * MIB))
            file.truncate(size)
        began = time.monotonic()
        self.hf("upload", "admin/sparse", path, "w.bin")
        up, began = time.monotonic() - began, time.monotonic()
        down = self.folder / "down"
        self.hf("download", "admin/sparse", "w.bin", "--local-dir", down)
        took = time.monotonic() - began
        same(path, down / "w.bin")
        path.unlink()
        shutil.rmtree(down)
        return (
            f"A sparse file of {size / (1 << 30):g} GiB, a quarter of it random: up in {up:.0f} s, down in {took:.0f} s; "
            f"the most memory that the server held was {self.peak():.0f} MiB."
        )


def same(one, two):
    digests = []
    for path in (one, two):
        with open(path, "rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").digest())
    if digests[0] != digests[1]:
        sys.exit(f"{one} came back changed")


if __name__ == "__main__":
    main()
