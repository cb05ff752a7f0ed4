"""The journal of a batch on disk: appended as each submission ends, so that a run that is killed at any moment can go on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tutor.batch.journal import JournalHeader, JournalScan, check_header, entry_line, header_line, record_text, scan
from tutor.batch.system import lock, open_flags, read_at, refuse_link
from tutor.errors import OutputError
from tutor.text import make_visible

NAME = "journal.jsonl"
SYNC = 200
"""After so many entries the disk is asked to keep them: a power cut costs those since."""


class Journal:
    """The journal in a folder, open and locked until it is closed (or its process ends, however).

    A journal that is there is refused without ``resume``; with it, its header has to be the same, and ``done`` says which jobs have a
    result (by hash: where it begins, how long it is).  What was torn by a kill is cut off.

    Raises `OutputError` by name for whatever is wrong with the folder or the journal.
    """

    def __init__(self, folder: Path, header: JournalHeader, *, resume: bool) -> None:
        self.path = folder / NAME
        self.file = _open_locked(self.path)
        self.header = header
        self.unsynced = 0
        try:
            found = self._begin(header, resume)
        except BaseException:
            os.close(self.file)
            raise
        self.done = dict(found.done)
        self.damaged = found.damaged

    def _begin(self, header: JournalHeader, resume: bool) -> JournalScan:
        with os.fdopen(os.dup(self.file), "rb") as file:
            found = scan(file)
        if found.header is None:  # new, or killed while its first line was written
            os.ftruncate(self.file, 0)
            self.end = 0
            self._write(header_line(header).encode())
            return JournalScan(header, end=self.end)
        try:
            if not resume:
                raise OutputError("marks of an earlier run are there", hint="use --resume to go on with them, or another -o")
            check_header(found.header, header)
        except OutputError as error:
            raise error.put_at(str(self.path)) from None
        os.ftruncate(self.file, found.end)
        self.end = found.end
        return found

    def add(self, key: str, record: str, failed: str = "") -> None:
        """Append the result of a job.  Raises `OutputError` when the disk is full; what was there before stays whole."""
        line = entry_line(key, record, failed).encode("ascii")
        start = self.end
        self._write(line)
        self.done[key] = (start, len(line))
        self.unsynced += 1
        if self.unsynced >= SYNC:
            self.sync()

    def records(self, keys: Sequence[str]) -> Iterator[str]:
        """The results of these jobs, in this order, as JSON."""
        return (record_text(self._line(key)) for key in keys)

    def lines_in_order(self, keys: Sequence[str]) -> Iterator[bytes]:
        """The journal of a complete run in the order of the submissions, so that it does not tell how it came about."""
        yield header_line(self.header).encode()
        for key in keys:
            yield self._line(key)

    def sync(self) -> None:
        """Have the disk keep what was appended."""
        os.fsync(self.file)
        self.unsynced = 0

    def close(self) -> None:
        """Close and unlock, once; a file that is open cannot be replaced on Windows."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1

    def _line(self, key: str) -> bytes:
        start, length = self.done[key]
        return read_at(self.file, length, start)

    def _write(self, line: bytes) -> None:
        left = memoryview(line)
        try:
            while left:
                left = left[os.write(self.file, left) :]
        except OSError as error:
            os.ftruncate(self.file, self.end)  # making a file shorter needs no room
            raise OutputError(
                f"{self.path} cannot be written: {error.strerror}",
                hint="nothing is lost: make room, then run the same command with --resume",
            ) from None
        self.end += len(line)


def _open_locked(path: Path) -> int:
    """The journal's file for reading and appending, locked; links are not followed."""
    try:
        refuse_link(path)
        file = os.open(path, open_flags("O_RDWR", "O_CREAT", "O_APPEND", "O_NOFOLLOW", "O_CLOEXEC"), 0o666)
    except OSError as error:
        raise OutputError(f"{path} cannot be opened: {error.strerror}", hint="choose another folder with -o") from None
    if not lock(file):
        os.close(file)
        raise OutputError(
            f"another run is writing to {make_visible(str(path.parent), 200)}", hint="wait for it, or choose another folder with -o"
        )
    return file
