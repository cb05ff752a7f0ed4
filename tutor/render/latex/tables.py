r"""Tables that fit on the page: in smaller type, with cells that wrap, or cut into several tables of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.explain.document import Sentence, Table
from tutor.render.latex.sentences import Phrases

_SIZES = (("", 1.0, 1.15), ("\\small ", 0.93, 0.85), ("\\footnotesize ", 0.86, 0.65))
"""Sizes of type, largest first: the command, its scale, and the space between columns in em."""

_WRAPPED = 8.0
"""A column of words is never narrower than this, in em."""

_WIDE = 1e6  # the width of a cell that does not wrap: its maths is never broken

_TALLEST = 20.0
"""A cell with more lines than this is not set as one: a row of a table cannot be broken over pages."""

_ROWS = 18
"""A longer table is set in parts, so that pages can be broken between them."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a table is set: the size, and for each part its columns, each with a width when its cells wrap."""

    command: str
    gap: float
    parts: tuple[tuple[tuple[int, float | None], ...], ...]


def _measure_natural(table: Table, phrases: Phrases) -> list[float]:
    rows = [table.header, *table.rows]
    columns = max((len(row) for row in rows), default=0)
    return [
        max(phrases.width(row[place], bold=row is table.header) for row in rows if place < len(row))
        for place in range(columns)
    ]


def _plan(table: Table, phrases: Phrases, line: float) -> _Plan:
    widths = _measure_natural(table, phrases)
    every = tuple((place, None) for place in range(len(widths)))
    for command, scale, gap in _SIZES:
        if sum(widths) * scale + gap * len(widths) <= line:
            return _Plan(command, gap, (every,))
    for command, scale, gap in _SIZES[1:]:
        wraps = [place for place, width in enumerate(widths) if width * scale > line * 0.22]
        rest = line - gap * len(widths) - sum(width * scale for p, width in enumerate(widths) if p not in wraps)
        share = rest / max(len(wraps), 1)
        if wraps and share >= _WRAPPED and max(widths) * scale < share * _TALLEST:
            return _Plan(command, gap, (tuple((p, share if p in wraps else None) for p in range(len(widths))),))
    return _split(widths, line)


def _split(widths: Sequence[float], line: float) -> _Plan:
    """Several tables, each with the first column as its key."""
    command, scale, gap = _SIZES[-1]
    key = min(widths[0] * scale, line * 0.35)
    first = (0, key if widths[0] * scale > key else None)
    parts: list[tuple[tuple[int, float | None], ...]] = []
    used = line
    for place in range(1, len(widths)):
        limit = line - key - 2 * gap
        width = min(widths[place] * scale, limit)
        if used + width + gap > line:
            parts.append((first,))
            used = key + gap
        parts[-1] += ((place, width if widths[place] * scale > limit else None),)
        used += width + gap
    return _Plan(command, gap, tuple(parts) or (((0, line - gap),),))


def _align(table: Table, place: int) -> str:
    letter = table.align[place] if place < len(table.align) else "l"
    return letter if letter in "lrc" else "l"


def set_table(table: Table, phrases: Phrases, line: float) -> str:
    """The table for a line of ``line`` em: one ``tabular`` or, when it is long or wide, several."""
    if not _measure_natural(table, phrases):
        return ""
    plan = _plan(table, phrases, line)
    if max(_measure_natural(table, phrases)) > line * _TALLEST / 2:
        return _records(table, phrases, line)
    caption = phrases.latex(table.caption, line * 0.5)
    out: list[str] = []
    for part in plan.parts:
        for start in range(0, max(len(table.rows), 1), _ROWS):
            head = f"{{\\small {caption}\\par}}\\nopagebreak\\smallskip\n" if caption and not out else ""
            out.append(head + _tabular(table, phrases, plan, part, start))
    body = "\n\\par\\smallskip\n".join(out)
    return f"\\par\\medskip\n\\begingroup\\raggedright\\parindent=0pt\n{body}\n\\par\\endgroup\\medskip"


def _records(table: Table, phrases: Phrases, line: float) -> str:
    """Each cell as a paragraph behind its header, for cells that are pages long."""
    caption = phrases.latex(table.caption, line * 0.4)
    out: list[str] = [f"{{\\small {caption}\\par}}"] if caption else []
    for row in table.rows:
        for place, cell in enumerate(row):
            head = phrases.latex(table.header[place], line * 0.4) if place < len(table.header) else ""
            label = f"\\textbf{{{head}}}\\enspace " if head else ""
            out.append(f"\\noindent {label}{phrases.latex(cell, line * 0.4)}\\par")
        out.append("\\smallskip")
    return "\\par\\smallskip\n{\\raggedright\n" + "\n".join(out) + "\n\\par}"


def _tabular(
    table: Table, phrases: Phrases, plan: _Plan, part: tuple[tuple[int, float | None], ...], start: int
) -> str:
    """Some rows and some columns of the table, with its header."""

    def cells(row: tuple[Sentence, ...], bold: bool = False) -> str:
        shown = []
        for place, width in part:
            words = phrases.latex(row[place] if place < len(row) else (), width or _WIDE)
            words = f"\\textbf{{{words}}}" if bold and words else words
            shown.append(f"\\parbox[t]{{{width:.2f}em}}{{\\raggedright {words}\\strut}}" if width else words)
        return "{}" + " & ".join(shown) + " \\\\"

    letters = "".join("l" if width else _align(table, place) for place, width in part)
    lines = [cells(row) for row in table.rows[start : start + _ROWS]]
    stretch = "1.45" if any("\\frac" in line for line in lines) else "1.1"
    head = [cells(table.header, bold=True), "\\midrule"] if any(table.header) else []
    return "\n".join(
        [
            f"{{{plan.command}\\tabcolsep={plan.gap / 2:.3f}em\\renewcommand{{\\arraystretch}}{{{stretch}}}%",
            f"\\begin{{tabular}}[t]{{@{{}}{letters}@{{}}}}",
            "\\toprule",
            *head,
            *lines,
            "\\bottomrule",
            "\\end{tabular}}",
        ]
    )
