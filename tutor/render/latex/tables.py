r"""Tables that fit on the page: in smaller type, with cells that wrap, or cut into several tables of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tutor.explain.document import Math, Sentence, Table
from tutor.render.latex.sentences import Phrases

_SIZES = (("", 1.0, 1.15), ("\\small ", 0.93, 0.85), ("\\footnotesize ", 0.86, 0.65))
"""Sizes of type, largest first: the command, its scale, and the space between columns in em."""

_WRAPPED = 8.0
"""A column of words is never narrower than this, in em."""

_WIDE = 1e6  # the width of a cell that does not wrap: its maths is never broken

_TALLEST = 20.0
"""A cell with more lines than this is not set as one: a row of a table cannot be broken over pages."""

_ROWS = 18
"""A longer table may go on on the next page, under its head again."""

_TOGETHER = 3
"""So many of its rows at least are on a page of a long table."""

_LINE = 1.2  # the height of a line, in em of the type of the table


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
        wide = [place for place, width in enumerate(widths) if width * scale > line * 0.22]
        worded = [place for place in wide if any(_has_words(row, place) for row in table.rows)]
        for wraps in (worded, wide):  # a formula in a narrower column has smaller letters: words give way first
            rest = line - gap * len(widths) - sum(width * scale for p, width in enumerate(widths) if p not in wraps)
            share = rest / max(len(wraps), 1)
            if wraps and share >= _WRAPPED and max(widths) * scale < share * _TALLEST:
                return _Plan(command, gap, (tuple((p, share if p in wraps else None) for p in range(len(widths))),))
    return _split(widths, line)


def _has_words(row: tuple[Sentence, ...], place: int) -> bool:
    """Whether a cell has anything that may be broken at a blank."""
    return place < len(row) and any(not isinstance(part, Math) for part in row[place])


def _split(widths: Sequence[float], line: float) -> _Plan:
    """Several tables, each with the first column as its key, about as wide as one another."""
    command, scale, gap = _SIZES[-1]
    key = min(widths[0] * scale, line * 0.35)
    first = (0, key if widths[0] * scale > key else None)
    limit = line - key - 2 * gap
    shown = [min(width * scale, limit) for width in widths]
    count = len(_fill(shown, key + gap, gap, line))
    narrower = (line * part / 20 for part in range(8, 20))
    most = next((room for room in narrower if room > max(shown) + key + 2 * gap and len(_fill(shown, key + gap, gap, room)) == count), line)
    parts = tuple(
        (first, *((place, shown[place] if widths[place] * scale > limit else None) for place in part))
        for part in _fill(shown, key + gap, gap, most)
    )
    return _Plan(command, gap, parts or (((0, line - gap),),))


def _fill(widths: Sequence[float], start: float, gap: float, line: float) -> list[list[int]]:
    """The columns behind the first in as few tables as they need, each ``line`` em wide at most."""
    parts: list[list[int]] = []
    used = line
    for place in range(1, len(widths)):
        if used + widths[place] + gap > line or not parts:
            parts.append([])
            used = start
        parts[-1].append(place)
        used += widths[place] + gap
    return parts


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
    set_part = _set_rows if len(table.rows) > _ROWS else _tabular
    for part in plan.parts:
        head = f"{{\\small {caption}\\par}}\\nopagebreak\\smallskip\n" if caption and not out else ""
        out.append(head + set_part(table, phrases, plan, part))
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


Part = tuple[tuple[int, float | None], ...]
"""Columns of a table, each with a width when its cells wrap."""


def _tabular(table: Table, phrases: Phrases, plan: _Plan, part: Part) -> str:
    """Some columns of the table, with its header."""

    def cells(row: tuple[Sentence, ...], bold: bool = False) -> str:
        shown = []
        for place, width in part:
            words = _set_cell(row, place, width, phrases, bold)
            shown.append(f"\\parbox[t]{{{width:.2f}em}}{{\\raggedright {words}\\strut}}" if width else words)
        apart = "\\noalign{\\vskip3pt}" if any("{bmatrix}" in cell and "\\\\" in cell for cell in shown) else ""  # brackets would touch
        return "{}" + " & ".join(shown) + f" \\\\{apart}"

    letters = "".join("l" if width else _align(table, place) for place, width in part)
    lines = [cells(row) for row in table.rows]
    head = [cells(table.header, bold=True), "\\midrule"] if any(table.header) else []
    return "\n".join(
        [
            f"{{{plan.command}\\tabcolsep={plan.gap / 2:.3f}em\\renewcommand{{\\arraystretch}}{{{_choose_stretch(lines)}}}%",
            f"\\begin{{tabular}}[t]{{@{{}}{letters}@{{}}}}",
            "\\toprule",
            *head,
            *lines,
            "\\bottomrule",
            "\\end{tabular}}",
        ]
    )


def _choose_stretch(lines: Sequence[str]) -> float:
    """How far apart rows are: more with fractions."""
    return 1.45 if any("\\frac" in line for line in lines) else 1.1


def _set_cell(row: tuple[Sentence, ...], place: int, width: float | None, phrases: Phrases, bold: bool = False) -> str:
    words = phrases.latex(row[place] if place < len(row) else (), width or _WIDE)
    return f"\\textbf{{{words}}}" if bold and words else words


def _set_rows(table: Table, phrases: Phrases, plan: _Plan, part: Part) -> str:
    """The same for many rows: each a line of its own, with columns of one width on all pages; where a page ends, the head is repeated.

    TeX looks before each row whether there is room for it, so there are no parts where no page ends.
    """
    natural = _measure_natural(table, phrases)
    columns = [(place, width, width or natural[place]) for place, width in part]
    whole = sum(room for _, _, room in columns) + plan.gap * (len(columns) - 1)

    def line(row: tuple[Sentence, ...], bold: bool = False) -> str:
        shown = []
        for place, width, room in columns:
            words = _set_cell(row, place, width, phrases, bold)
            if width:
                shown.append(f"\\parbox[t]{{{width:.2f}em}}{{\\raggedright {words}\\strut}}")
            else:
                shown.append(f"\\makebox[{room:.2f}em][{_align(table, place)}]{{{words}}}")
        return "\\hbox{\\tutorstrut{}" + f"\\hspace{{{plan.gap:.3f}em}}".join(shown) + "}"

    lines = [line(row) for row in table.rows]
    high = _LINE * _choose_stretch(lines)
    heights = [high * max((_count_lines(phrases.width(row[place]), width) for place, width in part if place < len(row)), default=1)
               for row in table.rows]  # fmt: skip

    def rule(weight: str) -> str:
        return f"\\kern\\aboverulesep\\hrule width{whole:.2f}em height\\{weight}rulewidth\\kern\\belowrulesep"

    head = rule("heavy") + (line(table.header, bold=True) + rule("light") if any(table.header) else "")
    body: list[str] = []
    for place, shown in enumerate(lines):
        wanted = sum(heights[place:]) if place == len(lines) - _TOGETHER else heights[place]
        body += [_end_page(wanted + 0.5, rule("heavy"), "\\tutorhead"), shown] if place else [shown]
    return "\n".join(
        [
            f"{{{plan.command}\\par\\offinterlineskip\\def\\tutorstrut{{\\rule[-{high * 0.3:.2f}em]{{0pt}}{{{high:.2f}em}}}}%",
            f"\\def\\tutorhead{{{head}}}%",
            _end_page(sum(heights[:_TOGETHER]) + 3 * _LINE, "", ""),
            "\\tutorhead",
            *body,
            rule("heavy") + "}",
        ]
    )


def _count_lines(width: float, room: float | None) -> int:
    """About how many lines the words of a cell take."""
    return 1 + int(width * 0.95 / room) if room else 1


def _end_page(height: float, before: str, after: str) -> str:
    """The end of the page where less room (in em) is left on it; within a box there are no pages."""
    room = f"\\dimen0=\\pagegoal\\advance\\dimen0-\\pagetotal\\ifdim\\dimen0<{height:.2f}em"
    return f"\\ifinner\\else{room} {before}\\vfil\\break{after}\\fi\\fi"
