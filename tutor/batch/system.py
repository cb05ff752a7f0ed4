"""What systems do differently: files that are locked, links that are not followed, reading at a place.

Nothing above this module asks which system it is on.  What a system lacks is looked for when it is needed, so that a test can take it away.
"""

from __future__ import annotations

import os
import stat
import sys
from importlib import import_module
from typing import Any

LOCKED = 0x7FFF_0000
"""Where Windows locks a byte of a journal: far behind its end, since others cannot read what is locked.  Its call counts in 31 bits."""


def open_flags(*names: str) -> int:
    """The flags of `os.open` that this system has, by their names; Windows would else translate line ends.

    >>> open_flags("O_RDONLY", "O_THAT_NO_SYSTEM_HAS") == os.O_RDONLY | getattr(os, "O_BINARY", 0)
    True
    """
    flags: int = getattr(os, "O_BINARY", 0)
    for name in names:
        flags |= getattr(os, name, 0)
    return flags


def refuse_link(path: str | os.PathLike[str]) -> None:
    """Raise `OSError` for a symbolic link where opening it with ``O_NOFOLLOW`` would not: on a system without that flag."""
    if not hasattr(os, "O_NOFOLLOW"):
        try:
            link = stat.S_ISLNK(os.lstat(path).st_mode)
        except OSError:
            return  # nothing is there
        if link:
            raise OSError(40, "it is a symbolic link")


def read_at(file: int, length: int, start: int) -> bytes:
    """So many bytes from a place of an open file."""
    if hasattr(os, "pread"):
        return os.pread(file, length, start)
    os.lseek(file, start, os.SEEK_SET)
    pieces = bytearray()
    while len(pieces) < length and (piece := os.read(file, length - len(pieces))):
        pieces += piece
    return bytes(pieces)


def lock(file: int) -> bool:
    """Lock an open file for this process until it is closed; False where another process has it.  A system without locks grants it."""
    fcntl = _module("fcntl")
    if fcntl is not None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a file system without locks
        return True
    msvcrt = _module("msvcrt")
    if msvcrt is None:
        return True
    os.lseek(file, LOCKED, os.SEEK_SET)
    try:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    finally:
        os.lseek(file, 0, os.SEEK_SET)
    return True


def set_binary(file: int) -> None:
    """Have a pipe carry bytes as they are: Windows translates line ends otherwise."""
    msvcrt = _module("msvcrt")
    if msvcrt is not None:
        msvcrt.setmode(file, open_flags())


def forks_safely() -> bool:
    """Whether a process can be copied as it stands.  macOS can, but its own libraries (NumPy's algebra among them) may not survive it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None
