"""A notebook as one program: its cells of code in their order, what is IPython's left out, each line with the cell that it stands in."""

from __future__ import annotations

import ast
import json
import re
import warnings
from dataclasses import dataclass

from tutor.errors import ProgramError, tell
from tutor.text import make_visible

MOST_CELLS = 2_000
_MAGIC = re.compile(r"\s*(?:[%!]|\?|\w[\w.]*\?{1,2}\s*$)")
_OTHER_LANGUAGE = re.compile(r"%%(?!time|timeit|capture|prun)\w+")


@dataclass(frozen=True, slots=True)
class NotebookText:
    """The text of all cells, the cell and the line of each of its lines, and what was left out, each with its cell."""

    text: str
    places: tuple[tuple[int, int], ...]
    skipped: tuple[str, ...]


def read_notebook(data: str, file: str) -> NotebookText:
    """The program of a notebook's JSON; lines of IPython (%matplotlib, !pip) and cells that are no Python are left out, and said.

    Raises `ProgramError` for what is no notebook.

    >>> read = read_notebook('{"cells": [{"cell_type": "code", "source": ["%time\\\\n", "x = 1"]}]}', "a.ipynb")
    >>> read.text, read.places, read.skipped
    ('\\nx = 1\\n', ((1, 1), (1, 2)), ('%time (cell 1)',))
    """
    try:
        found = json.loads(data)
        cells = found["cells"]
    except (ValueError, RecursionError, KeyError, TypeError):
        cells = None
    if not isinstance(cells, list):
        raise ProgramError(tell("this is no notebook: it is no JSON with a list of cells"), where=make_visible(file, 120),
                           hint=tell("save it in Jupyter's format 4, or as a .py file"))  # fmt: skip
    if len(cells) > MOST_CELLS:
        raise ProgramError(tell("a notebook of more than {limit:,} cells", limit=MOST_CELLS), where=make_visible(file, 120),
                           hint=tell("save what is meant as a .py file"))  # fmt: skip
    lines: list[str] = []
    places: list[tuple[int, int]] = []
    skipped: list[str] = []
    number = 0
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        number += 1
        source = cell.get("source", "")
        text = "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else str(source)
        own, left_out = _read_cell(text)
        skipped += [f"{make_visible(one, 40)} (cell {number})" for one in left_out]
        lines += own
        places += [(number, place) for place in range(1, len(own) + 1)]
    if not number:
        raise ProgramError(tell("the notebook has no cell of code"), where=make_visible(file, 120), hint=tell("give another notebook"))
    return NotebookText("\n".join(lines) + "\n", tuple(places), tuple(skipped))


def _read_cell(text: str) -> tuple[list[str], list[str]]:
    """The lines of a cell, empty where they are IPython's, and what was left out."""
    lines = text.replace("\r\n", "\n").split("\n")
    if _OTHER_LANGUAGE.match(text.lstrip()):
        return [""] * len(lines), [text.strip().split("\n")[0]]
    left_out = [line.strip() for line in lines if _MAGIC.match(line)]
    kept = ["" if _MAGIC.match(line) else line for line in lines]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join(kept))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [""] * len(lines), [*left_out, next((line.strip() for line in lines if line.strip()), "")]
    return kept, left_out
