"""The command ``tutor sheet``: several exercises in one document, with or without their solutions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias, cast

import typer

from tutor.cli.prover import find_running_prover
from tutor.cli.shell import (
    Fragment,
    Lang,
    NotationName,
    Output,
    Prefix,
    To,
    Width,
    choose_format,
    choose_fragment,
    complete,
    deliver,
)
from tutor.errors import OutputError
from tutor.explain.sheet_layout import LEFT_OUT, SOLUTIONS, Solutions
from tutor.render.page_formats import PAGE_FORMATS, PageFormat
from tutor.text import make_visible

LONGEST = 1_000_000
"""A file of more bytes is no preamble."""


if TYPE_CHECKING:
    PartName: TypeAlias = str
    PlaceName: TypeAlias = str
else:
    PlaceName = StrEnum("PlaceName", {name: name for name in SOLUTIONS})
    PartName = StrEnum("PartName", {name: name for name in LEFT_OUT})


Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="TARGETS...", help='Exercises ("tutor list" shows them), TOML files, expressions or steps.', autocompletion=complete,
        show_default=False,
    ),
]  # fmt: skip
SolutionsOption = Annotated[
    PlaceName | None, typer.Option("--solutions", help="After each exercise, at the end, or only the solutions, for a second file.")
]
Boxes = Annotated[bool, typer.Option("--boxes", help="Boxes for the answers, as large as their kind asks for.")]
Marks = Annotated[bool, typer.Option("--marks", help="Marks at each question, and a table of them at the top.")]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help="The title.", show_default=False)]
Cover = Annotated[str, typer.Option("--cover", metavar="TEXT", help="A line below it: course, date, time allowed.", show_default=False)]
Without = Annotated[
    list[PartName] | None,
    typer.Option("--without", metavar="PART", help=f"Leave this out (repeatable): {', '.join(LEFT_OUT)}.", show_default=False),
]
Preamble = Annotated[
    Path | None, typer.Option("--preamble", metavar="FILE", help="With .tex and .pdf: LaTeX for the head: macros, fonts, header.")
]
ThemeFile = Annotated[
    Path | None, typer.Option("--theme", metavar="FILE.toml", help="With .tex, .pdf, .html: header, footer, course and colour of titles.")
]


def sheet(
    targets: Targets,
    solutions: SolutionsOption = None,
    boxes: Boxes = False,
    marks: Marks = False,
    title: Title = "",
    cover: Cover = "",
    without: Without = None,
    preamble: Preamble = None,
    theme: ThemeFile = None,
    notation: NotationName = None,
    lang: Lang = None,
    to: To = None,
    fragment: Fragment = False,
    prefix: Prefix = "",
    width: Width = None,
    output: Output = None,
) -> None:
    """Write a problem sheet: what is given and what is asked, by the ids that "tutor mark" takes, with or without solutions."""
    asked = choose_format(to, output)
    part = choose_fragment(asked, fragment, prefix, width)
    from tutor.explain.theme import read_theme
    from tutor.render.latex.preamble import check_preamble

    formats = {} if fragment else {asked: PAGE_FORMATS[asked]}
    head = _read_own(preamble, "--preamble", formats, lambda row: row.headed)
    look = _read_own(theme, "--theme", formats, lambda row: row.themed)
    own, dress = check_preamble(head, make_visible(str(preamble))), read_theme(
        look, make_visible(str(theme)), _read_beside(theme)
    )
    from tutor.results.sheet import sheet as make_sheet

    made = make_sheet(
        targets, solutions=cast("Solutions", str(solutions or "none")), boxes=boxes, marks=marks, title=title, cover=cover,
        without=[str(part) for part in without or ()], notation_name=notation, theme=dress, preamble=own,
        words=lang or dress.language or None, ask=find_running_prover(),
    )  # fmt: skip
    deliver(made, asked, output, fragment=part)


def _read_beside(theme: Path | None) -> Callable[[str], bytes]:
    """Reads files that lie beside a theme."""

    def read(name: str) -> bytes:
        with (theme.parent if theme is not None else Path()).joinpath(name).open("rb") as file:
            return file.read(LONGEST + 1)

    return read


def _read_own(path: Path | None, option: str, formats: Mapping[str, PageFormat], takes: Callable[[PageFormat], bool]) -> str:
    """The text of a file of one's own, empty without one; refused where no format that is written takes it."""
    if path is None:
        return ""
    if not any(map(takes, formats.values())):
        able = [row.suffix for row in PAGE_FORMATS.values() if takes(row)]
        raise OutputError(f"{option} goes with a whole {' or '.join(able)}", hint=f"-o sheet{able[-1]}")
    try:
        return path.read_bytes()[:LONGEST].decode()
    except OSError as error:
        raise OutputError(f"{make_visible(str(path))} cannot be read: {error.strerror}", hint=f"give the file of {option}") from None
    except UnicodeDecodeError:
        raise OutputError(f"{make_visible(str(path))} is no text in UTF-8", hint="save it as UTF-8") from None
