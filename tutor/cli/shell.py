"""What the commands share: options, reading assignments, writing files and the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tutor.errors import OutputError, ValueProblem
from tutor.text import visible

if TYPE_CHECKING:
    from rich.console import Console

    from tutor.results.page import Page


class Format(StrEnum):
    """What a page is written as."""

    terminal = "terminal"
    latex = "latex"
    pdf = "pdf"
    markdown = "markdown"
    json = "json"


class Chain(StrEnum):
    """How a gradient is written."""

    full = "full"
    reuse = "reuse"


class Drawn(StrEnum):
    """What a drawing shows."""

    graph = "graph"
    network = "network"


class Form(StrEnum):
    """Neuron by neuron, or whole layers."""

    scalar = "scalar"
    layer = "layer"


def complete(start: str) -> list[str]:
    """The exercises whose id begins so, for the shell."""
    from tutor.exercise.catalogue import ids

    return [name for name in ids() if name.startswith(start)]


Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help='An exercise ("tutor list" shows them), a TOML file, an expression such as "(x+y)*z", '
        'or steps such as "d = x + y; f = d*z".',
        autocompletion=complete,
        show_default=False,
    ),
]
At = Annotated[
    list[str] | None, typer.Option("--at", metavar="NAME=VALUE", help="Give a quantity a value: --at x=2 --at y=1/3.")
]
Wrt = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="NAME", help="Differentiate with respect to this quantity only (repeatable)."),
]
NotationName = Annotated[
    str | None,
    typer.Option(
        "--notation", metavar="COURSE", help="Write it as this course does: dl, qmul, graz, neuron, cmu, plain."
    ),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file instead of the terminal.")
]
Fragment = Annotated[
    bool, typer.Option("--fragment", help="With --to latex: only the body, to put into a document of your own.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


def assignments(texts: Iterable[str] | None) -> dict[str, str]:
    """``["x=2", "y=1/3"]`` as a table."""
    from tutor.graph.build import check_name

    found: dict[str, str] = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign:
            raise ValueProblem(f"{visible(text)!r} gives nothing a value", where="--at", hint="write --at x=2")
        name = check_name(name)
        if name in found:
            raise ValueProblem(f"{name} is given two values", where="--at")
        found[name] = value
    return found


def console() -> Console:
    """The terminal as it is, or 80 columns where there is none."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 80
    return Console(width=width, highlight=False, markup=False, emoji=False)


def write(text: str | bytes | Iterable[str], path: Path | None = None) -> None:
    """Write a whole text, or a long one in pieces, to a file or the terminal; a file is replaced at once or not at all."""
    import tempfile  # only where a file is written: it costs 4 ms

    pieces = (text,) if isinstance(text, str | bytes) else text
    data = (piece.encode() if isinstance(piece, str) else piece for piece in pieces)
    if path is None:
        sys.stdout.buffer.writelines(data)
        sys.stdout.buffer.flush()
        return
    temporary = None
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder", hint=f"give a file name: -o {path / 'solution'}")
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.writelines(data)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}", hint="choose another file with -o") from None
    finally:
        if temporary is not None and temporary.exists():
            temporary.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def deliver(page: Page, to: str, output: Path | None, *, fragment: bool = False) -> None:
    """Write a page as ``to`` says, to a file or to the terminal."""
    if to == "pdf":
        pdf(page.to_latex(), output or Path(page.name.rpartition("/")[2] + ".pdf"))
    elif to == "latex":
        write(page.to_latex(fragment=fragment), output)
    elif to == "markdown":
        write(page.to_markdown(), output)
    elif to == "json":
        write(page.to_json(), output)
    elif output is not None:
        write(page.to_text(80), output)
    else:
        from tutor.render.terminal.page import render

        render(page.document(), page.notation, console())


def check_fragment(to: str, fragment: bool) -> None:
    """Refuse ``--fragment`` where it says nothing."""
    if fragment and to != "latex":
        raise OutputError("--fragment goes with --to latex", hint=f"leave it out for {to}")


def pdf(tex: str, path: Path) -> None:
    """Compile and write a PDF; without TeX the source is written and said so."""
    from tutor.render.latex.pdf import NoTex, compile_pdf

    try:
        data = compile_pdf(tex)
    except NoTex as error:
        source = path.with_suffix(".tex")
        write(tex, source)
        raise OutputError(error.what, hint=f"the LaTeX is in {source}; {error.hint}") from None
    write(data, path)
    sys.stderr.write(f"wrote {path}\n")


def plain_utf8(stream: Any) -> None:
    """UTF-8 whatever the locale says, so that σ and ∂ can always be written."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
