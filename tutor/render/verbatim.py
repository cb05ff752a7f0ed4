r"""Text as somebody typed it: letters of one width, harmless, long lines broken, and a caret that stays under its place.

>>> print("\n".join(rows("3 ¥ 4\n  ^", 20)))
3 ¥ 4
  ^
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tutor.render.latex.words import escape as escape_latex
from tutor.text import show_code_points

WIDTH = 80
"""Columns of such a text in Markdown."""

_CARET = re.compile(r"\s*\^+\s*")
_RUN = re.compile("`+")
_LETTER_EM = 0.5  # of the typewriter font, whose em is two letters
_LETTER = 0.525 * 0.93  # the width of its letters in \small, in em of the text around it


def rows(text: str, width: int, show: Callable[[str], str] = show_code_points, size: Callable[[str], int] = len) -> list[str]:
    """The lines, none wider than ``width``; ``show`` makes a character harmless and ``size`` measures what it made.

    >>> rows("abcdef\\n    ^", 3)
    ['abc', 'def', ' ^']
    """
    found: list[str] = []
    lines = text.splitlines()
    place = 0
    while place < len(lines):
        below = lines[place + 1] if place + 1 < len(lines) else ""
        pointed = bool(lines[place].strip()) and bool(_CARET.fullmatch(below))
        found += _break_line(lines[place], below.index("^") if pointed else None, max(width, 10 if width > 9 else 1), show, size)
        place += 2 if pointed else 1
    return found


def _break_line(
    line: str, caret: int | None, width: int, show: Callable[[str], str], size: Callable[[str], int]
) -> list[str]:
    """One line on as many rows as it needs; the caret below the row that has its place."""
    shown = [show(char) for char in line]
    if caret is not None and caret >= len(shown):
        shown += [" "] * (caret + 1 - len(shown))
    found: list[str] = []
    start = 0
    while start < len(shown) or not found:
        end, used = start, 0
        while end < len(shown) and used + size(shown[end]) <= width:
            used += size(shown[end])
            end += 1
        end = max(end, min(start + 1, len(shown)))
        if end < len(shown):
            blank = next((at for at in range(end, start + (end - start) // 2, -1) if shown[at - 1] == " "), end)
            end = blank
        found.append("".join(shown[start:end]).rstrip())
        if caret is not None and (start <= caret < end):
            found.append(" " * min(sum(size(piece) for piece in shown[start:caret]), width - 1) + "^")
        if end == start:
            break
        start = end
    return found


def fence_lines(lines: Sequence[str]) -> str:
    """Lines as a code block of Markdown, which no line in it can end."""
    longest = max((len(run) for line in lines for run in _RUN.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *lines, fence])


def latex(text: str, line: float) -> str:
    """The text in typewriter letters for a line of ``line`` em."""
    width = int(line / _LETTER) - 1
    set_rows = [f"\\noindent\\mbox{{{''.join(map(_letter, row))}}}\\par" for row in rows(text, width, _spell_known)]
    return "{\\small\\ttfamily\\parskip=0pt\\raggedright\\par\\smallskip\n" + "\n".join(set_rows) + "\n\\smallskip\\par}"


def _spell_known(char: str) -> str:
    """A character that LaTeX has, or its code point."""
    char = show_code_points(char)
    return escape_latex(char) if "[U+" in escape_latex(char) else char


def _letter(char: str) -> str:
    """One letter, as wide as all others."""
    if char == " ":
        return "\\ "
    if char.isascii():
        return char if char.isalnum() else f"\\char{ord(char)}{{}}"
    return f"\\makebox[{_LETTER_EM}em][c]{{{escape_latex(char)}}}"


__all__ = ["WIDTH", "fence_lines", "latex", "rows"]
