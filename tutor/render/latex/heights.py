r"""How high a piece of a page is, roughly, in lines of text: what is kept together on one page, and where a list may be parted.

TeX alone knows the true heights, when it is too late to arrange rows otherwise; a row is a line, a fraction two, a matrix has its rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

TOGETHER = 18.0
"""A list of so many lines is not parted at all."""

LAST = 28.0
"""The end of a page is kept together up to so many lines: the page that it leaves is still more than half full."""

ENDS = 4.0
"""So many lines of a longer list stay together at its beginning and at its end."""

_ROW = 1.25  # a row of a display, with the space between rows
_GROUP = re.compile(r"\\begin\{[a-z]*(?:matrix|cases|array)\}(?:(?!\\begin\{).)*?\\end\{[a-z]*\}", re.DOTALL)
_BOX = re.compile(r"\\parbox\[t\]\{([\d.]+)em\}")


@lru_cache(maxsize=1 << 12)
def measure_row(latex: str) -> float:
    r"""The height of one row of a display, in lines.

    >>> measure_row("a &= b"), measure_row(r"a &= \frac{b}{c}"), measure_row(r"a &= \begin{bmatrix}1 \\ 2 \\ 3\end{bmatrix}")
    (1.25, 2.3, 3.6)
    """
    high = _ROW
    for group in _GROUP.findall(latex):
        rows = group.count("\\\\") + 1
        high = max(high, 0.6 + rows * (1.6 if "\\frac" in group else 1.0))
    bare = _GROUP.sub("", latex)
    if "\\frac" in bare:
        high = max(high, 2.3)
    if re.search(r"\\(sum|prod|underset|overset|under(brace|line))", bare):
        high = max(high, 2.1)
    box = _BOX.search(latex)
    if box:
        high = max(high, 0.9 * (1 + len(latex) * 0.4 // max(float(box[1]), 1.0)))
    return high


def part_fractions(latex: str) -> str:
    r"""The same with room between the rows of a matrix that has fractions, which would touch each other.

    >>> part_fractions(r"\begin{bmatrix} \frac{1}{3} \\ 2 \end{bmatrix}"), part_fractions(r"\begin{bmatrix} 1 \\ 2 \end{bmatrix}")
    ('\\begin{bmatrix} \\frac{1}{3} \\\\[3pt] 2 \\end{bmatrix}', '\\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}')
    """
    return _GROUP.sub(lambda found: found[0].replace(" \\\\ ", " \\\\[3pt] ") if _is_of_fractions(found[0]) else found[0], latex)


def _is_of_fractions(group: str) -> bool:
    return group.startswith("\\begin{bmatrix}") and "\\frac" in group


def join_rows(equations: Sequence[Sequence[str]], together: float = TOGETHER) -> str:
    r"""Equations, each of some rows, as the inside of a display in which a page may end only where no few lines are torn off.

    >>> join_rows([["a"], ["b"]])
    'a \\\\*\nb'

    ``together`` is how many lines are never parted: fewer where pages are low, as in a frame of beamer.  One equation, such as a sum over
    six paths, stays whole up to `LAST` lines.
    """
    most = LAST if together >= TOGETHER else together
    heights, ends = [sum(map(measure_row, rows)) for rows in equations], min(ENDS, together / 2)
    whole = sum(heights)
    out: list[str] = []
    above = 0.0
    for place, (rows, high) in enumerate(zip(equations, heights, strict=True)):
        out.append((" \\\\*\n" if high <= most else " \\\\\n").join(rows))
        above += high
        if place < len(equations) - 1:
            held = whole <= together or above < ends or whole - above < ends
            out.append(" \\\\*\n" if held else " \\\\\n")
    return "".join(out)


CLOSING = 10.0
"""The last page has so many lines at least, so that no closing words stand alone on it."""
ENOUGH = 1.5 * CLOSING
"""An end of so many lines stands on a page by itself: no rows of a list go along."""

_PICTURE = re.compile(r"\\begin\{tikzpicture\}\[x=([\d.]+)pt.*?rectangle \([\d.]+,([\d.]+)\)", re.DOTALL)
_LINE_OF_WORDS = 100  # letters and signs that make about a line
_SILENT = re.compile(r"\\(?:text[a-z]+|raggedright|noindent|enspace|par|interlinepenalty=0|frac)\b|[{}$^_]")
_SIGN = re.compile(r"\\[A-Za-z]+ ?")
_FREE = re.compile(r"\\begin\{figure\}|\\(?:fboxsep|rule)\b|\\addvspace|\\clearpage|\\begin\{list\}")
"""What has a place of its own: a picture on its side, room to write in, an end that is held already."""


def is_free(block: str) -> bool:
    """Whether a block has a place of its own, and goes along with nothing."""
    return bool(_FREE.search(block))


def is_picture(block: str) -> bool:
    """Whether a block is one picture in the text."""
    return block.startswith("\\par\\medskip\n{\\centering") and len(_PICTURE.findall(block)) == 1


def is_long_table(block: str) -> bool:
    """Whether a block is a table that may go on on the next page, under its head again."""
    return "\\tutorhead" in block


def measure_block(latex: str) -> float:
    r"""The height of one block of a page, in lines.

    >>> measure_block("\\begin{align*}\na &= b \\\\*\nc &= d\n\\end{align*}"), measure_block("words " * 30)
    (3.5, 2.3)
    """
    pictures = _PICTURE.findall(latex)
    if pictures:
        return sum(2.5 + float(scale) * float(high) / 12 for scale, high in pictures)
    if "\\begin{align*}" in latex:
        rows = [row for display in latex.split("\\begin{align*}")[1:] for row in re.split(r"\\\\\*?\n", display)]
        return sum(map(measure_row, rows)) + latex.count("\\begin{align*}")
    if "\\begin{tabular}" in latex:
        stretch = max(map(float, re.findall(r"arraystretch\}\{([\d.]+)", latex)), default=1.1)
        return 2.0 + stretch * latex.count("\\\\\n")
    if "section*{" in latex[:20]:
        return 2.3
    shown = len(_SIGN.sub("x", _SILENT.sub("", latex)))
    return 0.3 + max(1, (shown + _LINE_OF_WORDS - 1) // _LINE_OF_WORDS)
