"""The folder that outputs go to: each file is replaced at once or not at all, and nothing gets out of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from tutor.errors import OutputError
from tutor.text import make_visible

PART = ".tutor-part"
"""What is being written has this name until it is whole.  There is one, so that a run that is killed leaves one behind at most."""

_IMPOSSIBLE = re.compile(r'[<>:"/\\|?*]|[. ]\Z|(?i:\A(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z))')
"""What no name may have on one of the systems, so that none has it on any: Windows keeps these signs, ends and names for itself."""


class Folder:
    """A folder for outputs; it is made when it is not there.

    Raises `OutputError` by name for a place that is none or cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.made: set[Path] = set()
        try:
            path.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise OutputError(f"{path} is a file", hint="-o names a folder here: -o marks") from None
        except OSError as error:
            raise OutputError(f"{path} cannot be made: {error.strerror}", hint="choose another folder with -o") from None

    def put(
        self, name: str, data: str | bytes | Iterable[bytes], before_replacing: Callable[[], None] = lambda: None
    ) -> None:
        """Write a file, whole or not at all.  ``name`` is relative to the folder and stays in it; links on the way are refused.

        ``before_replacing`` is called when all is written but not yet in its place: to close what is to be replaced.
        """
        path = self._locate_inside(name)
        whole = data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data
        pieces: Iterable[bytes] = (whole,) if isinstance(whole, bytes) else whole
        part = self.path / PART
        try:
            part.unlink(missing_ok=True)
            with open(part, "xb") as file:
                file.writelines(pieces)
            before_replacing()
            part.replace(path)
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise OutputError(
                f"{path} cannot be written: {error.strerror}",
                hint="nothing is lost: put that right, then run the same command with --resume",
            ) from None

    def clear_away(self) -> None:
        """Remove what a killed run may have left half written."""
        (self.path / PART).unlink(missing_ok=True)

    def _locate_inside(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        if not parts or any(part.startswith(".") or not part.isprintable() or _IMPOSSIBLE.search(part) for part in parts):
            raise OutputError(f"{make_visible(name)!r} is no name for a file in {self.path}")
        folder = self.path
        for part in parts[:-1]:
            folder = folder / part
            if folder not in self.made:
                if folder.is_symlink():
                    raise OutputError(f"{folder} is a symbolic link", hint="remove it, or choose another folder with -o")
                try:
                    os.makedirs(folder, exist_ok=True)
                except OSError as error:
                    raise OutputError(f"{folder} cannot be made: {error.strerror}", hint="choose another folder with -o") from None
                self.made.add(folder)
        return folder / parts[-1]
