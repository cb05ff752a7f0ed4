"""What the commands share: options, reading assignments, writing files and the terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from tutor.errors import OutputError, Problems, TutorError, ValueProblem
from tutor.practice.modes import MODES
from tutor.render.page_formats import PAGE_FORMATS, PageFormat, page_format
from tutor.text import make_visible

if TYPE_CHECKING:
    from rich.console import Console

    from tutor.graph.shapes import Shape
    from tutor.render.latex.fragments import FragmentStyle
    from tutor.results.page import Page


if TYPE_CHECKING:
    PageName: TypeAlias = str
    ModeName: TypeAlias = str
else:
    PageName = StrEnum("PageName", {name: name for name in PAGE_FORMATS})  # what a page is written as; help lists them
    ModeName = StrEnum("ModeName", {name: name for name in MODES})
ModeOption = Annotated[ModeName, typer.Option("--mode", help="; ".join(f"{name}: {row.words}" for name, row in MODES.items()) + ".")]
CostsOption = Annotated[
    str, typer.Option("--costs", metavar="SHARES", show_default=False,
                      help="In graded what the first, second, … try is worth, a hint takes, the least: 1, 0.7, 0.5; hint 0.1; floor 0.2")
]  # fmt: skip
ON_SCREEN = "terminal"
"""What is written where nobody chooses."""
To = Annotated[
    PageName | None, typer.Option("--to", help="What to write; without it what the ending of the file says.", show_default=False)
]


class Chain(StrEnum):
    """How a gradient is written."""

    full = "full"
    reuse = "reuse"


class Drawn(StrEnum):
    """What a drawing shows."""

    graph = "graph"
    network = "network"


class OnEdges(StrEnum):
    """What stands on the edges of the picture of a graph."""

    plain = "plain"
    derivatives = "derivatives"


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
        'or steps such as "d = x + y; f = d*z"; or a function of a program, model.py:forward.',
        autocompletion=complete,
        show_default=False,
    ),
]
At = Annotated[
    list[str] | None, typer.Option("--at", metavar="NAME=VALUE", help="Give a quantity a value: --at x=2 --at y=1/3.")
]
Shapes = Annotated[
    list[str] | None,
    typer.Option("--shape", "--shapes", metavar="NAME=SIZES",
                 help="A formula or a program over arrays: --shapes W=k,n x=n, letters or numbers."),
]
Wrt = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="NAME", help="Differentiate with respect to this quantity only (repeatable)."),
]
Apart = Annotated[
    bool | None,
    typer.Option("--apart/--as-written", help="Take long formulas apart into steps, or differentiate them as they stand."),
]
Edges = Annotated[
    OnEdges, typer.Option("--edges", help="What stands on the edges of the picture: nothing, or the local derivatives.")
]
Recursion = Annotated[
    bool | None,
    typer.Option("--recursion/--written-out", help="Tell repeated steps as one row for every t, or write out each time."),
]
Truncate = Annotated[
    int | None,
    typer.Option("--truncate", metavar="K", help="Gradients go back K steps of time at most: truncated backpropagation through time."),
]
NotationName = Annotated[
    str | None,
    typer.Option(
        "--notation", metavar="COURSE|FILE", help="Write it as this course does: dl, qmul, graz, neuron, cmu, plain; or as my.toml says."
    ),
]
Lang = Annotated[
    str | None,
    typer.Option("--lang", metavar="LANGUAGE", help="Write in this language: en, de; by default that of the exercise file, else en."),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file instead of the terminal.")
]
Fragment = Annotated[
    bool, typer.Option("--fragment", help="With --to latex: only the body, to put into a document of your own.")
]
Prefix = Annotated[
    str, typer.Option("--prefix", metavar="NAME", help="With --fragment: equation 3 has the label NAME:3.", show_default=False)
]
Width = Annotated[
    float | None,
    typer.Option("--width", metavar="CM", help="With --fragment: how wide a line is; 12 by default, 10 in a frame of beamer."),
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


_SEVERAL = re.compile(r",(?=\s*[^\W\d]\w*\s*=)")
_SIZE = re.compile(r"[^\W_][\w\s+*·-]*")
_NEGATIVE = re.compile(r"-(?![-oh])[^-\s=][^=]*[-+*/^(\\]|-\\")
"""A formula with a minus in front: -x^2, -log(p), -\\frac{1}{2}; no option has such signs in its name."""
_ROW = re.compile(r"\[[^\[\]]*\]")


def _entries(text: str) -> list[str]:
    """``v=[1,2]`` as ``v_1=1`` and ``v_2=2``, a matrix row by row; any other text as it is."""
    name, _, value = (part.strip() for part in text.partition("="))
    rows = _ROW.findall(value)
    if not rows or re.sub(r"\s", "", _ROW.sub("", value)) not in ("", "[" + "," * (len(rows) - 1) + "]"):
        return [text]
    numbers = [row[1:-1].split(",") for row in rows]
    if not value.replace(" ", "").startswith("[["):
        return [f"{name}_{place}={number.strip()}" for place, number in enumerate(numbers[0], 1)]
    return [f"{name}_{i}_{j}={number.strip()}" for i, row in enumerate(numbers, 1) for j, number in enumerate(row, 1)]


def assignments(texts: Iterable[str] | None) -> dict[str, str]:
    """``["x=2", "y=1/3"]`` as a table; also several in one text (``x=2,y=3``), and an array for its entries (``v=[1,2]``).

    >>> assignments(["x=2,y=1/3", "v=[1, 0.5]"])
    {'x': '2', 'y': '1/3', 'v_1': '1', 'v_2': '0.5'}
    """
    from tutor.graph.read_steps import check_name

    found: dict[str, str] = {}
    parts = (part for text in texts or () for part in _SEVERAL.split(text))
    for text in (single for part in parts for single in _entries(part)):
        name, sign, value = text.partition("=")
        if not sign:
            raise ValueProblem(f"{make_visible(text)!r} gives nothing a value", where="--at", hint="write --at x=2")
        name = check_name(name)
        if name in found:
            raise ValueProblem(f"{name} is given two values", where="--at")
        found[name] = value
    return found


def read_shape_texts(texts: Iterable[str]) -> dict[str, Shape]:
    """Shapes as somebody types them: ``W=k,n``, ``W=(2, 3)``, ``W=2x3``, several in one text, ``b=()`` for a number.

    Raises `ValueProblem` for what is none.

    >>> read_shape_texts(["W=k,n, x=n", "A=2×3", "b=()"])
    {'W': ('k', 'n'), 'x': ('n',), 'A': (2, 3), 'b': ()}
    """
    table: dict[str, list[int | str]] = {}
    for text in (part for whole in texts for part in _SEVERAL.split(whole)):
        name, sign, written = (part.strip() for part in text.partition("="))
        inner = re.sub(r"(?<=[0-9])\s*[x×]\s*(?=[0-9])", ",", written.strip("()[]").replace("×", ","))
        sizes = [size.strip() for size in inner.split(",") if size.strip()]
        if not sign or not written or not all(_SIZE.fullmatch(size) for size in sizes):
            raise ValueProblem(f"{text.strip()[:40]!r} is no shape", where="--shape", hint="write --shape W=k,n or --shape W=2,3")
        if name in table:
            raise ValueProblem(f"{name} is given two shapes", where="--shape")
        table[name] = [int(size) if size.isdecimal() and len(size) < 9 else size for size in sizes]
    from tutor.exercise.over_layers import read_shapes

    faults: list[TutorError] = []

    def note(what: str, where: str, hint: str) -> None:
        hint = "such as --shape W=2,3 or --shape x=n" if "[" in hint else hint
        faults.append(ValueProblem(what, where=where.replace("shapes.", "--shape "), hint=hint))

    shapes = read_shapes(table, note)
    if faults:
        raise faults[0] if len(faults) == 1 else Problems(faults, where="--shape")
    return shapes


def protect_formulas(arguments: Sequence[str]) -> list[str]:
    """The words of a command line, those that are formulas with a minus in front set apart from options by a blank.

    >>> protect_formulas(["solve", "-log(p)", "--at", "p=1/2", "-o", "-x"])
    ['solve', ' -log(p)', '--at', 'p=1/2', '-o', '-x']
    """
    return _repeat_shapes([f" {word}" if _NEGATIVE.match(word) else word for word in arguments])


_SHAPED = re.compile(r"[^\W\d]\w*=[^=]*")


def _repeat_shapes(words: Sequence[str]) -> list[str]:
    """``--shapes X=N,D W=D,H`` with the option before each of its words: an option takes one."""
    found: list[str] = []
    following = False
    for place, word in enumerate(words):
        if following and _SHAPED.fullmatch(word) and words[place - 1] not in ("--shape", "--shapes"):
            found.append("--shapes")
        following = word in ("--shape", "--shapes") or (following and _SHAPED.fullmatch(word) is not None)
        found.append(word)
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
        if path.exists() and not path.is_file():  # /dev/stdout, a pipe: it must not be replaced by a file
            with path.open("wb") as file:
                file.writelines(data)
            return
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


def deliver(page: Page, to: str, output: Path | None, *, fragment: bool | FragmentStyle = False) -> None:
    """Write a page as ``to`` says, to a file or to the terminal."""
    row = page_format(to)
    if row.screen and output is None:
        row.print(page.document(), page.notation, console())
    elif row.is_text:
        write(page.to(to, fragment=fragment), output)
    else:
        path = output or Path(page.name.rpartition("/")[2] + row.suffix)
        compile_page(page, row, path)


NO_TEXT = frozenset({
    ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods", ".ppt", ".pptx", ".ipynb", ".zip",
    ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ps", ".eps",
})  # fmt: skip
"""What files end in that hold something else than text; any other unknown ending gets the page as the terminal shows it."""


def choose_format(to: str | None, output: Path | None, others: Mapping[str, str] = MappingProxyType({})) -> str:
    """The format that ``--to`` names; without it the one whose files end like ``output``, and on the terminal the terminal's.

    ``others`` are the endings of formats that are no page's, such as the rows of a run.  Raises `OutputError` for the ending of something
    else, and for one that is a slip away.

    >>> choose_format(None, Path("week3.tex")), choose_format("markdown", Path("week3.txt")), choose_format(None, Path("notes"))
    ('latex', 'markdown', 'terminal')
    """
    if to is not None:
        return to
    endings = {row.suffix: name for name, row in PAGE_FORMATS.items()} | dict(others)
    ending = output.suffix.lower() if output else ""
    if ending not in endings and (ending in NO_TEXT or get_close_matches(ending, endings, cutoff=0.75)):
        known = ", ".join(sorted(suffix for suffix in endings if suffix))
        raise OutputError(f"no page is written to a file that ends in {make_visible(ending, 20)}", where="--output",
                          hint=f"{known}; or say --to")  # fmt: skip
    return endings.get(ending, ON_SCREEN)


def compile_page(page: Page, row: PageFormat, path: Path) -> None:
    """Write a file that is compiled; where it cannot be, its source is written and that is said."""
    from tutor.render.latex.pdf import NoTex, TexFailed

    doc = page.document()
    source = row.write(doc, page.notation, preamble=page.preamble)
    try:
        data = row.compile(source, doc)
    except (NoTex, TexFailed) as error:
        kept = path.with_suffix(row.source)
        write(source, kept)
        raise OutputError(error.what, hint="; ".join(part for part in (f"the source is in {kept}", error.hint) if part)) from None
    write(data, path)
    sys.stderr.write(f"wrote {path}\n")


def choose_fragment(to: str, fragment: bool, prefix: str = "", width: float | None = None) -> bool | FragmentStyle:
    """The part that ``--fragment`` asks for, with its labels and its width; refused where it says nothing."""
    able = [name for name, row in PAGE_FORMATS.items() if row.fragment]
    if fragment and to not in able:
        raise OutputError(
            f"--fragment goes with {' or '.join(f'--to {name}' for name in able)}",
            hint=f"leave it out for {make_visible(to)}",
        )
    if not prefix and width is None:
        return fragment
    if not fragment:
        raise OutputError(f"{'--prefix' if prefix else '--width'} goes with --fragment", hint="say --to latex --fragment too")
    from tutor.render.latex.fragments import WIDTH_CM, FragmentStyle

    return FragmentStyle(prefix, WIDTH_CM if width is None else width)


def set_plain_utf8(stream: Any) -> None:
    """UTF-8 whatever the locale says, so that σ and ∂ can always be written."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
