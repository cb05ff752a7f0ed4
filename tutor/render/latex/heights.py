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

    ``together`` is how many lines are never parted: fewer where pages are low, as in a frame of beamer.
    """
    heights, ends = [sum(map(measure_row, rows)) for rows in equations], min(ENDS, together / 2)
    whole = sum(heights)
    out: list[str] = []
    above = 0.0
    for place, (rows, high) in enumerate(zip(equations, heights, strict=True)):
        out.append((" \\\\*\n" if high <= together else " \\\\\n").join(rows))
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
_LINE_OF_SOURCE = 105  # characters of source that make about a line of words


_SHRINKS = {"\\begin{align*}": 4, "section*{": 2, "\\medskip": 2, "\\smallskip": 1}
"""How many points the space at each of these can give away."""
_MARGIN = 2.0  # lines between `LAST` and half a page
_SPARE = {"vbox": 5, "vtop": 8}  # points that are not reckoned with: of the space between lines, and \parskip above a paragraph
_GAP = "\\medskip"
FLOAT = "\\begin{figure}[p]"
"""How a picture begins that has a page of its own."""
_FREE = re.compile(r"\\begin\{figure\}|\\(?:fboxsep|rule)\b|\\addvspace|\\clearpage|\\tutorend|\\begin\{list\}")
"""What has a place of its own: a picture on its side, room to write in, an end that is held already."""


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
    return 0.3 + (len(latex) + _LINE_OF_SOURCE - 1) // _LINE_OF_SOURCE


def arrange_end(blocks: Sequence[str]) -> list[str]:
    """The blocks with pictures on pages of their own in front, so that text fills the pages beside them, and with the end together."""
    floats = [block for block in blocks if block.startswith(FLOAT)]
    return floats + hold_end([block for block in blocks if not block.startswith(FLOAT)])


def hold_end(blocks: Sequence[str]) -> list[str]:
    r"""The blocks of a page, the last of them together: a page that has no room for them ends before them, or within the list before.

    The last section is kept together where it is short enough, else all closing words and as many blocks as make `CLOSING` lines.

    Where they have room as they are they are set so, since a box cannot shrink with its page.

    >>> hold_end(["words", "last words"])[0].splitlines()[:2]
    ['\\par\\def\\tutorend{%', 'words']
    """
    start, high = len(blocks), 0.0
    found = start
    while start:
        high += measure_block(blocks[start - 1])
        if high > LAST or _FREE.search(blocks[start - 1]):
            break
        start -= 1
        titled = "section*{" in blocks[start][:20]
        words = blocks[start].startswith("{\\raggedright\\noindent") and found == start + 1
        if titled or words or high - measure_block(blocks[start]) < CLOSING:
            found = start
        if titled:
            break
    held = list(blocks[found:])
    if len(held) < min(2, found + 1):
        return list(blocks)
    titled = "section*{" in held[0][:20]
    before = list(blocks[:found])
    tied = ""
    below = sum(map(measure_block, held))
    if found and not titled and (below < ENOUGH or "\\begin{align*}" not in before[-1]):
        before[-1], tied = _tie_end(before[-1], below), "\\nopagebreak"
    # a box has no \parskip above it, and TeX's space between lines only where it begins with one
    gap, box = ("\\nointerlineskip\\vskip2pt", "vbox") if titled or held[0].startswith("\\par") else ("\\vskip\\parskip", "vtop")
    body = "\n".join(held)
    room = "\\dimen0=\\pagetotal\\advance\\dimen0\\ht0\\advance\\dimen0\\dp0\\advance\\dimen0-\\pageshrink"
    room += f"\\advance\\dimen0 by {_SPARE[box] - sum(body.count(glue) * points for glue, points in _SHRINKS.items())}pt\\relax"
    shown = f"\\ifdim\\dimen0<\\pagegoal\\tutorend\\else{tied}{gap}\\box0\\fi"
    return [*before, f"\\par\\def\\tutorend{{%\n{body}\\par}}%\n\\setbox0\\{box}{{\\tutorend}}{room}{shown}"]


def _tie_end(block: str, below: float) -> str:
    """A block behind which no page ends: a list gives some of its last rows away, a picture goes along unless that is half a page."""
    if "\\begin{align*}" in block:
        rows, end, after = block.rpartition("\n\\end{align*}")
        held = f"{rows}\\interdisplaylinepenalty=10000{end}{after}"  # amsmath has its penalty behind the last row too
        return f"{{\\postdisplaypenalty=10000 {held}}}%"  # a blank behind it would be a line
    if block.endswith(_GAP) and measure_block(block) + (below if below >= ENOUGH else 0.0) <= LAST + _MARGIN:
        return block.removesuffix(_GAP) + "\\nopagebreak" + _GAP
    return block
