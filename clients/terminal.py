"""A shell on a terminal of its own, for programs that look whether a person sits there."""

import os
import pty
import re
import signal
import subprocess
import threading
from pathlib import Path

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\x1b[=>]")


class Terminal:
    """A shell as a person has it before them, in a wide window."""

    def __init__(self, folder, environment):
        self.screen, end = pty.openpty()
        settings = environment | {"PS1": "", "PS2": "", "TERM": "xterm", "COLUMNS": "200", "LINES": "50"}
        # Without line editing, so that what is typed ahead goes to the program that asks, as it comes.
        self.process = subprocess.Popen(["bash", "--norc", "--noprofile", "--noediting"], stdin=end, stdout=end,
                                        stderr=end, cwd=folder, env=settings, start_new_session=True)
        os.close(end)
        self.unread, self.more = "", threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()
        self.run("stty -echo cols 200 rows 50")

    def read(self):
        """Reads what is shown as it comes: a program whose terminal nobody reads stops when it has written a little."""
        while True:
            try:
                shown = os.read(self.screen, 1 << 16).decode(errors="replace")
            except OSError:
                return
            with self.more:
                self.unread = ANSI.sub("", self.unread + shown).replace("\r\n", "\n")
                self.more.notify_all()

    def type(self, text):
        os.write(self.screen, text.encode())

    def until(self, pattern, seconds=120):
        """What was shown since the last time, up to the first match, and the match; fails when there is none in time."""
        with self.more:
            if not self.more.wait_for(lambda: re.search(pattern, self.unread), timeout=seconds):
                raise TimeoutError(f"waited {seconds} s for {pattern!r}:\n{self.unread}")
            found = re.search(pattern, self.unread)
            shown, self.unread = self.unread[:found.end()], self.unread[found.end():]
        return shown, found

    def press_enter(self, pattern):
        """Presses Enter until what is shown fits the pattern: a menu may be drawn before it listens."""
        for _ in range(60):
            self.type("\r")
            try:
                return self.until(pattern, seconds=1)
            except TimeoutError:
                continue
        raise TimeoutError(f"Enter does not lead to {pattern!r}:\n{self.unread}")

    def run(self, text, typed=""):
        """What commands show, and how the last one ended. `typed` is typed into them."""
        self.type(f"{text}\n{typed}printf '<%s %d>\\n' ended $?\n")
        shown, ended = self.until(r"<ended (\d+)>")
        return shown[:ended.start()], int(ended[1])

    def close(self):
        """Hangs up on the shell and on what runs in it, which may have a process group of its own. Programs that were
        started under `nohup` hear the second signal only."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                session = int(stat.read_text().rpartition(")")[2].split()[3])
                if session == self.process.pid:
                    os.kill(int(stat.parent.name), signal.SIGHUP)
                    os.kill(int(stat.parent.name), signal.SIGTERM)
            except (OSError, ValueError):
                continue  # it has ended meanwhile
        self.process.wait(timeout=30)
        os.close(self.screen)
