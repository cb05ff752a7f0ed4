"""A notebook as one program: its cells of code in their order, what is IPython's left out, each line with the cell that it stands in."""

from __future__ import annotations

import ast
import json
import re
import warnings
from dataclasses import dataclass

from tutor.errors import ProgramError, tell
from tutor.program.program_words import MAX_WORDS, has_more_words
from tutor.text import make_visible

MOST_CELLS = 2_000
MOST_CHARACTERS = 200_000
"""Of all cells of code together: no more of a program is read."""
MOST_VALUES = 200_000
"""Values of its JSON: reading so many takes some 40 ms."""
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
    if sum(map(data.count, ",[{")) > MOST_VALUES:
        raise ProgramError(tell("the notebook has more than {limit:,} values in it", limit=MOST_VALUES), where=make_visible(file, 120),
                           hint=tell("save it without its outputs, or what is meant as a .py file"))  # fmt: skip
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
    texts, size = list[str](), 0
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        text = "".join(part for part in source if isinstance(part, str)) if isinstance(source, list) else str(source)
        size += len(text)
        if size > MOST_CHARACTERS:
            what = tell("the code of a notebook has more than {limit:,} characters", limit=MOST_CHARACTERS)
            raise ProgramError(what, where=make_visible(file, 120), hint=tell("save what is meant as a .py file"))
        texts.append(text)
    if has_more_words("\n".join(texts), MAX_WORDS):
        raise ProgramError(tell("the program has more than {limit:,} names and signs", limit=MAX_WORDS), where=make_visible(file, 120),
                           hint=tell("save what is meant as a .py file"))  # fmt: skip
    for number, text in enumerate(texts, start=1):
        own, left_out = _read_cell(text)
        skipped += [f"{make_visible(one, 40)} (cell {number})" for one in left_out]
        lines += own
        places += [(number, place) for place in range(1, len(own) + 1)]
    if not texts:
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
