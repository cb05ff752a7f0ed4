"""A command in a pseudo-terminal of so many columns and lines: what it shows is waited for, what a user types is sent."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios

PATIENCE = 120
"""So many seconds without a sign mean that nothing more comes."""
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


class DrivenTerminal:
    def __init__(self, *arguments, columns=80, lines=30, env=None):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        own = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
        own |= {"TERM": "xterm-256color"}
        self.running = subprocess.Popen(
            [sys.executable, "-m", "tutor", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=own | (env or {}),
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def read(self):
        """What came, without colours; empty at the end."""
        if not select.select([self.ours], [], [], PATIENCE)[0]:
            raise AssertionError(f"nothing more came after {self.seen[-400:]!r}")
        try:
            piece = os.read(self.ours, 65536).decode("utf-8", "replace")
            for _ in range(piece.count("\x1b[6n")):  # where is the cursor? as a terminal answers
                os.write(self.ours, b"\x1b[1;1R")
            return piece
        except OSError:  # the other side is closed
            return ""

    def wait_for(self, pattern):
        """All that came until the pattern did; it is not looked at again."""
        while not (found := re.search(pattern, ESCAPES.sub("", self.seen))):
            piece = self.read()
            assert piece, f"it ended before {pattern!r}: {self.seen[-400:]!r}"
            self.seen += piece
        shown, self.seen = ESCAPES.sub("", self.seen)[: found.end()], ESCAPES.sub("", self.seen)[found.end() :]
        return shown

    def resize(self, columns, lines):
        """Give the terminal another size, and the command the signal that says so."""
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.running.send_signal(signal.SIGWINCH)

    def send(self, text):
        os.write(self.ours, text.encode())

    def close(self):
        """Close the terminal; the command's exit code."""
        os.close(self.ours)
        return self.running.wait(PATIENCE)

    def wait(self):
        """Read until the command ends; its exit code and what it showed."""
        while piece := self.read():
            self.seen += piece
        os.close(self.ours)
        return self.running.wait(PATIENCE), ESCAPES.sub("", self.seen)
