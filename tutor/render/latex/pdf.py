"""LaTeX to PDF, by the TeX that the reader has.

This module starts processes; only the command line uses it.  The source is compiled in a directory of its own, without
shell escape, with TeX's file access held to that directory, with a time limit and with the clock stopped, so that the
same source gives the same bytes.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tutor.errors import OutputError
from tutor.text import make_visible

_STRICT = ["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
ENGINES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("latexmk", ("-norc", "-pdf", *_STRICT[:2], "-latexoption=-no-shell-escape", "page.tex")),
    ("pdflatex", (*_STRICT, "page.tex")),
    ("tectonic", ("--untrusted", "page.tex")),
)
"""The programs that are tried, best first, with their arguments."""


_LINE = re.compile(r"l\.([0-9]+) (.*)")


class NoTex(OutputError):
    """No TeX on this machine."""


class TexFailed(OutputError):
    """TeX could not compile the document."""


def compile_pdf(tex: str, files: Mapping[str, bytes] = MappingProxyType({}), *, timeout: float = 60.0) -> bytes:
    r"""The PDF of a complete LaTeX document; ``files`` lie beside it, by their plain names.

    Raises `NoTex` when no TeX is installed and `TexFailed` with the first complaint of its log.

    >>> compile_pdf(r"\documentclass{article}\begin{document}x\end{document}")[:4]  # doctest: +SKIP
    b'%PDF'
    """
    for engine, arguments in ENGINES:
        program = shutil.which(engine)
        if program:
            with tempfile.TemporaryDirectory(prefix="tutor-") as folder:
                for name, data in files.items():
                    (Path(folder) / Path(name).name).write_bytes(data)
                return _run([program, *arguments], tex, Path(folder), timeout)
    raise NoTex(
        "there is no TeX on this machine: latexmk, pdflatex and tectonic were looked for",
        hint="install TeX Live or MiKTeX (or tectonic), or write a .tex file and compile it elsewhere",
    )


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "openin_any": "p",
        "openout_any": "p",
        "shell_escape": "f",
        "TEXMFOUTPUT": str(folder),
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
        "max_print_line": "1000",
        "LC_ALL": "C",
        "TZ": "UTC",
    }


def _run(command: list[str], tex: str, folder: Path, timeout: float) -> bytes:
    (folder / "page.tex").write_text(tex, encoding="utf-8")
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=os.name == "posix",
    )
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        raise TexFailed(f"TeX was stopped after {timeout:g} seconds", hint="make the document shorter") from None
    finally:
        if process.poll() is None:
            _stop(process)
    made = folder / "page.pdf"
    if process.returncode == 0 and made.exists():
        return made.read_bytes()
    raise TexFailed(f"TeX could not compile the document: {_complaint(folder / 'page.log')}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop TeX together with whatever it started."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _complaint(log: Path) -> str:
    """The first line of a log that begins with ``!``, and the line of the source that it is about."""
    if not log.exists():
        return "it left no log"
    lines = iter(log.read_text(encoding="utf-8", errors="replace").splitlines())
    for line in lines:
        if line.startswith("!"):
            place = next((found for found in map(_LINE.match, lines) if found), None)
            at = f" (line {place[1]}: {make_visible(place[2].strip())})" if place else ""
            return line[1:].strip() + at
    return "its log names no error"
